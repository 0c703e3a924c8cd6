"""Products of small batches: the same arithmetic, in a form of which XLA makes one loop.

The gradient of a kernel is ``X.T @ delta``. For ten rows of MNIST, XLA's matrix product and the update, which reads its
result again, take more than half of a step. As a sum of outer products, one for each row, XLA fuses the gradient with
the update: one pass over the kernel, and no gradient in memory.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from models.engine.faster.reworking import Case, Product, Reworked
from models.engine.structure import is_plain, operations
from models.engine.ways import Ways

NAME = "kernels' gradients row by row"

Gradients = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


def pays(case: Case, reworked: Reworked) -> bool:
    """Returns whether to use `product`: batches are small, and a kernel has the right size.

    Other optimizers than gradient descent use a gradient more than once, and XLA would compute it as often.
    """
    is_descent = type(case.optimizer) is keras.optimizers.SGD
    if not (case.xla and case.on_cpu and is_descent):
        return False
    kernels = {id(layer.kernel) for layer in operations(case.model) if _suits(layer)}
    shapes = zip(case.model.weights, reworked.shapes(case.model.weights), strict=True)
    own = [(*case.nets, *shape) for weight, shape in shapes if id(weight) in kernels]
    return any(case.ways.goes_row_by_row(case.batch_size, shape) for shape in own)


def put_in(reworked: Reworked, case: Case) -> Reworked:
    """Returns the training with `product`."""
    return replace(reworked, product=partial(product, ways=case.ways))


def product(X: tf.Tensor, kernel: Any, ways: Ways) -> tf.Tensor:
    """Returns ``X @ kernel``; where it pays, the gradient of ``kernel`` is taken row by row.

    Args:
        X: ``(..., n_rows, n_inputs)``.
        kernel: ``(..., n_inputs, n_units)``, with the same leading axes; a tensor or a variable.
        ways: Say for how many rows and which kernels it pays.
    """
    kernel, n_rows = tf.convert_to_tensor(kernel), X.shape[-2]
    pays = n_rows is not None and ways.goes_row_by_row(n_rows, kernel.shape)
    return _row_by_row(X, kernel) if pays else tf.matmul(X, kernel)


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

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the activations of ``inputs``, ``(n_rows, n_inputs)``."""
        z = self.product(inputs, self.dense.kernel)
        return self.dense.activation(z + self.dense.bias if self.dense.use_bias else z)


def through(product: Product, model: keras.Model) -> keras.Model:
    """Returns a model of the same layers and weights, but for its dense layers, which go through ``product``.

    A model with a ``call`` of its own is returned as it is, and so is any model for ``tf.matmul``, Keras's own.
    """
    if product is tf.matmul or not operations(model):
        return model

    def rework(layer: keras.Layer) -> keras.Layer:
        return _Dense(layer, product) if _suits(layer) else layer

    return keras.models.clone_model(model, clone_function=rework)


def _suits(layer: Any) -> bool:
    """Returns whether a layer is a plain dense one, on rows of one axis."""
    suits = type(layer) is keras.layers.Dense and is_plain(layer) and layer.activity_regularizer is None
    return suits and len(layer.input.shape) == 2
