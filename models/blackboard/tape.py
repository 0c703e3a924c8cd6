"""The loops of ``models.blackboard.by_hand``, in the same order, with every derivative left to ``tf.GradientTape``."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.blackboard.trace import Array, Cost, Descent, Net, Step, Trace, require_problem
from models.losses import LOSSES

ACTIVATIONS = {"identity": tf.identity, "sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}


def step(net: Net, X: Array, y: Array, *, cost: Cost, learning_rate: float) -> Step:
    """Makes one update and returns all that it saw and did, every derivative from one tape; as ``by_hand.step``."""
    weights = [tf.constant(weight) for weight in net.weights]
    biases = [tf.constant(bias) for bias in net.biases]
    with tf.GradientTape() as tape:
        tape.watch([weights, biases])
        z, a = _forward(weights, biases, net.activations, tf.constant(X))
        total = tf.reduce_mean(LOSSES[cost](tf.constant(y), a[-1]))
    dz, da, dw, db = tape.gradient(total, [z, a[1:], weights, biases])
    after = Net(
        weights=tuple((w - learning_rate * gradient).numpy() for w, gradient in zip(weights, dw, strict=True)),
        biases=tuple((b - learning_rate * gradient).numpy() for b, gradient in zip(biases, db, strict=True)),
        activations=net.activations,
    )
    seen = {
        name: _arrays(tensors) for name, tensors in {"z": z, "a": a, "dz": dz, "da": da, "dw": dw, "db": db}.items()
    }
    return Step(X=X, y=y, before=net, cost=float(total), after=after, **seen)


def trace(net: Net, X: Array, y: Array, descent: Descent) -> Trace:
    """Trains and keeps every step, one eager tape each; as ``by_hand.trace``."""
    require_problem(net, X, y, descent.cost)
    steps = []
    for rows in descent.batches(len(X)):
        steps.append(step(net, X[rows], y[rows], cost=descent.cost, learning_rate=descent.learning_rate))
        net = steps[-1].after
    return Trace(steps=tuple(steps))


def train(net: Net, X: Array, y: Array, descent: Descent) -> tuple[Net, Array]:
    """Trains in one compiled loop and returns the net and the cost that each update saw; as ``by_hand.train``."""
    require_problem(net, X, y, descent.cost)
    weights = [tf.Variable(weight) for weight in net.weights]
    biases = [tf.Variable(bias) for bias in net.biases]

    def predict(rows: Any) -> Any:
        return _forward(weights, biases, net.activations, rows)[1][-1]

    costs = _descend(predict, [*weights, *biases], X, y, descent)
    return Net(weights=_arrays(weights), biases=_arrays(biases), activations=net.activations), costs


def train_model(model: Any, X: NDArray[Any], y: NDArray[Any], descent: Descent) -> NDArray[Any]:
    """Trains any ``keras.Model`` in place by the lecture's rule and returns the cost that each update saw.

    Args:
        model: Takes rows of ``X``; for cross-entropy it must give probabilities.
        X: ``(n_samples, ...)``, of the model's dtype.
        y: ``(n_samples, outputs)``.
        descent: How.
    """
    variables = [variable.value for variable in model.trainable_variables]
    return _descend(lambda rows: model(rows, training=True), variables, X, y, descent)


def gradient_descent(function: Callable[[Any], Any], start: Array, *, learning_rate: float, n_steps: int) -> Array:
    """Rolls down a function of any variables and returns the path, ``(n_steps + 1, n_variables)``.

    Args:
        function: Of a float64 tensor ``(n_variables,)``, made of TensorFlow operations.
        start: ``(n_variables,)``.
        learning_rate: The lecture's alpha or eta.
        n_steps: Updates.
    """
    unconverted = tf.autograph.experimental.do_not_convert(function)  # only our own loop is rewritten

    def roll(v: tf.Tensor) -> tf.Tensor:
        path = tf.TensorArray(tf.float64, size=n_steps + 1, clear_after_read=False).write(0, v)
        for i in tf.range(n_steps):
            with tf.GradientTape() as tape:
                tape.watch(v)
                value = unconverted(v)
            v -= learning_rate * tape.gradient(value, v)
            path = path.write(i + 1, v)
        return path.stack()

    return _compiled(roll, tf.constant(start, tf.float64)).numpy()


def newton(function: Callable[[Any], Any], start: Array, *, n_steps: int) -> Array:
    """Minimizes a function by Newton's method with two nested tapes; path and arguments as in ``gradient_descent``."""

    @tf.function(autograph=False)
    def improve(v: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as outer:
            outer.watch(v)
            with tf.GradientTape() as inner:
                inner.watch(v)
                value = function(v)
            gradient = inner.gradient(value, v)
        return v - tf.linalg.solve(outer.jacobian(gradient, v), gradient[:, None])[:, 0]

    path = [tf.constant(start, tf.float64)]
    for _ in range(n_steps):
        path.append(improve(path[-1]))
    return tf.stack(path).numpy()


class Partials:
    """Every value of a computation and every derivative between two of them.

    Example:
        >>> chain = Partials(lambda g: {"z": g["w"] * g["x"] + g["b"]}, {"w": 2.0, "x": 3.0, "b": 1.0})
        >>> chain.value("z"), chain.derivative("z", "w")
        (7.0, 3.0)
    """

    def __init__(self, forward: Callable[[dict[str, Any]], dict[str, Any]], givens: Mapping[str, float]) -> None:
        """Runs ``forward`` on float64 scalars under a tape.

        Args:
            forward: Returns the computed values by name, from the givens by name.
            givens: What it starts from.
        """
        self._values = {name: tf.constant(value, tf.float64) for name, value in givens.items()}
        with tf.GradientTape(persistent=True) as self._tape:
            self._tape.watch(list(self._values.values()))
            self._values |= forward(dict(self._values))

    def value(self, name: str) -> float:
        """Returns a value by its name."""
        return float(self._values[name])

    def derivative(self, of: str, by: str) -> float:
        """Returns the derivative of one value by another that it was computed from."""
        return float(self._tape.gradient(self._values[of], self._values[by]))


def _forward(weights: Any, biases: Any, activations: Sequence[str], X: Any) -> tuple[list[Any], list[Any]]:
    z, a = [], [X]
    for weight, bias, activation in zip(weights, biases, activations, strict=True):
        z.append(tf.matmul(a[-1], weight, transpose_b=True) + bias)
        a.append(ACTIVATIONS[activation](z[-1]))
    return z, a


def _descend(
    predict: Callable[[Any], Any], variables: Sequence[Any], X: NDArray[Any], y: NDArray[Any], descent: Descent
) -> NDArray[Any]:
    order = list(descent.batches(len(X)))
    flat, ends = tf.constant(np.concatenate(order)), tf.constant(np.cumsum([0, *map(len, order)]))
    inputs, wanted = tf.constant(X), tf.constant(y)

    def cost_of(rows: Any) -> Any:
        return tf.reduce_mean(LOSSES[descent.cost](tf.gather(wanted, rows), predict(tf.gather(inputs, rows))))

    unconverted = tf.autograph.experimental.do_not_convert(cost_of)

    def run() -> Any:
        costs = tf.TensorArray(inputs.dtype, size=len(order))
        for i in tf.range(len(order)):
            with tf.GradientTape() as tape:
                cost = unconverted(flat[ends[i] : ends[i + 1]])
            for variable, gradient in zip(variables, tape.gradient(cost, variables), strict=True):
                variable.assign_sub(descent.learning_rate * gradient)
            costs = costs.write(i, cost)
        return costs.stack()

    return _compiled(run).numpy()


def _compiled(loop: Callable[..., Any], *values: Any) -> Any:
    """Traces a loop and runs it once; called directly, ``tf.function`` would warn that it is not reused."""
    return tf.function(loop).get_concrete_function(*values)(*values)


def _arrays(tensors: Sequence[Any]) -> tuple[Array, ...]:
    return tuple(tensor.numpy() for tensor in tensors)
