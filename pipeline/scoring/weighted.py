"""The metrics of many bootstrapped test sets at once: rows are weighed by how often they were drawn, not copied.

Each function takes ``y_true``, class indices ``(n_samples,)``, ``y_proba``, ``(n_samples, n_classes)``, the class that
is meant, and weights ``(n_samples, n_resamples)``. It returns ``(n_resamples,)`` values: what the function of the same
name in ``metrics`` gives for the rows, each repeated as often as it weighs. What a row counts by itself, where rows
count unequally, is a factor of its weight: then these are scikit-learn's with ``sample_weight``. Those of predicted
numbers are in ``weighted_numbers``.
"""

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from models.checks import require
from pipeline.scoring.metrics import ROW_LOSSES, Function, Probabilities, Truth, function_of, score
from pipeline.scoring.weighted_numbers import (
    weighted_mae,
    weighted_median_absolute_error,
    weighted_r2,
    weighted_rmse,
)

Weights = NDArray[np.int32] | NDArray[np.float64]
Values = NDArray[np.float64]
Weighted = Callable[[NDArray[Any], NDArray[np.float64], int | None, Weights], Values]


def weighted_score(
    name: str, y_true: NDArray[Any], y_proba: NDArray[np.float64], weights: Weights, positive_class: int | None = None
) -> Values:
    """Returns one metric of every resample; a metric that has no fast form is computed row set by row set.

    Args:
        name: Of a declared metric.
        y_true: ``(n_samples,)`` class indices, or numbers.
        y_proba: ``(n_samples, n_classes)``, or the predicted numbers ``(n_samples,)``.
        weights: ``(n_samples, n_resamples)``: how often each resample has each row, times what the row counts.
        positive_class: As in ``metrics.score``.

    Returns:
        ``(n_resamples,)``.

    Raises:
        ValueError: A metric of somebody else's with weights that are no whole numbers.
    """
    function = function_of(name)
    if name in WEIGHTED and function is WEIGHTED[name][0]:
        return WEIGHTED[name][1](y_true, y_proba, positive_class, weights)
    return _one_by_one(function, y_true, y_proba, positive_class, weights)


