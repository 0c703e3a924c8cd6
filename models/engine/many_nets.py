"""Many dense nets of one architecture, trained in one program along a leading axis.

Replicates differ in initial weights, rows, scaling and seed, and where it is asked for in the size of their penalty,
dropout, learning rate and weight decay; each has its own loss, its own optimizer state and its own early stopping, and
no number of one ever enters another: what they share is the program, compiled once, and the steps of its loop. So
replicate r is the net that `models.engine.one_net.train` trains alone, to float rounding.

What the leading axis saves is what does not grow with it: one compilation instead of R, one scheduling of each
operation. The arithmetic of R nets stays that of R nets.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.engine.arrays import as_arrays
from models.engine.calls import Batch
from models.engine.compilation import Compilation
from models.engine.course import Course
from models.engine.diary import History, Monitor, Watch
from models.engine.faster import dropping
from models.engine.faster.plan import plan_of
from models.engine.faster.reworking import Reworked
from models.engine.loop import right
from models.engine.members import in_rows, loss_of_answers, trained_part
from models.engine.padded import Blocks, blocks_of, require_alike
from models.engine.program import Program, Progress
from models.engine.replicable import require_replicable
from models.engine.replicates import Replicate, Whole
from models.engine.steps import OwnSteps
from models.layers.stackable import Stackable
from models.resilient import RpropPlus

Layers = keras.layers


class ManyNets:
    """R models of one architecture as the loop sees them: each variable stacked to ``(n_replicates, ...)``."""

    def __init__(
        self,
        models: Sequence[keras.Model | Replicate],
        loss: keras.losses.Loss,
        optimizer: keras.optimizers.Optimizer,
        reworked: Reworked,
        steps: OwnSteps | None = None,
        *,
        is_padded: bool = False,
    ) -> None:
        self.is_padded = is_padded
        self.shape: tuple[int, ...] = (len(models),)
        self.company = f"{len(models)} nets at once"
        self.replicates = [one if isinstance(one, Replicate) else Whole(model=one) for one in models]
        self.first = self.replicates[0].model
        self.trained = trained_part(self.first, loss)
        self.loss = reworked.loss_of(loss)
        self.judge = loss_of_answers(loss)
        self.reworked = reworked
        variables = self.first.variables
        starts = {id(one.model): [np.asarray(variable) for variable in one.model.variables] for one in self.replicates}
        columns = [np.stack(column) for column in zip(*(starts[id(one.model)] for one in self.replicates), strict=True)]
        self.stacked = {
            id(variable): keras.Variable(values, dtype=variable.dtype, trainable=variable.trainable, name=variable.name)
            for variable, values in zip(variables, reworked.put_in(columns), strict=True)
        }
        self.weights: Sequence[Any] = [self.stacked[id(weight)] for weight in self.first.weights]
        self.trainable = [self.stacked[id(weight)] for weight in self.first.trainable_variables]
        self.optimizer = optimizer
        if isinstance(optimizer, RpropPlus):
            optimizer.nets = self.shape
        optimizer.build(self.trainable)
        self.take_step = optimizer.apply if steps is None else steps.of(optimizer)
        self.penalties = [
            None if own[0] is None else _one_or_all(own)
            for own in zip(*(one.penalties for one in self.replicates), strict=True)
        ]

    def update(self, batch: Batch) -> tf.Tensor:
        """Takes one optimizer step and returns each replicate's mean loss before it, ``(n_replicates,)``."""
        with tf.GradientTape() as tape:
            losses = self._losses(self.loss, batch, self._forward(self.trained, batch[0], training=True))
            total = tf.reduce_sum(losses)  # a weight is in one of the terms only, so each gradient is its own net's
            total = self.optimizer.scale_loss(total)
        self.take_step(tape.gradient(total, self.trainable), self.trainable)
        return losses

    def assess(self, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns each replicate's mean loss and share of right rows in inference mode, ``(n_replicates,)``."""
        y_pred = self._forward(self.first, batch[0], training=False)
        losses = self._losses(self.judge, batch, y_pred)
        return losses, self._mean(tf.cast(right(batch[1], y_pred), losses.dtype), batch)

    def agreed(self, seconds: float) -> float:
        """Returns the seconds as they are: one process trains all."""
        return seconds

    def hand_back(self) -> None:
        """Gives every net its own variables of those that were trained in their place."""
        trained = self.reworked.take_out([self.stacked[id(variable)].numpy() for variable in self.first.variables])
        for one, values in zip(self.replicates, zip(*trained, strict=True), strict=True):
            one.take(values)

    def _losses(self, loss: keras.losses.Loss, batch: Batch, y_pred: tf.Tensor) -> tf.Tensor:
        X, y, *weights = batch
        # Keras's losses know one leading axis, so the replicates' rows stand one after the other for a moment.
        y_true, y_pred = (tf.cast(a, loss.dtype) for a in (tf.reshape(y, (-1, *y.shape[2:])), in_rows(y_pred)))
        losses = tf.reshape(loss.call(y_true, y_pred), X.shape[:2])
        for sample_weight in weights:
            losses *= tf.cast(sample_weight, losses.dtype)
        losses = self._mean(losses, batch)
        for stacked, penalties in zip(self.trainable, self.penalties, strict=True):
            if penalties is not None:
                squares = tf.reduce_sum(tf.square(stacked), axis=list(range(1, len(stacked.shape))))
                losses += tf.cast(tf.cast(penalties, stacked.dtype) * squares, losses.dtype)
        return losses

    def _mean(self, values: tf.Tensor, batch: Batch) -> tf.Tensor:
        """Returns the mean over each replicate's rows, of those that are there."""
        if not self.is_padded:
            return tf.reduce_mean(values, axis=1)
        there = tf.cast(batch[-1], values.dtype)
        return tf.math.divide_no_nan(tf.reduce_sum(values * there, axis=1), tf.reduce_sum(there, axis=1))

    def _forward(self, model: keras.Model, X: tf.Tensor, *, training: bool) -> tf.Tensor:
        """Returns the outputs for ``X`` of shape ``(n_replicates, n_rows, n_features)``, with Keras's arithmetic."""
        X = tf.cast(X, model.inputs[0].dtype)
        for layer in model.layers:
            if isinstance(layer, Stackable):
                X = layer.compute(X, *map(self._of, layer.weights))
            elif isinstance(layer, Layers.Embedding):
                X = tf.gather(self._of(layer.embeddings), tf.cast(X, tf.int32), batch_dims=1)
            elif isinstance(layer, Layers.Flatten):
                X = tf.reshape(X, (*X.shape[:2], -1))
            elif isinstance(layer, Layers.Dense):
                X = self.reworked.product(X, self._of(layer.kernel))
                X = layer.activation(X + self._of(layer.bias)[:, None] if layer.use_bias else X)
            elif isinstance(layer, Layers.Activation):
                X = layer.activation(X)
            elif isinstance(layer, Layers.BatchNormalization):
                X = self._normalize(layer, X, training=training)
            elif isinstance(layer, Layers.Dropout) and training and layer.rate > 0:
                X *= self._kept(layer, X)
        return X

    def _of(self, variable: keras.Variable) -> Any:
        return self.stacked[id(variable)].value

    def _normalize(self, layer: keras.Layer, X: tf.Tensor, *, training: bool) -> tf.Tensor:
        mean, variance = self._of(layer.moving_mean), self._of(layer.moving_variance)
        if training and layer.trainable:
            batch_mean, batch_variance = tf.nn.moments(X, axes=[1])
            for moving, new in ((mean, batch_mean), (variance, batch_variance)):
                moving.assign(moving * layer.momentum + new * (1 - layer.momentum))
            mean, variance = batch_mean, batch_variance
        offset = self._of(layer.beta)[:, None] if layer.center else None
        scale = self._of(layer.gamma)[:, None] if layer.scale else None
        return tf.nn.batch_normalization(X, mean[:, None], variance[:, None], offset, scale, layer.epsilon)

    def _kept(self, layer: keras.Layer, X: tf.Tensor) -> tf.Tensor:
        """Returns 0 for what is dropped and ``1 / (1 - rate)`` for what stays, drawn as each net alone would."""
        state = self._of(layer.seed_generator.state)
        seeds = tf.cast(tf.math.floormod(state, tf.int32.max - 1), tf.int32)
        state.assign(state + tf.constant([0, 1], state.dtype))
        place = self.first.layers.index(layer)
        rates = _one_or_all([one.rate(place) for one in self.replicates])
        if dropping.suits(X.dtype.name, xla=self.reworked.xla):
            return dropping.kept(seeds, rates, tuple(X.shape[1:]))
        ones = tf.ones(X.shape[1:], X.dtype)
        dropped = partial(tf.nn.experimental.stateless_dropout, ones)
        if isinstance(rates, float):
            return tf.map_fn(lambda seed: dropped(rate=rates, seed=seed), seeds, fn_output_signature=X.dtype)
        return tf.map_fn(
            lambda own: dropped(rate=own[0], seed=own[1]),
            (tf.constant(rates, X.dtype), seeds),
            fn_output_signature=X.dtype,
        )


def _one_or_all(values: Sequence[float]) -> NDArray[np.float64] | float:
    """Returns the one number that all are, for which replicates share the arithmetic of a net alone; else all."""
    return values[0] if len(set(values)) == 1 else np.array(values)


def train_replicates(
    models: Sequence[keras.Model | Replicate],
    X: NDArray[Any] | Sequence[NDArray[Any]],
    y: NDArray[Any] | Sequence[NDArray[Any]],
    *,
    loss: keras.losses.Loss,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
    epochs: int,
    batch_size: int | None,
    seeds: Sequence[int],
    shuffle: bool = True,
    sample_weight: NDArray[Any] | Sequence[Any] | None = None,
    validation_data: tuple[Any, ...] | None = None,
    patience: int | None = None,
    monitor: Monitor = "loss",
    steps: OwnSteps | None = None,
    blocks: Sequence[int] | None = None,
    compilation: Compilation = "auto",
    progress: Progress | None = None,
) -> list[History]:
    """Trains R built models in place, as `models.engine.one_net.train` would train each alone.

    Args:
        models: Chains of Dense, Activation, BatchNormalization, Dropout, Embedding, Flatten and what is `Stackable`,
            alike but for initial weights, seeds, and the sizes of L2 penalties and of dropout. A `Replicate` is handed
            what was trained and its model left alone.
        X: ``(n_blocks, n_samples, n_features)``: each replicate's own rows on its own scale, a block for each but for
            ``blocks``. Blocks of unequal size are a list; their epochs must have equally many steps.
        y: ``(n_blocks, n_samples, ...)``.
        loss: A mean over rows.
        make_optimizer: Returns a fresh SGD, Adam, AdamW, RMSprop, `AdamByLayer` or `RpropPlus` without gradient
            clipping by norm and averaging of weights; it works element by element, so one optimizer keeps R states.
        epochs: As in `models.engine.one_net.train`; the same holds for all that is not named here.
        batch_size: Rows per update of each replicate.
        seeds: Of the order of rows, one for each replicate.
        shuffle: Whether each epoch has another order.
        sample_weight: ``(n_blocks, n_samples)``.
        validation_data: Arrays with a leading axis of blocks, likewise.
        patience: Of each replicate by itself.
        monitor: As in `models.engine.one_net.train`.
        steps: How far each replicate's steps go, where they do not go equally far.
        blocks: The number of the block of rows that each replicate learns from, where several learn from one.
        compilation: ``"xla"``, ``"graph"`` or ``"auto"``.
        progress: Receives the replicates' mean losses; of a stopped one, the weights beyond its best are in the mean.

    Returns:
        One history for each replicate, each as long as the replicate was trained.

    Raises:
        ValueError: If the models cannot be stacked, or shapes do not fit.
        Interrupted: On Ctrl-C; the models hold what was trained so far.
    """
    optimizer = make_optimizer()
    own = [one.model if isinstance(one, Replicate) else one for one in models]
    blocks = range(len(models)) if blocks is None else blocks
    learned = blocks_of(X, y, sample_weight)
    watched = None if validation_data is None else blocks_of(*validation_data)
    require_replicable(own, learned.arrays[0], seeds, blocks, loss, optimizer)
    is_padded = not learned.are_even or (watched is not None and not watched.are_even)
    if is_padded:
        require_alike(own[0], learned.sizes, batch_size)
    if steps is not None:
        steps.require_fits(optimizer, len(models))
    held_out = None if watched is None else _flat(own[0], loss, watched, is_padded=is_padded)
    watch = Watch(rows=held_out, patience=patience, monitor=monitor)
    watch.require_last_weights(optimizer)
    course = Course(
        data=_flat(own[0], loss, learned, is_padded=is_padded),
        shape=(len(models),),
        n_rows=max(learned.sizes),
        sizes=None if learned.are_even else learned.sizes,
        blocks=blocks,
        batch_size=batch_size,
        epochs=epochs,
        seeds=seeds,
        shuffle=shuffle,
    )
    reworked = plan_of(own[0], loss, optimizer, course, compilation=compilation)
    learner = ManyNets(models, loss, optimizer, reworked, steps, is_padded=is_padded)
    try:
        return Program(learner, course, watch, xla=reworked.xla).run(course, watch, progress)
    finally:
        learner.hand_back()


def _flat(model: keras.Model, loss: keras.Loss, blocks: Blocks, *, is_padded: bool) -> tuple[NDArray[Any], ...]:
    """Returns the arrays with blocks one after the other, once they fit the model; padded ones say what is there."""

    def flat(array: NDArray[Any]) -> NDArray[Any]:
        return array.reshape(math.prod(array.shape[:2]), *array.shape[2:])

    X, y, *weight = map(flat, blocks.arrays)
    arrays = as_arrays(model, X, y, *weight, loss=loss)
    return (*arrays, flat(blocks.there)) if is_padded else arrays
