"""Scores of predicted probabilities, each by its formula or by scikit-learn."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

METRIC_NAMES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "roc_auc": "ROC-AUC",
    "average_precision": "average precision",
    "f1": "F1",
    "log_loss": "log loss",
    "brier_score": "Brier score",
    "type_1_error": "type I error",
    "type_2_error": "type II error",
}


METRIC_MEANINGS = {
    "accuracy": "share of test rows whose most probable class is the true one",
    "balanced_accuracy": "mean over classes of the share of the class that was found; 1 over the number of classes "
    "without any skill",
    "roc_auc": "probability that a row of the class is ranked above a row of the others; 0.5 without any skill",
    "average_precision": "precision averaged over recall, the area under the precision–recall curve; the base rate "
    "without any skill",
    "f1": "harmonic mean of precision and recall of the predicted class",
    "log_loss": "mean of −log of the probability given to the true class: punishes confident errors",
    "brier_score": "mean squared distance of the probabilities from what happened",
    "type_1_error": "share of the positive class that was missed, numbered as in the bankruptcy literature",
    "type_2_error": "share of the others that was taken for the positive class",
}


_RANKINGS = {"roc_auc": roc_auc_score, "average_precision": average_precision_score}
_FROM_CONFUSION = {"accuracy", "balanced_accuracy", "f1", "type_1_error", "type_2_error"}


def confusion(y_true: NDArray[np.int64], y_proba: NDArray[np.float64]) -> NDArray[np.int64]:
    """Returns ``(n_classes, n_classes)`` counts: rows are true classes, columns the most probable ones."""
    n_classes = y_proba.shape[1]
    pairs = y_true * n_classes + y_proba.argmax(axis=1)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def score(
    metric: str, y_true: NDArray[np.int64], y_proba: NDArray[np.float64], positive_class: int | None = None
) -> float:
    """Returns one metric.

    Formula:
        - ``balanced_accuracy``: mean over classes of the share of the class that was found.
        - ``f1``: ``2 TP / (2 TP + FP + FN)``, 0 where nothing was predicted.
        - ``log_loss``: mean of ``-log p`` of the true class, ``p`` at least 2e-16.
        - ``brier_score``: mean over rows of ``sum_k (p_k - [y = k]) ** 2``, halved for two classes.
        - ``type_1_error``: share of the positive class that was missed; ``type_2_error``: share of the others raised as
          positive. The bankruptcy literature numbers them so: type I takes a bankrupt firm for a healthy one.

    Args:
        metric: A name of ``experiments.language.Metric``.
        y_true: ``(n_samples,)`` class indices.
        y_proba: ``(n_samples, n_classes)``.
        positive_class: Whose ranking, F1 and errors are meant; ``None`` averages one-against-the-rest over classes.

    Returns:
        The value; NaN for a ranking when the rows lack a class that it needs.
    """
    if metric in _FROM_CONFUSION:
        return _score_counts(metric, confusion(y_true, y_proba), positive_class)
    if metric == "log_loss":
        p = y_proba[np.arange(len(y_true)), y_true]
        return float(-np.log(np.maximum(p, np.finfo(np.float64).eps)).mean())
    truth = y_true[:, None] == np.arange(y_proba.shape[1])
    if metric == "brier_score":
        return float(((y_proba - truth) ** 2).sum(axis=1).mean() / (2 if truth.shape[1] == 2 else 1))
    chosen = range(truth.shape[1]) if positive_class is None else (positive_class,)
    if any(truth[:, k].all() or not truth[:, k].any() for k in chosen):
        return float("nan")
    return float(np.mean([_RANKINGS[metric](truth[:, k], y_proba[:, k]) for k in chosen]))


def _score_counts(metric: str, counts: NDArray[np.int64], positive_class: int | None) -> float:
    found = np.diag(counts)
    actual, predicted = counts.sum(axis=1), counts.sum(axis=0)
    if metric == "accuracy":
        return float(found.sum() / counts.sum())
    if metric == "balanced_accuracy":
        return float((found[actual > 0] / actual[actual > 0]).mean())
    if metric == "f1":
        f1 = 2 * found / np.maximum(actual + predicted, 1)
        return float(f1.mean() if positive_class is None else f1[positive_class])
    missed = actual[positive_class] - found[positive_class]
    if metric == "type_1_error":
        return float(missed / max(actual[positive_class], 1))
    raised = predicted[positive_class] - found[positive_class]
    return float(raised / max(counts.sum() - actual[positive_class], 1))
