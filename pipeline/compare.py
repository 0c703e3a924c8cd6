"""Stage 5: the scores of all candidates into means with intervals."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from experiments.spec import Comparison
from pipeline.metrics import score
from pipeline.significance import Interval, bootstrap_interval, corrected_interval
from pipeline.values import Fold, Scores, Summary

ACROSS_FOLDS = "95 % corrected resampled t interval across folds (Nadeau & Bengio 2003), cut at 0 and 1"
ONE_TEST_SET = "95 % percentile bootstrap interval over the rows of the one test set, resampled within classes"


def compare(scores: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison) -> tuple[Summary, ...]:
    """Returns the mean and interval of every metric of each candidate that has scores, in the declaration's order.

    Several folds give an interval across folds; a single test set gives one over its rows.
    """
    summaries = []
    for candidate in comparison.candidates:
        own = [item for item in scores if item.candidate == candidate.name]
        for metric in comparison.metrics if own else ():
            interval = _interval(metric, own, folds, comparison)
            highest = np.inf if metric == "log_loss" else 1.0
            summary = Summary(
                candidate=candidate.name,
                family=candidate.family,
                metric=metric,
                mean=interval.mean,
                low=max(interval.low, 0.0),
                high=min(interval.high, highest),
                n=len(own),
                method=ACROSS_FOLDS if len(own) > 1 else ONE_TEST_SET,
            )
            summaries.append(summary)
    return tuple(summaries)


def _interval(metric: str, own: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison) -> Interval:
    if len(own) > 1:
        values = np.array([item.metrics[metric] for item in own])
        return corrected_interval(values, n_train=len(folds[0].train_rows), n_test=len(folds[0].test_rows))
    function = partial(score, metric, positive_class=comparison.positive_class)
    return bootstrap_interval(function, own[0].y_true, own[0].y_proba, seed=own[0].seed)
