"""The arguments of ``fit`` that say how long and how often, checked."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras

from models.checks import require, require_whole
from models.engine.fitting.rows import OWNER

BATCH_SIZE = 32
"""Rows of an update where none are named: Keras's."""

_ARRAYS = "Rows in memory are gone through once an epoch: leave it out, or use Keras's fit."


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How long and how often.

    Attributes:
        epochs: Number of the epoch to end before.
        initial_epoch: Number of the first one.
        batch_size: Rows per update; ``None`` is 32.
        validation_batch_size: Rows at once where they are judged; ``None`` is ``batch_size``.
        validation_freq: Every how many epochs validation rows are judged, or after which, counted from 1.
        shuffle: Whether each epoch has another order.
        steps_per_epoch: As many as there are batches, or ``None``.
        validation_steps: Likewise.

    Raises:
        ValueError: One of them means nothing, or something that only Keras's ``fit`` does.
    """

    epochs: int
    batch_size: int | None
    shuffle: bool
    initial_epoch: int = 0
    validation_batch_size: int | None = None
    validation_freq: int | Sequence[int] = 1
    steps_per_epoch: int | None = None
    validation_steps: int | None = None

    def __post_init__(self) -> None:
        require_whole(OWNER, "epochs", self.epochs, 1)
        require_whole(OWNER, "initial_epoch", self.initial_epoch, 0)
        require_whole(OWNER, "batch_size", self.rows_at_once, 1)
        require_whole(OWNER, "validation_batch_size", self.judged_at_once, 1)
        require(
            self.initial_epoch < self.epochs,
            OWNER,
            "an initial_epoch before epochs",
            "epochs is the number of the last one, not how many there are: nothing would be trained.",
            initial_epoch=self.initial_epoch,
            epochs=self.epochs,
        )
        require(isinstance(self.shuffle, bool), OWNER, "shuffle as True or False", "Choose one.", shuffle=self.shuffle)
        named = self.validation_freq if isinstance(self.validation_freq, (list, tuple, set)) else [self.validation_freq]
        for frequency in named:
            require_whole(OWNER, "validation_freq", frequency, 1)
        limit = (
            getattr(keras.config, "max_epochs", lambda: None)()
            or getattr(keras.config, "max_steps_per_epoch", lambda: None)()
        )
        require(not limit, OWNER, "no limit of epochs or steps in Keras's configuration", "Take it back.", limit=limit)

    @property
    def rows_at_once(self) -> int:
        """Rows per update."""
        return BATCH_SIZE if self.batch_size is None else self.batch_size

    @property
    def judged_at_once(self) -> int:
        """Rows at once where they are judged."""
        return self.rows_at_once if self.validation_batch_size is None else self.validation_batch_size

    def judges(self, epoch: int) -> bool:
        """Returns whether validation rows are judged after an epoch, counted from 0."""
        if isinstance(self.validation_freq, int):
            return (epoch + 1) % self.validation_freq == 0
        return epoch + 1 in self.validation_freq

    @property
    def n_judged(self) -> int:
        """How often validation rows are judged."""
        return sum(map(self.judges, range(self.initial_epoch, self.epochs)))

    def require_all_rows(self, n_rows: int, n_validation_rows: int | None) -> None:
        """Checks that an epoch has as many steps as its rows have batches.

        Raises:
            ValueError: It is asked for others.
        """
        n_batches = -(-n_rows // self.rows_at_once)
        steps = self.steps_per_epoch
        require(steps in (None, n_batches), OWNER, f"steps_per_epoch {n_batches}", _ARRAYS, steps_per_epoch=steps)
        steps = self.validation_steps
        n_batches = -(-(n_validation_rows or 0) // self.judged_at_once)
        require(steps in (None, n_batches), OWNER, f"validation_steps {n_batches}", _ARRAYS, validation_steps=steps)
