"""Scores of predicted numbers.

Each takes ``y_true`` and ``predicted``, float64 ``(n_samples,)``; a class is never meant.
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def r2(y_true: Numbers, predicted: Numbers, positive_class: int | None = None) -> float:
    """Returns the share of the variance of the true numbers that the predictions explain.

    Where they are all the same there is nothing to explain: that is no 1 and no 0, but NaN.

    Formula:
        ``1 - sum (y - p)^2 / sum (y - mean y)^2``
    """
    spread = float(((y_true - y_true.mean()) ** 2).sum())
    return 1 - float(((y_true - predicted) ** 2).sum()) / spread if not is_constant(y_true) else float("nan")


def rmse(y_true: Numbers, predicted: Numbers, positive_class: int | None = None) -> float:
    """Returns the root of the mean squared error, in the unit of the target."""
    return float(np.sqrt(((y_true - predicted) ** 2).mean()))


def mae(y_true: Numbers, predicted: Numbers, positive_class: int | None = None) -> float:
    """Returns the mean absolute error, in the unit of the target."""
    return float(np.abs(y_true - predicted).mean())


def median_absolute_error(y_true: Numbers, predicted: Numbers, positive_class: int | None = None) -> float:
    """Returns the error that half of the rows stay below, in the unit of the target."""
    return float(np.median(np.abs(y_true - predicted)))


def is_constant(y_true: Numbers) -> bool:
    """Returns whether all numbers are the same; a mean that is rounded would give them a spread."""
    return bool((y_true == y_true[0]).all())
