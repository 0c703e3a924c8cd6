"""A variational autoencoder by hand: rows become a cloud in a small space, and points of that space become rows.

All gradients are worked out formula by formula; the tape must find the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.blackboard.activations import sigmoid
from models.blackboard.trace import Array

Weights = Mapping[str, Array]
"""By name: ``W_e``, ``b_e`` of the encoder's hidden layer; ``W_m``, ``b_m`` and ``W_s``, ``b_s`` of the cloud's middle
and of the logarithm of its variance; ``W_d``, ``b_d`` of the decoder's hidden layer; ``W_o``, ``b_o`` of its output."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pass:
    """What one pass saw.

    Attributes:
        e: The encoder's hidden neurons, ``(n, hidden)``.
        m: Middles of the clouds, ``(n, code)``.
        s: Logarithms of their variances, ``(n, code)``.
        z: A point of each cloud, ``(n, code)``.
        d: The decoder's hidden neurons, ``(n, hidden)``.
        o: The output before its sigmoid, ``(n, pixels)``.
    """

    e: Array
    m: Array
    s: Array
    z: Array
    d: Array
    o: Array


def initialize(n_pixels: int, n_hidden: int, n_code: int, *, seed: int) -> dict[str, Array]:
    """Returns random weights, normal with variance 1 / inputs, and biases of 0."""
    generator = np.random.default_rng(seed)
    layers = {
        "e": (n_pixels, n_hidden),
        "m": (n_hidden, n_code),
        "s": (n_hidden, n_code),
        "d": (n_code, n_hidden),
        "o": (n_hidden, n_pixels),
    }
    weights = {f"W_{name}": generator.normal(size=shape) / np.sqrt(shape[0]) for name, shape in layers.items()}
    return weights | {f"b_{name}": np.zeros(shape[1]) for name, shape in layers.items()}


def forward(w: Weights, X: Array, noise: Array) -> Pass:
    """Encodes rows, draws a point of each cloud, and decodes it.

    Formula:
        e = tanh(x W_e + b_e);  m = e W_m + b_m;  s = e W_s + b_s;  z = m + exp(s / 2) noise;
        d = tanh(z W_d + b_d);  o = d W_o + b_o.

    Args:
        w: All weights.
        X: ``(n, pixels)``, 0 to 1.
        noise: ``(n, code)``, standard normal: drawn outside, so that slopes go through the point that it makes.

    Source:
        Others | Generative models; Kingma and Welling (2014), Auto-encoding variational Bayes.
    """
    e = np.tanh(X @ w["W_e"] + w["b_e"])
    m, s = e @ w["W_m"] + w["b_m"], e @ w["W_s"] + w["b_s"]
    z = m + np.exp(s / 2) * noise
    d = np.tanh(z @ w["W_d"] + w["b_d"])
    return Pass(e=e, m=m, s=s, z=z, d=d, o=d @ w["W_o"] + w["b_o"])


def decode(w: Weights, z: Array) -> Array:
    """Draws rows from points of the small space, ``(n, code)``: the chances of their pixels."""
    return sigmoid(np.tanh(z @ w["W_d"] + w["b_d"]) @ w["W_o"] + w["b_o"])


def loss(seen: Pass, X: Array) -> float:
    """Returns what is lowered: what giving back costs, and how far the clouds are from a standard normal one.

    Formula:
        1/n sum_rows [sum_pixels (log(1 + exp(o)) - x o) + 1/2 sum_code (exp(s) + m² - 1 - s)]. The second part is the
        divergence KL(N(m, exp(s)) || N(0, 1)); the whole is an upper bound of -log p(x).
    """
    given_back = (np.logaddexp(0.0, seen.o) - X * seen.o).sum()
    return float((given_back + divergence(seen.m, seen.s).sum()) / len(X))


def divergence(m: Array, s: Array) -> Array:
    """Returns KL(N(m, exp(s)) || N(0, 1)) of each row, ``(n,)``.

    Example:
        >>> divergence(np.array([[0.0], [2.0]]), np.zeros((2, 1))).tolist()  # a middle of 2 costs 2² / 2
        [0.0, 2.0]
    """
    return 0.5 * (np.exp(s) + m**2 - 1 - s).sum(axis=1)


def gradient(w: Weights, seen: Pass, X: Array, noise: Array) -> dict[str, Array]:
    """Returns the slopes of the loss by every weight and bias.

    Formula:
        do = (sigmoid(o) - x) / n;  dd = do W_o^T (1 - d²);  dz = dd W_d^T;  dm = dz + m / n;
        ds = dz noise exp(s / 2) / 2 + (exp(s) - 1) / (2 n);  de = (dm W_m^T + ds W_s^T) (1 - e²);
        dW = a^T d of the layer's input a, db its sum over rows.
    """
    n = len(X)
    do = (sigmoid(seen.o) - X) / n
    dd = do @ w["W_o"].T * (1 - seen.d**2)
    dz = dd @ w["W_d"].T
    dm = dz + seen.m / n
    ds = dz * noise * np.exp(seen.s / 2) / 2 + (np.exp(seen.s) - 1) / (2 * n)
    de = (dm @ w["W_m"].T + ds @ w["W_s"].T) * (1 - seen.e**2)
    slopes = {"e": (X, de), "m": (seen.e, dm), "s": (seen.e, ds), "d": (seen.z, dd), "o": (seen.d, do)}
    weights = {f"W_{name}": before.T @ slope for name, (before, slope) in slopes.items()}
    return weights | {f"b_{name}": slope.sum(axis=0) for name, (_, slope) in slopes.items()}


def train(
    w: Weights, X: Array, *, learning_rate: float, epochs: int, batch_size: int, seed: int
) -> tuple[dict[str, Array], Array]:
    """Descends by Adam.

    Formula:
        u <- .9 u + .1 g;  v <- .999 v + .001 g²;  w <- w - alpha u / (1 - .9^t) / (sqrt(v / (1 - .999^t)) + 1e-8).

    Args:
        w: As they start; they stay as they are.
        X: ``(n_samples, pixels)``, 0 to 1.
        learning_rate: The lecture's alpha.
        epochs: Passes through all rows.
        batch_size: Rows for an update.
        seed: Of the order and of the noise.

    Returns:
        The weights, and the mean loss of each epoch.

    Source:
        Kingma and Ba (2015), Adam, a method for stochastic optimization.
    """
    generator = np.random.default_rng(seed)
    own = dict(w)
    u, v = ({name: np.zeros_like(value) for name, value in own.items()} for _ in range(2))
    t, losses = 0, np.empty(epochs)
    for epoch in range(epochs):
        order, total = generator.permutation(len(X)), 0.0
        for start in range(0, len(X), batch_size):
            rows = X[order[start : start + batch_size]]
            noise = generator.normal(size=(len(rows), len(own["b_m"])))
            seen = forward(own, rows, noise)
            total += loss(seen, rows) * len(rows)
            t += 1
            for name, slope in gradient(own, seen, rows, noise).items():
                u[name] = 0.9 * u[name] + 0.1 * slope
                v[name] = 0.999 * v[name] + 0.001 * slope**2
                step = u[name] / (1 - 0.9**t) / (np.sqrt(v[name] / (1 - 0.999**t)) + 1e-8)
                own[name] = own[name] - learning_rate * step
        losses[epoch] = total / len(X)
    return own, losses
