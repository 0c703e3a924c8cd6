"""The course of a training: which rows, in which order, how many at a time and how often."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.checks import require_whole
from models.engine.calls import Call, Pace, resident_calls
from models.engine.streaming import streamed_calls


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """Passes through training rows.

    Attributes:
        data: Arrays of rows; those of replicates lie one after the other.
        shape: Of every loss: ``()`` for one net, ``(n_replicates,)`` for many.
        n_rows: Of an epoch, of each replicate.
        batch_size: Rows per update; ``None``, or more than there are, takes all.
        epochs: At the most.
        seeds: Of the order of rows, one for each net.
        shuffle: Whether each epoch has another order.
        sizes: Rows of each block that are its own, where others fill it up behind them; ``None`` where all are.
        blocks: Which block of ``n_rows`` each net learns from; by default the first net from the first, and so on.
        device_bytes: Rows that take more are streamed; ``None`` never streams.
        first_epoch: The number of the first one: earlier ones are over, and their orders drawn.
        epoch_by_epoch: Whether a call ends with an epoch, at the latest.

    Raises:
        ValueError: There is no epoch, or no row at once.
    """

    data: tuple[NDArray[Any], ...]
    shape: tuple[int, ...]
    n_rows: int
    batch_size: int | None
    epochs: int
    seeds: Sequence[int]
    shuffle: bool
    sizes: Sequence[int] | None = None
    blocks: Sequence[int] | None = None
    device_bytes: int | None = None
    first_epoch: int = 0
    epoch_by_epoch: bool = False

    def __post_init__(self) -> None:
        require_whole("train", "epochs", self.epochs, 1)
        if self.batch_size is not None:
            require_whole("train", "batch_size", self.batch_size, 1)

    @property
    def rows_at_once(self) -> int:
        """Rows of an update, but for the last of an epoch."""
        return min(self.batch_size or self.n_rows, self.n_rows)

    @property
    def n_steps(self) -> int:
        """Updates, at the most."""
        return self.epochs * -(-self.n_rows // self.rows_at_once)

    @property
    def streams(self) -> bool:
        """Whether rows are brought to the device in chunks."""
        return self.device_bytes is not None and sum(array.nbytes for array in self.data) > self.device_bytes

    def calls(self, pace: Pace) -> Iterator[Call]:
        """Yields the calls of the compiled loop."""
        how = {"batch_size": self.rows_at_once, "epochs": self.epochs}
        if self.device_bytes is not None and self.streams:
            return streamed_calls(self.data, self._orders(), bound=self.device_bytes, **how)
        at_once = 1 if self.epoch_by_epoch else self.epochs
        return resident_calls(self.data, self._orders(), n_rows=self.n_rows, pace=pace, at_once=at_once, **how)

    def _orders(self) -> Iterator[NDArray[np.int32]]:
        """Yields ``(*shape, n_rows)`` numbers into the rows of all nets, one epoch after the other."""
        first = self.starts(self.n_rows)[:, None]
        each = list(zip(self.seeds, self.own_rows, strict=True))
        places = {one: place for place, one in enumerate(dict.fromkeys(each))}
        own = [places[one] for one in each]  # nets of one seed have one order, which is drawn once
        drawn = zip(*(self._order(*one) for one in places), strict=True)
        for orders in itertools.islice(drawn, self.first_epoch, None):
            yield (np.stack(orders)[own] + first).reshape(*self.shape, self.n_rows)

    def _order(self, seed: int, n_own: int) -> Iterator[NDArray[np.int32]]:
        """Yields the order of a net's own rows, epoch after epoch, and behind them what fills up its block."""
        shuffle = self.shuffle and self.batch_size is not None and self.batch_size < n_own
        rest = np.arange(n_own, self.n_rows, dtype=np.int32)
        for order in row_orders(seed, n_own, shuffle=shuffle):
            yield np.concatenate([order, rest]) if len(rest) else order

    @property
    def own_rows(self) -> list[int]:
        """Rows of an epoch that are a net's own, for each net."""
        if self.sizes is None:
            return [self.n_rows] * len(self.seeds)
        blocks = range(len(self.seeds)) if self.blocks is None else self.blocks
        return [self.sizes[block] for block in blocks]

    @property
    def n_blocks(self) -> int:
        """Blocks of rows that nets learn from."""
        return len(self.seeds) if self.blocks is None else max(self.blocks) + 1

    def starts(self, n_rows: int) -> NDArray[np.int32]:
        """Returns the first row of each net's block, ``(n_nets,)``, where blocks of so many lie one after the other."""
        blocks = range(len(self.seeds)) if self.blocks is None else self.blocks
        return np.array(blocks, np.int32) * n_rows


def row_orders(seed: int, n_rows: int, *, shuffle: bool) -> Iterator[NDArray[np.int32]]:
    """Yields the order of rows of one epoch after the other: a matter of the seed alone.

    NumPy draws it, on the host, so that it is the same under XLA, as a graph, on every device and for a replicate.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(n_rows, dtype=np.int32)
    while True:
        yield rng.permutation(rows) if shuffle else rows
