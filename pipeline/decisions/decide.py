"""Decisions on the probability of the positive class: thresholds, calibration, gains, and what matters.

Thresholds are chosen and calibration is fitted on a fold's training rows, each predicted by a candidate that was
trained without it. They are then applied once, to the test rows and the candidate trained on all training rows. That
the two candidates differ a little is scikit-learn's practice too (``CalibratedClassifierCV(ensemble=False)``,
``TunedThresholdClassifierCV``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import joblib
import numpy as np
from numpy.typing import NDArray

from experiments.language import Decision
from pipeline.data.values import Fold
from pipeline.decisions.costs import theoretical_threshold
from pipeline.decisions.examination import (
    COST_RATIOS,
    GAIN_SHARES,
    Examined,
    Quantities,
    Rows,
    examine,
    threshold_name,
)
from pipeline.decisions.importance import importances, largest_loss, n_close_pairs
from pipeline.decisions.recalibration import in_the_large, recalibration
from pipeline.decisions.reliability import Reliability, reliability
from pipeline.decisions.subgroups import ALL, LEAST_ROWS, Judged, Level, described, differences, levels
from pipeline.decisions.values import Decided, Estimate, LargestLoss, declared
from pipeline.scoring.intervals import interval_of
from pipeline.scoring.judgment import judge
from pipeline.scoring.metrics import score
from pipeline.scoring.result import Result
from pipeline.scoring.significance import Difference, Interval, corrected_difference, corrected_interval, holm
from pipeline.scoring.taken import resamples_of
from pipeline.scoring.values import Contrast, Scores

CLOSE = 0.9  # rank correlation of columns that are nearly copies
MOST_SHUFFLED_FOLDS = 10  # each takes seconds

_SIGNED = frozenset({"importance", "net_benefit", "everybody"})  # all others are 0 or more
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
    once = {name: each_row_once(own, folds) for name, own in examined.items()}
    curves = {name: _reliability(maps, folds[0].seed) for name, maps in once.items()}
    shuffled, largest = _importances(result)
    return Decided(
        outcomes=_estimates({name: [one.outcomes for one in own] for name, own in examined.items()}, folds),
        differences=_differences(result, decision, examined),
        calibration=_estimates({name: [one.calibration for one in own] for name, own in examined.items()}, folds),
        recalibration=_recalibration(once, curves),
        gains=_estimates({name: [one.gains for one in own] for name, own in examined.items()}, folds),
        importances=shuffled,
        largest_losses=largest,
        cost_ratios=COST_RATIOS,
        cost_curves={name: _relative([one.costs for one in own], own) for name, own in examined.items()},
        half_cost_curves={name: _relative([one.costs_of_half for one in own], own) for name, own in examined.items()},
        benefits=_estimates({name: [one.benefits for one in own] for name, own in examined.items()}, folds),
        benefit_differences=_benefit_differences(result, decision, examined),
        benefit_curves=_benefit_curves(examined),
        gain_shares=GAIN_SHARES,
        gain_curves={name: np.mean([one.gain_curve for one in own], axis=0) for name, own in examined.items()},
        reliability=curves,
        subgroups=() if decision.by is None else _subgroups(result, examined, levels(dataset, decision.by)),
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
    equivalence = decision.practical_equivalence
    found = [_difference(costs[one] - costs[other], equivalence, result.folds) for one, other in pairs]
    corrected = holm(np.array([difference.p_value for difference in found]))
    return tuple(
        _contrast(one, "net", other, "cost", difference, float(p_holm), len(costs[one]), lower_is_better=True)
        for (one, other), difference, p_holm in zip(pairs, found, corrected, strict=True)
    )


def _contrast(
    candidate: str,
    family: str,
    reference: str,
    metric: str,
    difference: Difference,
    p_holm: float,
    n: int,
    *,
    lower_is_better: bool = False,
) -> Contrast:
    better = difference.turned if lower_is_better else difference
    return Contrast(
        candidate=candidate,
        family=family,
        reference=reference,
        metric=metric,
        difference=difference.mean,
        low=difference.low,
        high=difference.high,
        p_value=difference.p_value,
        p_holm=p_holm,
        better=better.above,
        equal=better.within,
        worse=better.below,
        judgment=judge(better, p_holm),
        n=n,
        method=_METHOD,
    )


def _difference(values: NDArray[np.float64], equivalence: float, folds: Sequence[Fold]) -> Difference:
    if len(values) == 1:
        return Difference(mean=float(values[0]))
    return corrected_difference(values, equivalence=equivalence, **_sizes(folds))


def _benefit_differences(
    result: Result, decision: Decision, examined: Mapping[str, Sequence[Examined]]
) -> tuple[Contrast, ...]:
    """Returns how much more net benefit each candidate has than raising everybody, and than raising nobody.

    To be worth more than both is shown where both tests show it, so the larger p-value counts (Berger 1982,
    Multiparameter hypothesis testing and acceptance sampling, Technometrics 24); Holm's correction is over candidates.
    """
    case = threshold_name(theoretical_threshold(decision.cost_ratio))
    equivalence = decision.practical_equivalence / decision.cost_ratio
    found: dict[str, dict[str, Difference]] = {}
    for name, own in examined.items():
        of = {key: np.array([one.benefits[case][key] for one in own]) for key in ("net_benefit", "everybody")}
        found[name] = {
            "everybody": _difference(of["net_benefit"] - of["everybody"], equivalence, result.folds),
            "nobody": _difference(of["net_benefit"], equivalence, result.folds),
        }
    larger = [max(each.p_value for each in both.values()) for both in found.values()]
    corrected = holm(np.array(larger))
    families = {candidate.name: candidate.family for candidate in result.comparison.candidates}
    return tuple(
        _contrast(name, families[name], reference, "net_benefit", difference, float(p_holm), len(result.folds))
        for (name, both), p_holm in zip(found.items(), corrected, strict=True)
        for reference, difference in both.items()
    )


def _benefit_curves(examined: Mapping[str, Sequence[Examined]]) -> dict[str, NDArray[np.float64]]:
    """Returns the mean net benefit over folds, of each candidate and of raising everybody."""
    curves = {name: np.mean([one.benefit_curve for one in own], axis=0) for name, own in examined.items()}
    first = next(iter(examined.values()))
    return {**curves, "everybody": np.mean([one.benefit_of_everybody for one in first], axis=0)}


def _relative(costs: Sequence[NDArray[np.float64]], own: Sequence[Examined]) -> NDArray[np.float64]:
    """Returns the mean cost at each ratio as a share of the mean cost of treating all rows alike."""
    return np.mean(costs, axis=0) / np.mean([one.costs_of_all_alike for one in own], axis=0)


def each_row_once(own: Sequence[Examined], folds: Sequence[Fold]) -> dict[str, Rows]:
    """Returns by map the test rows of all folds, each from the first fold that tests it.

    A row that several folds test has one outcome: counted several times it would be evidence that there is not. Nor
    are its probabilities averaged: the mean of several models is another candidate.
    """
    kept = first_time(folds)
    return {
        name: Rows(
            positive=np.concatenate([one.test[name].positive[rows] for one, rows in zip(own, kept, strict=True)]),
            probability=np.concatenate([one.test[name].probability[rows] for one, rows in zip(own, kept, strict=True)]),
        )
        for name in own[0].test
    }


def first_time(folds: Sequence[Fold]) -> list[NDArray[np.bool_]]:
    """Returns for each fold which of its test rows no earlier one has tested, ``(n_test,)``."""
    seen: NDArray[np.int64] = np.array([], dtype=np.int64)
    kept = []
    for fold in folds:
        kept.append(~np.isin(fold.test_rows, seen))
        seen = np.union1d(seen, fold.test_rows)
    return kept


def _reliability(maps: Mapping[str, Rows], seed: int) -> dict[str, Reliability]:
    return {name: reliability(rows.positive, rows.probability, seed=seed) for name, rows in maps.items()}


def _recalibration(
    once: Mapping[str, Mapping[str, Rows]], curves: Mapping[str, Mapping[str, Reliability]]
) -> tuple[Estimate, ...]:
    """Returns what the probabilities of each map would have to be changed by, over rows."""
    found = []
    for name, maps in once.items():
        for case, rows in maps.items():
            curve, changed = curves[name][case], recalibration(rows.positive, rows.probability)
            quantities: dict[str, float | Interval] = {
                "brier_score": curve.score,
                "miscalibration": curve.miscalibration,
                "discrimination": curve.discrimination,
                "uncertainty": curve.uncertainty,
                "by_chance": curve.by_chance,
                "in_the_large": in_the_large(rows.positive, rows.probability),
                "slope": changed.slope,
                "intercept": changed.intercept,
                "p_miscalibration": curve.p_value,
                "p_recalibration": changed.p_value,
            }
            found += [over_rows(name, case, quantity, value, curve.n_rows) for quantity, value in quantities.items()]
    return tuple(found)


def _subgroups(
    result: Result, examined: Mapping[str, Sequence[Examined]], found: Sequence[Level]
) -> tuple[Estimate, ...]:
    """Returns what each candidate does by the cheapest threshold, on all rows and on those of each level."""
    kept = first_time(result.folds)
    tested = np.concatenate([fold.test_rows[rows] for fold, rows in zip(result.folds, kept, strict=True)])
    inside = [level.rows[tested] for level in found]
    estimates: list[Estimate] = []
    for name, own in examined.items():
        judged, scores = _judged_once(own, kept), _scores_once(result.of(name).scores, kept)
        p_recall, p_large = differences(judged, inside)
        unknown = {"p_recall": float("nan"), "p_in_the_large": float("nan")}
        estimates += _of_level(name, ALL, np.ones(len(tested), bool), judged, scores, unknown, result)
        for level, rows, *p_values in zip(found, inside, p_recall, p_large, strict=True):
            corrected = dict(zip(unknown, map(float, p_values), strict=True))
            estimates += _of_level(name, level.name, rows, judged, scores, corrected, result)
    return tuple(estimates)


def _judged_once(own: Sequence[Examined], kept: Sequence[NDArray[np.bool_]]) -> Judged:
    return Judged(
        positive=np.concatenate([one.test["as_trained"].positive[rows] for one, rows in zip(own, kept, strict=True)]),
        probability=np.concatenate(
            [one.test["as_trained"].probability[rows] for one, rows in zip(own, kept, strict=True)]
        ),
        raised=np.concatenate(
            [
                one.test["as_trained"].probability[rows] > one.outcomes["cheapest"]["threshold"]
                for one, rows in zip(own, kept, strict=True)
            ]
        ),
    )


def _scores_once(own: Sequence[Scores], kept: Sequence[NDArray[np.bool_]]) -> Scores:
    """Returns the rows of all folds, each once, as if they were one test set."""
    return replace(
        own[0],
        y_true=np.concatenate([one.y_true[rows] for one, rows in zip(own, kept, strict=True)]),
        y_proba=np.concatenate([one.y_proba[rows] for one, rows in zip(own, kept, strict=True)]),
    )


def _of_level(
    name: str,
    level: str,
    rows: NDArray[np.bool_],
    judged: Judged,
    scores: Scores,
    p_values: Mapping[str, float],
    result: Result,
) -> list[Estimate]:
    own = judged.of(rows)
    quantities: dict[str, float | Interval] = {"positive_rows": float(own.positive.sum()), **described(own)}
    if len(own.positive) >= LEAST_ROWS:
        quantities[result.primary.name] = _metric_of(scores, rows, result)
    return [
        over_rows(name, level, quantity, value, int(rows.sum()))
        for quantity, value in {**quantities, **p_values}.items()
    ]


def _metric_of(scores: Scores, rows: NDArray[np.bool_], result: Result) -> Interval:
    """Returns the primary metric of some rows, with the interval of one test set; none where they are too few."""
    metric, comparison = result.primary.name, result.comparison
    y_true, y_proba = scores.y_true[rows], scores.y_proba[rows]
    value = score(metric, y_true, y_proba, comparison.positive_class)
    if not np.isfinite(value):
        return Interval(mean=value, low=float("nan"), high=float("nan"))
    own = replace(scores, y_true=y_true, y_proba=y_proba, metrics={metric: value})
    return interval_of(metric, [own], result.folds[:1], comparison, resamples_of(result.folds, comparison))[0]


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


def _importances(result: Result) -> tuple[tuple[Estimate, ...], tuple[LargestLoss, ...]]:
    """Shuffles columns for the best net and the best baseline among the declared; not of images.

    Returns:
        The loss by each column on test rows; and by the one that matters most on training rows.
    """
    if result.dataset.is_image:
        return (), ()
    names, shuffled = _best_of_each_family(result), result.folds[:MOST_SHUFFLED_FOLDS]
    jobs = [
        (run, fold, rows)
        for name in names
        for run, fold in zip(result.of(name).trained, shuffled, strict=False)
        for rows in (fold.test_rows, _some_training_rows(fold))
    ]
    # Threads: models need not be copied, and both libraries compute outside Python's lock.
    found = joblib.Parallel(n_jobs=-1, prefer="threads")(
        joblib.delayed(importances)(
            run.model,
            result.dataset.X[rows],
            result.dataset.y[rows],
            result.primary.name,
            result.comparison.positive_class,
            seed=fold.seed,
            n_shuffles=1,
        )
        for run, fold, rows in jobs
    )
    columns = result.dataset.feature_names
    losses = np.reshape(found, (len(names), len(shuffled), 2, len(columns)))
    return tuple(
        _estimate(name, column, "importance", values, result.folds)
        for name, own in zip(names, losses[:, :, 0], strict=True)
        for column, values in zip(columns, np.transpose(own), strict=True)
    ), _largest_losses(names, losses, result)


def _some_training_rows(fold: Fold) -> NDArray[np.int64]:
    """Returns as many training rows as there are test rows, by the fold's seed: enough to choose a column."""
    n_rows = min(len(fold.train_rows), len(fold.test_rows))
    return np.random.default_rng(fold.seed).choice(fold.train_rows, n_rows, replace=False)


def _largest_losses(names: Sequence[str], losses: NDArray[np.float64], result: Result) -> tuple[LargestLoss, ...]:
    """Takes ``(n_candidates, n_folds, 2, n_features)``: on test rows, on training rows."""
    sizes = _sizes(result.folds)
    found = [largest_loss(own[:, 1], own[:, 0], **sizes) for own in losses]
    corrected = holm(np.array([one.loss.p_value for one in found]))
    columns = result.dataset.feature_names
    most = [Counter(one.columns).most_common(1)[0] for one in found]
    return tuple(
        LargestLoss(
            candidate=name,
            column=columns[column],
            n_chosen=n_chosen,
            mean=one.loss.mean,
            low=one.loss.low,
            high=one.loss.high,
            p_holm=float(p_holm),
            beyond=tuple(columns[place] for place in one.beyond),
            n_columns=len(columns),
            n=len(one.columns),
        )
        for name, one, (column, n_chosen), p_holm in zip(names, found, most, corrected, strict=True)
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
