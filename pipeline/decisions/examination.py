"""What one candidate's probabilities lead to on one fold: chosen and fitted on inner rows, counted on test rows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.language import Decision
from pipeline.decisions import costs
from pipeline.decisions.calibration import isotonic, platt
from pipeline.decisions.gains import cumulative_gains, lift
from pipeline.scoring.metrics import score

COST_RATIOS = np.geomspace(1, 1000, 61)
GAIN_SHARES = np.linspace(0, 1, 101)
DECILES = np.arange(1, 11) / 10
GAINS = {f"{share:.0%}": float(share) for share in DECILES}  # case -> share of the rows that is looked at
THRESHOLDS = 1 / (1 + COST_RATIOS)  # at which a miss is worth so many false alarms
TOLD_THRESHOLDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)  # beside that of the declared ratio

Quantities = Mapping[str, Mapping[str, float]]
"""Case -> quantity -> value."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Rows that a candidate has not learned from.

    Attributes:
        positive: ``(n,)``.
        probability: ``(n,)`` of being positive, according to the candidate.
    """

    positive: NDArray[np.bool_]
    probability: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Examined:
    """One candidate on one fold.

    Attributes:
        outcomes: By rule: what it costs and which errors it makes.
        calibration: By map: Brier score and log loss.
        gains: By share of the rows.
        costs: ``(n_ratios,)`` by the threshold chosen for each of ``COST_RATIOS``.
        costs_of_half: The same by the threshold 0.5.
        gain_curve: ``(n_shares,)`` at ``GAIN_SHARES``.
        benefits: By threshold: what raising above it is worth, and raising everybody, and which errors it makes.
        benefit_curve: ``(n_ratios,)``: the former at ``THRESHOLDS``.
        benefit_of_everybody: ``(n_ratios,)``: the latter.
        test: By map: the test rows.
    """

    outcomes: Quantities
    calibration: Quantities
    gains: Quantities
    costs: NDArray[np.float64]
    costs_of_half: NDArray[np.float64]
    gain_curve: NDArray[np.float64]
    benefits: Quantities
    benefit_curve: NDArray[np.float64]
    benefit_of_everybody: NDArray[np.float64]
    test: Mapping[str, Rows]


def examine(decision: Decision, test: Rows, inner: Rows) -> Examined:
    """Applies every rule and map to the test rows; all that is chosen or fitted comes from the inner rows.

    Args:
        decision: Costs and wanted recall.
        test: Of one fold, by the candidate trained on its training rows.
        inner: These training rows, each by a candidate trained without it.
    """
    fitted = {"platt": platt, "isotonic": isotonic}
    maps = {name: fit(inner.positive, inner.probability) for name, fit in fitted.items()}
    calibrated = {name: Rows(positive=test.positive, probability=each(test.probability)) for name, each in maps.items()}
    by_map = {"as_trained": test, **calibrated}
    chosen = costs.cheapest_thresholds(inner.positive, inner.probability, COST_RATIOS)
    pairs = list(zip(COST_RATIOS, chosen, strict=True))
    return Examined(
        outcomes=_outcomes(decision, by_map, inner),
        calibration={name: _calibration(rows) for name, rows in by_map.items()},
        gains=_gains(test),
        costs=np.array([_cost(test, threshold, ratio) for ratio, threshold in pairs]),
        costs_of_half=np.array([_cost(test, 0.5, ratio) for ratio in COST_RATIOS]),
        gain_curve=cumulative_gains(test.positive, test.probability, GAIN_SHARES),
        benefits=_benefits(test, decision),
        benefit_curve=costs.net_benefit(test.positive, test.probability, THRESHOLDS),
        benefit_of_everybody=costs.net_benefit(test.positive, np.ones(len(test.positive)), THRESHOLDS),
        test=by_map,
    )


def _outcomes(decision: Decision, by_map: Mapping[str, Rows], inner: Rows) -> Quantities:
    """Returns by rule what it leads to, with its threshold.

    The probability that a rule looks at is the candidate's own, but for the calibrated ones.
    """
    ratio = decision.cost_ratio
    theory = costs.theoretical_threshold(ratio)
    (cheapest,) = costs.cheapest_thresholds(inner.positive, inner.probability, np.array([ratio]))
    rules = {
        "nobody": ("as_trained", costs.NOBODY),
        "everybody": ("as_trained", costs.EVERYBODY),
        "half": ("as_trained", 0.5),
        "theory": ("as_trained", theory),
        "theory_platt": ("platt", theory),
        "theory_isotonic": ("isotonic", theory),
        "cheapest": ("as_trained", cheapest),
    }
    if decision.recall is not None:
        threshold = costs.recall_threshold(inner.positive, inner.probability, decision.recall)
        rules["recall"] = ("as_trained", threshold)
    found = {}
    for rule, (name, threshold) in rules.items():
        rows = by_map[name]
        result = costs.outcome(rows.positive, rows.probability > threshold, ratio)
        found[rule] = {"threshold": threshold, **asdict(result)}
    return found


def _calibration(rows: Rows) -> dict[str, float]:
    y_proba = np.stack([1 - rows.probability, rows.probability], axis=1)
    return {name: score(name, rows.positive.astype(np.int64), y_proba) for name in ("brier_score", "log_loss")}


def _gains(rows: Rows) -> Quantities:
    """Returns for each tenth of the rows, highest probability first, what it adds and what has been found by then."""
    found = cumulative_gains(rows.positive, rows.probability, DECILES)
    added, times = np.diff(found, prepend=0), lift(found, DECILES)
    return {
        case: {"added": float(more), "found": float(total), "lift": float(factor)}
        for case, more, total, factor in zip(GAINS, added, found, times, strict=True)
    }


def threshold_name(threshold: float) -> str:
    """Returns a threshold as tables call it."""
    return f"{threshold:.3g}"


def told_thresholds(cost_ratio: float) -> dict[str, float]:
    """Returns the thresholds at which net benefit is told by name, that of a cost ratio among them."""
    own = costs.theoretical_threshold(cost_ratio)
    told = {threshold_name(threshold): threshold for threshold in (*TOLD_THRESHOLDS, own)}  # of two alike the own one
    return dict(sorted(told.items(), key=lambda item: item[1]))


def _benefits(rows: Rows, decision: Decision) -> Quantities:
    """Returns at each threshold that is told the net benefit, that of raising everybody, and which errors are made."""
    told = told_thresholds(decision.cost_ratio)
    thresholds = np.array(list(told.values()))
    own = costs.net_benefit(rows.positive, rows.probability, thresholds)
    everybody = costs.net_benefit(rows.positive, np.ones(len(rows.positive)), thresholds)
    errors = (costs.outcome(rows.positive, rows.probability > each, decision.cost_ratio) for each in thresholds)
    return {
        name: {
            "net_benefit": float(one),
            "everybody": float(all_alike),
            "type_1_error": made.type_1_error,
            "type_2_error": made.type_2_error,
        }
        for name, one, all_alike, made in zip(told, own, everybody, errors, strict=True)
    }


def _cost(rows: Rows, threshold: float, ratio: float) -> float:
    return costs.outcome(rows.positive, rows.probability > threshold, ratio).cost
