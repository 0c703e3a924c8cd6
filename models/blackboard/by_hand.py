"""A net worked by hand: NumPy, formula by formula, in the lecture's symbols (table in ``models.blackboard.trace``).

This is the lecture's lab, "step by step: construct the neural network function": a net of any sizes, trained on all
rows, on mini-batches or on single rows. ``models.blackboard.tape`` does the same with TensorFlow's tape and must agree.

Example:
    >>> X, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])
    >>> from models.blackboard.trace import Descent, initialize
    >>> how = Descent(cost="cross_entropy", learning_rate=5.0, epochs=500)
    >>> net, costs = train(initialize((2, 4, 1), seed=1), X, y, how)
    >>> forward(net, X)[1][-1].round().ravel()
    array([0., 1., 1., 0.])
"""

from collections.abc import Iterator

import numpy as np
from scipy.special import xlog1py, xlogy

from models.blackboard.activations import ACTIVATIONS, SLOPES
from models.blackboard.trace import Array, Cost, Descent, Net, Step, Trace, require_problem


def cost_of(cost: Cost, y: Array, a: Array) -> float:
    """Returns the cost of outputs ``a`` where ``y`` was wanted, both ``(n, outputs)``.

    Formula:
        quadratic: 1/(2n) sum ||y - a||²; cross-entropy: -1/n sum [y log a + (1 - y) log(1 - a)], over rows and outputs.
    """
    if cost == "quadratic":
        return float(((y - a) ** 2).sum() / (2 * len(y)))
    return float(-(xlogy(y, a) + xlog1py(1 - y, -a)).sum() / len(y))


def forward(net: Net, X: Array) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Returns every z of layers 1, 2, ... and every a of layers 0, 1, 2, ... for rows ``X``, ``(n, inputs)``.

    Formula:
        z_i^(L) = sum_j w_ij^(L) a_j^(L-1) + b_i^(L);  a_i^(L) = activation(z_i^(L)).
    """
    z: list[Array] = []
    a = [X]
    for weights, bias, activation in zip(net.weights, net.biases, net.activations, strict=True):
        z.append(a[-1] @ weights.T + bias)
        a.append(ACTIVATIONS[activation](z[-1]))
    return tuple(z), tuple(a)


def backward(
    net: Net, z: tuple[Array, ...], a: tuple[Array, ...], y: Array, cost: Cost
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Returns the derivatives of the cost by every z and by every a of layers 1, 2, ...

    Formula:
        da of the output: (a - y) / n, or (a - y) / (a (1 - a)) / n for cross-entropy;
        dz = da * slope;  da of the layer before = dz W.
        Cross-entropy of a sigmoid gives dz = (a - y) / n: the slope cancels, and is not left to rounding.
    """
    output = _output_slopes(net, z[-1], a[-1], y, cost)
    da, dz = [output[0]], [output[1]]
    for layer in reversed(range(len(z) - 1)):
        da.append(dz[-1] @ net.weights[layer + 1])
        dz.append(da[-1] * SLOPES[net.activations[layer]](z[layer], a[layer + 1]))
    return tuple(reversed(dz)), tuple(reversed(da))


def _output_slopes(net: Net, z: Array, a: Array, y: Array, cost: Cost) -> tuple[Array, Array]:
    """The derivatives of the cost by the output's a and by its z."""
    error = (a - y) / len(y)
    if cost == "quadratic":
        return error, error * SLOPES[net.activations[-1]](z, a)
    with np.errstate(divide="ignore", invalid="ignore"):  # a saturated output has no finite da, but a dz
        return (a - y) / (a * (1 - a)) / len(y), error


def step(net: Net, X: Array, y: Array, *, cost: Cost, learning_rate: float) -> Step:
    """Makes one update and returns all that it saw and did.

    Formula:
        dw_ij = sum over rows of dz_i a_j;  db_i = sum over rows of dz_i;  w <- w - alpha dw;  b <- b - alpha db.

    Args:
        net: As it is before.
        X: ``(n, inputs)``.
        y: ``(n, outputs)``.
        cost: To be lowered.
        learning_rate: The lecture's alpha.
    """
    z, a = forward(net, X)
    dz, da = backward(net, z, a, y, cost)
    dw = tuple(gradient.T @ signal for gradient, signal in zip(dz, a[:-1], strict=True))
    db = tuple(gradient.sum(axis=0) for gradient in dz)
    after = Net(
        weights=tuple(w - learning_rate * gradient for w, gradient in zip(net.weights, dw, strict=True)),
        biases=tuple(b - learning_rate * gradient for b, gradient in zip(net.biases, db, strict=True)),
        activations=net.activations,
    )
    return Step(X=X, y=y, before=net, z=z, a=a, cost=cost_of(cost, y, a[-1]), dz=dz, da=da, dw=dw, db=db, after=after)


def descend(net: Net, X: Array, y: Array, descent: Descent) -> Iterator[Step]:
    """Yields one update after the other; arguments as in ``train``."""
    require_problem(net, X, y, descent.cost)
    for rows in descent.batches(len(X)):
        made = step(net, X[rows], y[rows], cost=descent.cost, learning_rate=descent.learning_rate)
        net = made.after
        yield made


def trace(net: Net, X: Array, y: Array, descent: Descent) -> Trace:
    """Trains and keeps every step; arguments as in ``train``. For short runs: nothing is thrown away."""
    return Trace(steps=tuple(descend(net, X, y, descent)))


def train(net: Net, X: Array, y: Array, descent: Descent) -> tuple[Net, Array]:
    """Trains a net by gradient descent.

    Args:
        net: As it starts; it stays as it is.
        X: ``(n_samples, inputs)``.
        y: ``(n_samples, outputs)``.
        descent: How.

    Returns:
        The trained net and the cost that each update saw.

    Raises:
        ValueError: ``X`` or ``y`` does not fit the net, or cross-entropy does not fit its output.
    """
    costs = []
    for made in descend(net, X, y, descent):
        net = made.after
        costs.append(made.cost)
    return net, np.array(costs)
