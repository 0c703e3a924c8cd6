"""XLA or graph: the rule and its override."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_iris

from models.engine import compilation, loop
from models.engine.compilation import MANY_EPOCHS, MANY_STEPS, MANY_STEPS_TOGETHER, use_xla, use_xla_for_ends
from models.engine.one_net import train
from models.nets import conv, dense, tabm
from models.resilient import RpropPlus


def conv_net():
    return conv.build((8, 8), 10, [conv.Convolution(feature_maps=2, kernel_size=3, pool_size=1, padding="same")])


@pytest.mark.parametrize(
    ("net", "n_steps", "expected"),
    [
        (lambda: dense.build((4,), 3, [5]), MANY_STEPS, True),
        (lambda: dense.build((4,), 3, [5]), MANY_STEPS - 1, False),
        (conv_net, MANY_STEPS, False),
        (lambda: keras.Sequential([keras.Input((8, 8)), conv_net()]), MANY_STEPS, False),
    ],
)
def test_xla_is_for_long_trainings_without_convolutions(net, n_steps, expected):
    assert use_xla(net(), n_steps=n_steps) is expected


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        (lambda: dense.build((4,), 3, [5]), True),
        (lambda: dense.build((4,), 3, [5], dropout=0.5), False),
        (lambda: tabm.build((4,), 3, [5], n_members=2), False),
    ],
)
def test_plain_nets_at_once_are_compiled_sooner_unless_they_draw_at_random(net, expected):
    assert use_xla(net(), n_steps=MANY_STEPS_TOGETHER, together=True) is expected
    assert use_xla(net(), n_steps=MANY_STEPS, together=True)
    assert not use_xla(net(), n_steps=MANY_STEPS_TOGETHER - 1, together=True)
    assert not use_xla(net(), n_steps=MANY_STEPS_TOGETHER)


def test_max_pooling_on_a_gpu_is_no_matter_for_xla(monkeypatch):
    """TensorFlow fails there, in words of its own and only once it compiles."""
    pooled = conv.build((8, 8), 10, [conv.Convolution(feature_maps=2, kernel_size=3, pool_size=2, padding="same")])
    assert use_xla(pooled, "xla", n_steps=1)
    monkeypatch.setattr(compilation, "_on_gpu", lambda model: True)
    with pytest.raises(ValueError, match="expected no xla on a GPU for a net with max pooling"):
        use_xla(pooled, "xla", n_steps=1)
    assert use_xla(conv_net(), "xla", n_steps=1)


def test_auto_takes_no_xla_for_max_pooling_on_a_gpu(monkeypatch):
    layers = [keras.layers.Embedding(50, 8), keras.layers.MaxPooling1D(2), keras.layers.Flatten()]
    pooled = keras.Sequential([keras.Input((20,)), *layers, keras.layers.Dense(2, "softmax")])
    assert use_xla(pooled, n_steps=MANY_STEPS)
    monkeypatch.setattr(compilation, "_on_gpu", lambda model: True)
    assert not use_xla(pooled, n_steps=MANY_STEPS)


def test_several_nets_that_go_by_signs_are_compiled_as_one_alone_is():
    net = dense.build((4,), 3, [5])
    how = {"together": True, "optimizer": RpropPlus()}
    assert not use_xla(net, n_steps=MANY_STEPS - 1, **how)
    assert use_xla(net, n_steps=MANY_STEPS, **how)
    assert use_xla(net, n_steps=MANY_STEPS_TOGETHER, together=True, optimizer=keras.optimizers.Adam())


def test_the_rule_can_be_overridden():
    assert use_xla(conv_net(), "xla", n_steps=1)
    assert not use_xla(dense.build((4,), 3, [5]), "graph", n_steps=10**6)


def test_an_unknown_way_is_told():
    with pytest.raises(ValueError, match="train: expected compilation auto, xla or graph"):
        use_xla(conv_net(), "jit", n_steps=1)


def test_ends_of_epochs_are_compiled_where_there_are_many_or_what_draws_at_random():
    net = dense.build((4,), 3, [5])
    assert use_xla_for_ends(net, MANY_EPOCHS)
    assert not use_xla_for_ends(net, MANY_EPOCHS - 1)
    assert use_xla_for_ends(dense.build((4,), 3, [5], dropout=0.5), 1)


@pytest.mark.parametrize("many_epochs", [1, 500])
def test_ends_of_epochs_come_out_as_those_of_fit_compiled_or_not(many_epochs, monkeypatch, float64):
    monkeypatch.setattr(compilation, "MANY_EPOCHS", many_epochs)
    n_compiled = _counted_compilations(monkeypatch)
    X, y = load_iris(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(X))
    X, y = X[rows], y[rows]
    ours, theirs = (dense.build((4,), 3, [6], activation="tanh", l2=0.01, seed=0) for _ in range(2))
    loss = keras.losses.SparseCategoricalCrossentropy()
    history = train(
        ours,
        X[:107],
        y[:107],
        loss=loss,
        optimizer=keras.optimizers.Adam(0.01),
        epochs=6,
        batch_size=10,
        seed=0,
        shuffle=False,
        validation_data=(X[107:], y[107:]),
        compilation="xla",
    )
    assert len(n_compiled) == (2 if many_epochs == 1 else 1)
    theirs.compile(keras.optimizers.Adam(0.01), loss)
    held_out = (X[107:], y[107:])
    expected = theirs.fit(
        X[:107], y[:107], batch_size=10, epochs=6, shuffle=False, validation_data=held_out, verbose=0
    ).history
    np.testing.assert_allclose(history.train_loss, expected["loss"], rtol=1e-10)
    np.testing.assert_allclose(history.validation_loss, expected["val_loss"], rtol=1e-10)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)


def _counted_compilations(monkeypatch):
    """Returns a list that grows by one for each function that the loop has XLA compile."""
    found, function = [], tf.function

    def noting(*args, **options):
        if options.get("jit_compile"):
            found.append(options)
        return function(*args, **options)

    monkeypatch.setattr(loop.tf, "function", noting)
    return found
