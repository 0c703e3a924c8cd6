"""A batch put together from two halves is the batch, and only nets for which that holds are taken so."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from models.engine import one_net
from models.nets import conv, dense

N_ROWS = 351  # batches of 101, 101, 101 and 48


def digits(n_samples=N_ROWS):
    digits = load_digits()
    return digits.images[:n_samples] / 16, digits.target[:n_samples]


def net(**settings):
    convolutions = [
        conv.Convolution(feature_maps=4, kernel_size=3, pool_size=2, padding="same"),
        conv.Convolution(feature_maps=6, kernel_size=3, pool_size=1, padding="valid"),
    ]
    return conv.build((8, 8), 10, convolutions, hidden_units=[12], **settings)


def train(model, X, y, **changes):
    settings = {
        "loss": keras.losses.SparseCategoricalCrossentropy(),
        "optimizer": keras.optimizers.Adam(0.01),
        "epochs": 3,
        "batch_size": 101,
        "shuffle": False,
        "seed": 0,
    }
    return one_net.train(model, X, y, **{**settings, **changes})


@pytest.fixture
def taken(monkeypatch):
    """How many rows were taken at once, wherever the program was traced."""
    rows, original = [], one_net.OneNet._train_loss

    def noted(self, batch):
        rows.append(batch[0].shape[0])
        return original(self, batch)

    monkeypatch.setattr(one_net.OneNet, "_train_loss", noted)
    return rows


@pytest.mark.parametrize(("style", "weighted"), [("sequential", False), ("functional", True)])
def test_a_net_has_the_weights_and_losses_of_fit(style, weighted, taken, float64):
    X, y = digits()
    sample_weight = np.random.default_rng(0).uniform(0.5, 2, N_ROWS) if weighted else None
    ours, theirs = (net(style=style, l2=0.01) for _ in range(2))
    history = train(ours, X, y, sample_weight=sample_weight)
    theirs.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy())
    expected = theirs.fit(
        X, y, batch_size=101, epochs=3, shuffle=False, verbose=0, sample_weight=sample_weight
    ).history["loss"]
    assert set(taken) == {50, 51, 48}
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)
    if not weighted:  # Keras divides an epoch's loss by the sum of weights
        np.testing.assert_allclose(history.train_loss, expected, rtol=1e-10)


def test_twice_the_same_bits(taken):
    X, y = digits()
    first, second = net(), net()
    for model in (first, second):
        train(model, X, y, shuffle=True)
    assert {50, 51} < set(taken)
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_model_stays_as_it_was_built():
    X, y = digits()
    model = net()
    before = model.get_config()
    train(model, X, y)
    assert model.get_config() == before


REFUSED = {
    "few rows": ({}, {"batch_size": 99}),
    "xla": ({}, {"compilation": "xla", "epochs": 1}),
    "batch normalization": ({"batch_normalization": True}, {}),
    "dropout": ({"dropout": 0.5}, {}),
    "augmentation": ({"augmentation": {"shift": 1.0}}, {}),
    "a sum over rows": ({}, {"loss": keras.losses.SparseCategoricalCrossentropy(reduction="sum")}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_where_it_does_not_pay_or_means_another_thing_batches_are_taken_whole(case, taken):
    build, change = REFUSED[case]
    X, y = digits()
    train(net(**build), X, y, **change)
    assert {50, 51}.isdisjoint(taken)
    assert change.get("batch_size", 101) in taken


def test_a_dense_net_takes_batches_whole(taken):
    X, y = digits()
    train(dense.build((64,), 10, [12]), X.reshape(len(X), -1), y)
    assert {50, 51}.isdisjoint(taken)


def test_a_penalty_on_what_a_layer_puts_out_keeps_batches_whole(taken):
    X, y = digits()
    layers = keras.layers
    penalized = layers.Conv2D(4, 3, activity_regularizer=keras.regularizers.L2(0.01))
    train(
        keras.Sequential(
            [keras.Input((8, 8, 1)), penalized, layers.Flatten(), layers.Dense(10), layers.Activation("softmax")]
        ),
        X[..., None],
        y,
    )
    assert {50, 51}.isdisjoint(taken)


class Centred(keras.layers.Layer):
    def call(self, inputs):
        return inputs - keras.ops.mean(inputs, axis=0)


class CentredNet(keras.Sequential):
    def call(self, inputs, training=None):
        return super().call(inputs - keras.ops.mean(inputs, axis=0), training=training)


def own_layer():
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(4, 3), Centred(), layers.Flatten(), layers.Dense(10, "softmax")]
    )


def own_call():
    layers = keras.layers
    return CentredNet([keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(10, "softmax")])


def own_operation():
    layers = keras.layers
    X = keras.Input((8, 8, 1))
    maps = layers.Flatten()(layers.Conv2D(4, 3)(X))
    return keras.Model(X, layers.Dense(10, "softmax")(maps - keras.ops.mean(maps, axis=0)))


@pytest.mark.parametrize("mixed", [own_layer, own_call, own_operation])
def test_a_net_that_mixes_rows_takes_batches_whole(mixed, taken):
    X, y = digits()
    train(mixed(), X[..., None], y)
    assert {50, 51}.isdisjoint(taken)
