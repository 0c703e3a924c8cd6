"""A declared net as Keras objects: its layers, its optimizer, its loss."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from experiments.spec import DenseNet, Net, Training
from models import conv, dense
from models.preprocessing import fit_inputs
from pipeline.values import Dataset


def inputs_model(net: Net, dataset: Dataset, train_rows: NDArray[np.int64]) -> keras.Model:
    """Returns what stands before the trained layers, fitted on training rows: raw rows to the net's scale."""
    raw = keras.Input(dataset.X.shape[1:], dtype="uint8" if dataset.is_image else "float64", name="raw_rows")
    way = net.inputs if isinstance(net, DenseNet) else "rescale"
    layers = [fit_inputs(way, dataset.X[train_rows], pixel_maximum=dataset.pixel_maximum)]
    if dataset.is_image and isinstance(net, DenseNet):
        layers.append(keras.layers.Flatten())
    return keras.Sequential([raw, *layers], name="inputs")


def core_model(net: Net, dataset: Dataset, shape: tuple[int, ...], seed: int) -> keras.Model:
    """Returns the untrained layers of a net whose rows have the given shape."""
    n_outputs = 1 if dataset.n_classes == 2 else dataset.n_classes
    common: dict[str, Any] = {
        "activation": net.activation,
        "batch_normalization": net.batch_normalization,
        "dropout": net.dropout,
        "l2": net.l2,
        "style": net.style,
        "seed": seed,
        "name": net.name,
    }
    if isinstance(net, DenseNet):
        return dense.build(shape[0], n_outputs, net.hidden_units, kernel_initializer=net.kernel_initializer, **common)
    return conv.build(
        (shape[0], shape[1]),
        n_outputs,
        [layer.feature_maps for layer in net.convolutions],
        kernel_sizes=[layer.kernel_size for layer in net.convolutions],
        pool_sizes=[layer.pool_size for layer in net.convolutions],
        paddings=[layer.padding for layer in net.convolutions],
        hidden_units=net.hidden_units,
        **common,
    )


def optimizer(training: Training, epochs: int, n_rows: int) -> keras.Optimizer:
    """Returns a fresh optimizer with its schedule over all steps of the training."""
    rate: Any = training.learning_rate
    if training.schedule == "cosine":
        steps_per_epoch = -(-n_rows // (training.batch_size or n_rows))
        rate = keras.optimizers.schedules.CosineDecay(training.learning_rate, epochs * steps_per_epoch)
    if training.optimizer == "sgd":
        return keras.optimizers.SGD(rate, momentum=training.momentum)
    if training.optimizer == "adam":
        return keras.optimizers.Adam(rate)
    return keras.optimizers.AdamW(rate, weight_decay=training.weight_decay)


def loss(core: keras.Model) -> keras.Loss:
    """Returns the cross-entropy of the net's outputs: a sigmoid for two classes, softmax for more."""
    if core.output_shape[-1] == 1:
        return keras.losses.BinaryCrossentropy()
    return keras.losses.SparseCategoricalCrossentropy()
