"""Compiled gradient descent follows the formula, step by step."""

import csv
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from models.blackboard import logistic_regression as logistic
from models.blackboard.descent import descend

EXAMPLE_5 = Path(__file__).parents[3] / "experiments" / "data" / "example5.csv"


def test_example_4_shrinks_both_coordinates_by_the_same_factor():
    alpha, n_steps = 0.1, 25
    end, costs = descend(lambda x: tf.reduce_sum(x**2), [-4.0, 3.0], learning_rate=alpha, n_steps=n_steps)
    factor = 1 - 2 * alpha
    np.testing.assert_allclose(end, factor**n_steps * np.array([-4.0, 3.0]), rtol=1e-12)
    np.testing.assert_allclose(costs, 25.0 * factor ** (2 * np.arange(n_steps)), rtol=1e-12)


def test_example_5_by_hand_is_example_5_compiled():
    with EXAMPLE_5.open() as file:
        table = np.array([[float(value) for value in row.values()] for row in csv.DictReader(file)])
    X, y = table[:, :-1], table[:, -1]
    design = tf.constant(np.column_stack([np.ones(len(X)), X]))

    def cost(theta):
        logits = tf.linalg.matvec(design, theta)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.constant(y), logits))

    end, costs = descend(cost, np.zeros(3), learning_rate=0.1, n_steps=500)
    theta, expected = np.zeros(3), []
    for _ in range(500):
        expected.append(logistic.cost(theta, X, y))
        theta = theta - 0.1 * logistic.gradient(theta, X, y)
    np.testing.assert_allclose(end, theta, rtol=1e-10)
    np.testing.assert_allclose(costs, expected, rtol=1e-10)


@pytest.mark.parametrize("function", [lambda x: x**2, lambda x: tf.constant(1.0, tf.float64)])
def test_what_is_not_a_scalar_function_is_told(function):
    with pytest.raises(ValueError, match="descend: expected a scalar function of its argument"):
        descend(function, [1.0, 2.0], learning_rate=0.1, n_steps=3)
