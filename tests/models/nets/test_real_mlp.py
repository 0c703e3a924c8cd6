"""RealMLP: its forward pass in NumPy, its gradient a difference quotient, and many trained at once each as alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_breast_cancer

from models.engine import one_net
from models.engine.many_nets import train_replicates
from models.engine.replicable import can_replicate
from models.losses import SmoothedLoss
from models.nets.real_mlp import build
from models.optimizers import AdamByLayer, CosLog, FlatCosine

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def selu(z):
    return SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(z))


def mish(z):
    return z * np.tanh(np.log1p(np.exp(z)))


def said(weights, X, smooth):
    """What the net puts out, layer by layer."""
    frequency, phase, kernel, bias, scale, *rest = weights
    waves = np.cos(2 * np.pi * X[:, :, None] * frequency + phase)
    embedded = np.concatenate([(waves[:, :, None] @ kernel)[:, :, 0] + bias, X[:, :, None]], axis=2)
    a = embedded.reshape(len(X), -1) * scale
    while len(rest) > 2:
        kernel, bias, slope, *rest = rest
        z = a @ kernel / np.sqrt(a.shape[1]) + bias
        a = (1 - slope) * z + slope * smooth(z)
    kernel, bias = rest
    return 1 / (1 + np.exp(-(a @ kernel / np.sqrt(a.shape[1]) + bias)))


def net(activation="selu", **settings):
    """A net whose weights are all drawn: as it starts, it says nothing."""
    model = build((3,), 1, [6, 5], activation=activation, n_frequencies=4, n_embedded=3, **settings)
    random = np.random.default_rng(1)
    model.set_weights([random.normal(size=weight.shape) for weight in model.get_weights()])
    return model


def rows(n_rows=9):
    random = np.random.default_rng(0)
    return random.normal(size=(n_rows, 3)), random.integers(2, size=(n_rows, 1)).astype(float)


@pytest.mark.parametrize(("activation", "smooth"), [("selu", selu), ("mish", mish)])
def test_its_forward_pass_is_numpys(activation, smooth, float64):
    X, _ = rows()
    model = net(activation)
    np.testing.assert_allclose(model(X), said(model.get_weights(), X, smooth), rtol=0, atol=1e-10)


def test_the_gradient_of_each_weight_is_a_difference_quotient(float64):
    X, y = rows()
    model = net(dropout=0.0)
    weights = model.get_weights()
    with tf.GradientTape() as tape:
        loss = keras.losses.BinaryCrossentropy()(y, model(X, training=True))
    random = np.random.default_rng(2)
    for place, gradient in enumerate(tape.gradient(loss, model.trainable_variables)):
        along = random.normal(size=weights[place].shape)
        moved = []
        for step in (1e-6, -1e-6):
            shifted = [one + step * along if number == place else one for number, one in enumerate(weights)]
            p = said(shifted, X, selu)
            moved.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
        expected = (moved[0] - moved[1]) / 2e-6
        assert float(tf.reduce_sum(gradient * along)) == pytest.approx(expected, rel=1e-5, abs=1e-8)


def test_at_first_it_knows_nothing_and_its_neurons_are_of_size_one(float64):
    random = np.random.default_rng(3)
    X = random.normal(size=(50, 20))
    model = build((20,), 1, [300], n_embedded=1)
    assert (np.asarray(model(X)) == 0.5).all()
    sums = keras.Model(model.inputs, model.layers[1].output)(X)
    np.testing.assert_allclose(np.std(sums), np.sqrt(2), rtol=0.1)  # of the product and of the bias, each 1
    assert type(model.layers[0]).__name__ == "FeatureScaling"
    kernel, bias = model.layers[1].get_weights()
    assert not np.isin(bias, kernel).any()  # each is drawn by itself


def make_optimizer():
    rates = {"bias": 0.1, "scale": 6.0, "slope": 0.1, "embedding": 0.1}
    return AdamByLayer(CosLog(0.04, 15), rates=rates, decay=FlatCosine(0.02, 15), decays_biases=False, beta_2=0.95)


def test_nets_trained_together_are_those_trained_alone_by_the_whole_recipe(float64):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = ((X - X.mean(axis=0)) / X.std(axis=0))[:80, :3], y[:80, None].astype(float)
    stacked, single = ([net(seed=seed, dropout=0.15) for seed in (0, 1)] for _ in range(2))
    loss = SmoothedLoss(keras.losses.BinaryCrossentropy(), share=0.1, n_classes=2)
    how = {"loss": loss, "epochs": 3, "batch_size": 16, "compilation": "graph", "patience": 3}
    assert can_replicate(stacked[0])
    held = (np.stack([X, X]), np.stack([y, y]))
    histories = train_replicates(
        stacked, *held, make_optimizer=make_optimizer, seeds=(0, 1), validation_data=held, **how
    )
    for seed, one in enumerate(single):
        alone = one_net.train(one, X, y, optimizer=make_optimizer(), seed=seed, validation_data=(X, y), **how)
        for ours, theirs in zip(stacked[seed].get_weights(), one.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)
        assert histories[seed].best_epoch == alone.best_epoch
        np.testing.assert_allclose(histories[seed].validation_loss, alone.validation_loss, rtol=1e-10)
        plain = keras.losses.BinaryCrossentropy()(y, one(X))
        np.testing.assert_allclose(alone.validation_loss[alone.best_epoch], plain, rtol=1e-10)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"activation": "relu"}, "activation selu or mish"), ({"n_embedded": 0}, "n_embedded of 1 or more")],
)
def test_what_it_does_not_have_is_refused(change, message):
    with pytest.raises(ValueError, match=f"real_mlp.build: expected {message}"):
        build((3,), 1, [4], **change)
