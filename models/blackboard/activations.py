"""Activation functions in NumPy, each with its slope beside it.

A slope is da/dz at ``z``, where ``a`` is the activation of ``z``: what is known already is not computed again.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import expit

from models.blackboard.trace import Activation, Array


def step_function(z: Array) -> Array:
    """Returns 1 where z > 0, else 0: the perceptron's activation. Its slope is 0 wherever there is one."""
    return np.where(z > 0, 1.0, 0.0)


def sigmoid(z: Array) -> Array:
    """Returns 1 / (1 + exp(-z)), without overflow for large negative z."""
    return expit(z)


def sigmoid_slope(z: Array, a: Array) -> Array:
    """Returns a (1 - a)."""
    return a * (1 - a)


def tanh(z: Array) -> Array:
    """Returns (exp(z) - exp(-z)) / (exp(z) + exp(-z))."""
    return np.tanh(z)


def tanh_slope(z: Array, a: Array) -> Array:
    """Returns 1 - a²."""
    return 1 - a * a


def relu(z: Array) -> Array:
    """Returns max(0, z)."""
    return np.maximum(z, 0.0)


def relu_slope(z: Array, a: Array) -> Array:
    """Returns 1 where z > 0, else 0, also at 0, as in TensorFlow."""
    return np.where(z > 0, 1.0, 0.0)


def identity(z: Array) -> Array:
    """Returns z."""
    return z


def identity_slope(z: Array, a: Array) -> Array:
    """Returns 1."""
    return np.ones_like(z)


ACTIVATIONS: Mapping[Activation, Callable[[Array], Array]] = {
    "identity": identity,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
}
SLOPES: Mapping[Activation, Callable[[Array, Array], Array]] = {
    "identity": identity_slope,
    "sigmoid": sigmoid_slope,
    "tanh": tanh_slope,
    "relu": relu_slope,
}
