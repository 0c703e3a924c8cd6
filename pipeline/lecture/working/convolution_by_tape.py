"""The layers of ``convolution_by_hand`` as Keras's own, with slopes from ``tf.GradientTape``, in float64."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from models.blackboard import tape
from models.blackboard.convolution_by_hand import Layer
from models.blackboard.trace import Array, Descent
from models.losses import half_squared_error


def one_pass(layers: Sequence[Layer], X: Array, y: Array) -> dict[str, Array]:
    """Returns what two layers make of pictures, and the slopes of the quadratic cost.

    Args:
        layers: A convolutional one with pooling, and the output neurons.
        X: ``(n, height, width)``.
        y: ``(n, n_outputs)``.
    """
    model = _as_keras(layers, X.shape[1:])
    parts = keras.Model(model.inputs[0], [layer.output for layer in model.layers])
    pictures = tf.constant(X)
    with tf.GradientTape() as recorded:
        recorded.watch(pictures)
        _, maps, pooled, _, outputs = parts(pictures)
        cost = tf.reduce_mean(half_squared_error(y, outputs))
    weights = [variable.value for variable in model.trainable_variables]
    by_picture, by_kernel, by_bias, by_output_kernel, by_output_bias = recorded.gradient(cost, [pictures, *weights])
    values = {
        "feature maps": maps,
        "pooled maps": pooled,
        "outputs": outputs,
        "slopes by the pictures": by_picture,
        "slopes by the kernels": by_kernel,
        "slopes by the biases": by_bias,
        "slopes by the outputs' kernels": by_output_kernel,
        "slopes by the outputs' biases": by_output_bias,
    }
    return {name: value.numpy() for name, value in values.items()}


def trained_kernels(layers: Sequence[Layer], X: Array, y: Array, descent: Descent) -> Array:
    """Returns the first layer's kernels after training; arguments as of ``one_pass``."""
    model = _as_keras(layers, X.shape[1:])
    tape.train_model(model, X, y, descent)
    return model.get_weights()[0]


def pooled_by_tape(way: str, a: Array, pool: tuple[int, int], dpooled: Array) -> tuple[Array, Array]:
    """Returns pooled maps and the slopes by what was pooled, by Keras's layers and the tape.

    Args:
        way: ``"max"``, ``"mean"`` or ``"l2"``, which Keras has no layer for: the root of the mean of squares, times
            that of the field's size.
        a: ``(n, height, width, maps)``.
        pool: Height and width of the fields.
        dpooled: Slope of the cost by the pooled maps.
    """
    kind = keras.layers.MaxPooling2D if way == "max" else keras.layers.AveragePooling2D
    layer, maps = kind(pool, dtype="float64"), tf.constant(a)
    with tf.GradientTape() as recorded:
        recorded.watch(maps)
        pooled = tf.sqrt(layer(maps**2) * (pool[0] * pool[1])) if way == "l2" else layer(maps)
    return pooled.numpy(), recorded.gradient(pooled, maps, tf.constant(dpooled)).numpy()


def _as_keras(layers: Sequence[Layer], shape: tuple[int, ...]) -> keras.Model:
    hidden, output = layers
    convolution, dense = (
        keras.layers.Conv2D(len(layer.bias), layer.kernel.shape[:2], activation=layer.activation, dtype="float64")
        for layer in layers
    )
    model = keras.Sequential(
        [
            keras.Input(shape, dtype="float64"),
            keras.layers.Reshape((*shape, 1), dtype="float64"),
            convolution,
            keras.layers.MaxPooling2D(hidden.pool, dtype="float64"),
            dense,
            keras.layers.Flatten(dtype="float64"),
        ]
    )
    model.set_weights([hidden.kernel, hidden.bias, output.kernel, output.bias])
    return model
