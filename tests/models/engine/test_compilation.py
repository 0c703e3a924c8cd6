"""XLA or graph: the rule and its override."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_iris
from tensorflow.python.eager.polymorphic_function import polymorphic_function

from models.engine import loop
from models.engine.compilation import MANY_EPOCHS, MANY_STEPS, use_xla, use_xla_for_ends
from models.engine.one_net import train
from models.nets import conv, dense


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


def test_the_rule_can_be_overridden():
    assert use_xla(conv_net(), "xla", n_steps=1)
    assert not use_xla(dense.build((4,), 3, [5]), "graph", n_steps=10**6)


def test_an_unknown_way_is_told():
    with pytest.raises(ValueError, match="train: expected compilation auto, xla or graph"):
        use_xla(conv_net(), "jit", n_steps=1)


def test_ends_of_epochs_are_compiled_where_there_are_many():
    assert use_xla_for_ends(MANY_EPOCHS)
    assert not use_xla_for_ends(MANY_EPOCHS - 1)


def test_ends_of_epochs_come_out_the_same_compiled_or_not(monkeypatch, float64):
    X, y = load_iris(return_X_y=True)
    rows = np.random.default_rng(0).permutation(len(X))
    X, y = X[rows], y[rows]
    compiled = []
    compile_one = polymorphic_function.function

    def noting(*args, **options):
        compiled[-1] += bool(options.get("jit_compile"))
        return compile_one(*args, **options)

    monkeypatch.setattr(loop.tf, "function", noting)

    def trained(ends_under_xla):
        compiled.append(0)
        monkeypatch.setattr(loop, "use_xla_for_ends", lambda epochs: ends_under_xla)
        # A learning rate of its own keeps a program of the other way from being used again.
        model = dense.build((4,), 3, [6], activation="tanh", l2=0.01, seed=0)
        history = train(
            model,
            X[:107],
            y[:107],
            loss=keras.losses.SparseCategoricalCrossentropy(),
            optimizer=keras.optimizers.Adam(0.01 + 1e-15 * ends_under_xla),
            epochs=6,
            batch_size=10,
            seed=0,
            validation_data=(X[107:], y[107:]),
            patience=2,
            compilation="xla",
        )
        return history, model.get_weights()

    (one, weights), (other, others) = trained(True), trained(False)
    assert compiled == [2, 1]
    np.testing.assert_allclose(one.train_loss, other.train_loss, rtol=1e-9)
    np.testing.assert_allclose(one.validation_loss, other.validation_loss, rtol=1e-9)
    for mine, theirs in zip(weights, others, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-9)
