"""Averaging of weights over the updates of a training: what comes after the last one."""

from typing import Any

import keras
import tensorflow as tf
from numpy.typing import NDArray

_ROWS_AT_ONCE = 2000  # bounds the memory of a conv net's feature maps


def finish_averaging(model: keras.Model, optimizer: keras.optimizers.Optimizer, X: NDArray[Any]) -> None:
    """Gives a model its averaged weights, and batch normalization the statistics that belong to them.

    What batch normalization gathered while training are means and variances under weights that the average has left
    behind; here they are the mean over all rows, each as in training: dropout and augmentation are active.

    Args:
        model: As it is after the last update.
        optimizer: Made with ``use_ema``.
        X: Training rows on the model's scale.

    Source:
        Izmailov et al. (2018), Averaging weights leads to wider optima and better generalization, section 3.2.
    """
    optimizer.finalize_variable_values(model.trainable_variables)
    normalizations = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    if not normalizations:
        return
    momenta = [layer.momentum for layer in normalizations]
    for before, start in enumerate(range(0, len(X), _ROWS_AT_ONCE)):
        for layer in normalizations:
            layer.momentum = before / (before + 1)  # the running mean of so many batches
        model(tf.constant(X[start : start + _ROWS_AT_ONCE]), training=True)
    for layer, momentum in zip(normalizations, momenta, strict=True):
        layer.momentum = momentum
