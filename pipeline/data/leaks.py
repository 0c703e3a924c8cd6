"""Columns that tell the target alone: mostly the target once more, or what is known only afterwards.

Each column is taken by itself and asked how much of the dummy's error is left. Nothing that a model uses comes of it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.encoding.columns import Column, Columns

LEFT = 0.01
"""Of the dummy's errors, or of the target's standard deviation: a column that leaves less tells the target alone."""

_MOST_ROWS = 20_000
_LEAST_ROWS = 5  # of the second class, and beside a gap: with fewer, chance does it


def leaks(X: NDArray[np.float64], y: NDArray[Any], columns: Columns) -> Iterator[tuple[Column, float]]:
    """Yields the columns that tell the target alone, and the share of the dummy's error that each leaves.

    Args:
        X: ``(n_rows, n_used)``, as ``Columns.matrix`` gives it.
        y: ``(n_rows,)``: positions of classes, or numbers.
        columns: What the columns are.
    """
    # In no order: a file is often sorted by the target, and rows of one value would stand beside their like.
    rows = np.random.default_rng(0).permutation(len(y))[:_MOST_ROWS]
    target = y[rows]
    is_class = columns.task == "classification"
    if is_class and np.sort(np.bincount(target))[-2:].min() < _LEAST_ROWS:
        return
    for column, values in zip(columns.used, X.T, strict=True):
        has_levels = column.kind in ("category", "yes/no")
        left = (_left_of_classes if is_class else _left_of_numbers)(values[rows], target, has_levels=has_levels)
        if left < LEFT:
            yield column, left


def _left_of_classes(values: NDArray[np.float64], y: NDArray[np.int64], *, has_levels: bool) -> float:
    """Returns the errors of the class that a value suggests, over those of the most frequent class."""
    dummy = len(y) - int(np.bincount(y).max())
    return (_errors_of_levels(values, y) if has_levels else _errors_of_neighbors(values, y)) / dummy


def _errors_of_levels(values: NDArray[np.float64], y: NDArray[np.int64]) -> int:
    """Returns how many rows are not of the class that the other rows of their level mostly have."""
    _, level = np.unique(values, return_inverse=True)
    counts = np.zeros((level.max() + 1, y.max() + 1), np.int64)
    np.add.at(counts, (level, y), 1)
    others = counts[level]
    others[np.arange(len(y)), y] -= 1  # a row does not vote for itself
    own = others[np.arange(len(y)), y]
    return int((own < np.maximum(others.max(axis=1), 1)).sum())


def _errors_of_neighbors(values: NDArray[np.float64], y: NDArray[np.int64]) -> int:
    """Returns how many rows are of another class than both rows next to them in the order of the values, gaps last.

    Where each class has its interval, there are none.
    """
    ordered = y[np.argsort(values, kind="stable")]
    same = ordered[1:] == ordered[:-1]
    return int((~np.append(same, False) & ~np.append(False, same)).sum())


def _left_of_numbers(values: NDArray[np.float64], y: NDArray[np.float64], *, has_levels: bool) -> float:
    """Returns the root mean squared error of the number that a value suggests, over the target's standard deviation."""
    there = ~np.isnan(values)
    if there.sum() < max(_LEAST_ROWS**2, len(y) / 2):
        return 1.0
    values, y = values[there], y[there]
    if y.std() == 0 or values.std() == 0:
        return 1.0
    suggested = [_of_other_rows(values, y)] if has_levels else [_on_a_line(values, y), _between_neighbors(values, y)]
    return min(float(np.sqrt(np.mean((each - y) ** 2)) / y.std()) for each in suggested)


def _of_other_rows(values: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns for each row the mean of the others of its level; of all rows where it is alone."""
    _, level, counts = np.unique(values, return_inverse=True, return_counts=True)
    others = counts[level] - 1
    sums = np.bincount(level, weights=y)[level] - y
    return np.where(others > 0, sums / np.maximum(others, 1), y.mean())


def _on_a_line(values: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    centered = values - values.mean()
    slope = float(centered @ (y - y.mean()) / (centered @ centered))
    line: NDArray[np.float64] = y.mean() + slope * centered
    return line


def _between_neighbors(values: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns for each row the mean of the two next to it in the order of the values: any smooth curve."""
    order = np.argsort(values, kind="stable")
    ordered = y[order]
    suggested = np.empty_like(ordered)
    suggested[1:-1] = (ordered[:-2] + ordered[2:]) / 2
    suggested[0], suggested[-1] = ordered[1], ordered[-2]
    back = np.empty_like(suggested)
    back[order] = suggested
    return back
