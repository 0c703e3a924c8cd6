"""A declared net as Keras objects: its layers, its optimizer, its loss."""

import math
from collections.abc import Callable
from typing import Any

import keras
from numpy.typing import NDArray

from experiments.language import Net, Training
from models import nets
from models.checks import require
from models.engine.members import has_members
from models.layers.preprocessing import fit_inputs
from models.losses import CrossEntropyCost, MembersLoss, QuadraticCost, SmoothedLoss
from models.optimizers import AdamByLayer, CosLog, FlatCosine
from models.resilient import RpropPlus
from pipeline.data.task import Task
from pipeline.data.values import Dataset


def inputs_model(net: Net, dataset: Dataset, X: NDArray[Any], n_places: int = 0) -> keras.Model:
    """Returns what stands before the trained layers: raw rows, or encoded ones, to the net's scale.

    Args:
        net: Says which scale.
        dataset: Tells images from tables.
        X: Training rows, on which it is fitted.
        n_places: The last columns that are places of levels.
    """
    raw = keras.Input(X.shape[1:], dtype="uint8" if dataset.is_image else "float64", name="raw_rows")
    layers = [fit_inputs(net.inputs, X, pixel_maximum=dataset.pixel_maximum, n_places=n_places)]
    if dataset.is_image and net.flattens:
        layers.append(keras.layers.Flatten())
    return keras.Sequential([raw, *layers], name="inputs")


def row_shape(net: Net, dataset: Dataset) -> tuple[int, ...]:
    """Returns the shape of a row as the trained layers take it.

    Raises:
        ValueError: A table for a net that takes images.
    """
    require(
        dataset.is_image or net.flattens,
        f"train {net.name!r}",
        f"images for a {net.kind}",
        "A dense_net takes tables.",
        dataset=dataset.name,
    )
    shape = dataset.X.shape[1:]
    return (math.prod(shape),) if net.flattens else shape


def core_model(
    net: Net, dataset: Dataset, shape: tuple[int, ...], seed: int, places: tuple[int, ...] = ()
) -> keras.Model:
    """Returns the untrained layers of a net.

    Args:
        net: The declaration.
        dataset: Says what is predicted.
        shape: Of its rows.
        seed: Of its initial weights.
        places: Of the last columns, where they are categories that it embeds: how many places each has.
    """
    embeds = {"places": places} if places else {}
    return nets.build(
        net.kind,
        shape,
        dataset.task.n_outputs,
        output_activation=dataset.task.output_activation(net.training.cost),
        seed=seed,
        name=net.name,
        **net.settings,
        **embeds,
    )


def optimizer(training: Training, epochs: int, n_rows: int) -> keras.Optimizer:
    """Returns a fresh optimizer with its schedules over all steps of the training."""
    n_steps = epochs * -(-n_rows // (training.batch_size or n_rows))
    rate = _rate(training, n_steps)
    averaging = {"use_ema": True, "ema_momentum": training.averaging} if training.averaging else {}
    if training.optimizer == "sgd":
        return keras.optimizers.SGD(rate, momentum=training.momentum, **averaging)
    if training.optimizer == "rprop":
        return RpropPlus(rate, threshold=training.slope_threshold, **averaging)
    how: dict[str, Any] = {"beta_2": training.beta_2, **averaging}
    if training.rates.factors or not training.decays_biases or training.decay_schedule != "constant":
        decay = FlatCosine(training.weight_decay, n_steps) if training.decay_schedule == "flat_cosine" else None
        how["decay"] = training.weight_decay if decay is None else decay
        return AdamByLayer(rate, rates=training.rates.factors, decays_biases=training.decays_biases, **how)
    if training.optimizer == "adam":
        return keras.optimizers.Adam(rate, **how)
    return keras.optimizers.AdamW(rate, weight_decay=training.weight_decay, **how)


def _rate(training: Training, n_steps: int) -> Any:
    peak = training.learning_rate
    if training.schedule == "cosine":
        return keras.optimizers.schedules.CosineDecay(peak, n_steps)
    if training.schedule == "one_cycle":
        n_rising = max(1, n_steps // 4)
        return keras.optimizers.schedules.CosineDecay(
            peak / 25, max(1, n_steps - n_rising), warmup_target=peak, warmup_steps=n_rising
        )
    if training.schedule == "coslog4":
        return CosLog(peak, n_steps, n_cycles=4)
    return peak


_LOSSES: dict[str, Callable[[], keras.Loss]] = {
    "quadratic": QuadraticCost,
    "cross_entropy": CrossEntropyCost,
    "binary_cross_entropy": keras.losses.BinaryCrossentropy,
    "sparse_categorical_cross_entropy": keras.losses.SparseCategoricalCrossentropy,
    "mean_squared_error": keras.losses.MeanSquaredError,
}


def loss(task: Task, training: Training, core: keras.Model | None = None) -> keras.Loss:
    """Returns the declared cost as a mean over rows; of a ``core`` with members, the mean of what each loses."""
    own = _LOSSES[task.loss(training.cost)]()
    if training.label_smoothing:
        n_classes = max(2, task.n_outputs)  # one neuron tells two classes
        own = SmoothedLoss(own, share=training.label_smoothing, n_classes=n_classes)
    return MembersLoss(own) if core is not None and has_members(core) else own
