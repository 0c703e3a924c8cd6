"""Quantities of single folds, or of rows, become estimates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.data.values import Fold
from pipeline.decisions.examination import Quantities
from pipeline.decisions.values import Estimate
from pipeline.scoring.few_found import corrected_error_type_interval
from pipeline.scoring.result import Result
from pipeline.scoring.rows import rows_of
from pipeline.scoring.significance import Interval, corrected_interval, corrected_share_interval, share_interval
from pipeline.scoring.tested import sizes_of
from pipeline.scoring.units import units_of

NOBODY, EVERYBODY = "nobody", "everybody"
_SIGNED = frozenset({"net_benefit", "everybody"})  # all others are 0 or more
_NAN = float("nan")
_Z = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, kw_only=True)
class RowsTested:
    """The rows of a candidate that folds test, each once, as so many single ones as they are worth.

    Attributes:
        folds: All of them.
        n_positive: Those of the class that is raised.
        n_negative: All others.
        cost_ratio: What a missed row costs, in false alarms.
        few_positive: Whether those of the class lie in too few groups to tell anything of chance.
        few_negative: Whether the others do.
    """

    folds: Sequence[Fold]
    n_positive: float
    n_negative: float
    cost_ratio: float
    few_positive: bool = False
    few_negative: bool = False

    @property
    def n(self) -> float:
        """All of them."""
        return self.n_positive + self.n_negative

    @property
    def have_chance(self) -> bool:
        """Whether folds tell of chance: not one alone, nor blocks in time, of which each learns from those before."""
        return len(self.folds) > 1 and self.folds[0].stretches is None


def tested(result: Result, candidate: str, positive_class: int, cost_ratio: float) -> RowsTested:
    """Returns the rows that a comparison tests, counted."""
    rows = np.unique(np.concatenate([fold.test_rows for fold in result.folds]))
    own = [one for one in result.scores if one.candidate == candidate]
    worth = min(rows_of(own, result.folds).worth / len(rows), 1.0) if own[0].clusterings else 1.0
    is_positive = result.dataset.y[rows] == positive_class
    few = [bool(units_of(of, own, positive_class).too_few) for of in ("type_1_error", "type_2_error")]
    return RowsTested(
        folds=result.folds,
        n_positive=max(worth * int(is_positive.sum()), 1.0),
        n_negative=max(worth * int((~is_positive).sum()), 1.0),
        cost_ratio=cost_ratio,
        few_positive=few[0],
        few_negative=few[1],
    )


def estimates(by_fold: Mapping[str, Sequence[Quantities]], rows: Mapping[str, RowsTested]) -> tuple[Estimate, ...]:
    """Returns the mean and interval across folds of every quantity of every case.

    Formula:
        Of shares of rows ``corrected_share_interval``, of what is missed of a class and what is found of it
        ``corrected_error_type_interval``: over few folds the spread near 0 and 1 is often none. A cost is no surer than
        its rows: its squared error is at least ``(r^2 m (1 - m) + f (1 - f)) / n`` of ``n`` rows, ``m`` the share of
        those that are missed, at ``r`` each, and ``f`` of false alarms, half a row added to each; then Wilson's
        interval as of a share of what a missed row costs, for as many rows as that is worth. Of all else
        ``corrected_interval``. What a rule decides by definition has none.

    Args:
        by_fold: Candidate -> of each fold its quantities by case.
        rows: Candidate -> what the folds test.
    """
    found = []
    for name, own in by_fold.items():
        for case, first in own[0].items():
            values = {quantity: np.array([one[case][quantity] for one in own]) for quantity in first}
            if "relative_cost" in values:
                values["nobody"] = np.array([one[NOBODY]["cost"] for one in own])
            if "lift" in values:
                values["looked_at"] = np.full(len(own), float(case.rstrip("%")) / 100)
            for quantity in first:
                interval = _interval(case, quantity, values, rows[name])
                found.append(
                    Estimate(
                        candidate=name,
                        case=case,
                        quantity=quantity,
                        mean=interval.mean,
                        low=interval.low,
                        high=interval.high,
                        n=len(own),
                    )
                )
    return tuple(found)


_Values = Mapping[str, NDArray[np.float64]]
_Made = Callable[[str, _Values, RowsTested], Interval]


def _interval(case: str, quantity: str, values: _Values, rows: RowsTested) -> Interval:
    mean = float(values[quantity].mean())
    unknown = Interval(mean=mean, low=_NAN, high=_NAN)
    few = (rows.few_positive and quantity in _OF_POSITIVE) or (rows.few_negative and quantity in _OF_NEGATIVE)
    if not rows.have_chance or few or not np.isfinite(mean):
        return unknown
    if case in (NOBODY, EVERYBODY):
        made = _ALIKE.get(quantity)
        return unknown if made is None else made(case, values, rows)
    return _INTERVALS.get(quantity, _spread)(quantity, values, rows)


def _spread(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    found = corrected_interval(values[quantity], **sizes_of(rows.folds))
    low = found.low if quantity in _SIGNED else float(np.maximum(found.low, 0.0))
    high = float(np.minimum(found.high, 1.0)) if quantity == "threshold" else found.high
    return Interval(mean=found.mean, low=low, high=high)


def _share(most: Callable[[_Values, RowsTested], float]) -> _Made:
    def made(quantity: str, values: _Values, rows: RowsTested) -> Interval:
        return _of_share(values[quantity], most(values, rows), rows)

    return made


def _of_share(share: NDArray[np.float64], most: float, rows: RowsTested) -> Interval:
    return corrected_share_interval(share, **sizes_of(rows.folds), most=max(most, 1.0))


def _missed(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    return corrected_error_type_interval(values[quantity], **sizes_of(rows.folds), most=rows.n_positive)


def _recall(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    missed = _missed("missed", {"missed": 1 - values[quantity]}, rows)
    return Interval(mean=1 - missed.mean, low=1 - missed.high, high=1 - missed.low)


def _found(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    """Returns that of the share that is found among so many that are looked at: no more than a perfect order finds."""
    most = min(1.0, float(values["looked_at"][0]) * rows.n / rows.n_positive)
    found = _recall(quantity, values, rows)
    if values["looked_at"][0] >= 1:
        return Interval(mean=found.mean, low=found.mean, high=found.mean)
    return Interval(mean=found.mean, low=found.low, high=min(found.high, max(most, found.mean)))


def _lift(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    """Returns that of the share that is found, of which it is so many times."""
    return _times(_found("found", values, rows), 1 / float(values["looked_at"][0]))


def _cost(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    r, n, mean = rows.cost_ratio, rows.n, float(values["cost"].mean())
    missed = float(np.nan_to_num(values["type_1_error"] * values["nobody"] / r).mean())
    shares = np.array([missed, mean - r * missed])
    shares = (np.clip(shares, 0.0, 1.0) * n + 0.5) / (n + 1)
    least = float(np.sqrt((np.array([r, 1.0]) ** 2 * shares * (1 - shares)).sum() / n))
    spread = corrected_interval(values["cost"], **sizes_of(rows.folds))
    dearest = max(r, 1.0)
    error = max((spread.high - spread.mean) / _Z, least) / dearest
    inside = (mean / dearest * n + 0.5) / (n + 1)
    return _times(share_interval(mean / dearest, 0.0, n_rows=inside * (1 - inside) / error**2), dearest)


def _relative(quantity: str, values: _Values, rows: RowsTested) -> Interval:
    """Returns that of the cost, as many times as their means differ."""
    found, mean = _cost("cost", values, rows), float(values[quantity].mean())
    if found.mean > 0:
        return _times(found, mean / found.mean)
    alike = np.minimum(values["nobody"], 1 - values["nobody"] / rows.cost_ratio).mean()
    return _times(found, 1 / float(alike))


def _cost_of_all_alike(case: str, values: _Values, rows: RowsTested) -> Interval:
    """Returns that of the share of rows that are all missed, or all raised for nothing."""
    each = rows.cost_ratio if case == NOBODY else 1.0
    return _times(_of_share(values["cost"] / each, rows.n, rows), each)


def _times(found: Interval, factor: float) -> Interval:
    return Interval(mean=found.mean * factor, low=found.low * factor, high=found.high * factor)


_OF_POSITIVE = frozenset(
    {"type_1_error", "recall", "found", "added", "lift", "precision", "cost", "relative_cost", "net_benefit"}
)
_OF_NEGATIVE = frozenset({"type_2_error", "precision", "cost", "relative_cost", "net_benefit"})
_ALIKE: Mapping[str, _Made] = {
    "cost": _cost_of_all_alike,
    "precision": lambda case, values, rows: _of_share(values["precision"], rows.n, rows),
}
_INTERVALS: Mapping[str, _Made] = {
    "type_1_error": _missed,
    "recall": _recall,
    "found": _found,
    "lift": _lift,
    "added": _share(lambda values, rows: rows.n_positive),
    "type_2_error": _share(lambda values, rows: rows.n_negative),
    "raised": _share(lambda values, rows: rows.n),
    "precision": _share(lambda values, rows: float(values["raised"].mean()) * rows.n),
    "cost": _cost,
    "relative_cost": _relative,
}


def over_rows(candidate: str, case: str, quantity: str, value: float | Interval, n_rows: int) -> Estimate:
    """Returns a quantity of rows, with its interval where it has one."""
    if not isinstance(value, Interval):
        value = Interval(mean=value, low=_NAN, high=_NAN)
    return Estimate(
        candidate=candidate,
        case=case,
        quantity=quantity,
        mean=value.mean,
        low=value.low,
        high=value.high,
        n=n_rows,
    )
