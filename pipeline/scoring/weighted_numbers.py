"""The metrics of predicted numbers on many bootstrapped test sets at once.

Each function takes ``y_true`` and ``predicted``, ``(n_samples,)``, no class, and weights, counts ``(n_samples,
n_resamples)``; it returns ``(n_resamples,)`` values: what the function of the same name in ``number_metrics`` gives for
the rows, each repeated as often as it weighs. Weights need not be whole numbers.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.number_metrics import Numbers

Weights = NDArray[np.int32] | NDArray[np.float64]
_ROUNDING = 1e-12  # of sums of weights that are no whole numbers
_HARDLY = 1e-9  # a spread, as a share of that of all rows, that may be none
_BLOCK = 512  # rows whose weights are summed before a median is looked for among them


def weighted_r2(y_true: Numbers, predicted: Numbers, positive_class: int | None, weights: Weights) -> Numbers:
    """Returns R², NaN where the rows that weigh are all of one number."""
    total, away = weights.sum(axis=0), y_true - y_true.mean()
    spread = away**2 @ weights - (away @ weights) ** 2 / total
    varies = spread > _HARDLY * (away**2).mean() * total
    for resample in np.flatnonzero(~varies):  # rounding leaves a spread where there is none
        own = y_true[weights[:, resample] > 0]
        varies[resample] = len(own) > 0 and own.min() < own.max()
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
    ascending, weighs = errors[order], weights[order]
    reached = np.cumsum(np.add.reduceat(weighs, np.arange(0, len(errors), _BLOCK), axis=0), axis=0)
    middle = [
        (
            _first(weighs[:, one], reached[:, one], half * (1 - _ROUNDING), "left"),
            _first(weighs[:, one], reached[:, one], half * (1 + _ROUNDING), "right"),
        )
        for one, half in enumerate(reached[-1] / 2)
    ]
    return np.asarray(ascending[np.array(middle)].mean(axis=1))


def _first(weights: NDArray[Any], reached: NDArray[Any], weight: float, side: Literal["left", "right"]) -> int:
    """Returns the first row up to which so much weight is reached, or with ``"right"`` more; 0 where it never is.

    Args:
        weights: ``(n_samples,)``.
        reached: Their sum up to the end of each block of rows.
        weight: Looked for.
        side: As of ``searchsorted``.
    """
    block = int(np.searchsorted(reached, weight, side))
    if block == len(reached):
        return 0
    own = weights[block * _BLOCK : (block + 1) * _BLOCK]
    inside = np.cumsum(own) + (reached[block - 1] if block else 0)
    return block * _BLOCK + min(int(np.searchsorted(inside, weight, side)), len(own) - 1)
