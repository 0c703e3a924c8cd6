"""Where nets are computed: a device, or a `tf.distribute` strategy over several.

CPUs, in one process and in two, are tested. One GPU was tried by hand, an H100 with TensorFlow 2.21: a whole run, and
dense and conv nets that came to the same as on a CPU and twice to the same bits. Several GPUs follow the same code and
TensorFlow's documentation. A TPU was never tried: the newest ``tensorflow-tpu`` is 2.20, while the tests run 2.21.
"""

import contextlib
import dataclasses
import os
import platform
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import keras
import tensorflow as tf
from tensorflow.python.framework.config import is_op_determinism_enabled

from models.checks import mistake, require, require_one_of

Device = Literal["auto", "cpu", "gpu", "tpu"]
StrategyName = Literal["none", "mirrored", "multi_worker", "tpu"]
Precision = Literal["float32", "mixed_bfloat16"]

_WHO = "devices"


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where models are built and trained.

    Attributes:
        device: ``"cpu"``, ``"gpu"`` or ``"tpu"``.
        strategy: For `models.engine.one_net.train`; ``None`` on a single device.
        precision: Keras's dtype policy for models built here.
    """

    device: str
    strategy: tf.distribute.Strategy | None
    precision: Precision

    @property
    def leads(self) -> bool:
        """Whether this process scores, logs and reports: of several workers, the first."""
        resolver = getattr(self.strategy, "cluster_resolver", None)
        return resolver is None or not resolver.task_id

    def with_precision(self, precision: Precision) -> "Placement":
        """Returns the same place with another precision.

        Raises:
            ValueError: It is unknown, or would have no effect here.
        """
        require_one_of(_WHO, "precision", precision, Precision)
        require(
            precision == "float32" or self.device != "cpu",
            _WHO,
            "a GPU or TPU for mixed precision",
            "A CPU gains little by 16 bits where it gains at all: use float32.",
            precision=precision,
            device=self.device,
        )
        return dataclasses.replace(self, precision=precision)

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Within it models and optimizers are built and trained."""
        before = keras.config.dtype_policy()
        if self.precision != "float32":
            keras.config.set_dtype_policy(self.precision)
        try:
            with self.strategy.scope() if self.strategy else tf.device(f"/{self.device.upper()}:0"):
                yield
        finally:
            keras.config.set_dtype_policy(before)


def choose(device: Device = "auto", strategy: StrategyName = "none", precision: Precision = "float32") -> Placement:
    """Finds what was asked for.

    On a GPU, TensorFlow's op determinism is switched on for the whole process, so that a seed repeats its bits; on
    CPUs the bits repeat without it.

    Args:
        device: ``"auto"`` is the first GPU, or the CPU where there is none.
        strategy: ``"mirrored"`` splits each batch over all devices of the kind in this process; ``"multi_worker"``
            over the processes that ``TF_CONFIG`` names, and must be chosen before TensorFlow computes anything;
            ``"tpu"`` over the cores of a TPU.
        precision: ``"mixed_bfloat16"`` multiplies in 16 bits and keeps weights, losses and updates in 32.

    Raises:
        ValueError: If it is not here, or would have no effect.
    """
    require_one_of(_WHO, "device", device, Device)
    require_one_of(_WHO, "strategy", strategy, StrategyName)
    require(
        (device == "tpu") == (strategy == "tpu") or (device, strategy) == ("auto", "tpu"),
        _WHO,
        "device tpu and strategy tpu together",
        "A TPU is driven by its own strategy only.",
        device=device,
        strategy=strategy,
    )
    chosen = _make_strategy(strategy, device)  # first of all: multi_worker starts its server before other operations
    kind = "tpu" if strategy == "tpu" else _kind(device)
    if kind == "gpu":
        tf.config.experimental.enable_op_determinism()
    return Placement(device=kind, strategy=chosen, precision="float32").with_precision(precision)


