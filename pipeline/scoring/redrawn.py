"""Test rows drawn anew in whole clusters, all folds together: what candidates score on them, and how these differ."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Fold
from pipeline.scoring.clusters import cluster_draws, unit_draws
from pipeline.scoring.rows import LEAST, Rows, rows_of
from pipeline.scoring.significance import Difference, least_error, student_difference
from pipeline.scoring.stretches import Stretches
from pipeline.scoring.values import Scores
from pipeline.scoring.weighted import weighted_score

N_RESAMPLES = 1000

Worth = Callable[[str, Sequence[Scores], float, Comparison], float]
"""The most rows that the spread of a metric can be worth, of so many: ``intervals.most_rows``."""


class Redrawn:
    """What test rows score that are drawn anew in whole clusters, all folds together; candidates are paired.

    Args:
        seed: Of the drawing.
        positive_class: Whose ranking and errors are meant.
        n_resamples: How often.
    """

    def __init__(self, *, seed: int, positive_class: int | None, n_resamples: int = N_RESAMPLES) -> None:
        self.n_resamples = n_resamples
        self._seed, self._positive_class = seed, positive_class

    def of(self, metric: str, own: Sequence[Scores]) -> NDArray[np.float64]:
        """Returns the mean over folds of a metric, ``(n_resamples,)``: of those folds on which it can be measured."""
        return np.concatenate([mean_of_folds(np.stack(each)) for each in self._parts(metric, own)])

    def stretches(self, own: Sequence[Scores]) -> Stretches | None:
        """Returns how stretches of time were drawn; ``None`` where rows do not follow each other in time."""
        if not own[0].in_time:
            return None
        clusterings = [np.concatenate(each) for each in zip(*(item.clusterings for item in own), strict=True)]
        _, first = np.unique(clusterings[0], return_index=True)  # groups may come second
        draws = unit_draws(clusterings, seed=self._seed, n_resamples=self.n_resamples)
        return Stretches(
            counts=np.concatenate([stretches for stretches, *_ in draws], axis=1),
            folds=np.repeat(np.arange(len(own)), [len(item.y_true) for item in own])[first],
        )

    def _parts(self, metric: str, own: Sequence[Scores]) -> Iterator[list[NDArray[np.float64]]]:
        ends = np.cumsum([len(item.y_true) for item in own])
        for counts in draws_of(own, seed=self._seed, n_resamples=self.n_resamples):
            yield [
                weighted_on(metric, item, rows, self._positive_class)
                for item, rows in zip(own, np.split(counts, ends[:-1]), strict=True)
            ]


def draws_of(own: Sequence[Scores], *, seed: int, n_resamples: int) -> Iterator[NDArray[np.int32]]:
    """Yields how often resampled test sets have each test row of all folds, one fold after the other.

    Whole clusters are drawn; without clusters rows.
    """
    clusterings = [np.concatenate(each) for each in zip(*(item.clusterings for item in own), strict=True)]
    rows = np.arange(sum(len(item.y_true) for item in own))
    yield from cluster_draws(clusterings or [rows], seed=seed, n_resamples=n_resamples)


def weighted_on(
    metric: str, item: Scores, counts: NDArray[np.int32], positive_class: int | None
) -> NDArray[np.float64]:
    """Returns a metric of one fold whose rows are there so often, each with its weight; NaN where none counts."""
    weights = counts if item.weights is None else counts * item.weights[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        values = weighted_score(metric, item.y_true, item.predicted, weights, positive_class)
    return np.where(weights.any(axis=0), values, np.nan)


def mean_of_folds(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the mean of ``(n_folds, n)`` over the folds that could be measured, NaN where none could."""
    measured = np.isfinite(values)
    total = np.where(measured, values, 0.0).sum(axis=0)
    return np.where(measured.any(axis=0), total / np.maximum(measured.sum(axis=0), 1), np.nan)


def spread(values: NDArray[np.float64], rows: Rows) -> float:
    """Returns the standard error by redrawn values: of few clusters a little more than their spread; NaN of too few."""
    known = values[np.isfinite(values)]
    if len(known) < len(values) / 2:
        return np.nan
    n = rows.degrees + 1
    return float(known.std(ddof=1) * np.sqrt(n / (n - 1)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Redrawings:
    """All candidates on the same redrawn test rows, in one metric.

    Attributes:
        means: Candidate -> mean over folds.
        values: Candidate -> ``(n_resamples,)``.
        by_fold: Candidate -> ``(n_folds,)``; NaN where it could not be measured.
        stretches: How they were redrawn; ``None`` where rows do not follow each other in time.
        rows: Of the first candidate.
        most: The most rows that a difference can be worth; infinite of a metric without bounds.
        equivalence: Largest difference that makes no practical difference.
    """

    means: Mapping[str, float]
    values: Mapping[str, NDArray[np.float64]]
    by_fold: Mapping[str, NDArray[np.float64]]
    stretches: Stretches | None
    rows: Rows
    most: float
    equivalence: float

    def difference(self, pair: tuple[str, str]) -> Difference:
        """Returns what is known of the one's score minus the other's; no interval of too few clusters."""
        one, other = pair
        mean = self.means[one] - self.means[other]
        values = self.values[one] - self.values[other]
        error, most = spread(values, self.rows), self.most
        if self.rows.degrees + 1 < LEAST or not np.isfinite(error):
            return Difference(mean=mean)
        if self.stretches is not None:
            found = self.stretches.in_time(error, values, self.by_fold[one] - self.by_fold[other])
            error, most = found.error, most / found.shared
        error = max(error, least_error(mean, most))
        return student_difference(mean, error, self.rows.degrees, equivalence=self.equivalence)

    @property
    def covariance(self) -> NDArray[np.float64]:
        """How scores vary together, ``(n_candidates, n_candidates)``."""
        stacked = np.stack(list(self.values.values()))
        measured = np.isfinite(stacked).all(axis=0)
        if measured.sum() < 2:
            return np.eye(len(stacked))
        return np.atleast_2d(np.cov(stacked[:, measured]))


def redrawings(
    metric: str,
    own: Mapping[str, Sequence[Scores]],
    folds: Sequence[Fold],
    comparison: Comparison,
    worth: Worth,
    equivalence: float,
) -> Redrawings:
    """Returns all candidates on the same redrawn test rows."""
    first = next(iter(own.values()))
    rows = rows_of(first, folds)
    redrawn = Redrawn(seed=folds[0].seed, positive_class=comparison.positive_class)
    between = declared(metric).bounds == (0.0, 1.0)
    return Redrawings(
        means={name: float(np.nanmean([item.metrics[metric] for item in items])) for name, items in own.items()},
        values={name: redrawn.of(metric, items) for name, items in own.items()},
        by_fold={name: np.array([item.metrics[metric] for item in items]) for name, items in own.items()},
        stretches=redrawn.stretches(first),
        rows=rows,
        most=worth(metric, first, rows.worth, comparison) if between else np.inf,
        equivalence=equivalence,
    )
