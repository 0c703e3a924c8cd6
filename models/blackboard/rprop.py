"""Resilient backpropagation, rprop+, as R's neuralnet trains: only the signs of the slopes count.

Every weight has a step of its own, which grows while its slope keeps its sign and is halved when the sign turns; the
step that went too far is taken back (weight backtracking). All rows are used for every step.

=================== ================================ ===============================
neuralnet           here                             default
=================== ================================ ===============================
threshold           ``Rprop.threshold``              .01, of the largest slope
stepmax             ``Rprop.max_steps``              100,000
learningrate        ``Rprop.first``                  .1
learningrate.factor ``Rprop.grow``, ``Rprop.shrink`` 1.2 and .5
learningrate.limit  ``Rprop.least``, ``Rprop.most``  1e-10 and .1
Error               the last of ``errors``           half the sum of squared errors
=================== ================================ ===============================
"""

from dataclasses import dataclass
from math import inf

import numpy as np

from models.blackboard import by_hand
from models.blackboard.trace import Array, Net, require_problem
from models.checks import require


@dataclass(frozen=True, kw_only=True)
class Rprop:
    """How far it goes; the defaults are neuralnet's.

    Attributes:
        threshold: It has converged when no slope of the error is larger.
        max_steps: It gives up after so many.
        first: Every weight's first step.
        grow: Factor of a step whose slope keeps its sign.
        shrink: Factor of a step whose slope has turned.
        least: No step becomes smaller.
        most: No step becomes larger.

    Raises:
        ValueError: A number is out of its range.
    """

    threshold: float = 0.01
    max_steps: int = 100_000
    first: float = 0.1
    grow: float = 1.2
    shrink: float = 0.5
    least: float = 1e-10
    most: float = 0.1

    def __post_init__(self) -> None:
        require(
            0 < self.shrink < 1 < self.grow and 0 < self.least <= self.first <= self.most < inf,
            "Rprop",
            "shrink < 1 < grow, and least <= first <= most, all positive",
            "neuralnet takes 0.5, 1.2, 1e-10, 0.1 and 0.1.",
            shrink=self.shrink,
            grow=self.grow,
            least=self.least,
            first=self.first,
            most=self.most,
        )
        require(
            self.threshold > 0 and self.max_steps >= 1,
            "Rprop",
            "a positive threshold and one step at least",
            "neuralnet takes 0.01 and 100,000.",
            threshold=self.threshold,
            max_steps=self.max_steps,
        )


def train(net: Net, X: Array, y: Array, how: Rprop) -> tuple[Net, Array, bool]:
    """Trains a net by rprop+ on half the sum of squared errors.

    Formula:
        slope keeps its sign: step <- min(1.2 step, .1), w <- w - sign(slope) step;
        slope has turned: w <- w + sign(slope before) step, step <- max(.5 step, 1e-10), and the slope counts as 0 in
        the next comparison; slope or memory is 0: w <- w - sign(slope) step.

    Args:
        net: As it starts; it stays as it is.
        X: ``(n_samples, inputs)``.
        y: ``(n_samples, outputs)``.
        how: How far.

    Returns:
        The trained net, the error before each step and after the last one, and whether the threshold was reached.

    Raises:
        ValueError: ``X`` or ``y`` does not fit the net.

    Source:
        Lab | The MNIST database (package: neuralnet); Riedmiller and Braun (1993), A direct adaptive method for faster
        backpropagation learning.
    """
    require_problem(net, X, y, "quadratic")
    flat = _flat(net.weights, net.biases)
    steps, memory = np.full_like(flat, how.first), np.zeros_like(flat)
    errors: list[float] = []
    error, slopes = _error_and_slopes(net, X, y)
    while np.abs(slopes).max() > how.threshold and len(errors) < how.max_steps:
        errors.append(error)
        flat, steps, memory = one_step(flat, slopes, steps, memory, how)
        net = _as_net(flat, net)
        error, slopes = _error_and_slopes(net, X, y)
    return net, np.array([*errors, error]), bool(np.abs(slopes).max() <= how.threshold)


def one_step(weights: Array, slopes: Array, steps: Array, memory: Array, how: Rprop) -> tuple[Array, Array, Array]:
    """Returns weights, their steps and the signs to remember after one step; formula as of ``train``."""
    sign = np.sign(slopes)
    kept, turned = memory * sign > 0, memory * sign < 0
    grown = np.where(kept, np.minimum(how.grow * steps, how.most), steps)
    moved = np.where(turned, weights + memory * steps, weights - sign * grown)
    shrunk = np.where(turned, np.maximum(how.shrink * steps, how.least), grown)
    return moved, shrunk, np.where(turned, 0.0, sign)


def _error_and_slopes(net: Net, X: Array, y: Array) -> tuple[float, Array]:
    """Half the sum of squared errors, and its slopes by every weight and bias; ``by_hand`` has means over rows."""
    z, a = by_hand.forward(net, X)
    dz, _ = by_hand.backward(net, z, a, y, "quadratic")
    dw = tuple(gradient.T @ signal for gradient, signal in zip(dz, a[:-1], strict=True))
    db = tuple(gradient.sum(axis=0) for gradient in dz)
    return len(X) * by_hand.cost_of("quadratic", y, a[-1]), len(X) * _flat(dw, db)


def _flat(weights: tuple[Array, ...], biases: tuple[Array, ...]) -> Array:
    return np.concatenate([values.ravel() for values in (*weights, *biases)])


def _as_net(flat: Array, like: Net) -> Net:
    shapes = [values.shape for values in (*like.weights, *like.biases)]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    parts = [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]
    n = len(like.weights)
    return Net(weights=tuple(parts[:n]), biases=tuple(parts[n:]), activations=like.activations)
