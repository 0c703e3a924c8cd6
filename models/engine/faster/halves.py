"""Two halves of a batch side by side: the same gradient, while no core of the processor waits.

TensorFlow spreads a convolution over all cores and the small operations between two of them over one. The halves of a
batch need nothing of each other until their gradients are added, so one half's convolutions fill the other's gaps.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from models.engine.calls import Batch
from models.engine.faster.reworking import Case, Loss, Reworked
from models.engine.structure import operations
from models.engine.ways import Ways
from models.layers.pooling import BiasedMaxPooling2D

NAME = "batches in halves"

_layers = keras.layers
_ROW_BY_ROW = (
    _layers.InputLayer,
    _layers.Reshape,
    _layers.Conv2D,
    _layers.MaxPooling2D,
    BiasedMaxPooling2D,
    _layers.Activation,
    _layers.Flatten,
    _layers.Dense,
)


def pays(case: Case, reworked: Reworked) -> bool:
    """Returns whether to use `mean_loss`: batches are as large as pays, and the net convolves.

    Only where it means the same: each row must go its own way through the net (batch normalization mixes them), not
    at random (dropout would draw other numbers than ``fit``), and the loss must be a mean over rows.
    """
    parts = operations(case.model)
    return (
        case.ways.halves(case.batch_size)
        and not case.xla
        and case.on_cpu
        and case.loss.reduction in ("sum_over_batch_size", "mean")
        and _layers.Conv2D in map(type, parts)
        and all(map(_goes_row_by_row, parts))
    )


def put_in(reworked: Reworked, case: Case) -> Reworked:
    """Returns the training with batches in halves."""
    return replace(reworked, mean_loss=partial(mean_loss, ways=case.ways))


def mean_loss(loss: Loss, batch: Batch, ways: Ways) -> tf.Tensor:
    """Returns the mean loss of a batch, put together from two halves where these pay.

    Args:
        loss: Returns the mean loss of some rows.
        batch: ``(X, y)`` or ``(X, y, sample_weight)``.
        ways: Say of how many rows a batch is that is taken in halves.
    """
    n_rows = batch[0].shape[0]
    if not ways.halves(n_rows):
        return loss(batch)
    half = n_rows // 2
    first, second = (tuple(array[rows] for array in batch) for rows in (slice(half), slice(half, None)))
    return loss(first) * (half / n_rows) + loss(second) * (1 - half / n_rows)


def _goes_row_by_row(operation: Any) -> bool:
    return type(operation) in _ROW_BY_ROW and getattr(operation, "activity_regularizer", None) is None
