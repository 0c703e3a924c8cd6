"""One net, trained with whole epochs in a compiled program: the meaning of Keras's ``fit``, without its overhead.

The loop itself is `models.engine.loop.compile_epochs`; here is what it does with a `keras.Model`. What makes it faster
is in ``faster/``, where ``plan.py`` decides: dense layers take few rows as small batches, a conv net takes many in two
halves and convolves by oneDNN, hidden layers are as wide as the processor's lanes, and a GPU learns class numbers as
columns of 0 and 1.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import keras
import tensorflow as tf
from numpy.typing import NDArray

from models.checks import require
from models.engine.arrays import as_arrays
from models.engine.averaging import finish_averaging
from models.engine.calls import Batch
from models.engine.compilation import Compilation
from models.engine.course import Course
from models.engine.diary import History, Monitor, Watch
from models.engine.faster import convolutions, lanes, small_batches
from models.engine.faster.plan import plan_of
from models.engine.faster.reworking import Reworked
from models.engine.likeness import likeness
from models.engine.loop import right
from models.engine.members import loss_of_answers, trained_part
from models.engine.program import Kept, Program, Progress
from models.engine.structure import nothing_drawn, require_trainable

DEVICE_BYTES = 2 * 2**30
PROGRAMS = 4  # that are kept for trainings alike
AnyNet = TypeVar("AnyNet", bound="OneNet")


class OneNet:
    """A `keras.Model` as the loop sees it: in training it may be wider, and reach its outputs in another way."""

    shape: tuple[int, ...] = ()
    company: str = ""

    def __init__(
        self,
        model: keras.Model,
        loss: keras.losses.Loss,
        optimizer: keras.optimizers.Optimizer,
        reworked: Reworked,
    ) -> None:
        self.own = model
        self.reworked = reworked
        with nothing_drawn():
            self.model = lanes.widened(model, reworked)
        trained = small_batches.through(reworked.product, trained_part(self.model, loss))
        self.forward = convolutions.through(reworked.replaced, trained)
        self.loss = reworked.loss_of(loss)
        self.judge = loss_of_answers(loss)
        self.optimizer = optimizer
        self.weights: Sequence[Any] = self.model.weights
        optimizer.build(self.model.trainable_variables)

    def update(self, batch: Batch) -> tf.Tensor:
        """Takes one optimizer step and returns the mean loss before it."""
        with tf.GradientTape() as tape:
            loss = self.reworked.mean_loss(self._train_loss, batch)
            scaled = self.optimizer.scale_loss(loss)
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(scaled, variables), variables)
        return loss

    def assess(self, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the mean loss and the share of rows whose class is right, both in inference mode."""
        y_pred = self.model(batch[0], training=False)
        loss = self._loss(self.judge, batch, y_pred)
        return loss, tf.reduce_mean(tf.cast(right(batch[1], y_pred), loss.dtype))

    def agreed(self, seconds: float) -> float:
        """Returns the seconds as they are: nobody else takes part."""
        return seconds

    def hand_back(self) -> None:
        """Gives the net its own weights of those that were trained in their place."""
        if self.model is not self.own:
            self.own.set_weights(self.reworked.take_out(self.model.get_weights()))

    def _train_loss(self, batch: Batch) -> tf.Tensor:
        return self._loss(self.loss, batch, self.forward(batch[0], training=True))

    def _loss(self, loss_of: keras.losses.Loss, batch: Batch, y_pred: tf.Tensor) -> tf.Tensor:
        _, y, *sample_weight = batch
        loss = loss_of(y, y_pred, *sample_weight)
        return tf.add_n([loss, *(tf.cast(penalty, loss.dtype) for penalty in self.model.losses)])


