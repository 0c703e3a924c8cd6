"""``chalktape device``: what it says of a machine with and without an accelerator."""

import pytest

from chalktape.command import main as chalktape
from models.engine.devices import choose
from models.engine.self_test import Beside, Trained
from pipeline import device

NET = "64-1000-1000-10"


def test_without_an_accelerator_it_says_what_was_not_tried(capsys):
    assert chalktape(["device"]) == 0
    told = capsys.readouterr().out
    assert "GPU: none that TensorFlow can use" in told
    assert "TPU: none that TensorFlow can use" in told
    assert "70 times faster, as the lecture says, is neither confirmed nor refuted" in told


@pytest.mark.parametrize("kind", ["gpu", "tpu"])
def test_the_one_that_is_asked_for_must_be_there(kind, capsys):
    assert chalktape(["device", "--device", kind]) == 2
    assert f"expected a {kind.upper()} that TensorFlow can use" in capsys.readouterr().err


def test_a_tpu_with_a_tensorflow_that_drives_none_is_told_what_to_install(monkeypatch, capsys):
    monkeypatch.setenv("TPU_ACCELERATOR_TYPE", "v5e-1")
    assert chalktape(["device", "--device", "tpu"]) == 2
    told = capsys.readouterr().err
    assert f"tensorflow-tpu=={device.TPU_VERSION}.*" in told
    assert chalktape(["device"]) == 0
    assert "drives none" in capsys.readouterr().out


@pytest.mark.parametrize(("loss", "code", "word"), [(0.25, 0, "alike"), (0.35, 1, "NOT ALIKE")])
def test_with_an_accelerator_the_lecture_has_its_answer(monkeypatch, capsys, loss, code, word):
    """The place is the processor's and the figures are given; what is trained has tests of its own."""
    found = Beside(net=NET, cpu=Trained(seconds=1.2, loss=0.25), other=Trained(seconds=0.1, loss=loss))
    monkeypatch.setattr(device, "_place", lambda kind: choose("cpu"))
    seen = []
    monkeypatch.setattr("models.engine.self_test.beside", lambda *given: seen.append(given[2:]) or [found])
    assert chalktape(["device", "--device", "gpu"]) == code
    ((X, y),) = seen
    assert (X.shape, X.min(), X.max(), set(y)) == ((1797, 64), 0.0, 1.0, set(range(10)))
    told = capsys.readouterr().out
    assert f"{NET}  an epoch takes 1.2 s on the processor, 100 ms on the GPU: 12 times faster" in told
    assert told.rstrip().endswith(f"This machine: 12 times, with {NET}.")
    assert f", {word}\n" in told
    assert "Not tried" not in told
