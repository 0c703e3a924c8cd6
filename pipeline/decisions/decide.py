"""Decisions on the probability of the positive class: thresholds, calibration, gains, and what matters.

Thresholds are chosen and calibration is fitted on a fold's training rows, each predicted by a candidate that was
trained without it. They are then applied once, to the test rows and the candidate trained on all training rows. That
the two candidates differ a little is scikit-learn's practice too (``CalibratedClassifierCV(ensemble=False)``,
``TunedThresholdClassifierCV``).
"""

from collections.abc import Iterator, Mapping, Sequence

import joblib
import numpy as np
from numpy.typing import NDArray

from experiments.language import Decision
from pipeline.data.values import Fold
from pipeline.decisions.calibration import Bins, equal_count_bins
from pipeline.decisions.examination import COST_RATIOS, GAIN_SHARES, Examined, Quantities, Rows, examine
from pipeline.decisions.importance import importances, n_close_pairs
from pipeline.decisions.values import Decided, Estimate, declared
from pipeline.scoring.result import Result
from pipeline.scoring.significance import Difference, Interval, corrected_difference, corrected_interval, holm, judge
from pipeline.scoring.values import Contrast, Scores

CLOSE = 0.9  # rank correlation of columns that are nearly copies
RELIABILITY_BINS = 20  # the test rows of all folds together are enough for so many
MOST_SHUFFLED_FOLDS = 10  # each takes seconds

_SIGNED = frozenset({"residual", "in_the_large", "importance"})  # all others are 0 or more
_SHARES = frozenset(
    {"threshold", "type_1_error", "type_2_error", "recall", "precision", "raised", "added", "found"}
)  # at most 1
_METHOD = "corrected resampled t-test of the differences by fold (Nadeau & Bengio 2003)"


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
    return Decided(
        outcomes=_estimates({name: [one.outcomes for one in own] for name, own in examined.items()}, folds),
        differences=_differences(result, decision, examined),
        calibration=_estimates({name: [one.calibration for one in own] for name, own in examined.items()}, folds),
        gains=_estimates({name: [one.gains for one in own] for name, own in examined.items()}, folds),
        importances=_importances(result),
        cost_ratios=COST_RATIOS,
        cost_curves={name: _relative([one.costs for one in own], own) for name, own in examined.items()},
        half_cost_curves={name: _relative([one.costs_of_half for one in own], own) for name, own in examined.items()},
        gain_shares=GAIN_SHARES,
        gain_curves={name: np.mean([one.gain_curve for one in own], axis=0) for name, own in examined.items()},
        reliability={name: _reliability(own) for name, own in examined.items()},
        n_close_pairs=None if dataset.is_image else n_close_pairs(dataset.X, CLOSE),
    )


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


def _estimates(by_fold: Mapping[str, Sequence[Quantities]], folds: Sequence[Fold]) -> tuple[Estimate, ...]:
    """Returns the mean and interval across folds of every quantity of every case."""
    return tuple(
        _estimate(name, case, quantity, np.array([one[case][quantity] for one in own]), folds)
        for name, own in by_fold.items()
        for case, quantities in own[0].items()
        for quantity in quantities
    )


def _estimate(candidate: str, case: str, quantity: str, values: NDArray[np.float64], folds: Sequence[Fold]) -> Estimate:
    if len(values) > 1:
        interval = corrected_interval(values, **_sizes(folds))
    else:
        interval = Interval(mean=float(values[0]), low=float("nan"), high=float("nan"))
    return Estimate(
        candidate=candidate,
        case=case,
        quantity=quantity,
        mean=interval.mean,
        low=interval.low if quantity in _SIGNED else np.maximum(interval.low, 0.0),
        high=np.minimum(interval.high, 1.0) if quantity in _SHARES else interval.high,
        n=len(values),
    )


def _sizes(folds: Sequence[Fold]) -> dict[str, int]:
    return {"n_train": len(folds[0].train_rows), "n_test": len(folds[0].test_rows)}


