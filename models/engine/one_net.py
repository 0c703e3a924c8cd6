"""One net, trained with whole epochs in a compiled program: the meaning of Keras's ``fit``, without its overhead.

The loop itself is `models.engine.loop.compile_epochs`; here is what it does with a `keras.Model`. What makes it faster
is in ``faster/``: dense layers take few rows as small batches, a conv net takes many in two halves, and hidden layers
are as wide as the processor's lanes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.engine.averaging import finish_averaging
from models.engine.calls import Batch, Pace, resident_calls
from models.engine.compilation import Compilation, use_xla
from models.engine.diary import History, Monitor
from models.engine.faster import halves, lanes, small_batches
from models.engine.loop import Progress, right, run
from models.engine.streaming import streamed_calls

DEVICE_BYTES = 2 * 2**30


class OneNet:
    """A `keras.Model` as the loop sees it.

    In training, ``forward`` may be another way to its outputs, and a batch may be ``halved``.
    """

    shape: tuple[int, ...] = ()

    def __init__(
        self,
        model: keras.Model,
        loss: keras.losses.Loss,
        optimizer: keras.optimizers.Optimizer,
        forward: keras.Model | None = None,
        halved: bool = False,
    ) -> None:
        self.model = model
        self.forward = forward or model
        self.halved = halved
        self.loss = loss
        self.optimizer = optimizer
        self.weights: Sequence[Any] = model.weights
        optimizer.build(model.trainable_variables)

    def update(self, batch: Batch) -> tf.Tensor:
        """Takes one optimizer step and returns the mean loss before it."""
        with tf.GradientTape() as tape:
            loss = halves.mean_loss(self._train_loss, batch) if self.halved else self._train_loss(batch)
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def assess(self, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the mean loss and the share of rows whose class is right, both in inference mode."""
        y_pred = self.model(batch[0], training=False)
        loss = self._loss(batch, y_pred)
        return loss, tf.reduce_mean(tf.cast(right(batch[1], y_pred), loss.dtype))

    def _train_loss(self, batch: Batch) -> tf.Tensor:
        return self._loss(batch, self.forward(batch[0], training=True))

    def _loss(self, batch: Batch, y_pred: tf.Tensor) -> tf.Tensor:
        _, y, *sample_weight = batch
        loss = self.loss(y, y_pred, *sample_weight)
        return tf.add_n([loss, *(tf.cast(penalty, loss.dtype) for penalty in self.model.losses)])


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
        if loss.reduction not in ("sum_over_batch_size", "mean"):
            raise ValueError(
                "train: expected a loss that is a mean over rows, with a strategy. "
                f"Received: reduction={loss.reduction!r}. Leave reduction at its default."
            )
        with strategy.scope():
            super().__init__(model, loss, optimizer)
        self.strategy = strategy

    def update(self, batch: Batch) -> tf.Tensor:
        """Takes one optimizer step and returns the mean loss before it."""
        losses = self.strategy.run(self._update_share, args=(batch,))
        return self.strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

    def assess(self, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the mean loss and the share of right rows in inference mode, computed on the first device."""
        y_pred = self.model(batch[0], training=False)
        loss = self._sum(batch, y_pred) / batch[0].shape[0] + self._penalty()
        return loss, tf.reduce_mean(tf.cast(right(batch[1], y_pred), loss.dtype))

    def _update_share(self, batch: Batch) -> tf.Tensor:
        replica, n_replicas = tf.distribute.get_replica_context().replica_id_in_sync_group, self._n_replicas
        share = tuple(array[replica::n_replicas] for array in batch)
        with tf.GradientTape() as tape:
            loss = (
                self._sum(share, self.model(share[0], training=True)) / batch[0].shape[0] + self._penalty() / n_replicas
            )
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)  # sums the gradients of all devices
        return loss

    def _sum(self, batch: Batch, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns the sum over rows; a Keras loss called as a whole would divide by the number of devices, too."""
        _, y, *weights = batch
        losses = self.loss.call(*(tf.cast(array, self.loss.dtype) for array in (y, y_pred)))
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
        loss: With its reduction over rows, such as ``keras.losses.BinaryCrossentropy()``.
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
        ValueError: If shapes do not fit the model, ``patience`` has no validation data, or has averaged weights.
        Interrupted: On Ctrl-C: a ``KeyboardInterrupt`` that carries the history so far.
    """
    data = as_arrays(model, X, y, sample_weight)
    validation = None if validation_data is None else as_arrays(model, *validation_data)
    check_patience(patience, validation, optimizer)
    n_rows = len(X)
    batch_size = min(batch_size or n_rows, n_rows)
    orders = row_orders(seed, n_rows, shuffle=shuffle and batch_size < n_rows)
    xla = use_xla(model, compilation, n_steps=epochs * -(-n_rows // batch_size), strategy=strategy)
    pace = Pace()
    streams = sum(array.nbytes for array in data) > device_bytes
    if streams:
        calls = streamed_calls(data, orders, batch_size=batch_size, epochs=epochs, bound=device_bytes)
    else:
        calls = resident_calls(data, orders, n_rows=n_rows, batch_size=batch_size, epochs=epochs, pace=pace)
    engine = f"fused, {'XLA' if xla else 'graph'}{', streamed' if streams else ''}"
    paddings = None if strategy else lanes.paddings(model, optimizer, xla=xla)
    wide = lanes.widened(model, paddings) if paddings else model
    if strategy:
        net: OneNet = SharedNet(model, loss, optimizer, strategy)
    else:
        small = small_batches.pay(batch_size, optimizer, model.weights[0], xla=xla)
        forward = small_batches.reworked(wide) if small else wide
        net = OneNet(wide, loss, optimizer, forward, halved=halves.pay(model, loss, batch_size, xla=xla))
    try:
        (history,) = run(
            net,
            calls,
            pace=pace,
            n_rows=n_rows,
            validation=validation,
            epochs=epochs,
            patience=patience,
            monitor=monitor,
            loss_dtype=loss.dtype,
            xla=xla,
            engine=f"{engine}, {strategy.num_replicas_in_sync} devices" if strategy else engine,
            progress=progress,
        )
    finally:
        if paddings:
            lanes.narrow(wide, model, paddings)
    if optimizer.use_ema:
        finish_averaging(model, optimizer, data[0])
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


def check_patience(patience: int | None, validation: Any, optimizer: keras.optimizers.Optimizer) -> None:
    """Raises a ValueError if early stopping has nothing to look at, or looks at other weights than are kept."""
    if patience is not None and optimizer.use_ema:
        raise ValueError(
            f"train: expected patience or averaged weights. Received: patience={patience}, use_ema=True. "
            "Early stopping watches the weights of each epoch: leave one of the two out."
        )
    if patience is not None and validation is None:
        raise ValueError(
            f"train: expected validation_data with patience. Received: patience={patience}, validation_data=None. "
            "Give both, or no patience."
        )
