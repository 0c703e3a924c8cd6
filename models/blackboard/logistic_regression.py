"""The lecture's logistic regression: its cost J(theta), the derivatives, and Newton's method, which is R's.

theta is ``(1 + n_features,)``, the intercept first; X ``(m, n_features)``; y ``(m,)`` of 0 and 1.
"""

import numpy as np
from scipy.special import xlog1py, xlogy

from models.blackboard.activations import sigmoid
from models.blackboard.trace import Array


def cost(theta: Array, X: Array, y: Array) -> float:
    """Returns the lecture's J(theta).

    Formula:
        h = sigmoid(theta_0 + theta_1 x_1 + ...);  J = 1/m sum [-y log h - (1 - y) log(1 - h)].
    """
    h = sigmoid(_with_ones(X) @ theta)
    return float(-(xlogy(y, h) + xlog1py(1 - y, -h)).sum() / len(y))


def gradient(theta: Array, X: Array, y: Array) -> Array:
    """Returns the derivatives of J by every theta_j.

    Formula:
        dJ/dtheta_j = 1/m sum (h - y) x_j, with x_0 = 1.
    """
    design = _with_ones(X)
    return design.T @ (sigmoid(design @ theta) - y) / len(y)


def hessian(theta: Array, X: Array) -> Array:
    """Returns the second derivatives of J, ``(1 + n_features, 1 + n_features)``.

    Formula:
        1/m sum h (1 - h) x x^T.
    """
    design = _with_ones(X)
    h = sigmoid(design @ theta)
    return (design.T * (h * (1 - h))) @ design / len(X)


def newton(X: Array, y: Array, *, n_steps: int) -> Array:
    """Fits by Newton's method, which is R's iteratively reweighted least squares, from theta = 0.

    Formula:
        theta <- theta - H^-1 grad J.

    Returns:
        The path, ``(n_steps + 1, 1 + n_features)``.
    """
    path = np.zeros((n_steps + 1, 1 + X.shape[1]))
    for i in range(n_steps):
        path[i + 1] = path[i] - np.linalg.solve(hessian(path[i], X), gradient(path[i], X, y))
    return path


def _with_ones(X: Array) -> Array:
    return np.column_stack([np.ones(len(X)), X])
