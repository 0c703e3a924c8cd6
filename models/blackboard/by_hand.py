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

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from scipy.special import expit, xlog1py, xlogy

from models.blackboard.trace import Activation, Array, Cost, Descent, Net, Step, Trace, require_problem

Behavior = Literal["converging", "crawling", "oscillating", "diverging"]


def step_function(z: Array) -> Array:
    """Returns 1 where z > 0, else 0: the perceptron's activation. Its slope is 0 wherever there is one."""
    return np.where(z > 0, 1.0, 0.0)


def sigmoid(z: Array) -> Array:
    """Returns 1 / (1 + exp(-z)), without overflow for large negative z."""
    return expit(z)


def relu(z: Array) -> Array:
    """Returns max(0, z)."""
    return np.maximum(z, 0.0)


def identity(z: Array) -> Array:
    """Returns z."""
    return z


ACTIVATIONS: dict[Activation, Callable[[Array], Array]] = {
    "identity": identity,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": relu,
}


def slope(activation: Activation, z: Array, a: Array) -> Array:
    """Returns da/dz at ``z`` where ``a`` is the activation of ``z``.

    Formula:
        sigmoid a (1 - a); tanh 1 - a²; ReLU 1 where z > 0, else 0 (also at 0, as in TensorFlow); identity 1.
    """
    match activation:
        case "sigmoid":
            return a * (1 - a)
        case "tanh":
            return 1 - a * a
        case "relu":
            return np.where(z > 0, 1.0, 0.0)
        case "identity":
            return np.ones_like(z)


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
    n = len(y)
    dz: list[Array] = []
    da: list[Array] = []
    for layer in reversed(range(len(z))):
        output = a[layer + 1]
        if dz:
            da.insert(0, dz[0] @ net.weights[layer + 1])
        elif cost == "quadratic":
            da.insert(0, (output - y) / n)
        else:
            with np.errstate(divide="ignore", invalid="ignore"):  # a saturated output has no finite da, but a dz
                da.insert(0, (output - y) / (output * (1 - output)) / n)
        if not dz and cost == "cross_entropy":
            dz.insert(0, (output - y) / n)
        else:
            dz.insert(0, da[0] * slope(net.activations[layer], z[layer], output))
    return tuple(dz), tuple(da)


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


def logistic_cost(theta: Array, X: Array, y: Array) -> float:
    """Returns the lecture's J(theta) of logistic regression.

    Formula:
        h = sigmoid(theta_0 + theta_1 x_1 + ...);  J = 1/m sum [-y log h - (1 - y) log(1 - h)].

    Args:
        theta: ``(1 + n_features,)``, the intercept first.
        X: ``(m, n_features)``.
        y: ``(m,)`` of 0 and 1.
    """
    return cost_of("cross_entropy", y[:, None], sigmoid(_with_ones(X) @ theta)[:, None])


def logistic_gradient(theta: Array, X: Array, y: Array) -> Array:
    """Returns the derivatives of J by every theta_j; arguments as in ``logistic_cost``.

    Formula:
        dJ/dtheta_j = 1/m sum (h - y) x_j, with x_0 = 1.
    """
    design = _with_ones(X)
    return design.T @ (sigmoid(design @ theta) - y) / len(y)


def logistic_hessian(theta: Array, X: Array) -> Array:
    """Returns the second derivatives of J, ``(1 + n_features, 1 + n_features)``.

    Formula:
        1/m sum h (1 - h) x x^T.
    """
    design = _with_ones(X)
    h = sigmoid(design @ theta)
    return (design.T * (h * (1 - h))) @ design / len(X)


def newton_logistic(X: Array, y: Array, *, n_steps: int) -> Array:
    """Fits logistic regression by Newton's method, which is R's iteratively reweighted least squares, from theta = 0.

    Formula:
        theta <- theta - H^-1 grad J.

    Returns:
        The path, ``(n_steps + 1, 1 + n_features)``.
    """
    path = np.zeros((n_steps + 1, 1 + X.shape[1]))
    for i in range(n_steps):
        path[i + 1] = path[i] - np.linalg.solve(logistic_hessian(path[i], X), logistic_gradient(path[i], X, y))
    return path


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


def _with_ones(X: Array) -> Array:
    return np.column_stack([np.ones(len(X)), X])
