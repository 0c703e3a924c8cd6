"""Differences by test rows, each once: sharper than by folds, where nothing hangs on who trained."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.language import Comparison
from pipeline.data.values import Fold
from pipeline.scoring.area_differences import LEAST_REPEATED, RANKED, areas_by_rows
from pipeline.scoring.rows import are_unlike
from pipeline.scoring.significance import Difference, least_error, student_difference
from pipeline.scoring.values import Scores

UNSTEADY = 0.06
"""The share of a row's variance that lies between trainings above which rows that were tested again by chance do not
tell alone how sure one is."""
Asked = Literal["folds", "rows", "both"]
"""By what a difference was tested."""
_ROUNDING = 1e-9


METRIC = "accuracy"
"""Of which rows may stand alone. Of a loss by probabilities they mislead: how sure a net is moves with all of them."""


@dataclass(frozen=True, kw_only=True)
class ByRows:
    """A difference that test rows tell.

    Attributes:
        difference: It.
        is_steady: Whether it may stand alone: trainings do not move rows together, and where rows were tested more than
            once, what one says hardly hangs on the training.
    """

    difference: Difference
    is_steady: bool


def difference_by_rows(
    differences: NDArray[np.float64],
    rows: NDArray[np.int64],
    trainings: NDArray[np.int64],
    *,
    again: NDArray[np.float64] | None = None,
    equivalence: float,
) -> ByRows | None:
    """Returns what the paired differences of test rows tell, each row once, and whether they hang on the training.

    The mean over random splits counts a row as often as it happened to be drawn, and a few splits say little of how
    far that mean may lie off: rows counted once, and their own spread, find a difference that is there more often. It
    holds only where a row says the same whoever learned; a tree that is grown anew on other rows says something else,
    and its rows vary together: rows alone then found a difference between equal trees in 15 of 100 trials.

    Formula:
        ``d_i`` is the mean of the ``k_i`` tests of row ``i``; ``s^2`` is the variance of all tests, ``w^2`` the one
        within rows, ``sum (d_ij - d_i)^2 / sum (k_i - 1)``. Where each of ``K`` trainings tests rows of its own,
        ``w^2`` is told by what the next training says, ``mean (d_i - d_i')^2 / 2``: that one learned from the row, so
        that what it learned by heart counts, too. The error of the mean of the ``d_i`` of ``m`` rows is
        ``sqrt((s^2 + c w^2) / m)``: what lies between trainings counts again, for what the rows that one training
        answers share. ``c`` is 1 where rows were tested more than once, else ``K - 1``: two trainings differ in so
        small a part of their rows, and two that share none would lie so much farther apart. The test is Student's t of
        ``m - 1``. Trainings move rows together where the squared sums of the deviations of each training, divided by
        their variance, have a sum above the 95 % quantile of chi-square's; what all next trainings learned by heart is
        taken off before. Rows that were tested more than once are steady where also ``w^2 <= UNSTEADY * s^2``.

    Source:
        Bayle, Bayle, Janson & Mackey (2020), Cross-validation confidence intervals for test error, NeurIPS, for the
        test and its condition, a stable loss. That the condition is looked at, ``w^2`` and ``c`` are ours
        (``docs/statistics.md``).

    Args:
        differences: ``(n_tests,)``, the one's hit (0 or 1) minus the other's whenever a row was tested.
        rows: ``(n_tests,)``, which row it was.
        trainings: ``(n_tests,)``, which training answered.
        again: ``(n_tests,)``, the same by other trainings, where no row was tested twice.
        equivalence: Largest absolute difference that makes no practical difference.

    Returns:
        ``None`` where too few rows tell it, or all say the same.

    Example:
        A hundred rows, each tested twice with one result: 20 are better for the one, 5 for the other.

        >>> once = np.repeat([1.0, -1.0, 0.0], [20, 5, 75])
        >>> rows, told = np.tile(np.arange(100), 2), np.tile(once, 2)
        >>> found = difference_by_rows(told, rows, np.repeat([0, 1], 100), equivalence=0.01)
        >>> found.is_steady, round(found.difference.mean, 2), round(found.difference.low, 3)
        (True, 0.15, 0.055)
    """
    _, where, times = np.unique(rows, return_inverse=True, return_counts=True)
    each = np.bincount(where, weights=differences) / times
    variance = float(differences.var())
    if again is None:
        deviations, free = differences - each[where], 1 - 1 / times[where]
    else:
        deviations, free = (differences - again) / np.sqrt(2), np.ones(len(again))
    n_repeated = (times > 1).sum() if again is None else len(again)
    if n_repeated < LEAST_REPEATED or not variance > 0:
        return None
    within = float((deviations**2).sum() / free.sum())
    n, mean = len(each), float(each.mean())
    if again is None:
        counts, hangs_on_training = 1, within > UNSTEADY * variance
        is_steady = not hangs_on_training and not _move_together(deviations, free * within, trainings)
    else:
        counts, by_heart = len(np.unique(trainings)) - 1, deviations.mean()
        is_steady = not _move_together(deviations - by_heart, free * deviations.var(), trainings, estimated=1)
    error = max(float(np.sqrt((variance + counts * within) / n)), least_error(mean, n))
    return ByRows(difference=student_difference(mean, error, n - 1, equivalence=equivalence), is_steady=is_steady)


def _move_together(
    deviations: NDArray[np.float64],
    variances: NDArray[np.float64],
    trainings: NDArray[np.int64],
    *,
    estimated: int = 0,
) -> bool:
    """Returns whether the rows that a training answers deviate in one direction, more than by chance.

    Args:
        deviations: ``(n_tests,)``.
        variances: ``(n_tests,)``, of each.
        trainings: ``(n_tests,)``, which training it is.
        estimated: Means that were taken off the deviations.
    """
    _, which = np.unique(trainings, return_inverse=True)
    sums, spreads = np.bincount(which, weights=deviations), np.bincount(which, weights=variances)
    known = spreads > 0
    n = int(known.sum()) - estimated
    if n < 1:
        return False
    return float((sums[known] ** 2 / spreads[known]).sum()) > stats.chi2.ppf(0.95, n)


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
    return scores[0].has_classes and METRIC in comparison.metrics and once and all(learned)


def _next(folds: Sequence[Fold]) -> list[Fold]:
    return [*folds[1:], folds[0]]


def told_difference(
    metric: str,
    one: Sequence[Scores],
    other: Sequence[Scores],
    folds: Sequence[Fold],
    by_folds: Difference,
    *,
    positive_class: int | None,
    alone: bool,
    equivalence: float,
) -> tuple[Difference, Asked]:
    """Returns the difference of two candidates, by their test rows, too, where those tell.

    In accuracy steady rows of the pair that was declared stand alone. Else, where rows tell, the less sure of both
    tests stands: over random splits the one by folds finds differences between equal trees and neighbors too often,
    between two in 7 of 100 trials, among eight in 10. What is told as the difference stays that of the means over
    folds.

    Args:
        metric: Which one.
        one: Of every fold.
        other: The same.
        folds: All of them.
        by_folds: What the folds tell.
        positive_class: Whose ranking a ROC-AUC is of; ``None`` of several.
        alone: Whether steady rows stand alone: the pair was declared.
        equivalence: Largest absolute difference that makes no practical difference.

    Returns:
        With what was asked. Folds alone where rows do not tell: the metric is neither the accuracy nor the ROC-AUC of
        one class, rows count unequally or hang together, a fold is missing, its score is not that of these rows (it is
        one over several trainings), or too few rows say how far trainings lie apart.
    """
    found = None
    if not are_unlike(one) and len(one) == len(other) == len(folds):
        found = _by_rows(metric, one, other, folds, positive_class, equivalence)
    if found is None or not found.difference.low <= by_folds.mean <= found.difference.high:
        return by_folds, "folds"
    by_rows = replace(found.difference, mean=by_folds.mean)
    if alone and found.is_steady:
        return by_rows, "rows"
    return max(by_folds, by_rows, key=lambda each: each.p_value), "both"


def _by_rows(
    metric: str,
    one: Sequence[Scores],
    other: Sequence[Scores],
    folds: Sequence[Fold],
    positive_class: int | None,
    equivalence: float,
) -> ByRows | None:
    if metric == RANKED and positive_class is not None:
        areas = areas_by_rows(one, other, folds, positive_class, equivalence=equivalence)
        return None if areas is None else ByRows(difference=areas, is_steady=False)
    if metric != METRIC:
        return None
    pairs = list(zip(one, other, strict=True))
    hits = [_hits(mine.y_true, mine.y_proba) - _hits(its.y_true, its.y_proba) for mine, its in pairs]
    told = [mine.metrics[metric] - its.metrics[metric] for mine, its in pairs]
    of_these_rows = all(len(own) == len(fold.test_rows) for own, fold in zip(hits, folds, strict=True))
    if not of_these_rows or not np.allclose([own.mean() for own in hits], told, rtol=0, atol=_ROUNDING):
        return None
    again = [
        _hits(mine.y_true, mine.again) - _hits(its.y_true, its.again)
        for mine, its in pairs
        if mine.again is not None and its.again is not None
    ]
    return difference_by_rows(
        np.concatenate(hits),
        np.concatenate([fold.test_rows for fold in folds]),
        np.repeat(np.arange(len(folds)), [len(own) for own in hits]),
        again=np.concatenate(again) if len(again) == len(folds) else None,
        equivalence=equivalence,
    )


def _hits(y_true: NDArray[np.int64], y_proba: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(y_proba.argmax(axis=1) == y_true, np.float64)
