"""The scores of all candidates into means with intervals, paired differences with tests, and ranks."""

from collections.abc import Sequence

import numpy as np

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.contrasts import contrast
from pipeline.scoring.intervals import interval_of
from pipeline.scoring.ranks import average_ranks, largest_groups
from pipeline.scoring.resampling import Resamples
from pipeline.scoring.result import Result
from pipeline.scoring.taken import by_candidate, resamples_of, values_of
from pipeline.scoring.values import Contrast, Ranks, Scores, Summary
from pipeline.scoring.winner import winner
from pipeline.training.values import Trained

_APART = frozenset({"better", "worse"})


def compare(
    scores: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison, resamples: Resamples | None = None
) -> tuple[Summary, ...]:
    """Returns the mean and interval of every metric of each candidate that has scores, in the declaration's order.

    Several folds give an interval across folds; a single test set gives one over its rows.
    """
    summaries = []
    resamples = resamples or resamples_of(folds, comparison)
    for name, own in by_candidate(scores, comparison).items():
        for metric in comparison.metrics:
            interval, method = interval_of(metric, own, folds, comparison, resamples)
            lowest, highest = declared(metric).bounds
            summary = Summary(
                candidate=name,
                family=own[0].family,
                metric=metric,
                mean=interval.mean,
                low=max(interval.low, lowest),
                high=min(interval.high, highest),
                n=int(np.isfinite(values_of(metric, own)).sum()),
                method=method,
            )
            summaries.append(summary)
    return tuple(summaries)


def rank(
    scores: Sequence[Scores],
    folds: Sequence[Fold],
    comparison: Comparison,
    contrasts: Sequence[Contrast],
    resamples: Resamples | None = None,
) -> Ranks:
    """Returns the average ranks in the primary metric, over folds or over resamples of the one test set.

    Args:
        scores: Of every candidate on every fold.
        folds: All of them.
        comparison: The declaration.
        contrasts: Of ``contrast``: two candidates are apart where one is judged better.
        resamples: Of the one test set, where they were drawn before.
    """
    own, metric = by_candidate(scores, comparison), comparison.primary_metric
    if len(folds) > 1:
        columns, over = [values_of(metric, items) for items in own.values()], "folds"
    else:
        resamples = resamples or resamples_of(folds, comparison)
        columns = [resamples.of(metric, items[0]) for items in own.values()]
        over = "resamples of the test set"
    averages = average_ranks(np.stack(columns, axis=1), lower_is_better=declared(metric).lower_is_better)
    average = dict(sorted(zip(own, averages.tolist(), strict=True), key=lambda item: item[1]))
    apart = {(c.candidate, c.reference) for c in contrasts if c.metric == metric and c.judgment in _APART}
    groups = largest_groups(list(average), lambda one, other: (one, other) in apart)
    return Ranks(average=average, groups=groups, n=len(columns[0]), over=over)


def gather(
    comparison: Comparison,
    dataset: Dataset,
    folds: tuple[Fold, ...],
    trained: Sequence[Trained],
    scores: Sequence[Scores],
) -> Result:
    """Returns what the finished candidates of a comparison come to.

    Where some are missing, after an interrupt, it is what costs nothing: the scores and their means with intervals.
    """
    resamples = resamples_of(folds, comparison)
    summaries = compare(scores, folds, comparison, resamples)
    whole = {one.candidate for one in scores} == {candidate.name for candidate in comparison.candidates}
    contrasts = contrast(scores, folds, comparison, resamples) if whole else ()
    return Result(
        comparison=comparison,
        dataset=dataset,
        folds=folds,
        trained=tuple(trained),
        scores=tuple(scores),
        summaries=summaries,
        contrasts=contrasts,
        ranks=rank(scores, folds, comparison, contrasts, resamples) if whole else None,
        winner=winner(scores, folds, comparison, summaries) if whole else None,
    )
