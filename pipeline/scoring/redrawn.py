"""Test rows drawn anew in whole clusters, all folds together: what candidates score on them, and how these differ."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from models.checks import require
from pipeline.data.values import Fold
from pipeline.scoring.clusters import cluster_draws, unit_draws
from pipeline.scoring.rows import Rows, rows_of, telling
from pipeline.scoring.significance import Difference, least_error, student_difference
from pipeline.scoring.stretches import Stretches, Sure
from pipeline.scoring.units import Units, shares, units_of
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
        return np.concatenate([mean_of_folds(np.stack(each)) for each in self._by_fold(metric, own)])

    def stretches(self, metric: str, own: Sequence[Scores]) -> Stretches | None:
        """Returns how stretches of time were drawn; ``None`` where rows do not follow each other in time."""
        if not own[0].in_time:
            return None
        clusterings = [np.concatenate(each) for each in zip(*(item.clusterings for item in own), strict=True)]
        _, first, of_row = np.unique(clusterings[0], return_index=True, return_inverse=True)  # groups may come second
        of_rows = [shares(metric, one, self._positive_class) for one in own]
        draws = unit_draws(clusterings, seed=self._seed, n_resamples=self.n_resamples)
        return Stretches(
            counts=np.concatenate([stretches for stretches, *_ in draws], axis=1),
            folds=np.repeat(np.arange(len(own)), [len(item.y_true) for item in own])[first],
            shares=np.bincount(of_row, weights=np.concatenate(of_rows)).astype(np.float64),
        )

    def _by_fold(self, metric: str, own: Sequence[Scores]) -> Iterator[list[NDArray[np.float64]]]:
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


def spread(values: NDArray[np.float64], wider: float) -> float:
    """Returns the standard error by redrawn values, their variance made so much wider; NaN of too few."""
    known = values[np.isfinite(values)]
    if len(known) < len(values) / 2:
        return np.nan
    return float(known.std(ddof=1) * np.sqrt(wider))


def how_sure(
    values: NDArray[np.float64], by_fold: NDArray[np.float64], units: Units, stretches: Stretches | None
) -> Sure | None:
    """Returns how sure a mean over folds is; ``None`` where too little could be measured.

    Args:
        values: ``(n_resamples,)``, on redrawn rows.
        by_fold: ``(n_folds,)``, on the rows that there are.
        units: That were drawn.
        stretches: How they were redrawn in time; ``None`` of others.
    """
    error = np.nan if units.too_few else spread(values, units.wider)
    if not np.isfinite(error):
        return None
    if stretches is None:
        return Sure(error=error, degrees=units.degrees)
    found = stretches.sure(error, values, by_fold, units.wider)
    return replace(found, degrees=min(found.degrees, units.degrees))


@dataclass(frozen=True, kw_only=True, eq=False)
class Redrawings:
    """All candidates on the same redrawn test rows, in one metric.

    Attributes:
        means: Candidate -> mean over folds.
        values: Candidate -> ``(n_resamples,)``.
        by_fold: Candidate -> ``(n_folds,)``; NaN where it could not be measured.
        stretches: How they were redrawn; ``None`` where rows do not follow each other in time.
        rows: Candidate -> test rows.
        units: That were drawn.
        most: Of as many rows, the most that a difference can be worth; infinite of a metric without bounds.
        equivalence: Largest difference that makes no practical difference.
    """

    means: Mapping[str, float]
    values: Mapping[str, NDArray[np.float64]]
    by_fold: Mapping[str, NDArray[np.float64]]
    stretches: Stretches | None
    rows: Mapping[str, Rows]
    units: Units
    most: Callable[[float], float]
    equivalence: float

    def difference(self, pair: tuple[str, str]) -> Difference:
        """Returns what is known of the one's score minus the other's; no interval where too little was measured."""
        one, other = pair
        mean = self.means[one] - self.means[other]
        values, by_fold = (each[one] - each[other] for each in (self.values, self.by_fold))
        sure = how_sure(values, by_fold, self.units, self.stretches)
        if sure is None:
            return Difference(mean=mean)
        worth = min(self.rows[name].worth for name in telling(pair, self.rows))
        error = max(sure.error, least_error(mean, self.most(worth / sure.shared)))
        return student_difference(mean, error, sure.degrees, equivalence=self.equivalence)

    @property
    def degrees(self) -> float:
        """Degrees of freedom, of what is drawn."""
        return self.units.degrees

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
    """Returns all candidates on the same redrawn test rows.

    Raises:
        ValueError: They have scores on different folds, or in another order.
    """
    first = next(iter(own.values()))
    of_each = {name: [item.fold_index for item in items] for name, items in own.items()}
    require(
        len({*map(tuple, of_each.values())}) == 1,
        "redrawings",
        "scores of all candidates on the same folds, in one order",
        "Rows are redrawn for all of them at once.",
        **of_each,
    )
    redrawn = Redrawn(seed=folds[0].seed, positive_class=comparison.positive_class)
    between = declared(metric).bounds == (0.0, 1.0)
    by_fold = {name: np.array([item.metrics[metric] for item in items]) for name, items in own.items()}
    known = np.isfinite(np.stack(list(by_fold.values()))).all(axis=0)
    measured = [item for item, is_known in zip(first, known, strict=True) if is_known] or first
    return Redrawings(
        means={name: float(mean_of_folds(each[:, None])[0]) for name, each in by_fold.items()},
        values={name: redrawn.of(metric, items) for name, items in own.items()},
        by_fold=by_fold,
        stretches=redrawn.stretches(metric, first),
        rows={name: rows_of(items, folds) for name, items in own.items()},
        units=units_of(metric, measured, comparison.positive_class),
        most=lambda n_rows: worth(metric, first, n_rows, comparison) if between else np.inf,
        equivalence=equivalence,
    )
