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
_FELT = 1e-3  # a spread, as a share of the squares that it is the difference of, from which on digits are not missed
_BLOCK = 512  # rows whose weights are summed before a median is looked for among them


def weighted_r2(y_true: Numbers, predicted: Numbers, positive_class: int | None, weights: Weights) -> Numbers:
    """Returns R², NaN where the rows that weigh are all of one number.

    All resamples share a center, the mean of all rows, but for those whose own mean is so far from it that the
    difference of two sums would lose digits: a row that weighs nothing there may be larger than all others.
    """
    total, away = weights.sum(axis=0), y_true - y_true.mean()
    squares = away**2 @ weights
    spread = squares - (away @ weights) ** 2 / total
    for resample in np.flatnonzero(~(spread > _FELT * squares)):  # ~ so that what is no number is felt, too
        spread[resample] = _own_spread(y_true, weights[:, resample])
    missed = (y_true - predicted) ** 2 @ weights
    return np.asarray(np.where(spread > 0, 1 - missed / np.where(spread > 0, spread, 1.0), np.nan))


def _own_spread(y_true: Numbers, weights: NDArray[np.int32] | NDArray[np.float64]) -> float:
    """Returns the weighted sum of squares around the mean of the rows that weigh; 0 where these are all of one number.

    Args:
        y_true: ``(n_samples,)``.
        weights: ``(n_samples,)``.
    """
    own, weighs = y_true[weights > 0], weights[weights > 0]
    if not len(own) or own.min() == own.max():  # rounding would leave a spread where there is none
        return 0.0
    away = own - np.average(own, weights=weighs)
    away -= np.average(away, weights=weighs)  # what rounding has left of the first
    return float(away**2 @ weighs)


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
