"""The lecture's perceptron: its rule, and how Rosenblatt let it learn.

Example:
    >>> perceptron(np.array([6.0, 2.0, 2.0]), -5.0, np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]))
    array([1., 0.])
"""

import numpy as np

from models.blackboard.activations import step_function
from models.blackboard.trace import Array


def perceptron(w: Array, b: float, X: Array) -> Array:
    """Returns 1 for each row with w . x + b > 0, else 0: the perceptron rule with the bias b = -threshold."""
    return step_function(X @ w + b)


def learn_perceptron(X: Array, y: Array, *, learning_rate: float, max_epochs: int) -> tuple[Array, Array]:
    """Learns weights by Rosenblatt's rule, row after row, until an epoch passes without a mistake.

    Formula:
        w <- w + alpha (y - output) x;  b <- b + alpha (y - output).

    Args:
        X: ``(n_samples, n_features)``.
        y: ``(n_samples,)`` of 0 and 1.
        learning_rate: The lecture's alpha.
        max_epochs: Rows that no line separates are never learned: stops there.

    Returns:
        Weights with the bias last after each epoch, ``(n_epochs + 1, n_features + 1)``, and mistakes in each epoch.

    Source:
        Rosenblatt (1957), The perceptron.
    """
    w, b = np.zeros(X.shape[1]), 0.0
    path, mistakes = [np.append(w, b)], []
    for _ in range(max_epochs):
        wrong = 0
        for x, wanted in zip(X, y, strict=True):
            error = wanted - perceptron(w, b, x)
            w, b = w + learning_rate * error * x, b + learning_rate * error
            wrong += int(error != 0)
        path.append(np.append(w, b))
        mistakes.append(wrong)
        if wrong == 0:
            break
    return np.array(path), np.array(mistakes, dtype=np.float64)
