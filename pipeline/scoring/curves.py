"""ROC and precision-recall curves of one fold, read off where those of all folds and classes can be averaged."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from pipeline.scoring.values import Scores

GRID = np.linspace(0.0, 1.0, 201)
"""False-positive rates of a ROC curve, recalls of a precision-recall curve."""


def drawable(scores: Scores, classes: Sequence[int]) -> bool:
    """Tells whether some class has a curve: it needs test rows, and so do the others."""
    return bool(_one_against_rest(scores, classes))


def roc(scores: Scores, classes: Sequence[int]) -> NDArray[np.float64]:
    """Reads the ROC curve off at ``GRID``: true-positive rate by false-positive rate, the mean over classes.

    Args:
        scores: Of one candidate on one fold.
        classes: Each in turn against the rest.

    Returns:
        ``(len(GRID),)``.
    """
    curves = []
    for truth, probability in _one_against_rest(scores, classes):
        false_positives, true_positives, _ = roc_curve(truth, probability, sample_weight=scores.weights)
        curves.append(np.interp(GRID, false_positives, true_positives))
    mean: NDArray[np.float64] = np.mean(curves, axis=0)
    return mean


def precision_recall(scores: Scores, classes: Sequence[int]) -> NDArray[np.float64]:
    """Reads the precision-recall curve off at ``GRID``: precision by recall, the mean over classes.

    Between two thresholds precision is that of the next one, as in average precision: a straight line would promise
    what no threshold gives.

    Args:
        scores: Of one candidate on one fold.
        classes: Each in turn against the rest.

    Returns:
        ``(len(GRID),)``.

    Source:
        Davis and Goadrich (2006), The relationship between precision-recall and ROC curves.
    """
    curves = []
    for truth, probability in _one_against_rest(scores, classes):
        precision, recall, _ = precision_recall_curve(truth, probability, sample_weight=scores.weights)
        # From high recall to low; the last point (recall 0, precision 1) stands for no threshold.
        ascending, precision = recall[-2::-1], precision[-2::-1]
        curves.append(precision[np.searchsorted(ascending, GRID - 1e-12)])
    mean: NDArray[np.float64] = np.mean(curves, axis=0)
    return mean


def base_rate(scores: Scores, classes: Sequence[int]) -> float:
    """Returns the share of positive test rows, the mean over classes: the precision of guessing."""
    shares = [np.average(truth, weights=scores.weights) for truth, _ in _one_against_rest(scores, classes)]
    return float(np.mean(shares))


def _one_against_rest(scores: Scores, classes: Sequence[int]) -> list[tuple[NDArray[np.bool_], NDArray[np.float64]]]:
    """Returns truth and probability of each class that has some, but not all, of the test rows that count."""
    pairs = [(scores.y_true == k, scores.y_proba[:, k]) for k in classes]
    counts = np.ones(len(scores.y_true), bool) if scores.weights is None else scores.weights > 0
    return [(truth, probability) for truth, probability in pairs if 0 < truth[counts].sum() < counts.sum()]
