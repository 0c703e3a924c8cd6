"""Gradient descent on a function of any variables, and what a descent did. ``descent`` does the same compiled.

Example:
    >>> path = gradient_descent(lambda v: 2 * v, np.array([-4.0]), learning_rate=0.1, n_steps=40)
    >>> describe_descent(path, lambda v: 2 * v)
    'converging'
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from models.blackboard.trace import Array

Behavior = Literal["converging", "crawling", "oscillating", "diverging"]


def gradient_descent(gradient: Callable[[Array], Array], start: Array, *, learning_rate: float, n_steps: int) -> Array:
    """Rolls down a function of any variables and returns the path, ``(n_steps + 1, n_variables)``.

    Formula:
        v <- v - eta grad C(v), repeated.
    """
    path = np.empty((n_steps + 1, len(start)))
    path[0] = start
    for i in range(n_steps):
        path[i + 1] = path[i] - learning_rate * gradient(path[i])
    return path


def describe_descent(path: Array, gradient: Callable[[Array], Array]) -> Behavior:
    """Names what a descent did, from its path alone.

    Formula:
        diverging: the gradient at the end is longer than at the start;
        oscillating: most steps turn back against the step before, step_t . step_(t-1) < 0;
        crawling: it never turns, but more than 1 % of the gradient is left;
        converging: the rest.

    Args:
        path: ``(n_steps + 1, n_variables)``, two steps at least.
        gradient: Of the function that was descended.
    """
    before, after = np.linalg.norm(gradient(path[0])), np.linalg.norm(gradient(path[-1]))
    steps = np.diff(path, axis=0)
    turns = (steps[1:] * steps[:-1]).sum(axis=1) < 0
    if not after <= before:
        return "diverging"
    if turns.mean() > 0.5:
        return "oscillating"
    return "crawling" if after > 0.01 * before else "converging"
