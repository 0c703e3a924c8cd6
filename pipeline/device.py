"""What computes here, and how much faster an accelerator is: ``chalktape device``, or ``python -m pipeline.device``."""

import os
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from models.quietly import import_tensorflow_quietly
from pipeline.process.door import loading, through
from pipeline.process.options import BAD_INPUT, DONE, FAILED, Parser, complain, exit_codes

if TYPE_CHECKING:
    from models.engine.devices import Placement
    from models.engine.self_test import Beside

LECTURES = 70
"""Times faster than a processor a GPU is in the lecture's history, by Raina, Madhavan and Ng (2009)."""
TPU_VERSION = "2.20"
"""The newest ``tensorflow-tpu``."""
_KINDS = ("gpu", "tpu")
_TPU_SIGNS = ("TPU_NAME", "TPU_ACCELERATOR_TYPE", "TPU_WORKER_ID", "COLAB_TPU_ADDR")


def main(arguments: Sequence[str] | None = None, *, prog: str = "python -m pipeline.device") -> int:
    """Tells what computes here and returns the exit code: 0 done, 1 devices disagree, 2 the one asked for lacks."""
    options = _parser(prog).parse_args(arguments)
    if "tensorflow" not in sys.modules:
        print("Tells what computes here, once TensorFlow is loaded.", flush=True)
    with loading():
        import_tensorflow_quietly()
    asked = _KINDS if options.device == "auto" else (options.device,) if options.device != "cpu" else ()
    places, lacking = {}, {}
    for kind in asked:
        try:
            places[kind] = _place(kind)
        except ValueError as error:
            lacking[kind] = error
    if options.device in lacking:
        complain(str(lacking[options.device]))
        return BAD_INPUT
    return _told(places, lacking)


def _parser(prog: str) -> Parser:
    parser = Parser(
        prog=prog,
        description="Tells what computes here. Where there is a GPU or a TPU that TensorFlow can use, nets of three "
        "sizes are trained on it and on the processor: whether they come to the same, and how many times faster it is.",
        epilog=exit_codes({FAILED: "the devices came to something else", BAD_INPUT: "bad usage, no such device"}),
        allow_abbrev=False,
    )
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", *_KINDS),
        default="auto",
        help="try this one and end with 2 where it is missing; cpu tries none (default: auto, all that are there)",
    )
    return parser


def _place(kind: str) -> "Placement":
    """Returns a place that computes.

    Raises:
        ValueError: There is none, with what to install where there might be one.
    """
    from models.checks import mistake
    from models.engine.devices import choose

    try:
        return choose("tpu", "tpu") if kind == "tpu" else choose("gpu")
    except ValueError as error:
        if (remedy := remedy_of(kind)) is None:
            raise
        raise ValueError(mistake("device", f"a {kind.upper()} that TensorFlow can use", remedy, device=kind)) from error


def remedy_of(kind: str) -> str | None:
    """Returns what to install where a device seems to be there and TensorFlow cannot use it; ``None`` where none is."""
    tensorflow = _version("tensorflow") or "none"
    if kind == "gpu" and Path("/proc/driver/nvidia/version").exists():
        return f"A driver is here: pip install 'tensorflow[and-cuda]=={tensorflow}', and start again."
    if kind == "tpu" and (any(name in os.environ for name in _TPU_SIGNS) or Path("/dev/accel0").exists()):
        found = _version("tensorflow-tpu")
        if found is None:
            return (
                f"A TPU seems to be here, and TensorFlow {tensorflow} drives none: pip uninstall --yes tensorflow, "
                f"pip install 'tensorflow-tpu=={TPU_VERSION}.*', and start again."
            )
        return f"tensorflow-tpu {found} is installed: see that no other process holds the TPU, and start again."
    return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _told(places: "dict[str, Placement]", lacking: Iterable[str]) -> int:
    """Tells what is there, tries it, and says what was not tried."""
    import tensorflow as tf
    from sklearn.datasets import load_digits

    from models.engine.devices import choose
    from models.engine.self_test import beside

    print(f"TensorFlow {tf.__version__} on {_processor()}")
    agree = True
    for kind, place in places.items():
        X, y = load_digits(return_X_y=True)
        print(f"\n{kind.upper()}: {', '.join(_names(kind))}", flush=True)
        found = beside(choose("cpu"), place, X / X.max(), y)
        agree &= all(one.agrees for one in found)
        print("\n".join(lines_of(kind, found)))
    for kind in lacking:
        print(f"\n{kind.upper()}: none that TensorFlow can use. {remedy_of(kind) or ''}".rstrip())
    if not places:
        print(
            "\nNot tried: whether an accelerator comes to the same nets, and how many times faster it is. That a GPU "
            f"is {LECTURES} times faster, as the lecture says, is neither confirmed nor refuted here."
        )
    return DONE if agree else FAILED


def lines_of(kind: str, found: "Sequence[Beside]") -> list[str]:
    """Returns what two devices came to, a line a net, and the answer to the lecture."""
    width = max(len(one.net) for one in found)
    lines = [
        f"  {one.net:<{width}}  an epoch takes {_time(one.cpu.seconds)} on the processor, "
        f"{_time(one.other.seconds)} on the {kind.upper()}: {one.times_faster:.3g} times faster; "
        f"final losses {one.cpu.loss:.6g} and {one.other.loss:.6g}, {'alike' if one.agrees else 'NOT ALIKE'}"
        for one in found
    ]
    best = max(found, key=lambda one: one.times_faster)
    return [
        *lines,
        f'  The lecture: "{LECTURES} times faster" (two machines of 2009). This machine: {best.times_faster:.3g} '
        f"times, with {best.net}.",
    ]


def _time(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def _names(kind: str) -> list[str]:
    import tensorflow as tf

    devices = tf.config.list_logical_devices(kind.upper())
    physical = tf.config.list_physical_devices(kind.upper())
    named = [tf.config.experimental.get_device_details(one).get("device_name", one.name) for one in physical]
    return named or [one.name for one in devices]


def _processor() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    described = Path("/proc/cpuinfo")
    lines = described.read_text(errors="replace").splitlines() if described.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else 'a processor'}, {cores} cores"


if __name__ == "__main__":
    sys.exit(through(main))
