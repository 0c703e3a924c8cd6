"""Some of the rows in whole groups: what is held out, or left out, is never half of a group."""

import numpy as np
from numpy.typing import NDArray


def in_turn(
    groups: NDArray[np.int64], strata: NDArray[np.int64], random: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Returns the positions of the rows of each group, groups in a random order that keeps strata in their shares.

    A group counts for the stratum that most of its rows have.

    Args:
        groups: ``(n,)``.
        strata: ``(n,)`` from 0, such as classes.
        random: Draws the order.

    Example:
        >>> turn = in_turn(np.array([7, 7, 8, 9]), np.array([0, 0, 1, 0]), np.random.default_rng(0))
        >>> sorted(rows.tolist() for rows in turn)
        [[0, 1], [2], [3]]
    """
    _, own = np.unique(groups, return_inverse=True)
    n_groups = int(own.max()) + 1
    counts = np.zeros((n_groups, int(strata.max()) + 1), np.int64)
    np.add.at(counts, (own, strata), 1)
    sizes, mostly = counts.sum(axis=1), counts.argmax(axis=1)
    turn = np.empty(n_groups)
    for stratum in np.unique(mostly):
        members = random.permutation(np.flatnonzero(mostly == stratum))
        until = np.cumsum(sizes[members])
        turn[members] = (until - sizes[members] / 2) / until[-1]
    by_group = np.split(np.argsort(own, kind="stable"), np.cumsum(sizes)[:-1])
    return [by_group[group] for group in np.argsort(turn, kind="stable")]


def first_rows(in_order: list[NDArray[np.int64]], n_rows: int) -> NDArray[np.int64]:
    """Returns the positions of the first groups that together come closest to a number of rows, one group at least.

    Example:
        >>> first_rows([np.array([4, 5]), np.array([0]), np.array([1, 2, 3])], 3)
        array([0, 4, 5])
    """
    until = np.cumsum([len(rows) for rows in in_order])
    n_groups = int(np.abs(until - n_rows).argmin()) + 1
    return np.sort(np.concatenate(in_order[:n_groups]))
