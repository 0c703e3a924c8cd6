"""A declared net as Keras objects: its layers, its optimizer, its loss."""

import dataclasses
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from experiments.language import DenseNet, Net, RecurrentNet, Training
from models.layers.preprocessing import fit_inputs
from models.losses import CrossEntropyCost, QuadraticCost
from models.nets import conv, dense, recurrent
from pipeline.data.values import Dataset


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
    if isinstance(net, RecurrentNet):
        return recurrent.build(
            (shape[0], shape[1]), n_outputs, net.units, cell=net.cell, style=net.style, seed=seed, name=net.name
        )
    common: dict[str, Any] = {
        "activation": net.activation,
        "batch_normalization": net.batch_normalization,
        "dropout": net.dropout,
        "l2": net.l2,
        "output_activation": None if net.training.cost == "log_likelihood" else "sigmoid",
        "style": net.style,
        "seed": seed,
        "name": net.name,
    }
    if isinstance(net, DenseNet):
        return dense.build(
            shape[0],
            n_outputs,
            net.hidden_units,
            kernel_initializer=net.kernel_initializer,
            bias_initializer=net.bias_initializer,
            **common,
        )
    return conv.build(
        (shape[0], shape[1]),
        n_outputs,
        [layer.feature_maps for layer in net.convolutions],
        kernel_sizes=[layer.kernel_size for layer in net.convolutions],
        pool_sizes=[layer.pool_size for layer in net.convolutions],
        paddings=[layer.padding for layer in net.convolutions],
        hidden_units=net.hidden_units,
        map_dropout=net.map_dropout,
        augmentation=dataclasses.asdict(net.augmentation) if net.augmentation else None,
        **common,
    )


def optimizer(training: Training, epochs: int, n_rows: int) -> keras.Optimizer:
    """Returns a fresh optimizer with its schedule over all steps of the training."""
    rate = _rate(training, epochs * -(-n_rows // (training.batch_size or n_rows)))
    averaging = {"use_ema": True, "ema_momentum": training.averaging} if training.averaging else {}
    if training.optimizer == "sgd":
        return keras.optimizers.SGD(rate, momentum=training.momentum, **averaging)
    if training.optimizer == "adam":
        return keras.optimizers.Adam(rate, **averaging)
    return keras.optimizers.AdamW(rate, weight_decay=training.weight_decay, **averaging)


def _rate(training: Training, n_steps: int) -> Any:
    peak = training.learning_rate
    if training.schedule == "cosine":
        return keras.optimizers.schedules.CosineDecay(peak, n_steps)
    if training.schedule == "one_cycle":
        n_rising = max(1, n_steps // 4)
        return keras.optimizers.schedules.CosineDecay(
            peak / 25, max(1, n_steps - n_rising), warmup_target=peak, warmup_steps=n_rising
        )
    return peak


def loss(core: keras.Model, training: Training) -> keras.Loss:
    """Returns the declared cost as a mean over rows."""
    if training.cost == "quadratic":
        return QuadraticCost()
    if training.cost == "cross_entropy":
        return CrossEntropyCost()
    if core.output_shape[-1] == 1:
        return keras.losses.BinaryCrossentropy()
    return keras.losses.SparseCategoricalCrossentropy()


def targets(y: NDArray[np.int64], n_classes: int, training: Training) -> NDArray[Any]:
    """Returns class numbers as the loss takes them: one column for each sigmoid neuron, numbers for softmax."""
    if n_classes == 2:
        return y[:, None].astype(np.float32)
    if training.cost == "log_likelihood":
        return y
    return np.eye(n_classes, dtype=np.float32)[y]
