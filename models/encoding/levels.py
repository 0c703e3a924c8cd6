"""Levels of categories, of which only the common ones keep a code of their own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

RARE_ROWS, RARE_SHARE = 10, 0.01
"""A level is rare that fewer training rows have, and a smaller share of them."""

GAP, OTHER, N_APART = 0, 1, 2
"""Places of what is no common level, before those of the levels: a gap and "other"; and how many they are."""


class CommonLevels(TransformerMixin, BaseEstimator):
    """Codes of levels to 0, 1, ... for those that are common in the training rows, and the next code for all others.

    Rare levels and levels that no training row has are the same to it: "other". A gap stays NaN.

    Args:
        at_most: Levels that keep a code of their own; the most common do.

    Attributes:
        common_: Of each column the codes that are kept, increasing.

    Example:
        >>> X = np.array([[7.0]] * 30 + [[3.0]] * 500 + [[5.0]] * 2)
        >>> CommonLevels().fit(X).transform(np.array([[3.0], [7.0], [5.0], [-1.0], [np.nan]])).ravel()
        array([ 0.,  1.,  2.,  2., nan])
    """

    def __init__(self, at_most: int | None = None) -> None:
        self.at_most = at_most

    def fit(self, X: NDArray[np.float64], y: Any = None) -> "CommonLevels":
        """Counts the levels of training rows ``X``, ``(n_samples, n_columns)`` of codes."""
        self.common_ = [self._common(column) for column in X.T]
        return self

    def transform(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns codes of the shape of ``X``."""
        coded = np.empty(X.shape)
        for place, (column, common) in enumerate(zip(X.T, self.common_, strict=True)):
            kept = np.isin(column, common)
            coded[:, place] = np.where(kept, np.searchsorted(common, column), len(common))
        coded[np.isnan(X)] = np.nan
        return coded

    def _common(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        levels, counts = np.unique(column[column >= 0], return_counts=True)
        kept = counts >= min(RARE_ROWS, RARE_SHARE * len(column))
        if self.at_most is not None:
            kept[np.argsort(-counts, kind="stable")[self.at_most :]] = False
        return levels[kept]


class LevelNumbers(CommonLevels):
    """Codes of levels to places in a table that has a row for each: 0 for a gap, 1 for "other", then the common levels.

    What no training row has, a gap or a rare level, is at the same place as where some have it.

    Example:
        >>> X = np.array([[7.0]] * 30 + [[3.0]] * 500 + [[5.0]] * 2)
        >>> LevelNumbers().fit(X).transform(np.array([[3.0], [7.0], [5.0], [-1.0], [np.nan]])).ravel()
        array([2., 3., 1., 1., 0.])
    """

    def transform(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns places of the shape of ``X``."""
        coded = super().transform(X)
        n_common = np.array([len(common) for common in self.common_])
        return np.where(np.isnan(coded), GAP, np.where(coded == n_common, OTHER, coded + N_APART))
