"""What a training remembers: losses by epoch, the best weights so far, and when to stop."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.checks import require, require_one_of, require_whole

Monitor = Literal["loss", "accuracy"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Watch:
    """What is looked at after each epoch.

    Attributes:
        rows: Arrays to compute the validation loss on, those of replicates one after the other, or ``None``.
        patience: Epochs without a better ``monitor`` until a net stops and its best weights return, or ``None``.
        monitor: What makes an epoch better: a lower validation loss, or a higher accuracy on the validation rows.
        stops_at_rest: Whether a net whose optimizer has come to rest stops: the same weights, a shorter history.

    Raises:
        ValueError: There is patience, and nothing to look at, or it is no number of epochs; ``monitor`` is unknown.
    """

    rows: tuple[NDArray[Any], ...] | None = None
    patience: int | None = None
    monitor: Monitor = "loss"
    stops_at_rest: bool = True

    def __post_init__(self) -> None:
        require_one_of("train", "monitor", self.monitor, Monitor)
        if self.patience is not None:
            require_whole("train", "patience", self.patience, 0)
        require(
            self.patience is None or self.rows is not None,
            "train",
            "validation_data with patience",
            "Give both, or no patience.",
            patience=self.patience,
            validation_data=None,
        )

    def require_last_weights(self, optimizer: keras.optimizers.Optimizer) -> None:
        """Raises a ValueError if early stopping looks at other weights than are kept."""
        require(
            self.patience is None or not optimizer.use_ema,
            "train",
            "patience or averaged weights",
            "Early stopping watches the weights of each epoch: leave one of the two out.",
            patience=self.patience,
            use_ema=optimizer.use_ema,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """What one training was.

    Attributes:
        train_loss: ``(n_epochs,)`` the mean over rows while training, penalties included, as Keras's ``loss``.
        validation_loss: ``(n_epochs,)`` after each epoch, or ``None`` without validation rows.
        validation_accuracy: ``(n_epochs,)`` after each epoch where training watched it, else ``None``.
        best_epoch: Index of the epoch whose weights the model has now; -1 if none was finished.
        engine: What computed it, such as ``"compiled epochs, XLA"``.
        seconds: Wall-clock time, compilation included; for replicates their share.
    """

    train_loss: NDArray[np.float64]
    validation_loss: NDArray[np.float64] | None
    validation_accuracy: NDArray[np.float64] | None
    best_epoch: int
    engine: str
    seconds: float


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during training. The models hold what was trained so far.

    Attributes:
        histories: One for each net, of the epochs that were finished.
    """

    def __init__(self, histories: list[History]) -> None:
        super().__init__("training was interrupted")
        self.histories = histories


