"""Quantities of single folds, or of rows, become estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from pipeline.decisions.examination import Quantities
from pipeline.decisions.intervals import EVERYBODY, NOBODY, Case, interval_of
from pipeline.decisions.rows_tested import RowsTested
from pipeline.decisions.values import Estimate
from pipeline.scoring.significance import Interval

_NAN = float("nan")


def estimates(by_fold: Mapping[str, Sequence[Quantities]], rows: Mapping[str, RowsTested]) -> tuple[Estimate, ...]:
    """Returns the mean and interval across folds of every quantity of every case.

    Args:
        by_fold: Candidate -> of each fold its quantities by case.
        rows: Candidate -> what the folds test.
    """
    found = []
    for name, own in by_fold.items():
        for of, first in own[0].items():
            values = {quantity: np.array([one[of][quantity] for one in own]) for quantity in first}
            case = Case(name=of, values=values, rows=rows[name])
            for quantity in first:
                n = int(np.isfinite(values[quantity]).sum())
                found.append(_estimate(name, of, quantity, interval_of(quantity, case), n))
    return tuple(found)


def relative_costs(outcomes: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """Returns each cost as a share of what treating all rows alike costs: raising nobody or everybody, the cheaper.

    Intervals are those of the cost, for what treating all alike costs is known better (``docs/decisions.md``). Treating
    all alike has none: one of the two is 1 by definition, the other rises where that falls.

    Args:
        outcomes: By rule of decision, of each candidate.
    """
    costs = [one for one in outcomes if one.quantity == "cost"]
    cheaper = {
        one.candidate: min((of for of in costs if _treats_alike(of, one.candidate)), key=lambda of: of.mean)
        for one in costs
    }
    found = []
    for one in costs:
        alike = cheaper[one.candidate]
        factor = 1 / alike.mean if alike.mean else _NAN  # what costs nothing has no shares
        has_interval = one.case not in (NOBODY, EVERYBODY)
        low, high = (one.low * factor, one.high * factor) if has_interval else (_NAN, _NAN)
        n = one.n if alike.mean else 0
        found.append(replace(one, quantity="relative_cost", mean=one.mean * factor, low=low, high=high, n=n))
    return tuple(found)


def _treats_alike(cost: Estimate, candidate: str) -> bool:
    return cost.candidate == candidate and cost.case in (NOBODY, EVERYBODY)


def over_rows(candidate: str, case: str, quantity: str, value: float | Interval, n_rows: int) -> Estimate:
    """Returns a quantity of rows, with its interval where it has one."""
    if not isinstance(value, Interval):
        value = Interval(mean=value, low=_NAN, high=_NAN)
    return _estimate(candidate, case, quantity, value, n_rows)


def _estimate(candidate: str, case: str, quantity: str, value: Interval, n: int) -> Estimate:
    return Estimate(
        candidate=candidate, case=case, quantity=quantity, mean=value.mean, low=value.low, high=value.high, n=n
    )