class CopiedNet(OneNet):
    """A net that is trained in the place of others, one after the other, each from where it stands.

    So the compiled program, which belongs to its variables, serves them all.
    """

    def __init__(
        self,
        model: keras.Model,
        loss: keras.losses.Loss,
        optimizer: keras.optimizers.Optimizer,
        reworked: Reworked,
    ) -> None:
        with nothing_drawn():
            copy = model if reworked.paddings else keras.models.clone_model(model)
        super().__init__(copy, loss, type(optimizer).from_config(optimizer.get_config()), reworked)
        for own, other in zip(self.model.variables, model.variables, strict=True):
            own.trainable = other.trainable
        self._fresh = [variable.numpy() for variable in self.optimizer.variables]

    def start_from(self, model: keras.Model) -> Sequence[Any]:
        """Takes a net's place before its first step, and returns the weights, which are its own now."""
        values = self.reworked.put_in([variable.numpy() for variable in model.variables])
        for own, value in zip(self.model.variables, values, strict=True):
            own.assign(value)
        for own, value in zip(self.optimizer.variables, self._fresh, strict=True):
            own.assign(value)
        return self.weights

    def hand_over(self, model: keras.Model, optimizer: keras.optimizers.Optimizer) -> None:
        """Gives a net what was trained in its place, and its optimizer, which is spent, the number of steps."""
        values = self.reworked.take_out([variable.numpy() for variable in self.model.variables])
        for own, value in zip(model.variables, values, strict=True):
            own.assign(value)
        optimizer.build(model.trainable_variables)
        optimizer.iterations.assign(self.optimizer.iterations)


_KEPT: Kept[CopiedNet] = Kept(PROGRAMS)


