import numpy as np

from models.blackboard import logistic_regression as logistic


def test_newton_leaves_no_gradient():
    generator = np.random.default_rng(3)
    X, y = generator.normal(size=(40, 2)), generator.integers(2, size=40).astype(float)

    theta = logistic.newton(X, y, n_steps=10)[-1]

    assert np.abs(logistic.gradient(theta, X, y)).max() < 1e-14


def test_the_gradient_and_the_hessian_are_the_numeric_ones():
    generator = np.random.default_rng(3)
    X, y = generator.normal(size=(20, 2)), generator.integers(2, size=20).astype(float)
    theta, nudges = np.array([0.3, -0.7, 1.1]), 1e-6 * np.eye(3)

    gradient = [(logistic.cost(theta + n, X, y) - logistic.cost(theta - n, X, y)) / 2e-6 for n in nudges]
    hessian = [(logistic.gradient(theta + n, X, y) - logistic.gradient(theta - n, X, y)) / 2e-6 for n in nudges]

    np.testing.assert_allclose(logistic.gradient(theta, X, y), gradient, atol=1e-9)
    np.testing.assert_allclose(logistic.hessian(theta, X), hessian, atol=1e-9)


def test_the_cost_of_knowing_nothing_is_that_of_a_coin():
    assert logistic.cost(np.zeros(2), np.array([[1.0], [2.0]]), np.array([0.0, 1.0])) == np.log(2)
