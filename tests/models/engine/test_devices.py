"""Several devices and several processes compute what one computes. Each case is a process of its own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.engine import devices

ROOT = Path(__file__).parents[3]
TRAIN = """
import sys
import keras, numpy as np, tensorflow as tf
from sklearn.datasets import load_iris
from models.nets import dense
from models.engine import devices, one_net

device, strategy, n_devices, file = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
(cpu,) = tf.config.list_physical_devices("CPU")
if n_devices > 1:
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * n_devices)
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
placement = devices.choose(device, strategy)
X, y = load_iris(return_X_y=True)
with placement.scope():
    net = dense.build((4,), 3, [6], l2=0.01, seed=1)
    history = one_net.train(
        net, X[::2], y[::2],
        loss=keras.losses.SparseCategoricalCrossentropy(), optimizer=keras.optimizers.Adam(0.01),
        epochs=5, batch_size=10, seed=0, sample_weight=np.linspace(0.5, 2, 75),
        validation_data=(X[1::2], y[1::2]), patience=3, compilation="graph", strategy=placement.strategy,
    )
np.savez(file, history.train_loss, history.validation_loss, *net.get_weights(), engine=history.engine)
"""


def start(file, *, strategy="none", n_devices=1, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, "cpu", strategy, str(n_devices), str(file)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def results(processes, files):
    try:
        for process in processes:
            output, _ = process.communicate(timeout=120)
            assert process.returncode == 0, output
    finally:
        for process in processes:
            process.kill()
    return [dict(np.load(file)) for file in files]


@pytest.fixture(scope="module")
def one_device(tmp_path_factory):
    file = tmp_path_factory.mktemp("one") / "one.npz"
    (result,) = results([start(file)], [file])
    assert result.pop("engine") == "compiled epochs"
    return result


def assert_same(result, one_device):
    for name, value in one_device.items():
        np.testing.assert_allclose(result[name], value, rtol=0, atol=1e-10)


def test_mirrored_devices_compute_what_one_computes(tmp_path, one_device):
    n_devices = 3  # of which batches have no equal parts
    file = tmp_path / "mirrored.npz"
    (result,) = results([start(file, strategy="mirrored", n_devices=n_devices)], [file])
    assert result["engine"] == f"compiled epochs, {n_devices} devices"
    assert_same(result, one_device)


def test_two_processes_compute_what_one_computes(tmp_path, one_device):
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        workers = [f"127.0.0.1:{free.getsockname()[1]}" for free in (first, second)]
    files = [tmp_path / "0.npz", tmp_path / "1.npz"]
    processes = []
    for index, file in enumerate(files):
        config = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
        processes.append(start(file, strategy="multi_worker", TF_CONFIG=json.dumps(config)))
    for result in results(processes, files):
        assert result["engine"] == "compiled epochs, 2 devices"
        assert_same(result, one_device)


def test_auto_is_the_cpu_where_there_is_no_gpu(monkeypatch):
    monkeypatch.setattr(devices.tf.config, "list_logical_devices", lambda kind: [])
    assert devices.choose("auto") == devices.Placement(device="cpu", strategy=None, precision="float32")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gpu",), "devices: expected a GPU that TensorFlow can use. Received: device='gpu', found=0"),
        (("cpu", "mirrored"), "devices: expected several devices for mirrored"),
        (("cpu", "multi_worker"), "devices: expected TF_CONFIG for multi_worker"),
        (("auto", "tpu"), "devices: expected a TPU that TensorFlow can use"),
        (("tpu", "none"), "devices: expected device tpu and strategy tpu together"),
        (("cpu", "none", "mixed_bfloat16"), "devices: expected a GPU or TPU for mixed precision"),
        (("cuda",), "devices: expected a known device. Received: device='cuda'"),
    ],
)
def test_what_is_not_here_is_told(arguments, message, monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    monkeypatch.setattr(devices.tf.config, "list_logical_devices", lambda kind: [])
    with pytest.raises(ValueError, match=message):
        devices.choose(*arguments)
