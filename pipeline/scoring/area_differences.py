"""The difference of two ROC-AUCs by test rows, each once, where rows are tested more than once."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

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

Placed = tuple[NDArray[np.float64], NDArray[np.float64]]
Side = tuple[NDArray[np.float64], NDArray[np.int64]]
"""Differences of placements, and which row each is of."""
_PLACED: WeakKeyDictionary[Scores, dict[int, Placed]] = WeakKeyDictionary()
"""What was placed: a candidate is held against every other one, and its rows lie where they lie."""


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
    if not sides:
        return None
    told = [_once(side) for side in sides]
    mean = float(np.mean([each for each, _, _ in told]))
    error = float(np.sqrt(sum(variance for _, variance, _ in told)))
    m, n = (number for _, _, number in told)
    error = max(error, least_error(mean, 3 * m * n / (m + n + 1)))
    return student_difference(mean, error, min(m, n) - 1, equivalence=equivalence)


def _sides(
    one: Sequence[Scores], other: Sequence[Scores], folds: Sequence[Fold], positive_class: int
) -> tuple[Side, ...]:
    """Returns positive and negative rows; none where they do not tell, or the ROC-AUC of a fold is not that of them."""
    positive = [mine.y_true == positive_class for mine in one]
    if any(len(these) != len(fold.test_rows) for these, fold in zip(positive, folds, strict=True)):
        return ()
    if not all(np.array_equal(mine.y_true, its.y_true) for mine, its in zip(one, other, strict=True)):
        return ()
    rows = [
        np.concatenate([fold.test_rows[these == side] for these, fold in zip(positive, folds, strict=True)])
        for side in (True, False)
    ]
    if any(these.all() or not these.any() for these in positive) or not all(map(_tell, rows)):
        return ()
    found: tuple[list[NDArray[np.float64]], ...] = ([], [])
    for mine, its in zip(one, other, strict=True):
        placed = (_placed(each, positive_class) for each in (mine, its))
        differences = [own - others for own, others in zip(*placed, strict=True)]
        if not abs(differences[0].mean() - (mine.metrics[RANKED] - its.metrics[RANKED])) < _ROUNDING:
            return ()
        for side, own in zip(found, differences, strict=True):
            side.append(own)
    return tuple((np.concatenate(each), of) for each, of in zip(found, rows, strict=True))


def _placed(scores: Scores, positive_class: int) -> Placed:
    known = _PLACED.setdefault(scores, {})
    if positive_class not in known:
        known[positive_class] = placements(scores.y_true == positive_class, scores.y_proba[:, positive_class])
    return known[positive_class]


def _tell(rows: NDArray[np.int64]) -> bool:
    """Returns whether enough rows were tested more than once."""
    return int((np.unique(rows, return_counts=True)[1] > 1).sum()) >= LEAST_REPEATED


def _once(side: Side) -> tuple[float, float, int]:
    """Returns the mean of the rows, each once, the variance of that mean, and how many they are."""
    differences, rows = side
    _, where, times = np.unique(rows, return_inverse=True, return_counts=True)
    each = np.bincount(where, weights=differences) / times
    within = float(((differences - each[where]) ** 2).sum() / (times - 1).sum())
    return float(each.mean()), (float(differences.var()) + within) / len(each), len(each)
