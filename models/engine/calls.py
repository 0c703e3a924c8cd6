"""Calls of the compiled loop: which rows, in which order, and how many steps, so that each lasts about a second."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Batch = tuple[tf.Tensor, ...]  # X, y and, where rows are weighted, sample_weight

SECONDS_PER_CALL = 1.0
ORDERED_ROWS_PER_CALL = 2**20  # 4 MiB of row numbers


@dataclass(frozen=True, kw_only=True)
class Call:
    """The arguments of one call of the compiled loop.

    Attributes:
        data: Rows the orders point into.
        full: ``(n_epochs, n_steps, *shape, batch_size)`` row numbers of the full batches.
        rest: ``(n_epochs, *shape, n_rest)`` row numbers of the last, smaller batch.
        first: Step of the epoch to start at.
        last: Step to end before.
        n_epochs: How many, at most as many as there are orders.
        share: Of the epoch that is done after this call; at 1 the rest, the validation and the diary follow.
    """

    data: Batch
    full: tf.Tensor
    rest: tf.Tensor
    first: int
    last: int
    n_epochs: int
    share: float

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the compiled loop takes."""
        numbers = (self.first, self.last, self.n_epochs, self.share == 1.0)
        return self.data, self.full, self.rest, *(tf.constant(number) for number in numbers)


class Pace:
    """How many steps the next call takes, so that calls last about `SECONDS_PER_CALL`."""

    def __init__(self) -> None:
        self.n_steps = 1

    def learn(self, n_steps: int, seconds: float) -> None:
        """Adapts to a call that took so many steps and seconds; the first one, which compiles, teaches caution.

        The end of an epoch may be a few steps, which say little: they do not undo what a call of more has taught.
        """
        affordable = int(n_steps * SECONDS_PER_CALL / seconds)
        self.n_steps = min(max(affordable, 1), 16 * max(n_steps, self.n_steps))


def resident_calls(
    data: tuple[NDArray[Any], ...],
    orders: Iterator[NDArray[np.int32]],
    *,
    n_rows: int,
    batch_size: int,
    epochs: int,
    pace: Pace,
    at_once: int | None = None,
) -> Iterator[Call]:
    """Yields the calls of a training whose rows lie on the device: many short epochs each, or part of a long one.

    Args:
        data: Brought to the device once.
        orders: Row numbers ``(*shape, n_rows)`` of one epoch after the other.
        n_rows: Rows of an epoch, of each replicate.
        batch_size: Rows per update, at most ``n_rows``.
        epochs: In total.
        pace: Says how many steps the next call may take.
        at_once: Epochs of a call, at the most.
    """
    resident = tuple(tf.constant(array) for array in data)
    n_steps = n_rows // batch_size
    capacity = min(max(1, ORDERED_ROWS_PER_CALL // data[0].shape[0]), epochs, at_once or epochs)
    done = 0
    while done < epochs:
        n_epochs = min(max(1, pace.n_steps // n_steps), capacity, epochs - done)
        parts = [in_batches(next(orders), batch_size) for _ in range(n_epochs)]
        parts += parts[:1] * (capacity - n_epochs)  # arguments keep their shape, or XLA would compile again
        full, rest = (tf.constant(np.stack(part)) for part in zip(*parts, strict=True))
        first = 0
        while first < n_steps:
            last = n_steps if n_epochs > 1 else min(first + pace.n_steps, n_steps)
            yield Call(
                data=resident, full=full, rest=rest, first=first, last=last, n_epochs=n_epochs, share=last / n_steps
            )
            first = last
        done += n_epochs


def in_batches(order: NDArray[np.int32], batch_size: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Cuts ``(*lead, n_rows)`` into ``(n_steps, *lead, batch_size)`` and the rest ``(*lead, n_rest)``."""
    *lead, n_rows = order.shape
    n_steps = n_rows // batch_size
    full, rest = np.split(order, [n_steps * batch_size], axis=-1)
    return np.moveaxis(full.reshape(*lead, n_steps, batch_size), -2, 0), rest
