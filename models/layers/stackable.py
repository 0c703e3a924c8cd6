"""Layers whose arithmetic takes leading axes, so that nets trained together need no second one."""

from abc import abstractmethod
from typing import Any

import keras
import tensorflow as tf


class Stackable(keras.layers.Layer):
    """A layer that computes with whatever weights it is handed: its own, or those of R nets along a first axis.

    Keras hands it its own; `models.engine.many_nets` hands it R nets' of the same layer. What a layer says is therefore
    written once, in ``compute``, and means the same alone and together.
    """

    @abstractmethod
    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns what the layer puts out.

        Args:
            X: ``(*lead, n_rows, ...)``.
            *weights: In the order in which ``build`` adds them, each with the same leading axes before its own.
        """

    def call(self, inputs: Any) -> Any:
        """Returns what the layer puts out for ``(n_rows, ...)``, by its own weights."""
        return self.compute(inputs, *map(tf.convert_to_tensor, self.weights))


class Neurons(Stackable):
    """A layer of neurons: how many, what they do to their sums, and how kernels and biases start.

    Args:
        units: Neurons.
        activation: f.
        kernel_initializer: Of W.
        bias_initializer: Of b.
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        *,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }


def over_rows(weight: tf.Tensor, n_axes: int) -> tf.Tensor:
    """Returns a weight of ``n_axes`` axes of its own with an axis of rows before them: it meets every row.

    Example:
        >>> over_rows(tf.zeros((7, 5)), 1).shape.as_list(), over_rows(tf.zeros((7, 3, 5)), 2).shape.as_list()
        ([7, 1, 5], [7, 1, 3, 5])
    """
    return tf.expand_dims(weight, -n_axes - 1)
