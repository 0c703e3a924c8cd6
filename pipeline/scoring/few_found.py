"""What folds tell of a class that is hardly found: its F1, and the share of it that is missed."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.scoring.significance import (
    Difference,
    Interval,
    corrected_difference,
    corrected_error,
    corrected_share_interval,
    least_error,
    student_difference,
)

_DIGITS = 12  # to which widths are alike: 1 - (1 - x) is not x to the last one


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

    As of ``corrected_f1_interval``, how many are found hangs on the trainings as much as on the rows. Where a fourth of
    15 rows is found on average, many tables have none found, and theirs, the interval of a share, held the truth in 91
    of 100 runs.

    Formula:
        The farther bounds of two: of ``corrected_share_interval``, and of those of an F1 of the share that is found,
        which of ``most`` rows of the class would be worth ``2 most`` of them, were all found.

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
        (0.701, 1.0)
    """
    found = corrected_share_interval(values, n_train=n_train, n_test=n_test, most=most, confidence=confidence)
    low, high = _f1_bounds(1 - found.mean, 2 * most, confidence)
    return Interval(mean=found.mean, low=min(found.low, 1 - high), high=max(found.high, 1 - low))


def _f1_bounds(mean: float, most: float, confidence: float) -> tuple[float, float]:
    """Returns the ``p`` with ``|mean - p| = z sqrt((1 - p) / most)``, between 0 and 1."""
    own = stats.norm.ppf((1 + confidence) / 2) ** 2 / most
    center, reach = mean - own / 2, np.sqrt(own * (1 - mean) + own**2 / 4)
    return max(float(center - reach), 0.0), min(float(center + reach), 1.0)


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
    differences, n = one - other, len(one)
    mean, error = float(differences.mean()), corrected_error("corrected_f1_difference", differences, n_train, n_test)
    least = _least_f1_error(mean, float(max(one.mean(), other.mean())), most, n - 1, confidence)
    error = max(error, least_error(mean, most), least)
    return student_difference(mean, error, n - 1, equivalence=equivalence, confidence=confidence)


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
        The less sure of ``corrected_difference`` of two shares of ``most`` rows, and of ``corrected_f1_difference`` of
        what is found, of which ``most`` rows of the class would be worth ``2 most``, were all found.

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
        (0.108, 0.12)
    """

    def told(by: Callable[..., Difference], *values: NDArray[np.float64], **worth: float) -> Difference:
        return by(*values, n_train=n_train, n_test=n_test, equivalence=equivalence, confidence=confidence, **worth)

    shares = told(corrected_difference, one - other, n_rows=most)
    found = told(corrected_f1_difference, 1 - other, 1 - one, most=2 * most)
    return max(shares, found, key=lambda each: round(each.high - each.low, _DIGITS))


def _least_f1_error(mean: float, better: float, most: float, degrees: int, confidence: float) -> float:
    """Returns the smallest standard error that a difference of two F1 can have, the better of which is ``better``."""
    if mean == 0 < better:
        return 0.0
    worth = most * better / abs(mean) if better > 0 else most  # where neither finds any, that of an F1 of 0
    low, _ = _f1_bounds(abs(mean), worth, confidence)
    z, t = stats.norm.ppf((1 + confidence) / 2), stats.t.ppf((1 + confidence) / 2, degrees)
    return float(z / t * np.sqrt((1 - low) / worth))


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
