"""Decisions on the probability of the positive class: thresholds, calibration, gains.

Thresholds are chosen and calibration is fitted on a fold's training rows, each predicted by a candidate that was
trained without it. They are then applied once, to the test rows and the candidate trained on all training rows. That
the two candidates differ a little is scikit-learn's practice too (``CalibratedClassifierCV(ensemble=False)``,
``TunedThresholdClassifierCV``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.language import Decision
from pipeline.decisions.by_level import by_level
from pipeline.decisions.contrasts import benefit_differences, cost_differences
from pipeline.decisions.estimates import estimates, relative_costs
from pipeline.decisions.examination import COST_RATIOS, GAIN_SHARES, Examined, Rows, examine
from pipeline.decisions.once import at_their_word, each_row_once
from pipeline.decisions.reliability import reliability
from pipeline.decisions.rows_tested import rows_tested
from pipeline.decisions.subgroups import levels
from pipeline.decisions.values import Decided, Estimate, declared
from pipeline.scoring.result import Result
from pipeline.scoring.rows import too_few_clusters
from pipeline.scoring.values import Scores

_OVER_FOLDS = ("outcomes", "calibration", "gains", "benefits")
_FEW = 0.1  # of the rows, that repeat others: so few change nothing
_NAN = float("nan")
_OF_CHANCE = frozenset({"by_chance", "p_miscalibration", "p_recalibration", "p_recall", "p_in_the_large"})


def decide(result: Result, held_out: Sequence[Scores]) -> Decided:
    """Returns what decisions on the declared candidates' probabilities lead to.

    Args:
        result: Of a comparison with a decision: on its test rows results are counted.
        held_out: Of the declared candidates on ``inner_folds``: on these thresholds are chosen and maps are fitted.
    """
    decision, positive_class = declared(result.comparison)
    dataset, folds, scores = result.dataset, result.folds, result.scores
    examined = {
        name: [
            examine(decision, _rows([own], positive_class), _rows(inner, positive_class))
            for own, inner in _matched(name, scores, held_out, decision)
        ]
        for name in decision.candidates
    }
    once = {name: each_row_once(own, folds) for name, own in examined.items()}
    curves = {
        name: {case: reliability(rows.positive, rows.probability, seed=folds[0].seed) for case, rows in maps.items()}
        for name, maps in once.items()
    }
    together = which_hang_together(result)
    rows = {name: rows_tested(result, name, positive_class, decision.cost_ratio) for name in decision.candidates}
    outcomes = estimates({name: [one.outcomes for one in own] for name, own in examined.items()}, rows)
    shares = rows[decision.candidates[0]].positive_shares
    found = Decided(
        outcomes=(*outcomes, *relative_costs(outcomes)),
        differences=cost_differences(result, decision, examined, rows),
        calibration=_as_in_the_table(
            estimates({name: [one.calibration for one in own] for name, own in examined.items()}, rows), result
        ),
        recalibration=_known(at_their_word(once, curves), together),
        gains=estimates({name: [one.gains for one in own] for name, own in examined.items()}, rows),
        cost_ratios=COST_RATIOS,
        cost_curves={name: _relative([one.costs for one in own], shares) for name, own in examined.items()},
        half_cost_curves={
            name: _relative([one.costs_of_half for one in own], shares) for name, own in examined.items()
        },
        benefits=estimates({name: [one.benefits for one in own] for name, own in examined.items()}, rows),
        benefit_differences=benefit_differences(result, decision, examined, rows),
        benefit_curves=_benefit_curves(examined),
        gain_shares=GAIN_SHARES,
        gain_curves={name: _known_mean([one.gain_curve for one in own]) for name, own in examined.items()},
        reliability=curves,
        subgroups=()
        if decision.by is None
        else _known(by_level(result, examined, levels(dataset, decision.by)), together),
        hang_together=together,
    )
    own = [one for one in scores if one.candidate == decision.candidates[0]]
    return _without_chance(found) if too_few_clusters(own, folds) else found


def _without_chance(found: Decided) -> Decided:
    """Returns the same without what is told of chance: the rows hang together in too few groups."""
    over_folds: dict[str, Any] = {name: _known(getattr(found, name), "groups") for name in _OVER_FOLDS}
    unknown: dict[str, Any] = dict.fromkeys(("low", "high", "p_value", "p_corrected", "better", "equal", "worse"), _NAN)
    return replace(
        replace(found, **over_folds),
        differences=tuple(replace(one, **unknown, judgment="cannot_say") for one in found.differences),
        benefit_differences=tuple(replace(one, **unknown, judgment="cannot_say") for one in found.benefit_differences),
    )


def which_hang_together(result: Result) -> str:
    """Says which test rows hang together, so that they are less evidence than as many single ones; nothing of none."""
    if not result.scores[0].clusterings:
        return ""
    splitting, groups = result.comparison.splitting, result.dataset.groups
    told = [f"of one {splitting.group!r}"] if splitting.group is not None else []
    told += [f"of like {splitting.time!r}"] if splitting.time is not None else []
    if told:
        return f"rows {' and '.join(told)} hang together"
    n_repeats = 0 if groups is None else len(groups) - len(np.unique(groups))
    return "many rows repeat each other" if n_repeats > _FEW * result.dataset.n_samples else ""


def _known(found: Sequence[Estimate], together: str) -> tuple[Estimate, ...]:
    """Returns estimates over single rows, of rows that hang together without the bounds and tests of independent ones.

    Args:
        found: Over rows.
        together: Which hang together; empty where none do.
    """
    if not together:
        return tuple(found)
    tests = [replace(one, mean=_NAN) if one.quantity in _OF_CHANCE else one for one in found]
    return tuple(replace(one, low=_NAN, high=_NAN) for one in tests)


def _matched(
    name: str, scores: Sequence[Scores], held_out: Sequence[Scores], decision: Decision
) -> Iterator[tuple[Scores, list[Scores]]]:
    """Yields the scores of a candidate on each fold, with those on its inner folds."""
    for own in scores:
        if own.candidate == name:
            first = own.fold_index * decision.n_inner
            within = range(first, first + decision.n_inner)
            yield own, [one for one in held_out if one.candidate == name and one.fold_index in within]


def _rows(scores: Sequence[Scores], positive_class: int) -> Rows:
    return Rows(
        positive=np.concatenate([one.y_true == positive_class for one in scores]),
        probability=np.concatenate([one.y_proba[:, positive_class] for one in scores]),
    )


def _as_in_the_table(calibration: Sequence[Estimate], result: Result) -> tuple[Estimate, ...]:
    """Returns estimates, of which those that the table of all candidates has, too, have its interval."""
    summaries = {(one.candidate, one.metric): one for one in result.summaries}
    found = []
    for one in calibration:
        known = summaries.get((one.candidate, one.quantity)) if one.case == "as_trained" else None
        found.append(one if known is None else replace(one, low=known.low, high=known.high))
    return tuple(found)


def _benefit_curves(examined: Mapping[str, Sequence[Examined]]) -> dict[str, NDArray[np.float64]]:
    """Returns the mean net benefit over folds, of each candidate and of raising everybody."""
    curves = {name: np.mean([one.benefit_curve for one in own], axis=0) for name, own in examined.items()}
    first = next(iter(examined.values()))
    return {**curves, "everybody": np.mean([one.benefit_of_everybody for one in first], axis=0)}


def _known_mean(curves: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Returns the mean over those folds that have a curve: one without positive rows has none."""
    known = [curve for curve in curves if np.isfinite(curve).all()]
    return np.asarray(np.mean(known or curves, axis=0))


def _relative(costs: Sequence[NDArray[np.float64]], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the mean cost at each ratio as a share of the mean cost of treating all rows alike."""
    return np.mean(costs, axis=0) / np.minimum(COST_RATIOS * shares.mean(), 1 - shares.mean())
