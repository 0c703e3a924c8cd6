"""Which pixels spoke for an answer: the slope of its log-odds, by the tape."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.engine.structure import chain


def saliency(
    model: keras.Model, X: NDArray[np.generic], answers: NDArray[np.integer], others: NDArray[np.integer]
) -> NDArray[np.float64] | None:
    """Returns how steeply a net's log-odds of one class against another follow each pixel.

    Formula:
        ``|d log(p_answer / p_other) / d x|``, in color the largest of the three.

    Args:
        model: From raw images to a sigmoid neuron or to softmax neurons, layers one after the other.
        X: ``(n, height, width)`` or ``(n, height, width, 3)`` images.
        answers: ``(n,)`` numbers of classes.
        others: ``(n,)`` numbers of other classes.

    Returns:
        ``(n, height, width)``, in log-odds for each step of a pixel; ``None`` of a net that is built otherwise.

    Source:
        Simonyan, Vedaldi & Zisserman (2014), Deep inside convolutional networks, section 3.1.
    """
    layers = _layers(model)
    if layers is None:
        return None
    pixels = tf.constant(X, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        odds = log_odds(layers, pixels, answers, others)
    slopes = np.abs(np.asarray(tape.gradient(odds, pixels), np.float64))
    return slopes.max(axis=-1) if slopes.ndim == 4 else slopes


def log_odds(
    layers: Sequence[keras.Layer], pixels: tf.Tensor, answers: NDArray[np.integer], others: NDArray[np.integer]
) -> tf.Tensor:
    """Returns ``(n,)`` log-odds of one class against another, before any activation could round them to 0 or 1."""
    *before, last = layers
    signal = pixels
    for layer in before:
        signal = layer(signal, training=False)
    z = tf.matmul(signal, last.kernel) + last.bias
    if z.shape[1] == 1:  # of the second class against the first
        return z[:, 0] * tf.constant(np.where(answers == 1, 1.0, -1.0), z.dtype)
    return tf.gather(z, answers, batch_dims=1) - tf.gather(z, others, batch_dims=1)


def _layers(model: keras.Model) -> list[keras.Layer] | None:
    """Returns the layers of a net and of the nets in it, input side first; ``None`` where they are no chain."""
    found: list[keras.Layer] = []
    layers = model.layers if type(model) is keras.Sequential else chain(model)
    for layer in layers or ():
        inner = _layers(layer) if isinstance(layer, keras.Model) else [layer]
        if inner is None:
            return None
        found += inner
    last = found[-1] if found else None
    ends = isinstance(last, keras.layers.Dense) and last.activation.__name__ in ("sigmoid", "softmax")
    return found if ends else None
