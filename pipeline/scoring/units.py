"""As how many independent units, which are groups, stretches of time or rows, those count that decide of a metric."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.rows import LEAST, too_few
from pipeline.scoring.values import Scores

_ALL = 1 - 1e-9  # of all that decides, but for rounding
_OF_CLASSES, _OF_FOUND = ("roc_auc", "balanced_accuracy"), ("type_1_error", "f1", "average_precision")


@dataclass(frozen=True, kw_only=True)
class Units:
    """Clusters, or rows, as they count in a metric.

    Attributes:
        degrees: Of freedom of what they tell, 1 or more: what decides of a metric may lie in few of them.
        wider: By what a squared error is larger than the variance of redrawn values.
        too_few: Why nothing is known of chance, where rows of a class that it is of lie in too few clusters.
    """

    degrees: float
    wider: float
    too_few: str = ""


def units_of(metric: str, own: Sequence[Scores], positive_class: int | None) -> Units:
    """Returns how those units count in a metric that are independent: clusters, or rows.

    Formula:
        With ``s`` the part of each of ``g`` units, all together 1, the sum of ``shares`` of its rows: a squared error
        is ``(1 - 1 / g) sum (s / (1 - s))^2 / sum s^2`` times the variance of redrawn values, which is too small, the
        more the more unequally units count: of equal ones ``g / (g - 1)`` times. Degrees of freedom are ``(sum s^2)^2
        / sum s^4 - 1``, of equal ones ``g - 1``. Of two clusterings the larger one, and the fewer.

    Source:
        MacKinnon & White (1985), Some heteroskedasticity-consistent covariance matrix estimators with improved finite
        sample properties, Journal of Econometrics 29, for the jackknife's, of units that vary by their parts; Bell &
        McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage samples, Survey
        Methodology 28, for degrees of freedom by Satterthwaite's approximation.

    Args:
        metric: Name of it.
        own: Of the folds on which it could be measured, one at least.
        positive_class: Whose ranking and errors are meant.
    """
    rows = np.concatenate([shares(metric, one, positive_class) for one in own])
    clusterings = [np.concatenate(each) for each in zip(*(item.clusterings for item in own), strict=True)]
    units = [np.unique(labels, return_inverse=True)[1] for labels in clusterings]
    sums = [np.bincount(each, weights=rows) for each in units or [np.arange(len(rows))]]
    counted = np.concatenate([_weights(one)[:, None] * _parts(metric, one, positive_class) for one in own]) > 0
    n = [len(np.unique(each[part])) for each in units for part in counted.T if part.any()]
    few = too_few(min(n, default=LEAST), in_time=own[0].in_time, of="with test rows of a class")
    parts = [each / each.sum() for each in sums if each.any()]
    wider = max(map(_wider, parts), default=np.inf)
    if not np.isfinite(wider):
        return Units(degrees=1.0, wider=wider, too_few=few or "one test row, or what hangs together with it, decides")
    degrees = min((each**2).sum() ** 2 / (each**4).sum() for each in parts) - 1
    return Units(degrees=max(float(degrees), 1.0), wider=wider, too_few=few)


def _wider(parts: NDArray[np.float64]) -> float:
    some = parts[parts > 0]
    if some.max() > _ALL:
        return np.inf
    return float(((some / (1 - some)) ** 2).sum() / (some**2).sum() * (1 - 1 / len(some)))


def _weights(item: Scores) -> NDArray[np.float64]:
    return np.ones(len(item.y_true)) if item.weights is None else item.weights


def _parts(metric: str, item: Scores, positive_class: int | None) -> NDArray[np.bool_]:
    """Returns of each row whether it is of what a metric is of, ``(n_rows, n_parts)``: the metric is of each part.

    Of an error type that are the rows of one class, and of what is found of a class about those that are of it; of a
    ranking and of means over classes each class is a part; else all rows are one.
    """
    if item.has_classes and (metric in _OF_CLASSES or (metric in _OF_FOUND and positive_class is None)):
        return np.asarray(item.y_true[:, None] == np.arange(item.y_proba.shape[1]))
    if item.has_classes and (metric in _OF_FOUND or metric == "type_2_error"):
        return np.asarray((item.y_true == positive_class) == (metric in _OF_FOUND))[:, None]
    return np.ones((len(item.y_true), 1), np.bool_)


def shares(metric: str, item: Scores, positive_class: int | None) -> NDArray[np.float64]:
    """Returns how much each row counts in a metric of its fold, all together 1: each part that has rows does alike.

    Where no part has any all rows do, as far as they have weights.
    """
    weights = _weights(item)
    own = weights[:, None] * _parts(metric, item, positive_class)
    own = own[:, own.any(axis=0)] if own.any() else weights[:, None]
    return np.asarray((own / np.maximum(own.sum(axis=0), np.finfo(np.float64).tiny)).mean(axis=1))