class Diary:
    """The loop's memory, all in variables, so that the compiled loop writes it and an interrupted one is read to here.

    Every number has the leading ``shape`` of the losses: ``()`` for one net, ``(n_replicates,)`` for many, each of
    which is watched and stopped by itself.
    """

    def __init__(self, shape: tuple[int, ...], weights: Sequence[Any], epochs: int, dtype: str, watch: Watch) -> None:
        self.judges = watch.rows is not None
        self.patience, self.monitor, self.stops_at_rest = watch.patience, watch.monitor, watch.stops_at_rest
        unknown = tf.fill((epochs, *shape), tf.constant(math.nan, dtype))
        # Whole numbers have 64 bits: those of 32 TensorFlow keeps beside a GPU, where XLA cannot reach them.
        self.epoch = tf.Variable(0, dtype=tf.int64)  # epochs finished
        self.running = tf.Variable(tf.zeros(shape, dtype))  # sum over the rows of the epoch so far
        self.train_loss = tf.Variable(unknown)
        self.validation_loss = tf.Variable(unknown)
        self.validation_accuracy = tf.Variable(unknown)
        self.lowest = tf.Variable(tf.fill(shape, tf.constant(math.inf, dtype)))
        self.best_epoch = tf.Variable(tf.zeros(shape, tf.int64))
        self.wait = tf.Variable(tf.zeros(shape, tf.int64))
        self.stopped = tf.Variable(tf.zeros(shape, tf.bool))
        self.last_epoch = tf.Variable(tf.fill(shape, tf.constant(epochs - 1, tf.int64)))
        self.best_weights = [tf.Variable(tf.convert_to_tensor(weight)) for weight in weights]

    def start_anew(self, weights: Sequence[Any]) -> None:
        """Forgets the training before, for one of the same length that starts from other weights."""
        for curve in (self.train_loss, self.validation_loss, self.validation_accuracy):
            curve.assign(tf.fill(curve.shape, tf.constant(math.nan, curve.dtype)))
        for number in (self.epoch, self.running, self.best_epoch, self.wait, self.stopped):
            number.assign(tf.zeros_like(number))
        self.lowest.assign(tf.fill(self.lowest.shape, tf.constant(math.inf, self.lowest.dtype)))
        self.last_epoch.assign(tf.fill(self.last_epoch.shape, tf.constant(self.train_loss.shape[0] - 1, tf.int64)))
        for best, weight in zip(self.best_weights, weights, strict=True):
            best.assign(weight)

    def close_epoch(
        self,
        n_rows: Any,
        validation: tuple[tf.Tensor, tf.Tensor] | None,
        weights: Sequence[Any],
        rested: tf.Tensor | None = None,
    ) -> None:
        """Writes the losses of the epoch that ends and the accuracy on validation rows; stops what has come to rest."""
        here = [[self.epoch]]
        mean = self.running / tf.cast(n_rows, self.running.dtype)
        self.train_loss.assign(tf.tensor_scatter_nd_update(self.train_loss, here, [mean]))
        self.running.assign(tf.zeros_like(self.running))
        if validation is not None:
            loss, accuracy = validation
            self.validation_loss.assign(tf.tensor_scatter_nd_update(self.validation_loss, here, [loss]))
            if self.monitor == "accuracy":
                self.validation_accuracy.assign(tf.tensor_scatter_nd_update(self.validation_accuracy, here, [accuracy]))
            if self.patience is not None:
                self._compare(loss if self.monitor == "loss" else -accuracy, self.patience, weights)
        if rested is not None and self.stops_at_rest:
            self._stop(tf.convert_to_tensor(rested))
        self.epoch.assign_add(1)

    def _compare(self, cost: tf.Tensor, patience: int, weights: Sequence[Any]) -> None:
        """Keeps the best weights and stops what has not improved: Keras's rule, for each replicate by itself."""
        better = (cost < self.lowest) & ~self.stopped
        keep = better | (self.epoch == 0)  # a net that starts with NaN keeps something, too
        for best, weight in zip(self.best_weights, weights, strict=True):
            inner = [1] * (best.shape.rank - cost.shape.rank)
            best.assign(tf.where(tf.reshape(keep, [*cost.shape, *inner]), weight, best))
        self.lowest.assign(tf.where(better, cost, self.lowest))
        self.best_epoch.assign(tf.where(better, self.epoch, self.best_epoch))
        self.wait.assign(tf.where(better, tf.zeros_like(self.wait), self.wait + 1))
        self._stop((self.wait >= patience) & (self.epoch > 0))

    def _stop(self, which: tf.Tensor) -> None:
        """Ends the training of some replicates with the epoch that is being written."""
        stops = which & ~self.stopped
        self.last_epoch.assign(tf.where(stops, self.epoch, self.last_epoch))
        self.stopped.assign(self.stopped | stops)

    def histories(self, engine: str, seconds: float) -> list[History]:
        """Returns one history for each replicate, up to the epoch where it stopped."""
        n_replicates = max(1, self.running.shape.num_elements())
        train_loss, validation_loss, validation_accuracy = (
            curve.numpy().reshape(-1, n_replicates).astype(np.float64)
            for curve in (self.train_loss, self.validation_loss, self.validation_accuracy)
        )
        n_epochs = np.minimum(self.last_epoch.numpy().reshape(-1) + 1, self.epoch.numpy())
        best_epoch = np.minimum(
            self.best_epoch.numpy().reshape(-1) if self.patience is not None else np.inf, n_epochs - 1
        )
        return [
            History(
                train_loss=train_loss[:n, replicate],
                validation_loss=validation_loss[:n, replicate] if self.judges else None,
                validation_accuracy=validation_accuracy[:n, replicate] if self.monitor == "accuracy" else None,
                best_epoch=int(best_epoch[replicate]),
                engine=engine,
                seconds=seconds / n_replicates,
            )
            for replicate, n in enumerate(n_epochs)
        ]
