"""Scores of predictions: a function for each metric of ``experiments.language.metric``, by its name.

Of classes it takes ``y_true``, class indices ``(n_samples,)``, ``y_proba``, ``(n_samples, n_classes)``, and the class
that is meant; ``None`` averages one-against-the-rest over classes. Of numbers it takes ``y_true`` and what was
predicted, both float64 ``(n_samples,)``, and no class.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from experiments.language.metric import metric
from models.checks import require
from pipeline.scoring.number_metrics import mae, median_absolute_error, r2, rmse

Truth = NDArray[np.int64]
Probabilities = NDArray[np.float64]
Function = Callable[[NDArray[Any], NDArray[np.float64], int | None], float]

_FUNCTIONS: dict[str, Function] = {}


def register(name: str, function: Function) -> None:
    """Says how a declared metric is computed.

    Args:
        name: Of the metric.
        function: ``(y_true, y_proba, positive_class)`` -> value; of numbers ``(y_true, predicted, None)``.

    Raises:
        ValueError: The metric is not declared, or has a function already.
    """
    metric(name)
    require(name not in _FUNCTIONS, "metrics", "a metric without a function", "Choose another name.", name=name)
    _FUNCTIONS[name] = function


def score(name: str, y_true: NDArray[Any], y_proba: NDArray[np.float64], positive_class: int | None = None) -> float:
    """Returns one metric.

    NaN for a ranking, an error type or the F1 of a class when the rows lack a class that it needs, and for R² when the
    true numbers are all the same.

    Args:
        name: Of a declared metric.
        y_true: ``(n_samples,)`` class indices, or numbers.
        y_proba: ``(n_samples, n_classes)``, or the predicted numbers ``(n_samples,)``.
        positive_class: Whose ranking, F1 and errors are meant; ``None`` averages one-against-the-rest over classes.

    Raises:
        ValueError: The metric is not declared, or nobody said how it is computed.
    """
    return function_of(name)(y_true, y_proba, positive_class)


def function_of(name: str) -> Function:
    """Returns the function of a declared metric.

    Raises:
        ValueError: The metric is not declared, or nobody said how it is computed.
    """
    metric(name)
    require(name in _FUNCTIONS, "metrics", "a metric with a function", "Register one.", name=name)
    return _FUNCTIONS[name]


def confusion(y_true: Truth, y_proba: Probabilities) -> NDArray[np.int64]:
    """Returns ``(n_classes, n_classes)`` counts: rows are true classes, columns the most probable ones."""
    n_classes = y_proba.shape[1]
    pairs = y_true * n_classes + y_proba.argmax(axis=1)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def accuracy(y_true: Truth, y_proba: Probabilities, positive_class: int | None = None) -> float:
    """Returns the share of rows whose most probable class is the true one."""
    counts = confusion(y_true, y_proba)
    return float(np.diag(counts).sum() / counts.sum())


def balanced_accuracy(y_true: Truth, y_proba: Probabilities, positive_class: int | None = None) -> float:
    """Returns the mean over classes of the share of the class that was found."""
    counts = confusion(y_true, y_proba)
    found, actual = np.diag(counts), counts.sum(axis=1)
    return float((found[actual > 0] / actual[actual > 0]).mean())


def roc_auc(y_true: Truth, y_proba: Probabilities, positive_class: int | None = None) -> float:
    """Returns the probability that a row of the class is ranked above a row of the others."""
    return _ranking(roc_auc_score, y_true, y_proba, positive_class)


def average_precision(y_true: Truth, y_proba: Probabilities, positive_class: int | None = None) -> float:
    """Returns precision averaged over recall."""
    return _ranking(average_precision_score, y_true, y_proba, positive_class)


def f1(y_true: Truth, y_proba: Probabilities, positive_class: int | None = None) -> float:
    """Returns ``2 TP / (2 TP + FP + FN)``: 0 where none was found, NaN where there are no rows of the class.

    Of several classes it is the mean over those that rows are of or were taken for.
    """
    counts = confusion(y_true, y_proba)
    actual, found = counts.sum(axis=1), counts.sum(axis=0)
    scores = 2 * np.diag(counts) / np.maximum(actual + found, 1)
    if positive_class is None:
        return float(scores[actual + found > 0].mean())
    return float(scores[positive_class] if actual[positive_class] else "nan")


def log_loss(y_true: Truth, y_proba: Probabilities, positive_class: int | None = None) -> float:
    """Returns the mean of ``-log p`` of the true class, ``p`` at least 2e-16."""
    return float(_log_losses(y_true, y_proba).mean())


def brier_score(y_true: Truth, y_proba: Probabilities, positive_class: int | None = None) -> float:
    """Returns the mean over rows of ``sum_k (p_k - [y = k]) ** 2``, halved for two classes."""
    return float(_brier_scores(y_true, y_proba).mean())


def type_1_error(y_true: Truth, y_proba: Probabilities, positive_class: int | None = None) -> float:
    """Returns the share of the positive class that was missed, NaN where there are no rows of it.

    The bankruptcy literature numbers the errors so: type I takes a bankrupt firm for a healthy one.
    """
    counts = confusion(y_true, y_proba)
    actual, found = counts.sum(axis=1)[positive_class], np.diag(counts)[positive_class]
    return float((actual - found) / actual) if actual else float("nan")


def type_2_error(y_true: Truth, y_proba: Probabilities, positive_class: int | None = None) -> float:
    """Returns the share of the others that was raised as positive, NaN where there are none."""
    counts = confusion(y_true, y_proba)
    raised = counts.sum(axis=0)[positive_class] - np.diag(counts)[positive_class]
    others = counts.sum() - counts.sum(axis=1)[positive_class]
    return float(raised / others) if others else float("nan")


def _log_losses(y_true: Truth, y_proba: Probabilities) -> NDArray[np.float64]:
    p = y_proba[np.arange(len(y_true)), y_true]
    return np.asarray(-np.log(np.maximum(p, np.finfo(np.float64).eps)))


def _brier_scores(y_true: Truth, y_proba: Probabilities) -> NDArray[np.float64]:
    truth = y_true[:, None] == np.arange(y_proba.shape[1])
    return np.asarray(((y_proba - truth) ** 2).sum(axis=1) / (2 if truth.shape[1] == 2 else 1))


ROW_LOSSES = MappingProxyType({"log_loss": _log_losses, "brier_score": _brier_scores})
"""Name of a metric that is a mean over rows -> the loss of each row, ``(n_samples,)``."""


def _ranking(
    function: Callable[..., float], y_true: Truth, y_proba: Probabilities, positive_class: int | None
) -> float:
    chosen = range(y_proba.shape[1]) if positive_class is None else (positive_class,)
    truth = {k: y_true == k for k in chosen}
    if any(own.all() or not own.any() for own in truth.values()):
        return float("nan")
    return float(np.mean([function(own, y_proba[:, k]) for k, own in truth.items()]))


for _function in (
    accuracy,
    balanced_accuracy,
    roc_auc,
    average_precision,
    f1,
    log_loss,
    brier_score,
    type_1_error,
    type_2_error,
    r2,
    rmse,
    mae,
    median_absolute_error,
):
    register(_function.__name__, _function)
