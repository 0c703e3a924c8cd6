"""Counts of one class against the rest at every threshold, and what ROC and precision-recall curves make of them.

scikit-learn's own functions take most of their time to find out what kind of arrays they were given, once for each
class of each metric of each fit. What is counted here is counted as there, in the same order, so that all that comes of
it is the same to the bit; where rows count unequally, curves are scikit-learn's.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve as _weighted_precision_recall
from sklearn.metrics import roc_curve as _weighted_roc

from models.checks import require

Values = NDArray[np.float64]


def roc_curve(truth: NDArray[np.bool_], score: Values, sample_weight: Values | None = None) -> tuple[Values, Values]:
    """Returns false-positive and true-positive rates from the highest threshold down, both from 0 on.

    Points on a straight line between others are left out.

    Args:
        truth: ``(n_samples,)``, true of some rows and false of others.
        score: ``(n_samples,)``, higher for what is rather of the class.
        sample_weight: ``(n_samples,)``; ``None`` where all rows count alike.

    Raises:
        ValueError: A score is not finite.
    """
    if sample_weight is not None:
        false_rates, true_rates, _ = _weighted_roc(truth, score, sample_weight=sample_weight)
        return false_rates, true_rates
    false_positives, true_positives = _counts(truth, score)
    if len(true_positives) > 2:
        turns = (np.diff(false_positives, 2) != 0) | (np.diff(true_positives, 2) != 0)
        kept = np.concatenate([[True], turns, [True]])
        false_positives, true_positives = false_positives[kept], true_positives[kept]
    rates = [np.concatenate([[0.0], counts]) / counts[-1] for counts in (false_positives, true_positives)]
    return rates[0], rates[1]


def precision_recall_curve(
    truth: NDArray[np.bool_], score: Values, sample_weight: Values | None = None
) -> tuple[Values, Values]:
    """Returns precision and recall from the lowest threshold up; they end at 1 and 0, which no threshold gives.

    Args:
        truth: As of `roc_curve`; likewise all else.
        score: ``(n_samples,)``.
        sample_weight: ``(n_samples,)`` or ``None``.

    Raises:
        ValueError: A score is not finite.
    """
    if sample_weight is not None:
        precision, recall, _ = _weighted_precision_recall(truth, score, sample_weight=sample_weight)
        return precision, recall
    false_positives, true_positives = _counts(truth, score)
    precision = true_positives / (true_positives + false_positives)
    recall = true_positives / true_positives[-1]
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0)


def roc_auc_score(truth: NDArray[np.bool_], score: Values) -> float:
    """Returns the area under the ROC curve, by trapezoids.

    Example:
        >>> roc_auc_score(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1]))
        0.75
    """
    x, y = roc_curve(truth, score)
    return float((np.diff(x) * (y[1:] + y[:-1]) / 2.0).sum())


def average_precision_score(truth: NDArray[np.bool_], score: Values) -> float:
    """Returns precision averaged over recall, each step as high as at its threshold.

    Example:
        >>> round(average_precision_score(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1])), 4)
        0.8333
    """
    precision, recall = precision_recall_curve(truth, score)
    return float(max(0.0, -np.sum(np.diff(recall) * precision[:-1])))


def _counts(truth: NDArray[np.bool_], score: Values) -> tuple[Values, Values]:
    """Returns how many rows of the others, and of the class, reach each of the distinct scores, the highest first."""
    finite = bool(np.isfinite(score).all())
    require(finite, "thresholds", "finite scores", "Mend what predicts them.", score=score)
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    true_positives = np.cumsum(truth[order])[last].astype(np.float64)
    return 1.0 + last - true_positives, true_positives
