"""Max pooling that takes the bias of the convolution before it along."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

Gradients = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


@keras.saving.register_keras_serializable(package="chalktape")
class BiasedMaxPooling2D(keras.layers.MaxPooling2D):
    """Adds a trained number to each feature map, the bias of the convolution before it, and pools.

    TensorFlow makes one operation of a convolution and the bias right after it. The largest of four neurons takes its
    bias along, so the bias's gradient is summed over what was pooled: over a quarter of the neurons.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the biases, 0 at first."""
        self.bias = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="bias")

    def call(self, inputs: Any) -> Any:
        """Returns the pooled maps of ``inputs + bias``."""
        return pooled_with_bias(super().call, inputs, self.bias)


def pooled_with_bias(pool: Callable[[tf.Tensor], tf.Tensor], inputs: Any, bias: Any) -> tf.Tensor:
    """Returns the pooled maps of ``inputs + bias``, ``bias`` a tensor or a variable, one number for each map."""
    bias = tf.convert_to_tensor(bias)
    return _with_gradient(pool(tf.nn.bias_add(inputs, tf.stop_gradient(bias))), bias)


@tf.custom_gradient
def _with_gradient(pooled: tf.Tensor, bias: tf.Tensor) -> tuple[tf.Tensor, Gradients]:
    """Returns ``pooled``, which holds ``bias`` already; the gradients are those of ``pooled + bias``."""
    return tf.identity(pooled), lambda delta: (delta, tf.reduce_sum(delta, axis=(0, 1, 2)))
