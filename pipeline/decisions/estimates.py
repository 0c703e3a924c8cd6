"""Quantities of single folds, or of rows, become estimates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.decisions.examination import Quantities
from pipeline.decisions.values import Estimate
from pipeline.scoring.few_found import corrected_error_type_interval
from pipeline.scoring.result import Result
from pipeline.scoring.significance import Interval, corrected_interval, corrected_share_interval
from pipeline.scoring.tested import sizes_of

_SIGNED = frozenset({"net_benefit", "everybody"})  # all others are 0 or more
_ALIKE = ("nobody", "everybody")


@dataclass(frozen=True, kw_only=True)
class RowsTested:
    """The rows that folds test, each once: so many a share over folds can be worth at the most.

    Attributes:
        folds: All of them.
        n_positive: Those of the class that is raised.
        n_negative: All others.
        dearest: What a row costs at the most, in false alarms.
    """

    folds: Sequence[Fold]
    n_positive: int
    n_negative: int
    dearest: float

    @property
    def have_chance(self) -> bool:
        """Whether folds tell of chance: not one alone, nor blocks in time, of which each learns from those before."""
        return len(self.folds) > 1 and self.folds[0].stretches is None


def tested(result: Result, positive_class: int, cost_ratio: float) -> RowsTested:
    """Returns the rows that a comparison tests, counted."""
    rows = np.unique(np.concatenate([fold.test_rows for fold in result.folds]))
    n_positive = int((result.dataset.y[rows] == positive_class).sum())
    dearest = max(cost_ratio, 1.0)
    return RowsTested(folds=result.folds, n_positive=n_positive, n_negative=len(rows) - n_positive, dearest=dearest)


def estimates(by_fold: Mapping[str, Sequence[Quantities]], rows: RowsTested) -> tuple[Estimate, ...]:
    """Returns the mean and interval across folds of every quantity of every case.

    Formula:
        Of shares of rows ``corrected_share_interval``, of what is missed of a class and what is found of it
        ``corrected_error_type_interval``: over few folds the spread near 0 and 1 is often none. Of costs the former, as
        a share of what the dearest row costs. Of all else ``corrected_interval``.

    Args:
        by_fold: Candidate -> of each fold its quantities by case.
        rows: What the folds test.
    """
    found = []
    for name, own in by_fold.items():
        for case, first in own[0].items():
            values = {quantity: np.array([one[case][quantity] for one in own]) for quantity in first}
            if "relative_cost" in values:
                alike = np.min([[one[rule]["cost"] for one in own] for rule in _ALIKE], axis=0)
                values["alike"] = alike
            found += [_estimate(name, case, quantity, values, rows) for quantity in first]
    return tuple(found)


def _estimate(
    name: str, case: str, quantity: str, values: Mapping[str, NDArray[np.float64]], rows: RowsTested
) -> Estimate:
    own = values[quantity]
    interval = Interval(mean=float(own.mean()), low=float("nan"), high=float("nan"))
    if rows.have_chance:
        interval = _INTERVALS.get(quantity, _spread)(quantity, values, rows)
    return Estimate(
        candidate=name,
        case=case,
        quantity=quantity,
        mean=interval.mean,
        low=interval.low,
        high=interval.high,
        n=len(own),
    )


_Values = Mapping[str, NDArray[np.float64]]


def _spread(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    found = corrected_interval(values[quantity], **sizes_of(rows.folds))
    low = found.low if quantity in _SIGNED else float(np.maximum(found.low, 0.0))
    high = float(np.minimum(found.high, 1.0)) if quantity == "threshold" else found.high
    return Interval(mean=found.mean, low=low, high=high)


def _share(most: Callable[[_Values, RowsTested], float]) -> "_Made":
    def made(quantity: str, values: _Values, rows: RowsTested) -> Interval:
        n = max(most(values, rows), 1.0)
        return corrected_share_interval(values[quantity], **sizes_of(rows.folds), most=n)

    return made


def _missed(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    return corrected_error_type_interval(values[quantity], **sizes_of(rows.folds), most=max(rows.n_positive, 1))


def _found(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    missed = _missed("missed", {"missed": 1 - values[quantity]}, rows)
    return Interval(mean=1 - missed.mean, low=1 - missed.high, high=1 - missed.low)


def _cost(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    share = values["cost"] / rows.dearest
    n_rows = rows.n_positive + rows.n_negative
    return _times(corrected_share_interval(share, **sizes_of(rows.folds), most=n_rows), rows.dearest)


def _relative(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    """Returns that of the cost, as a share of the mean cost of treating all rows alike."""
    alike, mean = float(values["alike"].mean()), float(values[quantity].mean())
    found = _times(_cost("cost", values, rows), 1 / alike if alike else float("nan"))
    return Interval(mean=mean, low=found.low, high=found.high)


def _lift(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    """Returns that of the share that is found, which it is a multiple of."""
    found = float(values["found"].mean())
    if not found > 0:
        return _spread(quantity, values, rows)
    return _times(_found("found", values, rows), float(values[quantity].mean()) / found)


def _times(found: Interval, factor: float) -> Interval:
    return Interval(mean=found.mean * factor, low=found.low * factor, high=found.high * factor)


_Made = Callable[[str, _Values, RowsTested], Interval]
_INTERVALS: Mapping[str, _Made] = {
    "type_1_error": _missed,
    "recall": _found,
    "found": _found,
    "lift": _lift,
    "added": _share(lambda values, rows: rows.n_positive),
    "type_2_error": _share(lambda values, rows: rows.n_negative),
    "raised": _share(lambda values, rows: rows.n_positive + rows.n_negative),
    "precision": _share(lambda values, rows: float(values["raised"].mean()) * (rows.n_positive + rows.n_negative)),
    "cost": _cost,
    "relative_cost": _relative,
}


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
