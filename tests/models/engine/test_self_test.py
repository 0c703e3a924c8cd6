"""The same net on two devices: what it comes to, how long an epoch takes, and when two devices agree."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris

from models.engine import self_test
from models.engine.devices import Placement, choose
from models.engine.self_test import AGREE, NETS, Beside, Net, Trained, _Pace, _trained, beside
from models.nets import dense

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


@pytest.mark.parametrize(("place", "width"), [(1, 500), (2, 500)])
def test_hidden_layers_that_stand_still_are_found_out(place, width, monkeypatch):
    """An accelerator that computes no gradient of them; the third net as it is declared, but narrower."""
    X, y = load_digits(return_X_y=True)
    net = replace(NETS[place], hidden_units=(width, width), epochs=min(NETS[place].epochs, 8), learning_rate=0.3)
    usual = _trained(net, X / X.max(), y, 10, choose("cpu"))

    def frozen(*arguments, **how):
        model = built(*arguments, **how)
        for layer in model.layers[:-1]:
            layer.trainable = False
        return model

    built = dense.build
    monkeypatch.setattr(dense, "build", frozen)
    still = _trained(net, X / X.max(), y, 10, choose("cpu"))
    assert not Beside(net="", cpu=usual, other=still).agrees


def test_a_net_is_trained_as_it_says(monkeypatch):
    asked = []
    monkeypatch.setattr(self_test, "train", lambda *_, **how: asked.append(how) or SimpleNamespace(train_loss=[1.0]))
    for net in (SMALL, replace(SMALL, batch_size=None, learning_rate=0.03)):
        _trained(net, X, Y, 3, choose("cpu"))
    assert [one["batch_size"] for one in asked] == [100, 150]
    assert [float(one["optimizer"].learning_rate) for one in asked] == pytest.approx([0.1, 0.03])


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
