"""Dates as numbers that a model can use: how long after the first, and where in the year, the week and the day."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

_THURSDAY = 3  # 1970-01-01, counted from Monday


class DateParts(TransformerMixin, BaseEstimator):
    """Days since 1970-01-01 to days since the first training date, month 1-12, weekday 0-6 from Monday, and hour.

    There is an hour where a training row has one. A gap is NaN in all of them, and 1 in the last number of a column
    that has gaps in the training rows, if ``flags``.

    Args:
        flags: Whether gaps are told by a number of their own.

    Attributes:
        first_: Of each column; 0 where all is missing.
        has_hour_: Of each column.
        has_gaps_: Of each column.

    Example:
        >>> DateParts().fit_transform(np.array([[19056.0], [19088.0]]))  # a Saturday in March, a Wednesday in April
        array([[ 0.,  3.,  5.],
               [32.,  4.,  2.]])
    """

    def __init__(self, flags: bool = True) -> None:
        self.flags = flags

    def fit(self, X: NDArray[np.float64], y: Any = None) -> "DateParts":
        """Looks at training rows ``X``, ``(n_samples, n_columns)``."""
        there = [column[~np.isnan(column)] for column in X.T]
        self.first_ = [float(column.min()) if len(column) else 0.0 for column in there]
        self.has_hour_ = [bool((column % 1).any()) for column in there]
        self.has_gaps_ = [len(column) < len(X) for column in there]
        return self

    def transform(self, X: NDArray[np.float64]) -> NDArray[Any]:
        """Returns ``(n_samples, n_parts)``, the parts of each column side by side."""
        parts = [part for place in range(X.shape[1]) for part in self._parts(place, X[:, place])]
        return np.column_stack(parts)

    def parts(self) -> list[list[str]]:
        """Returns what the numbers of each column are."""
        return [
            ["days", "month", "weekday"] + ["hour"] * hour + ["missing"] * (gaps and self.flags)
            for hour, gaps in zip(self.has_hour_, self.has_gaps_, strict=True)
        ]

    def _parts(self, place: int, days: NDArray[np.float64]) -> list[NDArray[Any]]:
        missing = np.isnan(days)
        whole = np.floor(np.where(missing, 0, days))
        found = [days - self.first_[place], _months(whole), (whole + _THURSDAY) % 7]
        if self.has_hour_[place]:
            found.append(days % 1 * 24)
        found = [np.where(missing, np.nan, part) for part in found]
        return [*found, missing.astype(np.float64)] if self.has_gaps_[place] and self.flags else found


def _months(days: NDArray[np.float64]) -> NDArray[Any]:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1.0
