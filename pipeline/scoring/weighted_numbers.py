"""The metrics of predicted numbers on many bootstrapped test sets at once.

Each function takes ``y_true`` and ``predicted``, ``(n_samples,)``, no class, and weights, counts ``(n_samples,
n_resamples)``; it returns ``(n_resamples,)`` values: what the function of the same name in ``number_metrics`` gives for
the rows, each repeated as often as it weighs. Weights need not be whole numbers.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.number_metrics import Numbers

Weights = NDArray[np.int32] | NDArray[np.float64]
_ROUNDING = 1e-12  # of sums of weights that are no whole numbers


def weighted_r2(y_true: Numbers, predicted: Numbers, positive_class: int | None, weights: Weights) -> Numbers:
    """Returns R², NaN where the rows that weigh are all of one number."""
    total, away = weights.sum(axis=0), y_true - y_true.mean()
    spread = away**2 @ weights - (away @ weights) ** 2 / total
    order = np.argsort(y_true)
    weighs, ascending = weights[order] > 0, y_true[order]
    varies = ascending[weighs.argmax(axis=0)] < ascending[len(order) - 1 - weighs[::-1].argmax(axis=0)]
    missed = (y_true - predicted) ** 2 @ weights
    return np.asarray(np.where(varies, 1 - missed / np.where(varies, spread, 1.0), np.nan))


def weighted_rmse(y_true: Numbers, predicted: Numbers, positive_class: int | None, weights: Weights) -> Numbers:
    """Returns the root of the mean squared error."""
    return np.asarray(np.sqrt((y_true - predicted) ** 2 @ weights / weights.sum(axis=0)))


def weighted_mae(y_true: Numbers, predicted: Numbers, positive_class: int | None, weights: Weights) -> Numbers:
    """Returns the mean absolute error."""
    return np.asarray(np.abs(y_true - predicted) @ weights / weights.sum(axis=0))


def weighted_median_absolute_error(
    y_true: Numbers, predicted: Numbers, positive_class: int | None, weights: Weights
) -> Numbers:
    """Returns the median absolute error; where half of the weight lies on either side, the mean of the two there."""
    errors = np.abs(y_true - predicted)
    order = np.argsort(errors)
    ascending, reached = errors[order], np.cumsum(weights[order], axis=0)
    half = reached[-1] / 2
    lower = ascending[(reached >= half * (1 - _ROUNDING)).argmax(axis=0)]
    upper = ascending[(reached > half * (1 + _ROUNDING)).argmax(axis=0)]
    return np.asarray((lower + upper) / 2)
