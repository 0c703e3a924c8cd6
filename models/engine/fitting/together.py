"""Models of one architecture, compiled alike, trained in one program: each as ``fit`` trains it alone."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.engine import many_nets
from models.engine.calls import Batch
from models.engine.compilation import Compilation
from models.engine.course import Course
from models.engine.diary import Diary, History, Watch
from models.engine.faster.plan import plan_of
from models.engine.faster.reworking import Reworked
from models.engine.fitting.asked import Asked
from models.engine.fitting.rows import Rows
from models.engine.members import in_rows
from models.engine.program import Program
from models.engine.steps import OwnSteps

Mean = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


class OfFunction(keras.losses.Loss):
    """A loss that ``compile`` knows by a name or a function of rows: its mean over them."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(name=function.__name__)
        self.function = function

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns what ``(n,)`` rows lose."""
        return self.function(y_true, y_pred)


class Counted(many_nets.ManyNets):
    """R models whose metrics are counted: sums over the rows of an epoch, trained on and judged."""

    def __init__(
        self,
        models: Sequence[keras.Model],
        loss: keras.losses.Loss,
        optimizer: keras.optimizers.Optimizer,
        reworked: Reworked,
        steps: OwnSteps | None,
        metrics: Sequence[Mean],
    ) -> None:
        super().__init__(models, loss, optimizer, reworked, steps)
        self.metrics = metrics
        shape = (len(metrics), len(models))
        self.sums = {training: tf.Variable(tf.zeros(shape, loss.dtype)) for training in (True, False)}

    def _forward(self, model: keras.Model, X: tf.Tensor, *, training: bool) -> tf.Tensor:
        self.said = super()._forward(model, X, training=training)
        return self.said

    def update(self, batch: Batch) -> tf.Tensor:
        """Takes one optimizer step and returns each model's mean loss before it, ``(n_replicates,)``."""
        losses = super().update(batch)
        self._count(batch, training=True)
        return losses

    def assess(self, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns each model's mean loss and share of right rows in inference mode, ``(n_replicates,)``."""
        found = super().assess(batch)
        self._count(batch, training=False)
        return found

    def _count(self, batch: Batch, *, training: bool) -> None:
        if self.metrics:
            y, said = tf.reshape(batch[1], (-1, *batch[1].shape[2:])), in_rows(self.said)
            rows = (math.prod(self.shape), -1)
            values = [tf.reshape(metric(y, said), rows) for metric in self.metrics]
            n_rows = batch[0].shape[1]
            means = tf.stack([tf.reduce_mean(tf.cast(value, self.loss.dtype), axis=1) for value in values])
            self.sums[training].assign_add(means * n_rows)


class _Book(Diary):
    """The memory of such models: a diary that keeps their metrics, too."""

    def __init__(self, counted: Counted, epochs: int, watch: Watch, n_validation_rows: int) -> None:
        super().__init__(counted.shape, counted.weights, epochs, counted.loss.dtype, watch)
        self.counted = counted
        self.n_validation_rows = n_validation_rows
        start = tf.zeros((epochs, *counted.sums[True].shape), counted.loss.dtype)
        self.metrics = {training: tf.Variable(start) for training in (True, False)}

    def close_epoch(
        self,
        n_rows: int,
        validation: tuple[tf.Tensor, tf.Tensor] | None,
        weights: Sequence[Any],
        rested: tf.Tensor | None = None,
    ) -> None:
        """Writes what the epoch that ends came to."""
        if self.counted.metrics:
            self._write_metrics(n_rows)
        super().close_epoch(n_rows, validation, weights, rested)

    def _write_metrics(self, n_rows: int) -> None:
        for training, n in ((True, n_rows), (False, max(1, self.n_validation_rows))):
            sums, curves = self.counted.sums[training], self.metrics[training]
            curves.assign(tf.tensor_scatter_nd_update(curves, [[self.epoch]], [sums / n]))
            sums.assign(tf.zeros_like(sums))


def train_together(
    models: Sequence[keras.Model],
    rows: Sequence[Rows],
    held_out: Sequence[Rows] | None,
    *,
    loss: keras.losses.Loss,
    metrics: dict[str, Mean],
    steps: OwnSteps | None,
    asked: Asked,
    seeds: Sequence[int],
    compilation: Compilation,
) -> list[dict[str, NDArray[np.float64]]]:
    """Trains models in place, their optimizers with them, and returns what each epoch of each of them told.

    Args:
        models: Compiled and built, alike but for weights.
        rows: Of each model, equally many.
        held_out: Likewise, or ``None``.
        loss: A mean over rows.
        metrics: Name -> what rows come to.
        steps: How far each goes where the optimizer of the one that goes farthest takes them all, if not equally far.
        asked: How long.
        seeds: Of the order of rows, one for each model.
        compilation: ``"xla"`` or ``"graph"``.
    """
    own = models[0 if steps is None else int(np.argmax(steps.rates))].optimizer
    optimizer = type(own).from_config(own.get_config())
    if own.weight_decay is not None:
        optimizer.weight_decay = float(np.float32(own.weight_decay))  # Keras computes with it, whatever the precision
    course = Course(
        data=_in_one(rows),
        shape=(len(models),),
        n_rows=len(rows[0]),
        batch_size=asked.rows_at_once,
        epochs=asked.epochs,
        seeds=seeds,
        shuffle=asked.shuffle,
    )
    watch = Watch(rows=None if held_out is None else _in_one(held_out), stops_at_rest=False)  # nor does Keras
    reworked = plan_of(models[0], loss, optimizer, course, compilation=compilation)
    counted = Counted(models, loss, optimizer, reworked, steps, list(metrics.values()))
    book = _Book(counted, asked.epochs, watch, 0 if held_out is None else len(held_out[0]))
    try:
        histories = Program(counted, course, watch, xla=reworked.xla, diary=book).run(course, watch)
    finally:
        counted.hand_back()
        for place, model in enumerate(models):
            _hand_back(optimizer, model, place)
    return [_told(history, book, list(metrics), place) for place, history in enumerate(histories)]


def _in_one(rows: Sequence[Rows]) -> tuple[NDArray[Any], ...]:
    """Returns the rows of all models, one model's after the other's."""
    return tuple(np.concatenate(arrays) for arrays in zip(*(one.arrays for one in rows), strict=True))


def _hand_back(optimizer: keras.optimizers.Optimizer, model: keras.Model, place: int) -> None:
    """Gives a model's own optimizer what the common one remembers of its weights."""
    model.optimizer.build(model.trainable_variables)
    for own, common in zip(model.optimizer.variables, optimizer.variables, strict=True):
        value = common.numpy()
        if value.ndim > len(own.shape):
            value = value[place][tuple(map(slice, own.shape))]  # without silent neurons
        if own.name != "learning_rate":  # which is each one's own
            own.assign(value)


def _told(history: History, book: _Book, names: Sequence[str], place: int) -> dict[str, NDArray[np.float64]]:
    curves = {"loss": history.train_loss}
    trained, judged = (book.metrics[training].numpy()[:, :, place].astype(np.float64) for training in (True, False))
    curves |= {name: trained[:, number] for number, name in enumerate(names)}
    if history.validation_loss is not None:
        curves["val_loss"] = history.validation_loss
        curves |= {f"val_{name}": judged[:, number] for number, name in enumerate(names)}
    return curves
