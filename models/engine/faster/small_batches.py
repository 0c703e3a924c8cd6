"""Products of small batches: the same arithmetic, in a form of which XLA makes one loop.

The gradient of a kernel is ``X.T @ delta``. For ten rows of MNIST, XLA's matrix product and the update, which reads its
result again, take more than half of a step. As a sum of outer products, one for each row, XLA fuses the gradient with
the update: one pass over the kernel, and no gradient in memory.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import keras
import tensorflow as tf

from models.engine.faster.reworking import Case, Product, Reworked
from models.engine.structure import is_plain, operations

MOST_ROWS = 16
LEAST_WEIGHTS = 5_000
MOST_UNITS = 500

Gradients = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


def pays(case: Case) -> bool:
    """Returns whether to use `product`: a rule that was measured by ``benchmarks``, on CPUs.

    Other optimizers than gradient descent use a gradient more than once, and XLA would compute it as often.
    """
    is_plain = type(case.optimizer) is keras.optimizers.SGD
    return case.xla and case.batch_size <= MOST_ROWS and is_plain and case.on_cpu


def put_in(reworked: Reworked, model: keras.Model) -> Reworked:
    """Returns the training with `product`."""
    return replace(reworked, product=product)


def product(X: tf.Tensor, kernel: Any) -> tf.Tensor:
    """Returns ``X @ kernel``; where it pays, the gradient of ``kernel`` is taken row by row.

    Args:
        X: ``(..., n_rows, n_inputs)``.
        kernel: ``(..., n_inputs, n_units)``, with the same leading axes; a tensor or a variable.
    """
    kernel = tf.convert_to_tensor(kernel)
    return _row_by_row(X, kernel) if has_right_size(kernel.shape) else tf.matmul(X, kernel)


def has_right_size(shape: Sequence[int]) -> bool:
    """Returns whether a kernel of this shape gains: a small one, or one of long rows, is no slower as a product."""
    return math.prod(shape) >= LEAST_WEIGHTS and shape[-1] <= MOST_UNITS


@tf.custom_gradient
def _row_by_row(X: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Gradients]:
    def gradients(delta: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        # XLA fuses no matrix product: without this one it would compute delta anew for each weight.
        delta = tf.matmul(tf.eye(delta.shape[-2], batch_shape=delta.shape[:-2], dtype=delta.dtype), delta)
        outer = X[..., :, tf.newaxis] * delta[..., tf.newaxis, :]
        return tf.matmul(delta, kernel, transpose_b=True), tf.reduce_sum(outer, axis=-3)

    return tf.matmul(X, kernel), gradients


class _Dense(keras.layers.Layer):
    """What a dense layer computes, with its weights, through another product."""

    def __init__(self, dense: keras.layers.Dense, product: Product) -> None:
        super().__init__(name=dense.name, dtype=dense.dtype_policy)
        self.dense = dense
        self.product = product

    def call(self, X: tf.Tensor) -> tf.Tensor:
        """Returns the activations of ``X``, ``(n_rows, n_inputs)``."""
        z = self.product(X, self.dense.kernel)
        return self.dense.activation(z + self.dense.bias if self.dense.use_bias else z)


def through(product: Product, model: keras.Model) -> keras.Model:
    """Returns a model of the same layers and weights, but for its dense layers, which go through ``product``.

    A model with a ``call`` of its own is returned as it is, and so is any model for ``tf.matmul``, Keras's own.
    """
    if product is tf.matmul or not operations(model):
        return model

    def rework(layer: keras.Layer) -> keras.Layer:
        suits = type(layer) is keras.layers.Dense and is_plain(layer) and layer.activity_regularizer is None
        return _Dense(layer, product) if suits and len(layer.input.shape) == 2 else layer

    return keras.models.clone_model(model, clone_function=rework)
