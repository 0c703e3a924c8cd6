"""Rows in the order of time: learned from the past, tested on what comes next. Pure functions of times and groups."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from pipeline.data.task import Division

_SHARE = 0.2  # of the rows, tested by the one block of a single division


def forward(
    times: NDArray[np.int64],
    n_blocks: int,
    *,
    groups: NDArray[np.int64] | None = None,
    share: float = _SHARE,
    owner: str = "split",
) -> Iterator[Division]:
    """Yields, block after block, all rows before a block and the rows of the block.

    Rows of one time stay together: a block begins at the change of time that is next to where it would begin by the
    number of rows. Without equal times these are the divisions of scikit-learn's ``TimeSeriesSplit(n_blocks)``: the
    first ``1 / (n_blocks + 1)`` of the rows is only learned from. Of one block, it is the last ``share`` of the rows.

    Args:
        times: ``(n,)``, earlier rows have smaller numbers.
        n_blocks: How many are tested.
        groups: ``(n,)``: rows before a block whose group the block has, too, are not learned from.
        share: Of the rows, of the only block.
        owner: Of an error.

    Raises:
        ValueError: Fewer times than it takes, or nothing left to learn from.

    Example:
        >>> [(learned.tolist(), tested.tolist()) for learned, tested in forward(np.array([3, 1, 1, 0, 2, 3]), 2)]
        [([3], [1, 2, 4]), ([1, 2, 3, 4], [0, 5])]
    """
    order = np.argsort(times, kind="stable")
    n = len(times)
    size = n // (n_blocks + 1) if n_blocks > 1 else max(round(share * n), 1)
    changes = np.flatnonzero(np.diff(times[order])) + 1
    cuts = _at_changes(changes, n - size * np.arange(n_blocks, 0, -1))
    fewer = "fewer folds, or " if n_blocks > 1 else ""
    remedy = f"Rows of one time stay together: take {fewer}a finer column."
    enough = len(changes) > 0 and len(set(cuts.tolist())) == n_blocks
    require(enough, owner, f"{n_blocks + 1} or more times", remedy, blocks=n_blocks, times=len(changes) + 1)
    for begin, end in zip(cuts, [*cuts[1:], n], strict=True):
        tested = np.sort(order[begin:end])
        learned = np.sort(order[:begin])
        if groups is not None:
            learned = learned[~np.isin(groups[learned], groups[tested])]
        remedy = "Each group is of all times: divide by one of the two, group or time."
        require(len(learned) > 0, owner, "earlier rows of other groups than a block has", remedy, learned=0)
        yield learned, tested


def stretches(times: NDArray[np.int64], n_stretches: int) -> NDArray[np.int64]:
    """Returns for each row the first time of its stretch: rows in the order of time, cut into about equal stretches.

    Rows of one time stay together, so there may be fewer stretches.

    Args:
        times: ``(n,)``.
        n_stretches: How many.

    Example:
        >>> stretches(np.array([5, 6, 7, 7, 9, 8]), 3)
        array([5, 5, 7, 7, 8, 8])
    """
    order = np.argsort(times, kind="stable")
    changes = np.flatnonzero(np.diff(times[order])) + 1
    wanted = np.linspace(0, len(times), n_stretches + 1)[1:-1]
    cuts = np.unique(_at_changes(changes, wanted)) if len(changes) else np.array([], np.int64)
    begins = times[order][[0, *cuts]]
    return np.asarray(begins[np.searchsorted(begins, times, side="right") - 1], np.int64)


def _at_changes(changes: NDArray[np.int64], wanted: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.int64]:
    """Returns for each wanted place the nearest change of time; of two as near, the earlier."""
    if not len(changes):
        return np.zeros(len(wanted), np.int64)
    return np.asarray(changes[np.abs(changes[:, None] - wanted[None, :]).argmin(axis=0)], np.int64)
