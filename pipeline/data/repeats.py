"""Rows that are there more than once: on both sides of a split, a model is tested on what it has seen."""

import numpy as np
from numpy.typing import NDArray

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits in no order: from the golden ratio
_SHIFT = np.uint64(32)
_MOST_ROWS = 20_000  # by which chance is judged
_DEPENDENT = 10  # columns depend on each other: as many times more pairs are still nobody's doing


def repeats(X: NDArray[np.generic], y: NDArray[np.generic]) -> NDArray[np.int64]:
    """Returns for each row the first row that is equal to it in every column and in the target; mostly itself.

    Rows with the same number are one group. A gap equals a gap.

    Args:
        X: ``(n_rows, ...)``.
        y: ``(n_rows,)``.

    Example:
        >>> repeats(np.array([[1.0, np.nan], [2.0, 3.0], [1.0, np.nan]]), np.array([0, 1, 0]))
        array([0, 1, 0])
    """
    flat = np.reshape(X, (len(X), -1))
    mixed = _mixed([y, *flat.T])
    _, first, group = np.unique(mixed, return_index=True, return_inverse=True)
    first = first[group]
    doubled = np.flatnonzero(first != np.arange(len(y)))
    if not _equal(flat, y, doubled, first[doubled]).all():  # two rows of one sum: once in 10^7 tables of 10^6 rows
        bits = np.column_stack([_bits(column) for column in (y, *flat.T)])
        _, first, group = np.unique(bits, axis=0, return_index=True, return_inverse=True)
        first = first[group.ravel()]
    return first.astype(np.int64)


def are_by_chance(first: NDArray[np.int64], X: NDArray[np.generic], y: NDArray[np.generic]) -> bool:
    """Returns whether about as many rows are equal as columns of so few values make by chance.

    Two rows that were drawn by chance from independent columns are equal with the product over the columns of the
    probability that two cells are equal; so many of the n (n - 1) / 2 pairs are expected.

    Args:
        first: What ``repeats`` returned.
        X: ``(n_rows, ...)``.
        y: ``(n_rows,)``.

    Example:
        >>> X = np.tile([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], (25, 1))
        >>> y = np.arange(100) % 3
        >>> are_by_chance(repeats(X, y), X, y)
        True
    """
    times = np.unique(first, return_counts=True)[1]
    found = float((times * (times - 1.0)).sum() / 2)
    n_rows = len(y)
    rows = np.linspace(0, n_rows - 1, min(n_rows, _MOST_ROWS)).astype(np.int64)
    equal = 1.0
    for column in [y[rows], *np.reshape(X[rows], (len(rows), -1)).T]:
        counts = np.unique(column, return_counts=True)[1].astype(float)
        equal *= float((counts * (counts - 1)).sum() / (len(rows) * (len(rows) - 1)))
    return found <= _DEPENDENT * equal * n_rows * (n_rows - 1) / 2


def _mixed(columns: list[NDArray[np.generic]]) -> NDArray[np.uint64]:
    """Returns a sum over the bits of each row, column by column so that no copy of the table is made."""
    mixed = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        mixed = (mixed ^ _bits(column)) * _MULTIPLIER
        mixed ^= mixed >> _SHIFT
    return mixed


def _bits(column: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Returns numbers as whole numbers that are equal where these are: 0.0 and -0.0, and all gaps."""
    numbers = column.astype(np.float64) + 0.0  # -0.0 becomes 0.0
    numbers[np.isnan(numbers)] = np.nan  # of many kinds of NaN one
    return numbers.view(np.uint64)


def _equal(
    X: NDArray[np.generic], y: NDArray[np.generic], rows: NDArray[np.int64], others: NDArray[np.int64]
) -> NDArray[np.bool_]:
    here, there = X[rows].astype(np.float64), X[others].astype(np.float64)
    same: NDArray[np.bool_] = ((here == there) | (np.isnan(here) & np.isnan(there))).all(axis=1)
    same &= y[rows] == y[others]
    return same
