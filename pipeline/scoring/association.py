"""Which columns of a table say nearly the same: numbers by rank, categories by their levels, and one by the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

CLOSE = 0.9
"""Association from which on columns are taken together: nearly copies."""

_MOST_ROWS = 10_000
_MOST_CELLS = 5_000_000  # of rows and columns: of thousands of columns fewer rows are looked at
_MOST_LEVELS = 50  # of a category; rarer ones are one level more
_AT_ONCE = 512  # columns: a fraction of a second between two chances to interrupt
_GAP = -2.0  # a level of its own


def groups_of(
    X: NDArray[Any], is_category: Sequence[bool], *, close: float = CLOSE, seed: int = 0
) -> tuple[tuple[int, ...], ...]:
    """Returns which columns go together: no column is close to one of another group.

    Args:
        X: ``(n_samples, n_columns)``; a category by its codes, a gap as NaN.
        is_category: Of each column.
        close: Association from which on two columns are in one group.
        seed: Of the rows that are looked at, where there are more than 10,000.

    Returns:
        The columns of each group, groups in the order of their first column.

    Example:
        The third column is the first one squared; of positive numbers it has the same ranks.

        >>> X = np.random.default_rng(0).uniform(1, 2, (200, 2))
        >>> groups_of(np.column_stack([X, X[:, 0] ** 2]), [False] * 3)
        ((0, 2), (1,))
    """
    rows = _some_rows(X, seed)
    near = association(X[rows], is_category) >= close
    left, right = np.nonzero(near)
    edges = coo_array((np.ones(len(left), bool), (left, right)), near.shape)
    _, group = connected_components(edges, directed=False)
    first = {int(label): place for place, label in reversed([*enumerate(group)])}
    return tuple(tuple(np.flatnonzero(group == label).tolist()) for label in sorted(first, key=lambda one: first[one]))


def association(X: NDArray[Any], is_category: Sequence[bool]) -> NDArray[np.float64]:
    """Returns how closely every two columns are associated, 0 to 1.

    Two numbers: the absolute rank correlation, as a single ratio of 1e10 would decide an ordinary one. Two categories:
    Cramér's V. A number and a category: the correlation ratio of the ranks, which share of their variance is between
    the levels. The latter two are corrected for what as many levels have by chance. A gap is a level of its own of a
    category, and in the middle of a number. A constant column is associated with none.

    Formula:
        V^2 = (chi^2 / n - (r - 1)(c - 1) / (n - 1)) / min(r' - 1, c' - 1), r' = r - (r - 1)^2 / (n - 1), c' likewise.
        eta^2 = 1 - (1 - between / total) (n - 1) / (n - r). Both at least 0.

    Source:
        Bergsma (2013), A bias-correction for Cramér's V and Tschuprow's T, Journal of the Korean Statistical Society
        42; Kelley (1935), An unbiased correlation ratio measure, Proceedings of the National Academy of Sciences 21.

    Args:
        X: ``(n_samples, n_columns)``.
        is_category: Of each column.

    Returns:
        ``(n_columns, n_columns)``, symmetric, 1 on the diagonal.
    """
    n_rows, category = len(X), np.asarray(is_category, bool)
    numbers, categories = np.flatnonzero(~category), np.flatnonzero(category)
    ranks = _standardized(np.column_stack([_ranks(X[:, place]) for place in numbers]) if len(numbers) else X[:, :0])
    levels, starts = _levels(X[:, categories])
    counts, n_levels = levels.sum(axis=0, dtype=np.float64), np.diff(starts)
    found = np.zeros((X.shape[1],) * 2)
    found[np.ix_(numbers, numbers)] = np.abs(_products(ranks)) / n_rows
    if len(categories):
        found[np.ix_(categories, categories)] = _cramer(levels, counts, starts, n_levels)
        means = (levels.T @ ranks) ** 2 / counts[:, None]
        between = np.add.reduceat(means, starts[:-1], axis=0) / n_rows
        within = 1 - (1 - between) * (n_rows - 1) / np.maximum(n_rows - n_levels[:, None], 1)
        ratio = np.sqrt(np.clip(np.where(ranks.any(axis=0), within, 0), 0, 1))
        found[np.ix_(categories, numbers)], found[np.ix_(numbers, categories)] = ratio, ratio.T
    np.fill_diagonal(found, 1)
    return np.clip(found, 0, 1)


def _some_rows(X: NDArray[Any], seed: int) -> NDArray[np.intp]:
    most = min(_MOST_ROWS, max(_MOST_CELLS // X.shape[1], 2))
    if len(X) <= most:
        return np.arange(len(X))
    return np.sort(np.random.default_rng(seed).choice(len(X), most, replace=False))


def _ranks(column: NDArray[Any]) -> NDArray[np.float64]:
    """Returns ranks ``(n_samples,)``, of a gap the mean one."""
    ranks = np.asarray(stats.rankdata(column, nan_policy="omit"), np.float64)
    there = ~np.isnan(ranks)
    return np.where(there, ranks, ranks[there].mean() if there.any() else 0.0)


def _standardized(ranks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns columns of mean 0 and variance 1; constant ones of zeros."""
    centered = ranks - ranks.mean(axis=0)
    spread = centered.std(axis=0)
    return np.where(spread > 0, centered / np.where(spread > 0, spread, 1), 0)


def _levels(codes: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Returns a 0 or 1 for each row and level ``(n_samples, n_levels)``, and where the levels of each column start."""
    parts, starts = [np.empty((len(codes), 0))], [0]
    for column in codes.T:
        own = np.where(np.isnan(column), _GAP, column)
        values, counts = np.unique(own, return_counts=True)
        common = values[np.argsort(-counts, kind="stable")[:_MOST_LEVELS]]
        one_hot = own[:, None] == common
        rare = ~one_hot.any(axis=1, keepdims=True)
        parts.append(np.hstack([one_hot, rare]) if rare.any() else one_hot)
        starts.append(starts[-1] + parts[-1].shape[1])
    return np.hstack(parts).astype(np.float32), np.array(starts)


def _cramer(
    levels: NDArray[np.float32], counts: NDArray[np.float64], starts: NDArray[np.intp], n_levels: NDArray[np.intp]
) -> NDArray[np.float64]:
    n_rows = len(levels)
    cells = _products(levels) ** 2 / np.outer(counts, counts)
    phi = np.add.reduceat(np.add.reduceat(cells, starts[:-1], axis=0), starts[:-1], axis=1) - 1
    less = n_levels - 1
    phi = np.maximum(phi - np.outer(less, less) / (n_rows - 1), 0)
    most = less - less**2 / (n_rows - 1)
    least = np.minimum.outer(most, most)
    return np.sqrt(np.clip(phi / np.where(least > 0, least, np.inf), 0, 1))


def _products(columns: NDArray[Any]) -> NDArray[np.float64]:
    """Returns the products of every two columns."""
    starts = range(0, columns.shape[1], _AT_ONCE)
    parts = [columns[:, start : start + _AT_ONCE].T @ columns for start in starts]
    return np.vstack([np.empty((0, columns.shape[1])), *parts])
