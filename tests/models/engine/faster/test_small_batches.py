"""A kernel's gradient taken row by row is the gradient, and nothing else about a net changes."""

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from models.engine import one_net
from models.engine.faster import small_batches
from models.engine.many_nets import train_replicates
from models.nets import dense

SGD = keras.optimizers.SGD
OPTIMIZERS = {"plain": lambda: SGD(0.5), "momentum": lambda: SGD(0.1, momentum=0.9, nesterov=True)}


def digits(n_samples):
    X, y = load_digits(return_X_y=True)
    return X[:n_samples] / 16, y[:n_samples]


def net(seed=0, **settings):
    """64-160-160-10: the first two kernels are large enough, the last one is not."""
    return dense.build((64,), 10, [160, 160], seed=seed, **settings)


def how(**change):
    """Arguments; the loss is made anew, since it takes the precision of the moment."""
    loss = keras.losses.SparseCategoricalCrossentropy()
    return {"loss": loss, "epochs": 3, "batch_size": 10, "shuffle": False, "compilation": "xla", **change}


@pytest.fixture
def by_rows(monkeypatch):
    """The shapes of the kernels whose gradient is taken row by row."""
    shapes, original = [], small_batches._row_by_row
    monkeypatch.setattr(
        small_batches, "_row_by_row", lambda X, kernel: shapes.append(tuple(kernel.shape)) or original(X, kernel)
    )
    return shapes


@pytest.mark.parametrize("lead", [(), (3,)])
def test_gradients_are_those_of_the_product(lead, limits):
    rng = np.random.default_rng(0)
    X, kernel, upstream = (tf.constant(rng.normal(size=(*lead, *shape))) for shape in [(7, 120), (120, 90), (7, 90)])
    found = []
    for multiply in (tf.matmul, partial(small_batches.product, ways=limits)):
        with tf.GradientTape() as tape:
            tape.watch([X, kernel])
            total = tf.reduce_sum(multiply(X, kernel) * upstream)
        found.append([total, *tape.gradient(total, [X, kernel])])
    for expected, gradient in zip(*found, strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("style", "optimizer"), [("sequential", "momentum"), ("functional", "plain")])
def test_a_net_has_the_weights_and_losses_of_fit(style, optimizer, by_rows, float64):
    X, y = digits(67)  # the last batch has 7 rows
    ours, theirs = (net(style=style, l2=0.01, dropout=0.2) for _ in range(2))
    history = one_net.train(ours, X, y, optimizer=OPTIMIZERS[optimizer](), seed=0, **how())
    # XLA has its own random numbers for dropout.
    theirs.compile(OPTIMIZERS[optimizer](), keras.losses.SparseCategoricalCrossentropy(), jit_compile=True)
    expected = theirs.fit(X, y, batch_size=10, epochs=3, shuffle=False, verbose=0).history
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)
    np.testing.assert_allclose(history.train_loss, expected["loss"], rtol=1e-10)
    assert set(by_rows) == {(64, 160), (160, 160)}


def test_replicates_are_the_nets_trained_alone(by_rows, float64):
    X, y = digits(67)
    together, alone = ([dense.build((64,), 10, [70], seed=seed) for seed in range(3)] for _ in range(2))
    train_replicates(
        together, np.stack([X] * 3), np.stack([y] * 3), make_optimizer=OPTIMIZERS["plain"], seeds=range(3), **how()
    )
    assert set(by_rows) == {(3, 64, 70)}  # one of them alone has too small a kernel
    for seed, model in enumerate(alone):
        one_net.train(model, X, y, optimizer=OPTIMIZERS["plain"](), seed=seed, **how())
    assert set(by_rows) == {(3, 64, 70)}
    for one, other in zip(together, alone, strict=True):
        for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_the_model_stays_as_it_was_built_and_can_be_trained_again_and_saved(tmp_path):
    X, y = digits(60)
    model = net(style="functional", dropout=0.2)
    before = model.get_config()
    for seed in range(2):
        one_net.train(model, X, y, optimizer=OPTIMIZERS["plain"](), seed=seed, **how())
    assert model.get_config() == before
    assert {type(layer).__module__.split(".")[0] for layer in model.layers} == {"keras"}
    model.save(tmp_path / "net.keras")
    loaded = keras.models.load_model(tmp_path / "net.keras")
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("change", [{"batch_size": 17}, {"compilation": "graph"}, {"optimizer": "adam"}], ids=str)
def test_where_it_does_not_pay_the_product_is_the_usual_one(change, by_rows):
    X, y = digits(60)
    settings = how(**{"optimizer": "sgd", **change})
    optimizer = keras.optimizers.get(settings.pop("optimizer"))
    one_net.train(net(), X, y, optimizer=optimizer, seed=0, **settings)
    assert by_rows == []


def test_kernels_that_are_small_or_wide_are_left_alone(by_rows, limits):
    for shape in [(95, 30), (784, 1000)]:
        small_batches.product(tf.ones((10, shape[0])), tf.ones(shape), limits)
    assert by_rows == []


def test_a_model_with_its_own_call_is_left_alone(limits):
    class Doubled(keras.Model):
        def call(self, inputs):
            return 2 * inputs

    model = Doubled()
    assert small_batches.through(partial(small_batches.product, ways=limits), model) is model


def test_a_penalty_on_what_a_layer_puts_out_is_kept(by_rows, float64):
    X, y = digits(60)

    def penalized():
        keras.utils.set_random_seed(0)
        hidden = keras.layers.Dense(160, "sigmoid", activity_regularizer=keras.regularizers.L2(0.01))
        return keras.Sequential([keras.Input((64,)), hidden, keras.layers.Dense(10, "softmax")])

    ours, theirs = penalized(), penalized()
    one_net.train(ours, X, y, optimizer=OPTIMIZERS["plain"](), seed=0, **how())
    theirs.compile(OPTIMIZERS["plain"](), keras.losses.SparseCategoricalCrossentropy())
    theirs.fit(X, y, batch_size=10, epochs=3, shuffle=False, verbose=0)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)
    assert by_rows == []
