"""The declared difference by its test rows, each once: sharper than by folds, where nothing hangs on who trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from pipeline.data.values import Fold
from pipeline.scoring.metrics import ROW_LOSSES
from pipeline.scoring.rows import are_unlike
from pipeline.scoring.significance import Difference, least_error, student_difference
from pipeline.scoring.values import Scores

UNSTEADY = 0.06
"""The share of a row's variance that lies between trainings, above which rows do not tell how sure a difference is."""
LEAST_REPEATED = 30
"""Rows that more than one training answered, which it takes to see that share."""
_ROUNDING = 1e-9


def _hits(y_true: NDArray[np.int64], y_proba: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(y_proba.argmax(axis=1) == y_true, np.float64)


LOSSES: Mapping[str, Callable[[NDArray[np.int64], NDArray[np.float64]], NDArray[np.float64]]] = MappingProxyType(
    {"accuracy": _hits, **ROW_LOSSES}
)
"""What a row adds to a metric that is a mean over rows."""


def steady_difference(
    differences: NDArray[np.float64],
    rows: NDArray[np.int64],
    *,
    again: NDArray[np.float64] | None = None,
    equivalence: float,
    of_shares: bool,
) -> Difference | None:
    """Returns what the paired differences of test rows tell, each row once, where they hardly hang on the training.

    The mean over random splits counts a row as often as it happened to be drawn, and a few splits say little of how
    far that mean may lie off: rows counted once, and their own spread, find a difference that is there more often. It
    holds only where a row says the same whoever learned; a tree that is grown anew on other rows says something else,
    and its rows vary together: rows alone then found a difference between equal trees in 15 of 100 trials.

    Formula:
        ``d_i`` is the mean of the ``k_i`` tests of row ``i``; ``s^2`` is the variance of all tests, ``w^2`` the one
        within rows, ``sum (d_ij - d_i)^2 / sum (k_i - 1)``. Where each row is tested once it is told by what another
        training says, ``mean (d_i - d_i')^2 / 2``: that one learned from the row, so that what it learned by heart
        counts as unsteady, too. The error of the mean of the ``d_i`` of ``m`` rows is ``sqrt((s^2 + w^2) / m)``: what
        lies between trainings counts twice, for the rows and for what they share. The test is Student's t of ``m - 1``.

    Source:
        Bayle, Bayle, Janson & Mackey (2020), Cross-validation confidence intervals for test error, NeurIPS, for the
        test and its condition, a stable loss. That the condition is looked at, and ``w^2``, are ours
        (``docs/statistics.md``).

    Args:
        differences: ``(n_tests,)``, the one's loss minus the other's whenever a row was tested.
        rows: ``(n_tests,)``, which row it was.
        again: ``(n_tests,)``, the same by other trainings, where no row was tested twice.
        equivalence: Largest absolute difference that makes no practical difference.
        of_shares: Whether a row's loss is 0 or 1.

    Returns:
        ``None`` where more than ``UNSTEADY`` of the variance lies between trainings, or too few rows tell it.

    Example:
        A hundred rows, each tested twice with one result: 20 are better for the one, 5 for the other.

        >>> once = np.repeat([1.0, -1.0, 0.0], [20, 5, 75])
        >>> found = steady_difference(np.tile(once, 2), np.tile(np.arange(100), 2), equivalence=0.01, of_shares=True)
        >>> round(found.mean, 2), round(found.low, 3), round(found.high, 3)
        (0.15, 0.055, 0.245)
    """
    _, where, times = np.unique(rows, return_inverse=True, return_counts=True)
    each = np.bincount(where, weights=differences) / times
    variance = float(differences.var())
    within = _within(differences, each[where], times, again)
    if within is None or not variance > 0 or within > UNSTEADY * variance:
        return None
    n, mean = len(each), float(each.mean())
    error = max(float(np.sqrt((variance + within) / n)), least_error(mean, n if of_shares else np.inf))
    return student_difference(mean, error, n - 1, equivalence=equivalence)


def _within(
    differences: NDArray[np.float64],
    means: NDArray[np.float64],
    times: NDArray[np.int64],
    again: NDArray[np.float64] | None,
) -> float | None:
    """Returns the variance between trainings that answer the same row; ``None`` where too few rows tell it."""
    if again is not None:
        return float(((differences - again) ** 2).mean() / 2) if len(again) >= LEAST_REPEATED else None
    if (times > 1).sum() < LEAST_REPEATED:
        return None
    return float(((differences - means) ** 2).sum() / (times - 1).sum())


def asked_again(candidate: str, comparison: Comparison, folds: Sequence[Fold], scores: Sequence[Scores]) -> bool:
    """Returns whether the training of the next fold is asked about the test rows of each.

    Args:
        candidate: Its name.
        comparison: Which may be about it.
        folds: All of them.
        scores: Of the candidate on each.
    """
    if comparison.primary is None or candidate not in comparison.primary or len(folds) < 2 or are_unlike(scores):
        return False
    tested = np.concatenate([fold.test_rows for fold in folds])
    learned = (np.isin(own.test_rows, other.train_rows).all() for own, other in zip(folds, _next(folds), strict=True))
    once = len(np.unique(tested)) == len(tested)
    return scores[0].has_classes and not LOSSES.keys().isdisjoint(comparison.metrics) and once and all(learned)


def _next(folds: Sequence[Fold]) -> list[Fold]:
    return [*folds[1:], folds[0]]


def declared_difference(
    metric: str, one: Sequence[Scores], other: Sequence[Scores], folds: Sequence[Fold], *, equivalence: float
) -> Difference | None:
    """Returns the difference of the two candidates that a comparison is about, by their test rows.

    What is told as the difference stays that of the means over folds.

    Args:
        metric: Which one.
        one: Of every fold.
        other: The same.
        folds: All of them.
        equivalence: Largest absolute difference that makes no practical difference.

    Returns:
        ``None`` where rows do not tell: the metric is no mean over rows, rows count unequally or hang together, a fold
        is missing, its score is not the mean of these rows (it is one over several trainings), or as of
        ``steady_difference``.
    """
    if metric not in LOSSES or are_unlike(one) or not len(one) == len(other) == len(folds):
        return None
    of = LOSSES[metric]
    losses = [of(mine.y_true, mine.y_proba) - of(its.y_true, its.y_proba) for mine, its in zip(one, other, strict=True)]
    told = [mine.metrics[metric] - its.metrics[metric] for mine, its in zip(one, other, strict=True)]
    of_these_rows = all(len(own) == len(fold.test_rows) for own, fold in zip(losses, folds, strict=True))
    if not of_these_rows or not np.allclose([own.mean() for own in losses], told, rtol=0, atol=_ROUNDING):
        return None
    again = [
        of(mine.y_true, mine.again) - of(its.y_true, its.again)
        for mine, its in zip(one, other, strict=True)
        if mine.again is not None and its.again is not None
    ]
    found = steady_difference(
        np.concatenate(losses),
        np.concatenate([fold.test_rows for fold in folds]),
        again=np.concatenate(again) if len(again) == len(folds) else None,
        equivalence=equivalence,
        of_shares=metric == "accuracy",
    )
    mean = float(np.mean(told))
    return replace(found, mean=mean) if found is not None and found.low <= mean <= found.high else None
