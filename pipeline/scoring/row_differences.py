"""The declared difference by its test rows, each once: sharper than by folds, where nothing hangs on who trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from pipeline.data.values import Fold
from pipeline.scoring.metrics import ROW_LOSSES
from pipeline.scoring.rows import are_unlike
from pipeline.scoring.significance import Difference, least_error, student_difference
from pipeline.scoring.values import Scores

UNSTEADY = 0.06
"""The share of a row's variance that lies between trainings above which rows do not tell alone how sure one is."""
Asked = Literal["folds", "rows", "both"]
"""By what a difference was tested."""
LEAST_REPEATED = 30
"""Rows that more than one training answered, which it takes to see that share."""
_ROUNDING = 1e-9


def _hits(y_true: NDArray[np.int64], y_proba: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(y_proba.argmax(axis=1) == y_true, np.float64)


LOSSES: Mapping[str, Callable[[NDArray[np.int64], NDArray[np.float64]], NDArray[np.float64]]] = MappingProxyType(
    {"accuracy": _hits, **ROW_LOSSES}
)
"""What a row adds to a metric that is a mean over rows."""


@dataclass(frozen=True, kw_only=True)
class ByRows:
    """A difference that test rows tell.

    Attributes:
        difference: It.
        is_steady: Whether it may stand alone: what a row says hardly hangs on the training.
        is_repeated: Whether rows were tested more than once.
    """

    difference: Difference
    is_steady: bool
    is_repeated: bool


def difference_by_rows(
    differences: NDArray[np.float64],
    rows: NDArray[np.int64],
    *,
    again: NDArray[np.float64] | None = None,
    equivalence: float,
    of_shares: bool,
) -> ByRows | None:
    """Returns what the paired differences of test rows tell, each row once, and whether they hang on the training.

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
        Not steady where more than ``UNSTEADY`` of the variance lies between trainings; ``None`` where too few rows tell
        it, or all say the same.

    Example:
        A hundred rows, each tested twice with one result: 20 are better for the one, 5 for the other.

        >>> once = np.repeat([1.0, -1.0, 0.0], [20, 5, 75])
        >>> rows, told = np.tile(np.arange(100), 2), np.tile(once, 2)
        >>> found = difference_by_rows(told, rows, equivalence=0.01, of_shares=True)
        >>> found.is_steady, round(found.difference.mean, 2), round(found.difference.low, 3)
        (True, 0.15, 0.055)
    """
    _, where, times = np.unique(rows, return_inverse=True, return_counts=True)
    each = np.bincount(where, weights=differences) / times
    variance = float(differences.var())
    within = _within(differences, each[where], times, again)
    if within is None or not variance > 0:
        return None
    n, mean = len(each), float(each.mean())
    error = max(float(np.sqrt((variance + within) / n)), least_error(mean, n if of_shares else np.inf))
    return ByRows(
        difference=student_difference(mean, error, n - 1, equivalence=equivalence),
        is_steady=within <= UNSTEADY * variance,
        is_repeated=again is None,
    )


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
    metric: str,
    one: Sequence[Scores],
    other: Sequence[Scores],
    folds: Sequence[Fold],
    by_folds: Difference,
    *,
    equivalence: float,
) -> tuple[Difference, Asked]:
    """Returns the difference of the two candidates that a comparison is about, by their test rows where those tell.

    Where rows are steady they stand alone. Where they are not, and were tested more than once, the less sure of both
    tests stands: over random splits the one by folds finds differences between equal trees and neighbors a little too
    often, in 7 of 100 trials. What is told as the difference stays that of the means over folds.

    Args:
        metric: Which one.
        one: Of every fold.
        other: The same.
        folds: All of them.
        by_folds: What the folds tell.
        equivalence: Largest absolute difference that makes no practical difference.

    Returns:
        With what was asked. Folds alone where rows do not tell: the metric is no mean over rows, rows count unequally
        or hang together, a fold is missing, its score is not the mean of these rows (it is one over several
        trainings), or too few rows say how steady they are.
    """
    found = _by_rows(metric, one, other, folds, equivalence)
    if found is None or not found.difference.low <= by_folds.mean <= found.difference.high:
        return by_folds, "folds"
    by_rows = replace(found.difference, mean=by_folds.mean)
    if found.is_steady:
        return by_rows, "rows"
    if not found.is_repeated:
        return by_folds, "folds"
    return max(by_folds, by_rows, key=lambda each: each.p_value), "both"


def _by_rows(
    metric: str, one: Sequence[Scores], other: Sequence[Scores], folds: Sequence[Fold], equivalence: float
) -> ByRows | None:
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
    return difference_by_rows(
        np.concatenate(losses),
        np.concatenate([fold.test_rows for fold in folds]),
        again=np.concatenate(again) if len(again) == len(folds) else None,
        equivalence=equivalence,
        of_shares=metric == "accuracy",
    )
