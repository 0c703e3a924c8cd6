"""Gradient descent on a function, all steps in one call of one XLA program."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

from models.checks import require

Function = Callable[[tf.Tensor], tf.Tensor]


def descend(
    function: Function, start: ArrayLike, *, learning_rate: float, n_steps: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Takes ``n_steps`` of gradient descent in double precision.

    The first call with a function compiles; later ones with the same function, ``n_steps`` and shape only compute.

    Formula:
        theta_j := theta_j - alpha dJ/dtheta_j, for all j at once.

    Args:
        function: From a float64 tensor of the shape of ``start`` to a scalar, made of TensorFlow operations.
        start: Where to begin.
        learning_rate: The lecture's alpha.
        n_steps: Updates.

    Returns:
        Where it ended, of the shape of ``start``; the function's value before each update, ``(n_steps,)``.

    Raises:
        ValueError: If the function is not scalar or does not depend on its argument.

    Source:
        Calculation, gradient descent, examples 3 to 5.

    Example:
        Example 3: from -4 on x², each step with alpha = 0.1 leaves 1 - 2 alpha = 0.8 of x.

        >>> end, costs = descend(lambda x: x**2, -4.0, learning_rate=0.1, n_steps=2)
        >>> float(end.round(2)), costs.round(4).tolist()
        (-2.56, [16.0, 10.24])
    """
    position = tf.constant(start, tf.float64)
    steps = _compiled(function, n_steps)
    return tuple(value.numpy() for value in steps(position, tf.constant(learning_rate, tf.float64)))


@functools.lru_cache(maxsize=32)
def _compiled(function: Function, n_steps: int) -> Callable[[tf.Tensor, tf.Tensor], Any]:
    unconverted = tf.autograph.experimental.do_not_convert(function)

    @tf.function(jit_compile=True)
    def steps(position: tf.Tensor, learning_rate: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        costs = tf.TensorArray(tf.float64, size=n_steps, element_shape=())
        step = tf.constant(0)
        while step < n_steps:
            with tf.GradientTape() as tape:
                tape.watch(position)
                cost = unconverted(position)
            gradient = tape.gradient(cost, position)
            require(
                cost.shape.rank == 0 and gradient is not None,
                "descend",
                "a scalar function of its argument",
                "Sum it, and use its argument.",
                value_shape=tuple(cost.shape),
                gradient=gradient,
            )
            position -= learning_rate * gradient
            costs = costs.write(step, cost)
            step += 1
        return position, costs.stack()

    return steps
