import numpy as np
import pytest
import tensorflow as tf

from models.blackboard import by_hand, tape
from models.blackboard.gradient_descent import gradient_descent
from models.blackboard.trace import Descent, initialize

SEEN = ("z", "a", "dz", "da", "dw", "db")


@pytest.mark.parametrize("cost", ["quadratic", "cross_entropy"])
@pytest.mark.parametrize("n_outputs", [1, 2, 5])
def test_a_step_sees_and_does_what_the_step_by_hand_does(cost, n_outputs):
    generator = np.random.default_rng(2)
    X, y = generator.normal(size=(6, 3)), generator.uniform(size=(6, n_outputs))
    net = initialize((3, 4, n_outputs), seed=1, hidden="tanh")

    hand = by_hand.step(net, X, y, cost=cost, learning_rate=0.3)
    taped = tape.step(net, X, y, cost=cost, learning_rate=0.3)

    assert taped.cost == pytest.approx(hand.cost, abs=1e-14)
    for name in SEEN:
        for ours, theirs in zip(getattr(hand, name), getattr(taped, name), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-14)
    np.testing.assert_allclose(hand.after.weights[1], taped.after.weights[1], atol=1e-14)


def test_the_trace_is_the_compiled_training_step_by_step():
    generator = np.random.default_rng(2)
    X, y = generator.normal(size=(7, 3)), generator.uniform(size=(7, 2))
    net = initialize((3, 2), seed=1)
    how = Descent(cost="quadratic", learning_rate=0.5, epochs=2, batch_size=3, shuffle_seed=4)

    trained, costs = tape.train(net, X, y, how)
    trace = tape.trace(net, X, y, how)

    np.testing.assert_allclose(costs, trace.costs, atol=1e-14)
    np.testing.assert_allclose(trained.weights[0], trace.steps[-1].after.weights[0], atol=1e-14)


def test_a_descent_follows_the_path_by_hand():
    start = np.array([2.0, -1.0])

    path = tape.gradient_descent(lambda v: v[0] ** 4 + 3 * v[1] ** 2, start, learning_rate=0.01, n_steps=30)

    by_formula = gradient_descent(lambda v: np.array([4 * v[0] ** 3, 6 * v[1]]), start, learning_rate=0.01, n_steps=30)
    np.testing.assert_allclose(path, by_formula, atol=1e-14)


def test_newton_finds_the_minimum_of_a_quadratic_in_one_step():
    path = tape.newton(lambda v: (v[0] - 3) ** 2 + v[0] * v[1] + v[1] ** 2, np.array([9.0, 9.0]), n_steps=1)

    # grad = (2 (v0 - 3) + v1, v0 + 2 v1) = 0 at (4, -2)
    np.testing.assert_allclose(path[-1], [4.0, -2.0], atol=1e-12)


def test_partials_reach_any_value_from_any_other():
    chain = tape.Partials(
        lambda v: v | {"z": v["w"] * v["x"]} | {"a": tf.square(v["w"] * v["x"])}, {"w": 2.0, "x": 3.0}
    )

    assert chain.value("a") == 36.0
    assert chain.derivative("a", "w") == 36.0
    assert chain.derivative("z", "x") == 2.0
