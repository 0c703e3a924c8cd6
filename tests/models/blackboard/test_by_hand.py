from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from sklearn.datasets import load_digits

from models.blackboard import by_hand
from models.blackboard.activations import ACTIVATIONS
from models.blackboard.trace import Descent, Net, initialize

PROBLEMS = [
    (hidden, output, cost)
    for hidden, output, cost in product(ACTIVATIONS, ACTIVATIONS, ("quadratic", "cross_entropy"))
    if cost == "quadratic" or output == "sigmoid"
]


def _rows(n_outputs):
    generator = np.random.default_rng(7)
    return generator.normal(size=(6, 3)), generator.uniform(size=(6, n_outputs))


@pytest.mark.parametrize("sizes", [(3, 4, 2), (3, 2, 2, 2)])  # of equal layers none may stand for another
@pytest.mark.parametrize(("hidden", "output", "cost"), PROBLEMS)
def test_every_derivative_is_the_numeric_one(hidden, output, cost, sizes):
    X, y = _rows(2)
    net = initialize(sizes, seed=5, hidden=hidden, output=output)
    step = by_hand.step(net, X, y, cost=cost, learning_rate=1.0)

    def cost_with(layer, place, nudge):
        weights = [weight.copy() for weight in net.weights]
        weights[layer][place] += nudge
        return by_hand.cost_of(cost, y, by_hand.forward(replace(net, weights=tuple(weights)), X)[1][-1])

    def cost_with_bias(layer, place, nudge):
        biases = [bias.copy() for bias in net.biases]
        biases[layer][place] += nudge
        return by_hand.cost_of(cost, y, by_hand.forward(replace(net, biases=tuple(biases)), X)[1][-1])

    for gradients, cost_at in ((step.dw, cost_with), (step.db, cost_with_bias)):
        for layer, gradient in enumerate(gradients):
            for place in np.ndindex(gradient.shape):
                numeric = (cost_at(layer, place, 1e-6) - cost_at(layer, place, -1e-6)) / 2e-6
                assert gradient[place] == pytest.approx(numeric, abs=1e-8)


def test_an_update_that_can_be_done_in_the_head():
    # One identity neuron: z = 2 * 1 + 0 = 2 where 1 is wanted; cost 1/2 (2 - 1)^2; dw = db = 2 - 1; each moves by 0.5.
    net = Net(weights=(np.array([[2.0]]),), biases=(np.array([0.0]),), activations=("identity",))

    step = by_hand.step(net, np.array([[1.0]]), np.array([[1.0]]), cost="quadratic", learning_rate=0.5)

    assert step.cost == 0.5
    assert step.after.weights[0][0, 0] == 1.5
    assert step.after.biases[0][0] == -0.5


def test_a_batch_moves_by_the_mean_of_its_rows_gradients():
    X, y = _rows(2)
    net = initialize((3, 4, 2), seed=5)
    whole = by_hand.step(net, X, y, cost="quadratic", learning_rate=1.0)

    singles = [by_hand.step(net, X[[i]], y[[i]], cost="quadratic", learning_rate=1.0) for i in range(len(X))]

    np.testing.assert_allclose(whole.dw[0], np.mean([single.dw[0] for single in singles], axis=0), atol=1e-15)
    assert whole.cost == pytest.approx(np.mean([single.cost for single in singles]))


def test_a_step_leaves_the_net_it_started_from():
    X, y = _rows(1)
    net = initialize((3, 1), seed=0)
    before = net.weights[0].copy()

    by_hand.step(net, X, y, cost="cross_entropy", learning_rate=1.0)

    np.testing.assert_array_equal(net.weights[0], before)


def test_saturated_cross_entropy_still_has_a_gradient():
    net = Net(weights=(np.array([[1.0]]),), biases=(np.array([800.0]),), activations=("sigmoid",))

    step = by_hand.step(net, np.array([[1.0]]), np.array([[0.0]]), cost="cross_entropy", learning_rate=1.0)

    assert step.dw[0][0, 0] == 1.0


def test_training_keeps_the_cost_that_each_update_saw():
    X, y = _rows(2)
    how = Descent(cost="quadratic", learning_rate=0.5, epochs=3, batch_size=4, shuffle_seed=2)
    net = initialize((3, 4, 2), seed=5)

    trained, costs = by_hand.train(net, X, y, how)
    trace = by_hand.trace(net, X, y, how)

    np.testing.assert_array_equal(costs, trace.costs)
    np.testing.assert_array_equal(trained.weights[0], trace.steps[-1].after.weights[0])
    assert len(costs) == 6


def test_a_net_from_nothing_reads_real_digits():
    pixels, digits = load_digits(return_X_y=True)
    X, y = pixels / 16, np.eye(10)[digits]
    how = Descent(cost="cross_entropy", learning_rate=0.5, epochs=30, batch_size=10, shuffle_seed=1)

    net, _ = by_hand.train(initialize((64, 15, 10), seed=1), X[:1400], y[:1400], how)

    answers = by_hand.forward(net, X[1400:])[1][-1].argmax(axis=1)
    assert (answers == digits[1400:]).mean() > 0.85  # always the commonest digit: 0.11
