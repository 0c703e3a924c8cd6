"""How far from a predicted number the true one may lie: what a served model carries beside its answers."""

import json
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.checks import require

LEVEL = 0.9
"""The share of new rows that intervals are to hold, unless another is asked for."""


@dataclass(frozen=True, kw_only=True)
class PredictionInterval:
    """An interval as long for every row, in the middle of which is what is predicted.

    Attributes:
        level: The share of new rows whose number it is to hold.
        reach: From the middle to each end, in the unit of the target.
        n_calibration: Rows whose errors it was found on.
        chosen_on: Which rows those are, in words.
    """

    level: float
    reach: float
    n_calibration: int
    chosen_on: str = ""

    def bounds(self, predicted: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Returns the lower and the upper end for each predicted number.

        Example:
            >>> low, high = PredictionInterval(level=0.9, reach=2.0, n_calibration=50).bounds(np.array([1.0, 5.0]))
            >>> low.tolist(), high.tolist()
            ([-1.0, 3.0], [3.0, 7.0])
        """
        return predicted - self.reach, predicted + self.reach

    def words(self) -> str:
        """Tells it in a sentence without its end.

        Example:
            >>> PredictionInterval(level=0.9, reach=2.0, n_calibration=50).words()
            'Intervals of ± 2 around each prediction, made to hold 90 % of new rows, calibrated on 50 rows'
            >>> PredictionInterval(level=0.9, reach=11887.4, n_calibration=50).words()[:21]
            'Intervals of ± 11,887'
        """
        told = f"Intervals of ± {self._reach} around each prediction, made to hold {100 * self.level:g} % of new rows"
        return f"{told}, calibrated on {self.chosen_on or f'{self.n_calibration:,} rows'}"

    @property
    def _reach(self) -> str:
        """Four digits; of a large number all before the point."""
        return f"{self.reach:,.0f}" if 1e4 <= self.reach < 1e9 else f"{self.reach:.4g}"

    def to_json(self) -> str:
        """Returns it as text."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "PredictionInterval":
        """Returns what ``to_json`` wrote; what a later version added is left out."""
        written: dict[str, Any] = json.loads(text)
        return cls(**{name: written[name] for name in cls.__dataclass_fields__ if name in written})


def calibrated(errors: NDArray[np.float64], *, level: float = LEVEL, chosen_on: str = "") -> PredictionInterval:
    """Returns the interval of split conformal prediction by the errors on rows that the model has not learned from.

    Where new rows and these are exchangeable, as rows are that are drawn alike and in no order, a new row's number lies
    within it with a chance of at least ``level``, and at most ``1 / (n + 1)`` more where no two errors are the same:
    whatever the model is, and however wrong. It is a chance over all rows: of those that are hard to predict fewer are
    held, of easy ones more.

    Formula:
        The ``ceil((n + 1) * level)``-th smallest of the ``n`` absolute errors.

    Source:
        Papadopoulos, Proedrou, Vovk & Gammerman (2002), Inductive confidence machines for regression, ECML. Lei,
        G'Sell, Rinaldo, Tibshirani & Wasserman (2018), Distribution-free predictive inference for regression, Journal
        of the American Statistical Association 113, theorem 2.2.

    Args:
        errors: ``(n,)``, true minus predicted or the other way round.
        level: The share of new rows that are to be held.
        chosen_on: Which rows those are, in words.

    Raises:
        ValueError: A level that is no share, errors that are not finite, or fewer rows than the level takes: of so few
            none is large enough.

    Example:
        Of 19 errors 90 % takes the 18th.

        >>> calibrated(np.arange(1.0, 20.0)).reach
        18.0
    """
    remedy = "0.9 leaves out one row in ten."
    require(0 < level < 1, "calibrated", "a level between 0 and 1", remedy, level=level)
    finite = bool(np.isfinite(errors).all())
    require(finite, "calibrated", "finite errors", "The training diverged: lower its learning_rate.", finite=finite)
    n, least = len(errors), fewest_rows(level)
    expected = f"{least} calibration rows or more for {100 * level:g} %"
    require(n >= least, "calibrated", expected, "Give more rows, or ask for less.", n=n)
    reach = float(np.sort(np.abs(errors))[_place(n, level) - 1])
    return PredictionInterval(level=level, reach=reach, n_calibration=n, chosen_on=chosen_on)


def fewest_rows(level: float) -> int:
    """Returns the fewest rows with which intervals of a level can be calibrated.

    Example:
        >>> fewest_rows(0.9), fewest_rows(0.95)
        (9, 19)
    """
    return _ceil(level / (1 - level))


def _place(n: int, level: float) -> int:
    return _ceil((n + 1) * level)


def _ceil(value: float) -> int:
    """Rounds up, but not for what a binary fraction is too much: 0.9 / (1 - 0.9) is 9."""
    return ceil(round(value, 9))
