"""The difference of two ROC-AUCs by test rows, each once, where rows are tested more than once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.scoring.one_test_set import placements
from pipeline.scoring.significance import Difference, least_error, student_difference
from pipeline.scoring.values import Scores

RANKED = "roc_auc"
LEAST_REPEATED = 30
"""Rows that more than one training answered, which it takes to tell how far trainings are apart."""
_ROUNDING = 1e-9

Side = tuple[NDArray[np.float64], NDArray[np.int64]]
"""Differences of placements, and which row each is of."""


def areas_by_rows(
    one: Sequence[Scores], other: Sequence[Scores], folds: Sequence[Fold], positive_class: int, *, equivalence: float
) -> Difference | None:
    """Returns what test rows tell of the difference of two ROC-AUCs, each row once however often it was drawn.

    Formula:
        With ``d_ij`` the difference of the two placements of row ``i`` when it was tested for the ``j``-th time (as of
        ``paired_areas``, within the rows of that fold), ``s^2`` the variance of all ``d_ij`` of the positive rows and
        ``w^2 = sum (d_ij - d_i)^2 / sum (k_i - 1)`` the one within them: of ``m`` such rows the mean has the variance
        ``(s^2 + w^2) / m``, since what lies between trainings counts twice, for the rows and for what they share. The
        negative rows have theirs, and both add up. The test is Student's t of the rows of the rarer kind, less one.

    Source:
        DeLong et al. (1988) for the placements; ``difference_by_rows`` for rows that are tested more than once.

    Args:
        one: Of every fold.
        other: The same.
        folds: All of them.
        positive_class: Whose ranking it is.
        equivalence: Largest absolute difference that makes no practical difference.

    Returns:
        ``None`` where the ROC-AUC of a fold is not that of these rows, or too few of a kind were tested more than once.
    """
    sides = _sides(one, other, folds, positive_class)
    told = [side for side in map(_once, sides) if side is not None]
    if len(told) < 2:
        return None
    mean = float(np.mean([each for each, _, _ in told]))
    error = float(np.sqrt(sum(variance for _, variance, _ in told)))
    m, n = (number for _, _, number in told)
    error = max(error, least_error(mean, 3 * m * n / (m + n + 1)))
    return student_difference(mean, error, min(m, n) - 1, equivalence=equivalence)


def _sides(
    one: Sequence[Scores], other: Sequence[Scores], folds: Sequence[Fold], positive_class: int
) -> tuple[Side, ...]:
    """Returns positive and negative rows; none where the ROC-AUC of a fold is not that of its rows."""
    found: tuple[list[NDArray[np.float64]], ...] = ([], [])
    rows: tuple[list[NDArray[np.int64]], ...] = ([], [])
    for mine, its, fold in zip(one, other, folds, strict=True):
        positive = mine.y_true == positive_class
        if len(positive) != len(fold.test_rows) or positive.all() or not positive.any():
            return ()
        placed = (placements(positive, each.y_proba[:, positive_class]) for each in (mine, its))
        differences = [own - others for own, others in zip(*placed, strict=True)]
        if not abs(differences[0].mean() - (mine.metrics[RANKED] - its.metrics[RANKED])) < _ROUNDING:
            return ()
        for side, (own, these) in enumerate(zip(differences, (positive, ~positive), strict=True)):
            found[side].append(own)
            rows[side].append(fold.test_rows[these])
    return tuple((np.concatenate(each), np.concatenate(of)) for each, of in zip(found, rows, strict=True))


def _once(side: Side) -> tuple[float, float, int] | None:
    """Returns the mean of the rows, each once, the variance of that mean, and how many they are."""
    differences, rows = side
    _, where, times = np.unique(rows, return_inverse=True, return_counts=True)
    if (times > 1).sum() < LEAST_REPEATED:
        return None
    each = np.bincount(where, weights=differences) / times
    within = float(((differences - each[where]) ** 2).sum() / (times - 1).sum())
    return float(each.mean()), (float(differences.var()) + within) / len(each), len(each)
