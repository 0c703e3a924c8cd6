from dataclasses import replace
from itertools import product

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.signal import correlate
from sklearn.datasets import load_digits

from models.blackboard import by_hand, tape
from models.blackboard import convolution_by_hand as conv
from models.blackboard.activations import ACTIVATIONS
from models.blackboard.trace import Descent
from models.losses import LOSSES

ROUNDING = {"rtol": 0, "atol": 1e-10}


def digits(n):
    pixels, labels = load_digits(return_X_y=True)
    return pixels[:n].reshape(-1, 8, 8) / 16, np.eye(10)[labels[:n]]


def net(hidden, *, feature_maps=(3, 4), field=(2, 3), pool=(2, 1), seed=0):
    return conv.initialize((8, 8), 10, feature_maps, field=field, pool=pool, seed=seed, hidden=hidden)


def as_keras(layers):
    names = ["linear" if layer.activation == "identity" else layer.activation for layer in layers]
    parts = [keras.Input((8, 8)), keras.layers.Reshape((8, 8, 1))]
    for layer, name in zip(layers, names, strict=True):
        parts.append(keras.layers.Conv2D(len(layer.bias), layer.kernel.shape[:2], activation=name))
        parts.append(keras.layers.MaxPooling2D(layer.pool))
    model = keras.Sequential([*parts, keras.layers.Flatten()])
    model.set_weights([values for layer in layers for values in (layer.kernel, layer.bias)])
    return model


def test_a_convolution_that_can_be_done_in_the_head():
    picture = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])[None, :, :, None]
    kernel = np.array([[1.0, 0.0], [0.0, 10.0]])[:, :, None, None]

    z = conv.convolve(picture, kernel, np.array([0.5]))

    # Not turned round: the upper left pixel counts once, the lower right one ten times.
    assert z[0, :, :, 0].tolist() == [[1 + 50 + 0.5, 2 + 60 + 0.5]]


def test_maps_in_are_summed_and_maps_out_are_independent():
    X, _ = digits(2)
    a = np.stack([X, X**2], axis=-1)
    kernel = np.random.default_rng(0).normal(size=(3, 2, 2, 4))

    z = conv.convolve(a, kernel, np.zeros(4))

    one_by_one = [
        [sum(correlate(row[..., i], kernel[..., i, o], mode="valid") for i in range(2)) for o in range(4)] for row in a
    ]
    np.testing.assert_allclose(z, np.moveaxis(one_by_one, 1, -1), **ROUNDING)


def test_pooling_keeps_the_largest_and_leaves_out_what_fills_no_square():
    a = np.arange(15.0).reshape(1, 3, 5, 1)

    assert conv.max_pool(a, (2, 2))[0, :, :, 0].tolist() == [[6.0, 8.0]]


def test_the_slope_goes_to_the_first_of_equal_values_as_in_tensorflow():
    a = np.zeros((1, 4, 4, 1))
    dpooled = np.arange(1.0, 5.0).reshape(1, 2, 2, 1)
    watched = tf.constant(a)
    with tf.GradientTape() as recorded:
        recorded.watch(watched)
        pooled = tf.nn.max_pool2d(watched, 2, 2, "VALID")

    da = conv.max_pool_back(a, (2, 2), dpooled)

    assert da[0, ::2, ::2, 0].tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert da.sum() == 10.0
    np.testing.assert_array_equal(da, recorded.gradient(pooled, watched, tf.constant(dpooled)))


@pytest.mark.parametrize(("hidden", "cost"), product(ACTIVATIONS, ("quadratic", "cross_entropy")))
def test_outputs_and_every_slope_are_those_of_keras_and_the_tape(float64, hidden, cost):
    layers, (X, y) = net(hidden), digits(12)
    seen = conv.forward(layers, X[..., None])
    slopes = conv.backward(layers, seen, y[:, None, None], cost)

    model, pictures = as_keras(layers), tf.constant(X)
    with tf.GradientTape() as recorded:
        recorded.watch(pictures)
        outputs = model(pictures)
        total = tf.reduce_mean(LOSSES[cost](y, outputs))
    weights = [variable.value for variable in model.trainable_variables]
    by_picture, *by_weights = recorded.gradient(total, [pictures, *weights])

    np.testing.assert_allclose(conv.predict(layers, X), outputs, **ROUNDING)
    assert by_hand.cost_of(cost, y, conv.predict(layers, X)) == pytest.approx(float(total), abs=1e-10)
    np.testing.assert_allclose(slopes[0].dx[..., 0], by_picture, **ROUNDING)
    for ours, theirs in zip([each for s in slopes for each in (s.dkernel, s.dbias)], by_weights, strict=True):
        assert np.abs(ours).max() > 1e-6
        np.testing.assert_allclose(ours, theirs, **ROUNDING)


def test_every_slope_by_a_kernel_is_the_numeric_one():
    layers, (X, y) = net("sigmoid"), digits(3)
    X, y = X[..., None], y[:, None, None]

    def cost_with(place, nudge):
        kernel = layers[0].kernel.copy()
        kernel[place] += nudge
        nudged = (replace(layers[0], kernel=kernel), *layers[1:])
        return by_hand.cost_of("quadratic", y, conv.forward(nudged, X)[-1].a)

    slopes = conv.backward(layers, conv.forward(layers, X), y, "quadratic")[0].dkernel

    for place in np.ndindex(slopes.shape):
        assert slopes[place] == pytest.approx((cost_with(place, 1e-6) - cost_with(place, -1e-6)) / 2e-6, abs=1e-8)


def test_training_is_that_of_a_keras_model_on_the_tape(float64):
    layers, (X, y) = net("relu"), digits(50)
    how = Descent(cost="cross_entropy", learning_rate=0.3, epochs=10, batch_size=8, shuffle_seed=3)

    trained, costs = conv.train(layers, X, y, how)
    model = as_keras(layers)
    taped_costs = tape.train_model(model, X, y, how)

    np.testing.assert_allclose(costs, taped_costs, **ROUNDING)
    for ours, theirs in zip([v for t in trained for v in (t.kernel, t.bias)], model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, **ROUNDING)


def test_training_leaves_the_layers_it_started_from():
    layers, (X, y) = net("relu"), digits(20)
    before = layers[0].kernel.copy()

    conv.train(layers, X, y, Descent(cost="quadratic", learning_rate=1.0))

    np.testing.assert_array_equal(layers[0].kernel, before)


def test_layers_that_do_not_fit_are_refused():
    layers, (X, y) = net("relu"), digits(5)
    never_a_probability = (*layers[:-1], replace(layers[-1], activation="relu"))

    with pytest.raises(ValueError, match=r"expected maps of shape \(n, 2 or more, 3 or more, 1\)"):
        conv.forward(layers, np.ones((5, 8, 8, 2)))
    with pytest.raises(ValueError, match=r"expected maps of shape"):
        conv.forward(layers, np.ones((5, 8, 2, 1)))
    with pytest.raises(ValueError, match="one neuron for each column of y"):
        conv.train(layers, X, y[:, :9], Descent(cost="quadratic", learning_rate=1.0))
    with pytest.raises(ValueError, match="one neuron for each column of y"):
        conv.train(layers[:1], X, y, Descent(cost="quadratic", learning_rate=1.0))
    with pytest.raises(ValueError, match="expected a sigmoid output with cross-entropy"):
        conv.train(never_a_probability, X, y, Descent(cost="cross_entropy", learning_rate=1.0))
