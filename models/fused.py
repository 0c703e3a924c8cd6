"""One net, trained with whole epochs in a compiled program: the meaning of Keras's ``fit``, without its overhead.

The loop itself is `models.loop.compile_epochs`; here is what it does with a `keras.Model`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.compilation import Compilation, use_xla
from models.diary import History
from models.loop import Batch, Progress, run


class OneNet:
    """A `keras.Model` as the loop sees it."""

    shape: tuple[int, ...] = ()

    def __init__(self, model: keras.Model, loss: keras.losses.Loss, optimizer: keras.optimizers.Optimizer) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.weights: Sequence[Any] = model.weights
        optimizer.build(model.trainable_variables)

    def update(self, batch: Batch) -> tf.Tensor:
        """Takes one optimizer step and returns the mean loss before it."""
        with tf.GradientTape() as tape:
            loss = self._loss(batch, training=True)
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def loss_on(self, batch: Batch) -> tf.Tensor:
        """Returns the mean loss in inference mode."""
        return self._loss(batch, training=False)

    def _loss(self, batch: Batch, *, training: bool) -> tf.Tensor:
        X, y, *sample_weight = batch
        loss = self.loss(y, self.model(X, training=training), *sample_weight)
        return tf.add_n([loss, *(tf.cast(penalty, loss.dtype) for penalty in self.model.losses)])


def train(
    model: keras.Model,
    X: NDArray[Any],
    y: NDArray[Any],
    *,
    loss: keras.losses.Loss,
    optimizer: keras.optimizers.Optimizer,
    epochs: int,
    batch_size: int | None,
    seed: int,
    shuffle: bool = True,
    sample_weight: NDArray[Any] | None = None,
    validation_data: tuple[NDArray[Any], ...] | None = None,
    patience: int | None = None,
    compilation: Compilation = "auto",
    progress: Progress | None = None,
) -> History:
    """Trains a built model in place.

    For rows in the same order, the weights are those of Keras's ``fit`` to rounding. Masks, several inputs or outputs
    and metrics other than the loss are left to ``fit``.

    Args:
        model: Any built `keras.Model` with one input and one output.
        X: ``(n_samples, ...)`` on the model's scale.
        y: ``(n_samples, ...)`` as the loss takes it.
        loss: With its reduction over rows, such as ``keras.losses.BinaryCrossentropy()``.
        optimizer: A fresh one, with its learning-rate schedule.
        epochs: Passes through the rows, at the most.
        batch_size: Rows per update; ``None`` takes all. A smaller last batch is trained on, too.
        seed: Of the order of rows, and of nothing else: initial weights and dropout are the model's own.
        shuffle: Whether each epoch has another order.
        sample_weight: ``(n_samples,)``.
        validation_data: ``(X, y)`` or ``(X, y, sample_weight)``.
        patience: Epochs without a lower validation loss until training stops and the best weights return.
        compilation: ``"xla"``, ``"graph"``, or ``"auto"`` for the rule in `models.compilation`.
        progress: Called about twice a second with the epochs finished (a fraction within a long epoch), ``epochs``,
            and the last finished epoch's train loss (NaN before the first) and validation loss or ``None``.

    Returns:
        The curves; the weights are in ``model``.

    Raises:
        ValueError: If shapes do not fit the model, or ``patience`` has no validation data.
        Interrupted: On Ctrl-C: a ``KeyboardInterrupt`` that carries the history so far.
    """
    data = as_arrays(model, X, y, sample_weight)
    validation = None if validation_data is None else as_arrays(model, *validation_data)
    check_patience(patience, validation)
    n_rows = len(X)
    batch_size = min(batch_size or n_rows, n_rows)
    (history,) = run(
        OneNet(model, loss, optimizer),
        data,
        validation,
        orders=row_orders(seed, n_rows, shuffle=shuffle and batch_size < n_rows),
        n_rows=n_rows,
        batch_size=batch_size,
        epochs=epochs,
        patience=patience,
        loss_dtype=loss.dtype,
        xla=use_xla(model, compilation),
        progress=progress,
    )
    return history


def row_orders(seed: int, n_rows: int, *, shuffle: bool) -> Iterator[NDArray[np.int32]]:
    """Yields the order of rows of one epoch after the other: a matter of the seed alone.

    NumPy draws it, on the host, so that it is the same under XLA, as a graph, on every device and for a replicate.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(n_rows, dtype=np.int32)
    while True:
        yield rng.permutation(rows) if shuffle else rows


def as_arrays(
    model: keras.Model, X: NDArray[Any], y: NDArray[Any], sample_weight: NDArray[Any] | None = None
) -> tuple[NDArray[Any], ...]:
    """Returns X, y and, if given, weights in the precision of the model's weights, once their shapes fit.

    Raises:
        ValueError: If they do not fit: Keras's losses would broadcast some of them silently.
    """
    if X.shape[1:] != tuple(model.input_shape[1:]):
        raise ValueError(
            f"train: expected rows of shape {tuple(model.input_shape[1:])}. Received: X.shape={X.shape}. Reshape X."
        )
    outputs = tuple(model.output_shape[1:])
    class_numbers = y.ndim == 1 and (outputs == (1,) or np.issubdtype(y.dtype, np.integer))
    if len(y) != len(X) or not (y.shape[1:] == outputs or class_numbers):
        raise ValueError(
            f"train: expected y of shape {(len(X), *outputs)}, or class numbers {(len(X),)}. "
            f"Received: y.shape={y.shape}, y.dtype={y.dtype}. Reshape y."
        )
    if sample_weight is not None and sample_weight.shape != (len(X),):
        raise ValueError(
            f"train: expected sample_weight of shape {(len(X),)}. "
            f"Received: sample_weight.shape={sample_weight.shape}. Give one weight for each row."
        )
    dtype = model.weights[0].dtype
    arrays = (X, y) if sample_weight is None else (X, y, sample_weight)
    return tuple(
        array if array is y and np.issubdtype(y.dtype, np.integer) else np.asarray(array, dtype) for array in arrays
    )


def check_patience(patience: int | None, validation: Any) -> None:
    """Raises a ValueError if early stopping has nothing to look at."""
    if patience is not None and validation is None:
        raise ValueError(
            f"train: expected validation_data with patience. Received: patience={patience}, validation_data=None. "
            "Give both, or no patience."
        )
