"""Quantities of single folds, or of rows, become estimates."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.decisions.examination import Quantities
from pipeline.decisions.values import Estimate
from pipeline.scoring.significance import Interval, corrected_interval
from pipeline.scoring.tested import sizes_of

_SIGNED = frozenset({"net_benefit", "everybody"})  # all others are 0 or more
_SHARES = frozenset(
    {"threshold", "type_1_error", "type_2_error", "recall", "precision", "raised", "added", "found"}
)  # at most 1


def estimates(by_fold: Mapping[str, Sequence[Quantities]], folds: Sequence[Fold]) -> tuple[Estimate, ...]:
    """Returns the mean and interval across folds of every quantity of every case."""
    return tuple(
        estimate(name, case, quantity, np.array([one[case][quantity] for one in own]), folds)
        for name, own in by_fold.items()
        for case, quantities in own[0].items()
        for quantity in quantities
    )


def estimate(candidate: str, case: str, quantity: str, values: NDArray[np.float64], folds: Sequence[Fold]) -> Estimate:
    """Returns the mean and interval across folds of one quantity ``(n_folds,)``; without an interval of one fold.

    Nor of blocks forward in time, of which each learns from all before it: the corrected t does not hold there.
    """
    if len(values) > 1 and folds[0].stretches is None:
        interval = corrected_interval(values, **sizes_of(folds))
    else:
        interval = Interval(mean=float(values.mean()), low=float("nan"), high=float("nan"))
    return Estimate(
        candidate=candidate,
        case=case,
        quantity=quantity,
        mean=interval.mean,
        low=interval.low if quantity in _SIGNED else np.maximum(interval.low, 0.0),
        high=np.minimum(interval.high, 1.0) if quantity in _SHARES else interval.high,
        n=len(values),
    )


def over_rows(candidate: str, case: str, quantity: str, value: float | Interval, n_rows: int) -> Estimate:
    """Returns a quantity of rows, with its interval where it has one."""
    if not isinstance(value, Interval):
        value = Interval(mean=value, low=float("nan"), high=float("nan"))
    return Estimate(
        candidate=candidate,
        case=case,
        quantity=quantity,
        mean=value.mean,
        low=value.low,
        high=value.high,
        n=n_rows,
    )