def _differences(
    result: Result, decision: Decision, examined: Mapping[str, Sequence[Examined]]
) -> tuple[Contrast, ...]:
    """Returns the paired differences in cost by the cheapest threshold, of each net to each baseline."""
    costs = {name: np.array([one.outcomes["cheapest"]["cost"] for one in own]) for name, own in examined.items()}
    nets = {net.name for net in result.comparison.nets}
    pairs = [(one, other) for one in costs if one in nets for other in costs if other not in nets]
    found = [_difference(costs[one] - costs[other], decision, result.folds) for one, other in pairs]
    corrected = holm(np.array([difference.p_value for difference in found]))
    return tuple(
        Contrast(
            candidate=one,
            family="net",
            reference=other,
            metric="cost",
            difference=difference.mean,
            low=difference.low,
            high=difference.high,
            p_value=difference.p_value,
            p_holm=float(p_holm),
            better=difference.below,
            equal=difference.within,
            worse=difference.above,
            judgment=judge(difference.below, difference.within, difference.above),
            n=len(costs[one]),
            method=_METHOD,
        )
        for (one, other), difference, p_holm in zip(pairs, found, corrected, strict=True)
    )


def _difference(values: NDArray[np.float64], decision: Decision, folds: Sequence[Fold]) -> Difference:
    if len(values) == 1:
        return Difference(mean=float(values[0]))
    return corrected_difference(values, equivalence=decision.practical_equivalence, **_sizes(folds))


def _relative(costs: Sequence[NDArray[np.float64]], own: Sequence[Examined]) -> NDArray[np.float64]:
    """Returns the mean cost at each ratio as a share of the mean cost of treating all rows alike."""
    return np.mean(costs, axis=0) / np.mean([one.costs_of_all_alike for one in own], axis=0)


def _reliability(own: Sequence[Examined]) -> dict[str, Bins]:
    """Groups the test rows of all folds together, by map."""

    def pooled(name: str) -> Bins:
        rows = [one.test[name] for one in own]
        positive = np.concatenate([each.positive for each in rows])
        return equal_count_bins(positive, np.concatenate([each.probability for each in rows]), RELIABILITY_BINS)

    return {name: pooled(name) for name in own[0].test}


def _importances(result: Result) -> tuple[Estimate, ...]:
    """Shuffles columns of test rows for the best net and the best baseline among the declared; not of images."""
    dataset, comparison = result.dataset, result.comparison
    if dataset.is_image:
        return ()
    shuffled = result.folds[:MOST_SHUFFLED_FOLDS]
    jobs = [
        (name, run, fold)
        for name in _best_of_each_family(result)
        for run, fold in zip(result.of(name).trained, shuffled, strict=False)
    ]
    # Threads: models need not be copied, and both libraries compute outside Python's lock.
    found = joblib.Parallel(n_jobs=-1, prefer="threads")(
        joblib.delayed(importances)(
            run.model,
            dataset.X[fold.test_rows],
            dataset.y[fold.test_rows],
            comparison.primary_metric,
            comparison.positive_class,
            seed=fold.seed,
            n_shuffles=1,
        )
        for _, run, fold in jobs
    )
    by_candidate: dict[str, list[NDArray[np.float64]]] = {}
    for (name, _, _), values in zip(jobs, found, strict=True):
        by_candidate.setdefault(name, []).append(values)
    return tuple(
        _estimate(name, column, "importance", values, result.folds)
        for name, own in by_candidate.items()
        for column, values in zip(dataset.feature_names, np.transpose(own), strict=True)
    )


def _best_of_each_family(result: Result) -> list[str]:
    """Returns the net and the baseline of the best mean in the primary metric, among the declared."""
    decision, _ = declared(result.comparison)
    sign = -1 if result.primary.lower_is_better else 1
    means = {
        name: sign * float(np.nanmean([one.metrics[result.primary.name] for one in result.of(name).scores]))
        for name in decision.candidates
    }
    nets = {net.name for net in result.comparison.nets}
    families = ([name for name in means if name in nets], [name for name in means if name not in nets])
    return [max(family, key=lambda name: means[name]) for family in families if family]
