"""What folds tell of a class that is hardly found: its F1, and the share of it that is missed."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.scoring.significance import (
    Difference,
    Interval,
    corrected_difference,
    corrected_share_interval,
)


def corrected_f1_interval(
    values: NDArray[np.float64], *, n_train: int, n_test: int, most: float, confidence: float = 0.95
) -> Interval:
    """Returns the mean F1 over folds with an interval that holds where few rows of a class are found, too.

    How many are found hangs on which rows were trained on as much as on those that are tested, and folds share their
    trainings: of 15 rows of a class, 2 to 3 of them found, the interval of a share held the truth in 84 of 100 runs.

    Formula:
        The farther bounds of two: of ``corrected_share_interval``, and of Wilson's for as many rows as an F1 of ``p``
        is worth at the most, ``most * p``. The latter are the ``p`` with ``|mean - p| = z sqrt((1 - p) / most)``.

    Source:
        That an F1 is worth fewer rows the lower it is, is ours (``docs/statistics.md``).

    Args:
        values: ``(n_folds,)``, two or more, each between 0 and 1.
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        most: The most rows that its spread can be worth, were all of the class found.
        confidence: Coverage meant.

    Example:
        >>> interval = corrected_f1_interval(np.full(5, 0.2), n_train=120, n_test=30, most=30)
        >>> round(interval.low, 3), round(interval.high, 3)
        (0.0, 0.462)
    """
    found = corrected_share_interval(values, n_train=n_train, n_test=n_test, most=most, confidence=confidence)
    low, high = _f1_bounds(found.mean, most, confidence)
    return Interval(mean=found.mean, low=min(found.low, low), high=max(found.high, high))


def corrected_error_type_interval(
    values: NDArray[np.float64], *, n_train: int, n_test: int, most: float, confidence: float = 0.95
) -> Interval:
    """Returns the mean over folds of the share of a class that is missed, with an interval that holds where most is.

    Whether any is found is one question to this and to an F1, and has one answer where there are no false alarms.

    Formula:
        The farther bounds of two: of ``corrected_share_interval``, and of what is missed at the bounds of the F1
        ``2 r / (1 + r)`` that the share ``r`` that is found has without false alarms, as of ``corrected_f1_interval``.

    Source:
        As of ``corrected_f1_interval``, ours (``docs/statistics.md``).

    Args:
        values: ``(n_folds,)``, two or more, each between 0 and 1.
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        most: Rows of the class.
        confidence: Coverage meant.

    Example:
        >>> interval = corrected_error_type_interval(np.ones(5), n_train=120, n_test=30, most=15)
        >>> round(interval.low, 3), interval.high
        (0.796, 1.0)
    """
    share = corrected_share_interval(values, n_train=n_train, n_test=n_test, most=most, confidence=confidence)
    low, high = _found_bounds(1 - share.mean, most, confidence)
    return Interval(mean=share.mean, low=min(share.low, 1 - high), high=max(share.high, 1 - low))


def corrected_f1_difference(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    *,
    n_train: int,
    n_test: int,
    equivalence: float,
    most: float,
    confidence: float = 0.95,
) -> Difference:
    """Returns what paired F1 over folds tell, no surer than an F1 of so few rows that are found.

    The spread over folds is too small where a class is hardly found, for folds share their trainings
    (``corrected_f1_interval``): five folds that find one row each have no spread at all. So a difference to guessing,
    which finds none, is sure to be above 0 only where the F1 itself is.

    Formula:
        That of ``corrected_difference`` with an error of at least ``z / t(n - 1) * sqrt((1 - low) / (most * p / |d|))``
        around a mean of ``d``: of the two, the better F1 ``p`` is worth at most ``most * p`` rows, so that a difference
        has at least ``|d| / (most * p)`` times the variance ``1 - |d|``; ``low`` is the lower bound of an F1 of ``|d|``
        of ``most * p / |d|``, so that the interval begins where that of an F1 does.

    Source:
        As of ``corrected_f1_interval``, ours (``docs/statistics.md``).

    Args:
        one: ``(n_folds,)``, two or more F1.
        other: ``(n_folds,)``, on the same rows.
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        equivalence: Largest absolute difference that makes no practical difference.
        most: The most rows that an F1 can be worth, were all of the class found.
        confidence: Coverage meant.

    Example:
        >>> found = corrected_f1_difference(
        ...     np.full(5, 0.25), np.zeros(5), n_train=120, n_test=30, equivalence=0.01, most=30)
        >>> round(found.low, 3), round(found.p_value, 2)
        (-0.108, 0.12)
    """
    better = float(max(one.mean(), other.mean()))
    least = _least_error(one - other, better, _f1_reach, most, confidence)
    sizes = {"n_train": n_train, "n_test": n_test}
    return corrected_difference(
        one - other, equivalence=equivalence, n_rows=most, least=least, confidence=confidence, **sizes
    )


def corrected_error_type_difference(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    *,
    n_train: int,
    n_test: int,
    equivalence: float,
    most: float,
    confidence: float = 0.95,
) -> Difference:
    """Returns what paired shares of a class that are missed tell, no surer than so few rows that are found.

    Formula:
        That of ``corrected_difference`` with so large an error that the interval begins where that of a share of
        ``|d|`` that is found does, as of ``corrected_error_type_interval``, of ``most * p / |d|`` rows, ``p`` the
        larger share that is found; beyond 0 as far as that of its F1, in its own measure.

    Source:
        As of ``corrected_f1_interval``, ours (``docs/statistics.md``).

    Args:
        one: ``(n_folds,)``, two or more shares that are missed.
        other: ``(n_folds,)``, on the same rows.
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        equivalence: Largest absolute difference that makes no practical difference.
        most: Rows of the class.
        confidence: Coverage meant.

    Example:
        >>> found = corrected_error_type_difference(
        ...     np.full(5, 0.75), np.ones(5), n_train=120, n_test=30, equivalence=0.01, most=15)
        >>> round(found.high, 3), round(found.p_value, 2)
        (0.072, 0.1)
    """
    better = float(1 - min(one.mean(), other.mean()))
    least = _least_error(one - other, better, _found_reach, most, confidence)
    sizes = {"n_train": n_train, "n_test": n_test}
    return corrected_difference(
        one - other, equivalence=equivalence, n_rows=most, least=least, confidence=confidence, **sizes
    )


Reach = Callable[[float, float, float], float]
"""Takes mean, most rows and confidence; returns how far below the mean its lower bound lies, or would, were it no 0."""


def _least_error(
    differences: NDArray[np.float64], better: float, reach: Reach, most: float, confidence: float
) -> float:
    """Returns the standard error that makes differences no surer than a mean of as few found rows is.

    Args:
        differences: ``(n_folds,)``.
        better: The mean of the side that finds more.
        reach: Of a mean of as much.
        most: The most rows that a mean can be worth.
        confidence: Coverage meant.
    """
    mean = abs(float(differences.mean()))
    if mean == 0 < better:
        return 0.0
    worth = most * better / mean if better > 0 else most  # where neither finds any, that of a mean of 0
    return float(reach(mean, worth, confidence) / stats.t.ppf((1 + confidence) / 2, len(differences) - 1))


def _f1_reach(mean: float, most: float, confidence: float) -> float:
    """Returns how far below an F1 its lower bound lies."""
    low, _ = _f1_bounds(mean, most, confidence)
    return float(stats.norm.ppf((1 + confidence) / 2) * np.sqrt((1 - low) / most))


def _found_reach(found: float, most: float, confidence: float) -> float:
    """Returns how far below a share that is found its lower bound lies; beyond 0 in the measure of its F1."""
    f1 = 2 * found / (1 + found)
    reach = _f1_reach(f1, 2 * most, confidence)
    beyond_0 = reach >= f1
    return reach * (1 + found) / 2 if beyond_0 else found - (f1 - reach) / (2 - f1 + reach)


def _f1_bounds(mean: float, most: float, confidence: float) -> tuple[float, float]:
    """Returns the ``p`` with ``|mean - p| = z sqrt((1 - p) / most)``, between 0 and 1."""
    own = stats.norm.ppf((1 + confidence) / 2) ** 2 / most
    center, reach = mean - own / 2, np.sqrt(own**2 / 4 + own * (1 - mean))
    return max(float(center - reach), 0.0), min(float(center + reach), 1.0)


def _found_bounds(found: float, most: float, confidence: float) -> tuple[float, float]:
    """Returns the shares of ``most`` rows that are found at the bounds of the F1 they have without false alarms."""
    low, high = _f1_bounds(2 * found / (1 + found), 2 * most, confidence)
    return low / (2 - low), high / (2 - high)


INTERVALS: Mapping[str, Callable[..., Interval]] = {
    "f1": corrected_f1_interval,
    "type_1_error": corrected_error_type_interval,
    "type_2_error": corrected_error_type_interval,
}
"""Metrics whose mean over folds is worth the fewer rows the fewer are found -> its interval."""
DIFFERENCES: Mapping[str, Callable[..., Difference]] = {
    "f1": corrected_f1_difference,
    "type_1_error": corrected_error_type_difference,
    "type_2_error": corrected_error_type_difference,
}
"""The same -> what paired ones tell."""
