"""Decisions on the rows of each level of a column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.decisions.estimates import over_rows
from pipeline.decisions.examination import Examined
from pipeline.decisions.once import first_time
from pipeline.decisions.subgroups import ALL, LEAST_ROWS, Judged, Level, described, differences
from pipeline.decisions.values import Estimate
from pipeline.scoring.intervals import interval_of
from pipeline.scoring.metrics import score
from pipeline.scoring.result import Result
from pipeline.scoring.significance import Interval
from pipeline.scoring.taken import resamples_of
from pipeline.scoring.values import Scores


def by_level(
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
        clusterings=(),  # what they say of intervals is said where they are left out
        in_time=False,
        y_true=np.concatenate([one.y_true[rows] for one, rows in zip(own, kept, strict=True)]),
        predicted=np.concatenate([one.y_proba[rows] for one, rows in zip(own, kept, strict=True)]),
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
    own = replace(scores, y_true=y_true, predicted=y_proba, metrics={metric: value})
    return interval_of(metric, [own], result.folds[:1], comparison, resamples_of(result.folds, comparison))[0]
