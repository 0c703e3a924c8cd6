"""What is found of many columns at once, unit by unit: intervals and tests of each."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.scoring.stretches import shared_by_neighbors

_ROUNDING = 1e-12


class Intervals(NamedTuple):
    """Means and bounds, of the shape of one unit; bounds are NaN with one unit, and where all are the same but 0."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Units:
    """What values are over: folds, parts of one test set, or stretches of time.

    Attributes:
        ratio: Test rows over training rows, of folds; 0 of what shares no row.
        in_time: Whether they follow each other in time, and neighbors share something.
    """

    ratio: float = 0.0
    in_time: bool = False

    def intervals(self, values: NDArray[np.float64], confidence: float = 0.95) -> Intervals:
        """Returns ``corrected_interval`` of each quantity, all at once.

        Formula:
            ``mean ± t(n - 1) * s * sqrt(1 / n + ratio)``; in time wider by the root of what ``shared_by_neighbors``
            says, and with one degree of freedom less than ``n`` divided by that.

        Source:
            Nadeau & Bengio (2003), Inference for the generalization error, Machine Learning 52.

        Args:
            values: ``(n_units, ...)``.
            confidence: Coverage meant.

        Example:
            >>> found = Units(ratio=20 / 80).intervals(np.array([[0.90, 0.0], [0.92, 0.0], [0.94, 0.0]]))
            >>> found.low.round(4)
            array([0.8543, 0.    ])
        """
        mean, n = values.mean(axis=0), len(values)
        if n < 2:
            unknown = np.full(mean.shape, np.nan)
            return Intervals(mean, unknown, unknown)
        errors, degrees = self._errors(values)
        margin = stats.t.ppf((1 + confidence) / 2, degrees) * errors
        margin = np.where((errors > 0) | (mean == 0), margin, np.nan)
        return Intervals(mean, mean - margin, mean + margin)

    def p_values(self, losses: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the two-sided p-value of each column's loss; of many columns on few folds some do not vary by chance.

        So no column's standard error counts as less than the median of those that have one (as the added constant of
        Tusher, Tibshirani & Chu 2001, Significance analysis of microarrays, Proceedings of the National Academy of
        Sciences 98).

        Args:
            losses: ``(n_units, n_columns)``, two units or more.

        Returns:
            ``(n_columns,)``; 1 where nothing was lost on any unit, or no column's loss varies.
        """
        errors, degrees = self._errors(losses)
        some = errors[errors > 0]
        if not len(some):
            return np.ones(len(errors))
        means = np.abs(losses.mean(axis=0))
        return np.where(means == 0, 1.0, 2 * stats.t.sf(means / np.maximum(errors, np.median(some)), degrees))

    def _errors(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Returns standard errors and their degrees of freedom; an error is 0 where nothing varies but by rounding."""
        n, spreads = len(values), values.std(axis=0, ddof=1)
        spreads = np.where(spreads > _ROUNDING * np.abs(values).max(axis=0), spreads, 0.0)
        errors = spreads * np.sqrt(1 / n + self.ratio)
        shared = shared_by_neighbors(values - values.mean(axis=0)) if self.in_time else np.ones_like(errors)
        return errors * np.sqrt(shared), np.maximum(n / shared - 1, 1.0)
