"""The scores of all candidates into means with intervals, paired differences with tests, and ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.metrics import score
from pipeline.scoring.one_test_set import (
    auc_interval,
    bootstrap_difference,
    bootstrap_interval,
    delong,
    mcnemar,
    resampled_scores,
    wilson_interval,
)
from pipeline.scoring.ranks import average_ranks, largest_groups
from pipeline.scoring.result import Result
from pipeline.scoring.significance import (
    Difference,
    Interval,
    corrected_difference,
    corrected_interval,
    corrected_share_interval,
    holm,
    judge,
)
from pipeline.scoring.values import Contrast, Ranks, Scores, Summary
from pipeline.training.values import Trained

ACROSS_FOLDS = "95 % corrected resampled t interval across folds (Nadeau & Bengio 2003), cut at 0"
SHARES_ACROSS_FOLDS = (
    "95 % interval across folds: Wilson's, for as many rows as the corrected resampled spread is worth (Nadeau & "
    "Bengio 2003, Korn & Graubard 1998)"
)
AUC_OF_ROWS = (
    "95 % interval over the rows of the one test set: Wilson's, for as many rows as DeLong's error is worth (DeLong et "
    "al. 1988)"
)
ONE_TEST_SET = "95 % percentile bootstrap interval over the rows of the one test set, resampled within classes"
PROPORTION = "95 % Wilson score interval of a share of the rows of the one test set"

PAIRED_FOLDS = (
    "corrected resampled t-test of the differences by fold (Nadeau & Bengio 2003), and its Bayesian reading with a "
    "region of practical equivalence (Benavoli et al. 2017)"
)
PAIRED_ROWS = "paired bootstrap over the rows of the one test set, resampled within classes"
MCNEMAR = f"{PAIRED_ROWS}; p-value of McNemar's exact test"
DELONG = "DeLong's test on the rows of the one test set (DeLong et al. 1988)"


def compare(scores: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison) -> tuple[Summary, ...]:
    """Returns the mean and interval of every metric of each candidate that has scores, in the declaration's order.

    Several folds give an interval across folds; a single test set gives one over its rows.
    """
    summaries = []
    for name, own in _by_candidate(scores, comparison).items():
        for metric in comparison.metrics:
            interval, method = _interval(metric, own, folds, comparison)
            lowest, highest = declared(metric).bounds
            summary = Summary(
                candidate=name,
                family=own[0].family,
                metric=metric,
                mean=interval.mean,
                low=max(interval.low, lowest),
                high=min(interval.high, highest),
                n=len(own),
                method=method,
            )
            summaries.append(summary)
    return tuple(summaries)


def contrast(scores: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison) -> tuple[Contrast, ...]:
    """Returns the paired differences of every two candidates in every metric, each both ways round.

    Holm's correction is over all pairs of a metric. Candidates without scores are left out.
    """
    own = _by_candidate(scores, comparison)
    pairs = list(combinations(own, 2))
    contrasts = []
    for metric in comparison.metrics if pairs else ():
        differences, method = _differences(metric, own, pairs, folds, comparison)
        corrected = holm(np.array([difference.p_value for difference in differences]))
        for (one, other), difference, p_holm in zip(pairs, differences, corrected, strict=True):
            told = partial(_told, metric=metric, p_holm=float(p_holm), n=len(folds), method=method)
            contrasts += [told(own[one][0], other, difference), told(own[other][0], one, difference.turned)]
    return tuple(contrasts)


def rank(
    scores: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison, contrasts: Sequence[Contrast]
) -> Ranks:
    """Returns the average ranks in the primary metric, over folds or over resamples of the one test set.

    Args:
        scores: Of every candidate on every fold.
        folds: All of them.
        comparison: The declaration.
        contrasts: Of ``contrast``: two candidates are apart where their corrected p-value is below 0.05.
    """
    own, metric = _by_candidate(scores, comparison), comparison.primary_metric
    if len(folds) > 1:
        columns, over = [_values(metric, items) for items in own.values()], "folds"
    else:
        columns = [_resampled(metric, items[0], folds[0], comparison, n_resamples=200) for items in own.values()]
        over = "resamples of the test set"
    averages = average_ranks(np.stack(columns, axis=1), lower_is_better=declared(metric).lower_is_better)
    average = dict(sorted(zip(own, averages.tolist(), strict=True), key=lambda item: item[1]))
    apart = {(c.candidate, c.reference) for c in contrasts if c.metric == metric and c.p_holm < 0.05}
    groups = largest_groups(list(average), lambda one, other: (one, other) in apart)
    return Ranks(average=average, groups=groups, n=len(columns[0]), over=over)


def gather(
    comparison: Comparison,
    dataset: Dataset,
    folds: tuple[Fold, ...],
    trained: Sequence[Trained],
    scores: Sequence[Scores],
) -> Result:
    """Returns what the finished candidates of a comparison come to; ranks only where all are finished."""
    summaries, contrasts = compare(scores, folds, comparison), contrast(scores, folds, comparison)
    whole = {one.candidate for one in scores} == {candidate.name for candidate in comparison.candidates}
    return Result(
        comparison=comparison,
        dataset=dataset,
        folds=folds,
        trained=tuple(trained),
        scores=tuple(scores),
        summaries=summaries,
        contrasts=contrasts,
        ranks=rank(scores, folds, comparison, contrasts) if whole else None,
    )


def _by_candidate(scores: Sequence[Scores], comparison: Comparison) -> dict[str, list[Scores]]:
    """Returns the scores of each candidate that has some, in the order of the declaration."""
    own = {c.name: [item for item in scores if item.candidate == c.name] for c in comparison.candidates}
    return {name: items for name, items in own.items() if items}


def _told(
    of: Scores, reference: str, difference: Difference, *, metric: str, p_holm: float, n: int, method: str
) -> Contrast:
    outside = (difference.above, difference.below)
    better, worse = outside[::-1] if declared(metric).lower_is_better else outside
    return Contrast(
        candidate=of.candidate,
        family=of.family,
        reference=reference,
        metric=metric,
        difference=difference.mean,
        low=difference.low,
        high=difference.high,
        p_value=difference.p_value,
        p_holm=p_holm,
        better=better,
        equal=difference.within,
        worse=worse,
        judgment=judge(better, difference.within, worse),
        n=n,
        method=method,
    )


def _values(metric: str, own: Sequence[Scores]) -> NDArray[np.float64]:
    return np.array([item.metrics[metric] for item in own])


def _interval(name: str, own: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison) -> tuple[Interval, str]:
    """Returns mean and bounds of one metric, and how they were come by."""
    if len(own) == 1:
        return _interval_of_one_test_set(name, own[0], folds[0], comparison)
    values = _values(name, own)
    sizes = {"n_train": len(folds[0].train_rows), "n_test": len(folds[0].test_rows)}
    if declared(name).bounds == (0.0, 1.0):
        most = _most_rows(name, own, sum(sizes.values()), comparison)
        return corrected_share_interval(values, most=most, **sizes), SHARES_ACROSS_FOLDS
    return corrected_interval(values, **sizes), ACROSS_FOLDS


def _most_rows(name: str, own: Sequence[Scores], n_rows: int, comparison: Comparison) -> float:
    """Returns the most rows that the spread of a metric can be worth.

    An average precision is a mean over positive rows: near 1, where folds hardly differ, all rows would be too many.
    Simulated, twice the positive rows cover (``docs/statistics.md``).
    """
    positive_class = _positive_class(own[0], comparison)
    if name != "average_precision" or positive_class is None:
        return n_rows
    share = float(np.mean([np.mean(item.y_true == positive_class) for item in own]))
    return max(1.0, min(2 * share * n_rows, n_rows))


def _interval_of_one_test_set(name: str, own: Scores, fold: Fold, comparison: Comparison) -> tuple[Interval, str]:
    metric, value = declared(name), own.metrics[name]
    positive = own.y_true == _positive_class(own, comparison)
    if metric.kind == "share":
        counted = {"all": len(own.y_true), "positive": int(positive.sum()), "others": int((~positive).sum())}
        if n_rows := counted[metric.share_of]:
            return wilson_interval(round(value * n_rows), n_rows), PROPORTION
    if name == "roc_auc" and min(positive.sum(), (~positive).sum()) > 1:
        return auc_interval(positive, own.y_proba[:, _positive_class(own, comparison)]), AUC_OF_ROWS
    return bootstrap_interval(value, _resampled(name, own, fold, comparison)), ONE_TEST_SET


def _positive_class(own: Scores, comparison: Comparison) -> int | None:
    """Returns the class that a ranking is of; ``None`` where it is a mean over several."""
    return 1 if comparison.positive_class is None and own.y_proba.shape[1] == 2 else comparison.positive_class


def _differences(
    metric: str,
    own: Mapping[str, Sequence[Scores]],
    pairs: Sequence[tuple[str, str]],
    folds: Sequence[Fold],
    comparison: Comparison,
) -> tuple[list[Difference], str]:
    if len(folds) == 1:
        return _differences_by_row(metric, {name: items[0] for name, items in own.items()}, pairs, folds[0], comparison)
    values = {name: _values(metric, items) for name, items in own.items()}
    tested = [
        corrected_difference(
            values[one] - values[other],
            n_train=len(folds[0].train_rows),
            n_test=len(folds[0].test_rows),
            equivalence=comparison.equivalence(metric),
        )
        for one, other in pairs
    ]
    return tested, PAIRED_FOLDS


def _differences_by_row(
    metric: str, own: Mapping[str, Scores], pairs: Sequence[tuple[str, str]], fold: Fold, comparison: Comparison
) -> tuple[list[Difference], str]:
    equivalence = comparison.equivalence(metric)
    y_true, n_classes = next((item.y_true, item.y_proba.shape[1]) for item in own.values())
    positive_class = 1 if n_classes == 2 else comparison.positive_class
    if metric == "roc_auc" and positive_class is not None:
        positive, of = y_true == positive_class, {name: item.y_proba[:, positive_class] for name, item in own.items()}
        return [delong(positive, of[one], of[other], equivalence=equivalence) for one, other in pairs], DELONG
    resampled = {name: _resampled(metric, item, fold, comparison) for name, item in own.items()}
    tested = [
        bootstrap_difference(
            own[one].metrics[metric] - own[other].metrics[metric],
            resampled[one] - resampled[other],
            equivalence=equivalence,
        )
        for one, other in pairs
    ]
    if metric != "accuracy":
        return tested, PAIRED_ROWS
    right = {name: item.y_proba.argmax(axis=1) == y_true for name, item in own.items()}
    exact = [mcnemar(right[one], right[other]) for one, other in pairs]
    return [replace(each, p_value=p) for each, p in zip(tested, exact, strict=True)], MCNEMAR


def _resampled(
    metric: str, scores: Scores, fold: Fold, comparison: Comparison, n_resamples: int = 1000
) -> NDArray[np.float64]:
    function = partial(score, metric, positive_class=comparison.positive_class)
    return resampled_scores(function, scores.y_true, scores.y_proba, seed=fold.seed, n_resamples=n_resamples)