class SharedNet(OneNet):
    """A model mirrored on several devices: each takes its share of every batch, and gradients are summed.

    Whatever the number of devices, the update is that of one device with the same global batch, to rounding. Batch
    normalization is the exception: each device normalizes by its own share.
    """

    def __init__(
        self,
        model: keras.Model,
        loss: keras.losses.Loss,
        optimizer: keras.optimizers.Optimizer,
        strategy: tf.distribute.Strategy,
    ) -> None:
        require(
            loss.reduction in ("sum_over_batch_size", "mean"),
            "train",
            "a loss that is a mean over rows, with a strategy",
            "Leave reduction at its default.",
            reduction=loss.reduction,
        )
        with strategy.scope():
            super().__init__(model, loss, optimizer, Reworked(xla=False))
        self.strategy = strategy
        self.company = f"{strategy.num_replicas_in_sync} devices"

    def update(self, batch: Batch) -> tf.Tensor:
        """Takes one optimizer step and returns the mean loss before it."""
        losses = self.strategy.run(self._update_share, args=(batch,))
        return self.strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

    def assess(self, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the mean loss and the share of right rows in inference mode, computed on the first device."""
        y_pred = self.model(batch[0], training=False)
        loss = self._sum(self.judge, batch, y_pred) / batch[0].shape[0] + self._penalty()
        return loss, tf.reduce_mean(tf.cast(right(batch[1], y_pred), loss.dtype))

    def agreed(self, seconds: float) -> float:
        """Returns the mean over all devices: processes whose calls differ in steps wait for each other forever."""
        return float(self._mean(tf.constant(seconds)))

    @tf.function
    def _mean(self, value: tf.Tensor) -> tf.Tensor:
        return self.strategy.reduce(
            tf.distribute.ReduceOp.SUM, self.strategy.run(tf.identity, args=(value / self._n_replicas,)), axis=None
        )

    def _update_share(self, batch: Batch) -> tf.Tensor:
        replica, n_replicas = tf.distribute.get_replica_context().replica_id_in_sync_group, self._n_replicas
        share = tuple(array[replica::n_replicas] for array in batch)
        with tf.GradientTape() as tape:
            total = self._sum(self.loss, share, self.forward(share[0], training=True))
            loss = total / batch[0].shape[0] + self._penalty() / n_replicas
            scaled = self.optimizer.scale_loss(loss)
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(scaled, variables), variables)  # sums the gradients of all devices
        return loss

    def _sum(self, loss_of: keras.losses.Loss, batch: Batch, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns the sum over rows; a Keras loss called as a whole would divide by the number of devices, too."""
        _, y, *weights = batch
        losses = loss_of.call(*(tf.cast(array, loss_of.dtype) for array in (y, y_pred)))
        for sample_weight in weights:
            losses *= tf.cast(sample_weight, losses.dtype)
        return tf.reduce_sum(losses)

    def _penalty(self) -> tf.Tensor:
        return sum((tf.cast(penalty, self.loss.dtype) for penalty in self.model.losses), tf.zeros((), self.loss.dtype))

    @property
    def _n_replicas(self) -> int:
        return self.strategy.num_replicas_in_sync


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
    monitor: Monitor = "loss",
    compilation: Compilation = "auto",
    strategy: tf.distribute.Strategy | None = None,
    device_bytes: int = DEVICE_BYTES,
    progress: Progress | None = None,
) -> History:
    """Trains a built model in place.

    For rows in the same order, the weights are those of Keras's ``fit`` to rounding. Masks, several inputs or outputs
    and metrics other than the loss are left to ``fit``.

    Args:
        model: Any built `keras.Model` with one input and one output.
        X: ``(n_samples, ...)`` on the model's scale.
        y: ``(n_samples, ...)`` as the loss takes it.
        loss: With its reduction over rows, such as ``keras.losses.BinaryCrossentropy()``. Of members that vote,
            `models.losses.MembersLoss`: validation rows are then judged by the loss of what they say together.
        optimizer: A fresh one, with its learning-rate schedule. With ``use_ema`` the averaged weights are kept, and
            batch normalization takes its statistics anew.
        epochs: Passes through the rows, at the most.
        batch_size: Rows per update; ``None`` takes all. A smaller last batch is trained on, too.
        seed: Of the order of rows, and of nothing else: initial weights and dropout are the model's own.
        shuffle: Whether each epoch has another order.
        sample_weight: ``(n_samples,)``.
        validation_data: ``(X, y)`` or ``(X, y, sample_weight)``.
        patience: Epochs without a better ``monitor`` until training stops and the best weights return.
        monitor: What makes an epoch better: a lower validation loss, or a higher accuracy on the validation rows.
        compilation: ``"xla"``, ``"graph"``, or ``"auto"`` for the rule in `models.engine.compilation`.
        strategy: Spreads every batch over its devices; model and optimizer were made in its scope
            (`models.engine.devices`), and ``loss`` is a mean over rows.
        device_bytes: Training rows that take more are streamed in chunks which together take no more; validation
            rows, and the two blocks in order (`models.engine.loop.BLOCK_BYTES` or a batch each), are not in it.
        progress: Called about once a second with the epochs finished (a fraction within a long epoch), ``epochs``,
            and the last finished epoch's train loss (NaN before the first) and validation loss or ``None``.

    Returns:
        The curves; the weights are in ``model``.

    Raises:
        ValueError: If rows do not fit the model and its loss, ``patience`` has no validation data, or has averaged
            weights; if the model takes steps of its own, or the optimizer was used before.
        Interrupted: On Ctrl-C: a ``KeyboardInterrupt`` that carries the history so far.
    """
    require_trainable(model, loss, optimizer)
    data = as_arrays(model, X, y, sample_weight, loss=loss)
    held_out = None if validation_data is None else as_arrays(model, *validation_data, loss=loss)
    watch = Watch(rows=held_out, patience=patience, monitor=monitor)
    watch.require_last_weights(optimizer)
    course = Course(
        data=data,
        shape=(),
        n_rows=len(data[0]),
        batch_size=batch_size,
        epochs=epochs,
        seeds=[seed],
        shuffle=shuffle,
        device_bytes=device_bytes,
    )
    reworked = plan_of(model, loss, optimizer, course, compilation=compilation, strategy=strategy)
    key = None if strategy else likeness(model, loss, optimizer, course, watch, reworked)
    if key is not None:
        with _KEPT.lent(key, lambda: _program(CopiedNet(model, loss, optimizer, reworked), course, watch)) as program:
            program.diary.start_anew(program.learner.start_from(model))
            try:
                (history,) = program.run(course, watch, progress)
            finally:
                program.learner.hand_over(model, optimizer)
        return history
    net = SharedNet(model, loss, optimizer, strategy) if strategy else OneNet(model, loss, optimizer, reworked)
    try:
        (history,) = _program(net, course, watch).run(course, watch, progress)
    finally:
        net.hand_back()
    if optimizer.use_ema:
        finish_averaging(model, optimizer, data[0])
    return history


def _program(net: AnyNet, course: Course, watch: Watch) -> Program[AnyNet]:
    return Program(net, course, watch, xla=net.reworked.xla)
