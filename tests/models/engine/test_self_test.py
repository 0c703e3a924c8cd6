"""The same net on two devices: what it comes to, how long an epoch takes, and when two devices agree."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from models.engine.devices import Placement, choose
from models.engine.self_test import AGREE, Beside, Net, Trained, _Pace, beside

X, Y = load_iris(return_X_y=True)
SMALL = Net(hidden_units=(6,), epochs=20)


def test_a_device_agrees_with_itself_to_the_bit():
    (found,) = beside(choose("cpu"), choose("cpu"), X / X.max(), Y, [SMALL])
    assert (found.net, found.apart, found.agrees) == ("4-6-3", 0.0, True)
    assert 0.3 < found.cpu.loss < 1.1  # it learned something of three classes: chance is 1.0986
    assert found.cpu.seconds > 0


def test_a_device_in_other_digits_is_found_out(monkeypatch):
    """Sixteen bits a number, as a processor may not be asked for by the command."""
    coarse = Placement(device="cpu", strategy=None, precision="mixed_bfloat16")
    (found,) = beside(choose("cpu"), coarse, X / X.max(), Y, [Net(hidden_units=(6,), epochs=200)])
    assert found.apart > 1e-5


@pytest.mark.parametrize(
    ("loss", "agrees"), [(1.0, True), (1 + 0.9 * AGREE, True), (1 + 1.1 * AGREE, False), (np.nan, False)]
)
def test_two_devices_agree_where_their_losses_do(loss, agrees):
    found = Beside(net="4-6-3", cpu=Trained(seconds=0.7, loss=1.0), other=Trained(seconds=0.01, loss=loss))
    assert found.agrees == agrees
    assert found.times_faster == pytest.approx(70)


def test_getting_ready_is_no_part_of_an_epoch():
    times = iter([0.0, 5.0, 6.0, 9.0, 30.0])
    pace = _Pace(lambda: next(times))
    for epochs in (1, 3, 9):
        pace(epochs, 20, 0.5, None)
    assert pace.seconds(20) == (9 - 5) / (9 - 1)


def test_a_training_that_was_over_at_once_is_timed_as_a_whole():
    times = iter([0.0, 3.0, 4.0])
    pace = _Pace(lambda: next(times))
    pace(20)
    assert pace.seconds(20) == 4 / 20
