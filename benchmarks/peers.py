"""The peers: JAX, PyTorch, scikit-learn, NumPy and the eager tape, each written as its users would."""

import time
import warnings
from dataclasses import dataclass
from shutil import which
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from benchmarks.problems import LEARNING_RATE, Problem
from benchmarks.timing import Clock, Timing


def jax_scan(problem: Problem) -> Timing:
    """A dense softmax net: one jitted epoch of ``lax.scan`` over batches."""
    import jax
    import jax.numpy as jnp

    clock = Clock()
    params = [jnp.asarray(weight) for weight in problem.model().get_weights()]
    n_steps = len(problem.X) // problem.batch_size
    rows = jnp.arange(n_steps * problem.batch_size).reshape(n_steps, problem.batch_size)
    X, y = jnp.asarray(problem.X), jnp.asarray(problem.y)

    def mean_loss(params: list[Any], X: Any, y: Any) -> Any:
        *hidden, kernel, bias = params
        for w, b in zip(hidden[::2], hidden[1::2], strict=True):
            X = jax.nn.sigmoid(X @ w + b)
        return -jnp.take_along_axis(jax.nn.log_softmax(X @ kernel + bias), y[:, None], axis=1).mean()

    @jax.jit
    def epoch(params: list[Any]) -> Any:
        def step(params: list[Any], rows: Any) -> Any:
            loss, gradients = jax.value_and_grad(mean_loss)(params, X[rows], y[rows])
            return [p - LEARNING_RATE * g for p, g in zip(params, gradients, strict=True)], loss

        return jax.lax.scan(step, params, rows)

    for index in range(problem.epochs):
        params, losses = jax.block_until_ready(epoch(params))
        clock.note(index + 1)
    return clock.timing(float(losses.mean()))


def scikit_learn(problem: Problem) -> Timing:
    """A binary ``MLPClassifier`` of one hidden layer, without a penalty, started from our weights."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(
        tuple(problem.hidden_units or ()),
        activation="logistic",
        solver="sgd",
        alpha=0,
        momentum=0,
        batch_size=problem.batch_size,
        learning_rate_init=LEARNING_RATE,
        shuffle=False,
        warm_start=True,
        max_iter=1,
        tol=0,
        n_iter_no_change=10**6,
    )
    y = problem.y[:, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = time.perf_counter()
        net.fit(problem.X, y)  # makes the arrays that our weights replace
        ready = time.perf_counter() - start
        weights = problem.model().get_weights()
        net.coefs_, net.intercepts_ = weights[::2], weights[1::2]
        net.set_params(max_iter=problem.epochs)
        start = time.perf_counter()
        net.fit(problem.X, y)
        seconds = time.perf_counter() - start
    return Timing(ready=ready, epoch=seconds / problem.epochs, loss=net.loss_curve_[-1])


@dataclass(frozen=True, kw_only=True)
class TorchSetting:
    """How PyTorch is asked to run.

    Attributes:
        channels_last: Whether images lie in memory as TensorFlow has them.
        compiled: Whether the net goes through ``torch.compile``, which takes a C++ compiler.
    """

    channels_last: bool = False
    compiled: bool = False

    def __str__(self) -> str:
        return f"{'compiled' if self.compiled else 'eager'}, channels {'last' if self.channels_last else 'first'}"


TORCH_SETTINGS = tuple(
    TorchSetting(channels_last=last, compiled=compiled)
    for compiled in ((False, True) if which("g++") else (False,))
    for last in (False, True)
)
"""Among which PyTorch at its best is found."""


def torch_loop(problem: Problem, setting: TorchSetting) -> Timing:
    """The conv net in PyTorch's usual loop."""
    import torch
    from torch import nn

    clock = Clock()
    net = nn.Sequential(
        nn.Conv2d(1, 20, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(20, 40, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(640, 100),
        nn.ReLU(),
        nn.Linear(100, 10),
    )
    for parameter, weight in zip(net.parameters(), _for_torch(problem.model().get_weights()), strict=True):
        parameter.data = torch.tensor(weight)
    layout = torch.channels_last if setting.channels_last else torch.contiguous_format
    net = net.to(memory_format=layout)
    optimizer = torch.optim.SGD(net.parameters(), LEARNING_RATE)
    X, y = torch.tensor(problem.X)[:, None].to(memory_format=layout), torch.tensor(problem.y)
    answer = torch.compile(net) if setting.compiled else net
    for index in range(problem.epochs):
        total = 0.0
        for first in range(0, len(X), problem.batch_size):
            rows = slice(first, first + problem.batch_size)
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(answer(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(X[rows])
        clock.note(index + 1)
    return clock.timing(total / len(X))


def _for_torch(weights: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """Reorders axes: Keras has channels last, PyTorch first; also where the maps are flattened, 4 x 4 x 40."""
    convolutions = [weight.transpose(3, 2, 0, 1) if weight.ndim == 4 else weight for weight in weights[:4]]
    flattened = weights[4].reshape(4, 4, 40, 100).transpose(3, 2, 0, 1).reshape(100, 640)
    return [np.ascontiguousarray(w) for w in (*convolutions, flattened, weights[5], weights[6].T, weights[7])]


def numpy_descent(X: NDArray[np.float64], y: NDArray[np.float64], n_steps: int) -> Timing:
    """Logistic regression by gradient descent, with the cost of each step."""
    clock = Clock()
    clock.note(0)
    theta, costs = np.zeros(X.shape[1]), np.empty(n_steps)
    for step in range(n_steps):
        h = 1 / (1 + np.exp(-(X @ theta)))
        costs[step] = -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h))
        theta -= LEARNING_RATE * (X.T @ (h - y)) / len(y)
    clock.note(1)
    return clock.timing(float(costs[-1]))


def eager_tape(X: NDArray[np.float64], y: NDArray[np.float64], n_steps: int) -> Timing:
    """The same with a `tf.GradientTape` for each step, as in a first notebook."""
    clock = Clock()
    clock.note(0)
    rows, wanted = tf.constant(X), tf.constant(y)
    theta, costs = tf.Variable(np.zeros(X.shape[1])), []
    for _ in range(n_steps):
        with tf.GradientTape() as tape:
            h = tf.sigmoid(tf.linalg.matvec(rows, theta))
            cost = -tf.reduce_mean(wanted * tf.math.log(h) + (1 - wanted) * tf.math.log(1 - h))
        theta.assign_sub(LEARNING_RATE * tape.gradient(cost, theta))
        costs.append(cost.numpy())
    clock.note(1)
    return clock.timing(float(costs[-1]))
