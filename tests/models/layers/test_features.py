"""RealMLP's layers: each is its formula in NumPy, its gradients are difference quotients, and R of it are R by one."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.layers.features import FeatureScaling, LearntActivation, NTKDense, PeriodicEmbedding


def selu(x):
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    return scale * np.where(x > 0, x, alpha * np.expm1(x))


def mish(x):
    return x * np.tanh(np.log1p(np.exp(x)))


def periodic(x, frequency, phase, kernel, bias):
    """Feature by feature."""
    parts = []
    for j in range(x.shape[1]):
        waves = np.cos(2 * np.pi * x[:, [j]] * frequency[j] + phase[j])
        parts += [waves @ kernel[j] + bias[j], x[:, [j]]]
    return np.hstack(parts)


LAYERS = {
    "scaling": (FeatureScaling, lambda x, s: x * s),
    "periodic": (lambda: PeriodicEmbedding(n_frequencies=5, n_outputs=3), periodic),
    "ntk": (lambda: NTKDense(4, "tanh"), lambda x, w, b: np.tanh(x @ w / np.sqrt(3) + b)),
    "selu": (lambda: LearntActivation("selu"), lambda x, a: (1 - a) * x + a * selu(x)),
    "mish": (lambda: LearntActivation("mish"), lambda x, a: (1 - a) * x + a * mish(x)),
}
every_layer = pytest.mark.parametrize("name", LAYERS)


def made(name):
    """A layer of three features with drawn weights, and rows for it."""
    random = np.random.default_rng(0)
    X = random.normal(size=(7, 3))
    layer = LAYERS[name][0]()
    layer.build((None, 3))
    layer.set_weights([random.normal(size=weight.shape) for weight in layer.get_weights()])
    return layer, X


@every_layer
def test_it_is_its_formula(name, float64):
    layer, X = made(name)
    np.testing.assert_allclose(layer(X), LAYERS[name][1](X, *layer.get_weights()), rtol=0, atol=1e-10)


@every_layer
def test_its_gradients_are_difference_quotients(name, float64):
    """Of a weighted sum of what it puts out, in a drawn direction of each weight and of its inputs."""
    layer, X = made(name)
    random = np.random.default_rng(1)
    mix = random.normal(size=layer(X).shape)
    inputs = tf.Variable(X)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(mix * layer(inputs))
    points = [X, *layer.get_weights()]
    found = tape.gradient(total, [inputs, *layer.trainable_variables])
    for place, gradient in enumerate(found):
        along = random.normal(size=points[place].shape)
        moved = []
        for step in (1e-6, -1e-6):
            shifted = [point + step * along if number == place else point for number, point in enumerate(points)]
            moved.append((mix * LAYERS[name][1](*shifted)).sum())
        assert float(tf.reduce_sum(gradient * along)) == pytest.approx((moved[0] - moved[1]) / 2e-6, rel=1e-6, abs=1e-7)


@every_layer
def test_several_of_it_along_an_axis_are_each_by_itself(name, float64):
    layer, X = made(name)
    random = np.random.default_rng(2)
    weights = [np.stack([weight, random.normal(size=weight.shape)]) for weight in layer.get_weights()]
    rows = np.stack([X, 2 * X])
    found = layer.compute(tf.constant(rows), *map(tf.constant, weights))
    for one in range(2):
        expected = LAYERS[name][1](rows[one], *(weight[one] for weight in weights))
        np.testing.assert_allclose(found[one], expected, rtol=0, atol=1e-10)


@every_layer
def test_it_is_saved_as_it_is(name, tmp_path):
    layer, X = made(name)
    net = keras.Sequential([keras.Input((3,)), layer])
    net.save(tmp_path / "net.keras")
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "net.keras")(X), net(X))


def test_embeddings_start_as_said_and_a_seed_repeats_them():
    layers = [PeriodicEmbedding(n_frequencies=400, sigma=0.1, seed=seed) for seed in (1, 1, 2)]
    for layer in layers:
        layer.build((None, 8))
    one, again, other = (layer.get_weights() for layer in layers)
    assert all((a == b).all() for a, b in zip(one, again, strict=True))
    assert all((a != b).any() for a, b in zip(one, other, strict=True))
    frequency, phase, kernel, bias = one
    assert frequency.std() == pytest.approx(0.1, rel=0.05)
    assert 3.0 < np.abs(phase).max() <= np.pi
    assert 0.0495 < np.abs(kernel).max() <= 1 / 20
    assert np.abs(bias).max() <= 1 / 20