def score_of(
    name: str,
    y_true: NDArray[Any],
    y_proba: NDArray[np.float64],
    positive_class: int | None = None,
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Returns one metric of rows that count as they are told to; without weights they count alike.

    Args:
        name: Of a declared metric.
        y_true: ``(n_samples,)``, as of ``weighted_score``.
        y_proba: Likewise.
        positive_class: As in ``metrics.score``.
        sample_weight: ``(n_samples,)`` of 0 or more; ``None`` for rows that count alike.

    Returns:
        NaN where no row counts.

    Raises:
        ValueError: A metric of somebody else's with weights that are no whole numbers.

    Example:
        >>> certain = np.array([[1.0, 0.0], [1.0, 0.0]])
        >>> score_of("accuracy", np.array([0, 1]), certain, sample_weight=np.array([3.0, 1.0]))
        0.75
    """
    if sample_weight is not None and not sample_weight.any():
        return float("nan")
    if sample_weight is None:
        return score(name, y_true, y_proba, positive_class)
    with np.errstate(invalid="ignore", divide="ignore"):  # of rows that do not count at all nothing is known
        return float(weighted_score(name, y_true, y_proba, sample_weight[:, None], positive_class)[0])


def require_weighable(names: Iterable[str]) -> None:
    """Checks that metrics can weigh rows.

    Raises:
        ValueError: One is somebody else's and cannot.
    """
    strange = [name for name in names if name not in WEIGHTED or function_of(name) is not WEIGHTED[name][0]]
    remedy = f"Leave the weights out, or judge by some of {', '.join(WEIGHTED)}."
    require(not strange, "weights", "metrics that weigh rows", remedy, metrics=strange)


def _or_1(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns totals to divide by: 1 where there is nothing, for 0 of nothing is 0."""
    return np.where(totals > 0, totals, 1.0)


def _one_by_one(
    function: Function,
    y_true: NDArray[Any],
    y_proba: NDArray[np.float64],
    positive_class: int | None,
    weights: Weights,
) -> Values:
    whole = bool((weights == np.rint(weights)).all())
    remedy = "It takes no weights: leave them out."
    require(whole, "weighted_score", "weights that are whole numbers", remedy, function=function.__name__)
    drawn = (np.repeat(np.arange(len(y_true)), own) for own in weights.T.astype(np.int64))
    return np.array([function(y_true[rows], y_proba[rows], positive_class) for rows in drawn])


def _sums(weights: Weights, keys: NDArray[np.int64], n_keys: int) -> NDArray[np.float64]:
    """Returns the weight of the rows of each key, ``(n_keys, n_resamples)``."""
    ones = np.ones(len(keys), dtype=np.int32)
    rows_of = sparse.csr_matrix((ones, (keys, np.arange(len(keys)))), shape=(n_keys, len(keys)))
    return np.asarray(rows_of @ weights, dtype=np.float64)


def _confusion(y_true: Truth, y_proba: Probabilities, weights: Weights) -> NDArray[np.float64]:
    """Returns ``(n_classes, n_classes, n_resamples)`` counts; true classes first."""
    n_classes = y_proba.shape[1]
    pairs = y_true * n_classes + y_proba.argmax(axis=1)
    return _sums(weights, pairs, n_classes**2).reshape(n_classes, n_classes, -1)


def _diagonal(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("kkb->kb", counts))


def _accuracy(y_true: Truth, y_proba: Probabilities, positive_class: int | None, weights: Weights) -> Values:
    counts = _confusion(y_true, y_proba, weights)
    return np.asarray(_diagonal(counts).sum(axis=0) / counts.sum(axis=(0, 1)))


def _balanced_accuracy(y_true: Truth, y_proba: Probabilities, positive_class: int | None, weights: Weights) -> Values:
    counts = _confusion(y_true, y_proba, weights)
    actual = counts.sum(axis=1)
    return np.asarray((_diagonal(counts) / _or_1(actual)).sum(axis=0) / (actual > 0).sum(axis=0))


def _f1(y_true: Truth, y_proba: Probabilities, positive_class: int | None, weights: Weights) -> Values:
    counts = _confusion(y_true, y_proba, weights)
    actual, found = counts.sum(axis=1), counts.sum(axis=0)
    scores = 2 * _diagonal(counts) / _or_1(actual + found)
    if positive_class is None:
        return np.asarray(scores.sum(axis=0) / _or_1((actual + found > 0).sum(axis=0)))
    return np.where(actual[positive_class] > 0, scores[positive_class], np.nan)


def _type_1_error(y_true: Truth, y_proba: Probabilities, positive_class: int | None, weights: Weights) -> Values:
    counts = _confusion(y_true, y_proba, weights)
    own = counts[positive_class]
    missed = own[np.arange(len(counts)) != positive_class].sum(axis=0)
    return _share(missed, own.sum(axis=0))


def _type_2_error(y_true: Truth, y_proba: Probabilities, positive_class: int | None, weights: Weights) -> Values:
    counts = _confusion(y_true, y_proba, weights)
    others = counts[np.arange(len(counts)) != positive_class]  # not all less those of the class, which may outweigh all
    return _share(others[:, positive_class].sum(axis=0), others.sum(axis=(0, 1)))


def _share(part: Values, of: Values) -> Values:
    """Returns a part of a weight, NaN where there is none."""
    return np.where(of > 0, part / _or_1(of), np.nan)


def _mean_of(name: str) -> Weighted:
    """Returns the weighted mean of a loss of rows."""

    def weighted(y_true: Truth, y_proba: Probabilities, positive_class: int | None, weights: Weights) -> Values:
        return np.asarray(ROW_LOSSES[name](y_true, y_proba) @ weights / weights.sum(axis=0))

    return weighted


def _ranked(positive: NDArray[np.bool_], score: NDArray[np.float64], weights: Weights) -> tuple[Values, Values]:
    """Returns the weights of positive rows of one score, and of the negative rows between and on these scores.

    Each is by the distinct scores of positive rows in ascending order, ``(n_scores, n_resamples)``: no other row's
    score is a threshold that counts, so negative rows are summed between them, ``(2 n_scores + 1, n_resamples)``: even
    places lie between two scores, odd ones on one.
    """
    distinct, place = np.unique(score[positive], return_inverse=True)
    n = len(distinct)
    left, right = (np.searchsorted(distinct, score[~positive], side=side) for side in ("left", "right"))
    return _sums(weights[positive], place, n), _sums(weights[~positive], left + right, 2 * n + 1)


def _roc_auc_of(positive: NDArray[np.bool_], score: NDArray[np.float64], weights: Weights) -> Values:
    positives, negatives = _ranked(positive, score, weights)
    below, beside = np.cumsum(negatives, axis=0)[:-1:2], negatives[1::2]
    pairs = positives.sum(axis=0) * weights[~positive].sum(axis=0)
    return np.asarray((positives * (below + beside / 2)).sum(axis=0) / pairs)


def _average_precision_of(positive: NDArray[np.bool_], score: NDArray[np.float64], weights: Weights) -> Values:
    """Sums from the highest score down: all less those below has no digits left where one of these outweighs all."""
    positives, negatives = _ranked(positive, score, weights)
    found = np.cumsum(positives[::-1], axis=0)[::-1]
    raised = found + np.cumsum(negatives[::-1], axis=0)[::-1][1::2]
    return np.asarray((positives * found / _or_1(raised)).sum(axis=0) / found[0])


def _ranking(of: Callable[[NDArray[np.bool_], NDArray[np.float64], Weights], Values]) -> Weighted:
    """Returns the ranking of a class, or its mean over classes; NaN where the rows lack one that it needs."""

    def weighted(y_true: Truth, y_proba: Probabilities, positive_class: int | None, weights: Weights) -> Values:
        chosen = range(y_proba.shape[1]) if positive_class is None else (positive_class,)
        own = [y_true == k for k in chosen]
        if any(positive.all() or not positive.any() for positive in own):
            return np.full(weights.shape[1], np.nan)
        with np.errstate(invalid="ignore"):
            values = [of(positive, y_proba[:, k], weights) for k, positive in zip(chosen, own, strict=True)]
        whole = [(_sums(weights, positive.astype(np.int64), 2) > 0).all(axis=0) for positive in own]
        return np.asarray(np.where(np.all(whole, axis=0), np.mean(values, axis=0), np.nan))

    return weighted


_FORMS: dict[str, Weighted] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "roc_auc": _ranking(_roc_auc_of),
    "average_precision": _ranking(_average_precision_of),
    "f1": _f1,
    "log_loss": _mean_of("log_loss"),
    "brier_score": _mean_of("brier_score"),
    "type_1_error": _type_1_error,
    "type_2_error": _type_2_error,
    "r2": weighted_r2,
    "rmse": weighted_rmse,
    "mae": weighted_mae,
    "median_absolute_error": weighted_median_absolute_error,
}
WEIGHTED = MappingProxyType({name: (function_of(name), weighted) for name, weighted in _FORMS.items()})
"""Name -> the function that a fast form stands for, and the fast form."""