def threads() -> int:
    """Returns on how many threads this process computes a net: as it was told, else on all that it may use."""
    may_use = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return tf.config.threading.get_intra_op_parallelism_threads() or may_use


def arithmetic() -> dict[str, bool]:
    """Returns what of TensorFlow's switches of this process differs from what it comes with, and changes last bits.

    ``"op_determinism"`` is one way for every sum, which `choose` asks for on a GPU; ``"tensor_float_32"`` is products
    of 10 bits after the point on a GPU. Both act in all operations, whatever device they run on.
    """
    comes_with = {"op_determinism": False, "tensor_float_32": True}
    found = {
        "op_determinism": is_op_determinism_enabled(),
        "tensor_float_32": tf.config.experimental.tensor_float_32_execution_enabled(),
    }
    return {name: value for name, value in found.items() if value != comes_with[name]}


@cache
def hardware(kind: str) -> str:
    """Returns what computes, as its maker calls it, with what a processor can do: another one rounds otherwise.

    Args:
        kind: ``"cpu"``, ``"gpu"`` or ``"tpu"``.
    """
    processor = f"{platform.machine()} {platform.processor()}"
    told = Path("/proc/cpuinfo")
    if told.is_file():
        lines = {line.strip() for line in told.read_text(encoding="utf-8", errors="replace").splitlines()}
        processor += " ".join(sorted(line for line in lines if line.startswith(("model name", "flags", "Features"))))
    if kind == "cpu":
        return processor
    devices = tf.config.list_physical_devices(kind.upper())
    names = [tf.config.experimental.get_device_details(device).get("device_name", device.name) for device in devices]
    return f"{processor} {names}"


def _kind(device: Device) -> str:
    gpus = tf.config.list_logical_devices("GPU")
    require(
        device != "gpu" or len(gpus) > 0,
        _WHO,
        "a GPU that TensorFlow can use",
        "Install tensorflow[and-cuda] beside the driver, or choose cpu or auto.",
        device=device,
        found=len(gpus),
    )
    return "gpu" if gpus and device != "cpu" else "cpu"


def _make_strategy(name: StrategyName, device: Device) -> tf.distribute.Strategy | None:
    makers = {"none": lambda: None, "mirrored": lambda: _mirrored(device), "multi_worker": _multi_worker, "tpu": _tpu}
    return makers[name]()


def _mirrored(device: Device) -> tf.distribute.Strategy:
    kind = _kind(device)
    found = [item.name for item in tf.config.list_logical_devices(kind.upper())]
    require(
        len(found) > 1,
        _WHO,
        "several devices for mirrored",
        "Use strategy none, or make logical devices.",
        kind=kind,
        found=len(found),
    )
    # On CPUs the default fails when a second strategy follows the first in one process, and
    # HierarchicalCopyAllReduce was measured to lose one of three devices' gradients.
    return tf.distribute.MirroredStrategy(found, None if kind == "gpu" else tf.distribute.ReductionToOneDevice())


def _multi_worker() -> tf.distribute.Strategy:
    require(
        "TF_CONFIG" in os.environ,
        _WHO,
        "TF_CONFIG for multi_worker",
        'Set it in every process, such as {"cluster": {"worker": ["host:port", "host:port"]}, '
        '"task": {"type": "worker", "index": 0}}.',
        TF_CONFIG=None,
    )
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    # It took SIGTERM for itself, to tell other workers that this one will be gone, and no longer ends the process.
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGTERM))
    return strategy


def _tpu() -> tf.distribute.Strategy:
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu="local")
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
        return tf.distribute.TPUStrategy(resolver)
    except (ValueError, tf.errors.OpError) as error:
        remedy = "Run on a machine with one and tensorflow-tpu (2.20 is the newest), or choose another strategy."
        raise ValueError(
            mistake(_WHO, "a TPU that TensorFlow can use", remedy, strategy="tpu", error=str(error))
        ) from error
