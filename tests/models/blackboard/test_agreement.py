"""By hand = by tape = Keras, on random nets."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from models.blackboard import by_hand, tape
from models.blackboard.trace import Descent, initialize
from models.losses import LOSSES

ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu")


@pytest.fixture(scope="module", autouse=True)
def _float64():
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")  # of losses
    keras.config.set_dtype_policy("float64")  # of layers: kept from the first one that was made
    yield
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


@st.composite
def problems(draw):
    """Net, rows and how to train: 1, 2 or 5 outputs, uneven sizes, every activation and both costs."""
    sizes = (draw(st.integers(1, 4)), *draw(st.lists(st.integers(1, 6), max_size=2)), draw(st.sampled_from([1, 2, 5])))
    cost = draw(st.sampled_from(["quadratic", "cross_entropy"]))
    output = "sigmoid" if cost == "cross_entropy" else draw(st.sampled_from(ACTIVATIONS))
    net = initialize(sizes, seed=draw(st.integers(0, 99)), hidden=draw(st.sampled_from(ACTIVATIONS)), output=output)
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    n_samples = draw(st.integers(2, 13))
    X, y = generator.normal(size=(n_samples, sizes[0])), generator.uniform(size=(n_samples, sizes[-1]))
    batch_size = draw(st.none() | st.integers(1, n_samples))
    # A float32 holds the rate exactly: Keras's optimizer keeps it in one.
    return net, X, y, Descent(cost=cost, learning_rate=0.25, epochs=5, batch_size=batch_size)


def _keras_values(net):
    return [value for pair in zip(net.weights, net.biases, strict=True) for value in (pair[0].T, pair[1])]


def _as_model(net):
    names = ["linear" if name == "identity" else name for name in net.activations]
    layers = [keras.layers.Dense(len(bias), activation=name) for bias, name in zip(net.biases, names, strict=True)]
    model = keras.Sequential([keras.Input((net.sizes[0],)), *layers])
    model.set_weights(_keras_values(net))
    return model


def _assert_same(ours, theirs):
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=12, derandomize=True)
@given(problems(), st.none() | st.integers(0, 9))
def test_by_hand_is_by_tape_after_many_updates(problem, shuffle_seed):
    net, X, y, how = problem
    how = replace(how, epochs=15, shuffle_seed=shuffle_seed)

    hand, costs = by_hand.train(net, X, y, how)
    taped, taped_costs = tape.train(net, X, y, how)

    _assert_same(_keras_values(hand), _keras_values(taped))
    np.testing.assert_allclose(costs, taped_costs, atol=1e-12)


@settings(deadline=None, max_examples=8, derandomize=True, phases=[Phase.generate])  # a fit a second: no shrinking
@given(problems())
def test_by_hand_is_keras_fit_and_the_tape_of_a_keras_model(problem):
    net, X, y, how = problem
    hand, _ = by_hand.train(net, X, y, how)

    fitted = _as_model(net)
    fitted.compile(optimizer=keras.optimizers.SGD(how.learning_rate), loss=LOSSES[how.cost])
    fitted.fit(X, y, batch_size=how.batch_size or len(X), epochs=how.epochs, shuffle=False, verbose=0)
    taped = _as_model(net)
    tape.train_model(taped, X, y, how)

    _assert_same(_keras_values(hand), fitted.get_weights())
    _assert_same(_keras_values(hand), taped.get_weights())
