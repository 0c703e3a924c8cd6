"""Convolutions by oneDNN where TensorFlow takes its own: the same sums, in blocks as large as a processor's cache.

TensorFlow's wheels hold oneDNN for every x86 processor, and by themselves take it only where that has instructions for
neural networks (AVX512-VNNI and newer). On others, too, it is faster for large images and batches; of small ones its
threads wait for each other longer than they compute. With the convolutions of a net goes its max pooling.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.engine.faster.reworking import Case, Reworked
from models.engine.structure import is_plain, operations
from models.layers.pooling import BiasedMaxPooling2D, pooled_with_bias

NAME = "convolutions by oneDNN"

Gradients = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]
Attributes = Mapping[str, Any]

_Attribute = tf.compat.v1.AttrValue


def pays(case: Case, reworked: Reworked) -> bool:
    """Returns whether to use oneDNN: the net's smallest convolution is large enough, and TensorFlow has it."""
    if case.xla or not case.on_cpu or case.ways.onednn_from is None:
        return False
    return case.ways.takes_onednn(case.batch_size * fewest_multiplications(case.model)) and is_there()


def put_in(reworked: Reworked, case: Case) -> Reworked:
    """Returns the training with oneDNN's convolutions and pooling."""
    return replace(reworked, replaced=replacement)


def fewest_multiplications(model: keras.Model) -> int:
    """Returns those of a row in that convolution of a model that has the fewest; 0 of none, or of an unknown size."""
    plain = filter(_is_plain_convolution, operations(model))
    return min((math.prod(one.kernel.shape) * math.prod(_sizes(one)) for one in plain), default=0)


def _sizes(layer: keras.layers.Conv2D) -> Sequence[int]:
    """Returns height and width of its maps, 0 where these are not known, or where it is called more than once."""
    try:
        sizes = layer.output.shape[1:-1]
    except (AttributeError, ValueError):
        return (0,)
    return [size or 0 for size in sizes]


def replacement(layer: keras.layers.Layer) -> keras.layers.Layer:
    """Returns a layer with the same weights that goes through oneDNN, or the layer itself."""
    if _is_plain_convolution(layer):
        return _Convolution(layer)
    return _Pooling(layer) if _is_plain_pooling(layer) else layer


def through(replaced: Callable[[keras.layers.Layer], keras.layers.Layer] | None, model: keras.Model) -> keras.Model:
    """Returns a model of the same weights with other layers.

    Args:
        replaced: Returns what takes a layer's place; ``None`` leaves all.
        model: As it is trained.
    """
    return model if replaced is None else keras.models.clone_model(model, clone_function=replaced)


class _Convolution(keras.layers.Layer):
    """What a convolution computes, with its weights, by oneDNN."""

    def __init__(self, layer: keras.layers.Conv2D) -> None:
        super().__init__(name=layer.name, dtype=layer.dtype_policy)
        self.layer = layer

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the activations of ``inputs``, ``(n_rows, height, width, n_maps)``."""
        own = self.layer
        z = convolved(inputs, own.kernel, strides=own.strides, padding=own.padding)
        return own.activation(tf.nn.bias_add(z, own.bias) if own.use_bias else z)


class _Pooling(keras.layers.Layer):
    """What max pooling computes, with its bias where it has one, by oneDNN."""

    def __init__(self, layer: keras.layers.MaxPooling2D) -> None:
        super().__init__(name=layer.name, dtype=layer.dtype_policy)
        self.layer = layer

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the pooled maps of ``inputs``, ``(n_rows, height, width, n_maps)``."""
        own = self.layer
        if inputs.dtype != tf.float32:  # whole numbers, which Keras leaves as they are
            return own.call(inputs)
        pool = partial(pooled, size=own.pool_size, strides=own.strides, padding=own.padding)
        return pooled_with_bias(pool, inputs, own.bias) if type(own) is BiasedMaxPooling2D else pool(inputs)


