"""Slopes of the log-odds by the tape, beside difference quotients of the answers."""

import keras
import numpy as np
import pytest

from models.nets import conv, dense
from models.saliency import _layers, log_odds, saliency

RANDOM = np.random.default_rng(0)


def whole(core, shape):
    """Raw pixels to answers, as a trained net has it."""
    layers = [keras.layers.Rescaling(1 / 255), *([keras.layers.Flatten()] if len(core.input_shape) == 2 else []), core]
    return keras.Sequential([keras.Input(shape, dtype="uint8"), *layers])


MAPS = conv.Convolution(feature_maps=3, kernel_size=3, pool_size=1, padding="same")
NETS = {
    "dense": ((6, 5), 4, lambda: dense.build((30,), 4, [7], seed=1)),
    "one sigmoid": ((6, 5), 2, lambda: dense.build((30,), 1, [7], activation="tanh", seed=2)),
    "conv in color": ((6, 5, 3), 3, lambda: conv.build((6, 5, 3), 3, [MAPS], activation="tanh", dropout=0.5, seed=3)),
}


@pytest.mark.parametrize("name", NETS)
def test_slopes_are_difference_quotients(name):
    shape, _n_classes, build = NETS[name]
    model, X = whole(build(), shape), RANDOM.integers(0, 256, (4, *shape), dtype=np.uint8)
    answers, others = np.array([1, 0, 1, 0]), np.array([0, 1, 0, 1])
    layers, step = _layers(model), 16.0
    found, quotients = saliency(model, X, answers, others), np.empty(X.shape)
    for place in np.ndindex(shape):
        ahead, behind = X.astype(np.float32), X.astype(np.float32)
        ahead[(slice(None), *place)] += step
        behind[(slice(None), *place)] -= step
        up, down = (log_odds(layers, pixels, answers, others).numpy() for pixels in (ahead, behind))
        quotients[(slice(None), *place)] = np.abs(up - down) / (2 * step)
    expected = quotients.max(axis=-1) if len(shape) == 3 else quotients
    np.testing.assert_allclose(found, expected, atol=0.02 * expected.max())
    assert found.shape == (4, 6, 5)


@pytest.mark.parametrize("name", NETS)
def test_log_odds_are_those_of_the_answers(name):
    shape, n_classes, build = NETS[name]
    model, X = whole(build(), shape), RANDOM.integers(0, 256, (4, *shape), dtype=np.uint8)
    y_proba = model(X).numpy()
    y_proba = np.hstack([1 - y_proba, y_proba]) if n_classes == 2 else y_proba
    odds = log_odds(_layers(model), X.astype(np.float32), np.array([1] * 4), np.array([0] * 4))
    np.testing.assert_allclose(odds, np.log(y_proba[:, 1] / y_proba[:, 0]), atol=1e-4)


def test_a_net_of_another_form_has_none():
    inputs = keras.Input((6, 5), dtype="uint8")
    two = [keras.layers.Dense(3, "softmax")(keras.layers.Flatten()(inputs)) for _ in range(2)]
    model = keras.Model(inputs, keras.layers.Average()(two))
    assert saliency(model, np.zeros((1, 6, 5), np.uint8), np.array([0]), np.array([1])) is None