def convolved(X: tf.Tensor, kernel: Any, *, strides: Sequence[int], padding: str) -> tf.Tensor:
    """Returns a convolution, which has its gradients by oneDNN, too; in a compiled function only.

    Args:
        X: ``(n_rows, height, width, n_inputs)``, float32.
        kernel: ``(height, width, n_inputs, n_outputs)``, a tensor or a variable.
        strides: Down and across.
        padding: ``"valid"`` or ``"same"``.
    """
    how = {
        **_attributes(strides, padding),
        "dilations": _numbers((1, 1, 1, 1)),  # others have no gradient here
        "use_cudnn_on_gpu": _Attribute(b=False),
    }

    @tf.custom_gradient
    def convolve(X: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Gradients]:
        def gradients(delta: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            (of_rows,) = _computed("Conv2DBackpropInput", [tf.shape(X), kernel, delta], how)
            (of_kernel,) = _computed("Conv2DBackpropFilter", [X, tf.shape(kernel), delta], how)
            return _shaped(of_rows, X), _shaped(of_kernel, kernel)

        (answers,) = _computed("Conv2D", [X, kernel], {**how, "is_filter_const": _Attribute(b=False)})
        return answers, gradients

    return convolve(X, tf.convert_to_tensor(kernel))


def pooled(X: tf.Tensor, *, size: Sequence[int], strides: Sequence[int], padding: str) -> tf.Tensor:
    """Returns the largest of each patch, which has its gradient by oneDNN, too; in a compiled function only.

    Args:
        X: ``(n_rows, height, width, n_maps)``, float32.
        size: Of a patch, down and across.
        strides: Down and across.
        padding: ``"valid"`` or ``"same"``.
    """
    how = {
        **_attributes(strides, padding),
        "ksize": _numbers((1, *size, 1)),
        "workspace_enabled": _Attribute(b=True),  # which of a patch was the largest, for the gradient
    }

    @tf.custom_gradient
    def pool(X: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        def gradient(delta: tf.Tensor) -> tf.Tensor:
            (of_rows,) = _computed("MaxPoolGrad", [X, largest, delta, which], how)
            return _shaped(of_rows, X)

        largest, which = _computed("MaxPool", [X], how, [tf.float32, tf.uint8])
        return largest, gradient

    return pool(X)


@cache
def is_there() -> bool:
    """Returns whether this TensorFlow has oneDNN's convolutions and pooling, by asking for one and their gradients."""
    X, kernel = np.arange(32, dtype=np.float32).reshape(2, 4, 4, 1), np.ones((3, 3, 1, 2), np.float32)
    usual: dict[str, Any] = {"strides": (1, 1), "padding": "valid"}

    def by_onednn() -> list[Any]:
        return _with_gradients(lambda X, kernel: pooled(convolved(X, kernel, **usual), size=(2, 2), **usual), X, kernel)

    def by_tensorflow() -> list[Any]:
        of = {"strides": 1, "padding": "VALID"}
        return _with_gradients(lambda X, kernel: tf.nn.max_pool2d(tf.nn.conv2d(X, kernel, **of), 2, **of), X, kernel)

    with tf.device("/CPU:0"):
        try:
            found = tf.function(by_onednn, autograph=False).get_concrete_function()()  # compiled, whatever is eager
        except (tf.errors.OpError, RuntimeError, TypeError, ValueError):  # of another TensorFlow, or processor
            return False
        return all(np.allclose(one, other, rtol=1e-5) for one, other in zip(found, by_tensorflow(), strict=True))


def _with_gradients(computed: Callable[..., tf.Tensor], *arrays: NDArray[np.float32]) -> list[Any]:
    of = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(of)
        total = tf.reduce_sum(computed(*of) ** 2)
    return [total, *tape.gradient(total, of)]


def _computed(
    name: str, inputs: Sequence[tf.Tensor], attributes: Attributes, types: Sequence[tf.DType] = (tf.float32,)
) -> Sequence[tf.Tensor]:
    """Returns what TensorFlow puts in the place of an operation on processors where it takes oneDNN by itself."""
    graph = tf.compat.v1.get_default_graph()
    return graph.create_op(f"_MklNative{name}", inputs, [*types], name=name, attrs={**attributes}).outputs


def _attributes(strides: Sequence[int], padding: str) -> dict[str, Any]:
    return {
        "T": _Attribute(type=tf.float32.as_datatype_enum),
        "strides": _numbers((1, *strides, 1)),
        "padding": _text(padding.upper()),
        "explicit_paddings": _numbers(()),
        "data_format": _text("NHWC"),
        "_kernel": _text("MklNameChangeOp"),  # a mark without which TensorFlow finds no kernel of such a name
    }


def _numbers(values: Sequence[int]) -> Any:
    return _Attribute(list=_Attribute.ListValue(i=values))


def _text(value: str) -> Any:
    return _Attribute(s=value.encode())


def _shaped(gradient: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
    gradient.set_shape(like.shape)
    return gradient


def _is_plain_convolution(layer: Any) -> bool:
    if type(layer) is not keras.layers.Conv2D or not is_plain(layer):
        return False
    is_simple = layer.groups == 1 and tuple(layer.dilation_rate) == (1, 1) and layer.activity_regularizer is None
    return is_simple and _is_usual(layer)


def _is_plain_pooling(layer: Any) -> bool:
    return type(layer) in (keras.layers.MaxPooling2D, BiasedMaxPooling2D) and is_plain(layer) and _is_usual(layer)


def _is_usual(layer: Any) -> bool:
    return layer.data_format == "channels_last" and layer.compute_dtype == "float32" and layer.dtype == "float32"
