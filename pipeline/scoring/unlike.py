"""Scores of rows that hang together, in groups or in time, or count unequally: intervals and differences.

Rows that do neither have statistics of their own, in ``intervals`` and ``contrasts``, which ask here first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Fold
from pipeline.scoring import captions
from pipeline.scoring.clusters import cluster_draws, effective_rows, loss_interval_of, mean_error, n_clusters
from pipeline.scoring.metrics import ROW_LOSSES
from pipeline.scoring.significance import (
    Difference,
    Interval,
    corrected_interval,
    corrected_share_interval,
    least_error,
    share_interval,
    student_difference,
)
from pipeline.scoring.values import Scores
from pipeline.scoring.weighted import weighted_score
from pipeline.words.names import counted

N_RESAMPLES = 1000
LEAST = 5
"""Groups or stretches that it takes to see how they differ."""
TOO_FEW = "of test rows, and it takes"
"""In the words of ``too_few_clusters``."""
_SIMULATED = frozenset({"accuracy", "roc_auc", "log_loss", "brier_score"})
"""Metrics of which ``benchmarks.coverage.together`` tells how often intervals hold the truth."""
_NAN = float("nan")

Worth = Callable[[str, Sequence[Scores], float, Comparison], float]
"""The most rows that the spread of a metric can be worth, of so many: ``intervals.most_rows``."""


def are_unlike(own: Sequence[Scores]) -> bool:
    """Returns whether the test rows hang together or count unequally."""
    return bool(own) and (own[0].weights is not None or bool(own[0].clusterings))


def are_redrawn(own: Sequence[Scores]) -> bool:
    """Returns whether an interval is had by drawing test rows anew: of one test set, and of blocks in time.

    Of blocks forward in time each fold learns from all before it, the larger a later one: what a corrected t over folds
    assumes, training sets that are alike and as like each other as two samples, does not hold.
    """
    return are_unlike(own) and (len(own) == 1 or own[0].in_time)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """The test rows of one candidate, each once.

    Attributes:
        losses: ``(n_rows,)``: Brier scores, or squared errors; the mean where a row was tested more than once.
        hits: ``(n_rows,)``: how often the class was right; of numbers none.
        weights: ``(n_rows,)``; ``None`` where they count alike.
        clusterings: Each ``(n_rows,)``.
        equally: Whether all rows of the set were tested, each as often as the others.
    """

    losses: NDArray[np.float64]
    hits: NDArray[np.float64]
    weights: NDArray[np.float64] | None
    clusterings: tuple[NDArray[np.int64], ...]
    equally: bool

    @property
    def worth(self) -> float:
        """As how many rows they are worth that are independent and count alike."""
        return effective_rows(self.losses, self.weights, self.clusterings)

    @property
    def degrees(self) -> int:
        """Degrees of freedom: what is drawn independently, less one."""
        return max(n_clusters(self.clusterings, len(self.losses)) - 1, 1)


def rows_of(own: Sequence[Scores], folds: Sequence[Fold], of: Callable[[Scores], NDArray[Any]] | None = None) -> Rows:
    """Returns the test rows of all folds, each once.

    Args:
        own: Of one candidate.
        folds: All of them.
        of: The loss of each row; without, the Brier score or the squared error.
    """
    places = {fold.index: fold.test_rows for fold in folds}
    tested = np.concatenate([places[item.fold_index] for item in own])
    distinct, first, where, times = np.unique(tested, return_index=True, return_inverse=True, return_counts=True)
    losses = np.concatenate([(of or _squared)(item) for item in own])
    hits = np.concatenate([_hits(item) for item in own])

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(where, weights=values) / times

    def once(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate(parts)[first]

    weighed = [item.weights for item in own if item.weights is not None]
    n_rows = len(folds[0].train_rows) + len(folds[0].test_rows)
    return Rows(
        losses=mean(losses),
        hits=mean(hits),
        weights=once(weighed) if weighed else None,
        clusterings=tuple(once(each) for each in zip(*(item.clusterings for item in own), strict=True)),
        equally=len(distinct) == n_rows and bool((times == times[0]).all()),
    )


def _squared(item: Scores) -> NDArray[np.float64]:
    if item.has_classes:
        return ROW_LOSSES["brier_score"](item.y_true, item.y_proba)
    return np.asarray((item.y_true - item.predicted) ** 2, np.float64)


def _hits(item: Scores) -> NDArray[np.float64]:
    if item.has_classes:
        return np.asarray(item.y_proba.argmax(axis=1) == item.y_true, np.float64)
    return np.full(len(item.y_true), _NAN)


def too_few_clusters(own: Sequence[Scores], folds: Sequence[Fold]) -> str:
    """Returns why nothing is known of chance where rows hang together in too few groups or stretches; else nothing.

    It holds of whatever is told of these rows: of a score, of a difference, of what a column is worth.

    Args:
        own: Of one candidate.
        folds: All of them.
    """
    if not own or not own[0].clusterings:
        return ""
    n = rows_of(own, folds).degrees + 1
    units = ("stretch of time", "stretches of time") if own[0].in_time else ("group", "groups")
    return f"{counted(n, *units)} {TOO_FEW} {LEAST}" if n < LEAST else ""


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


def interval_of_unlike(
    name: str, own: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison, worth: Worth
) -> tuple[Interval, str]:
    """Returns mean and bounds of one metric, and what is told of them.

    Args:
        name: Of the metric.
        own: Of one candidate, on the folds on which the metric could be measured, one at least.
        folds: All of them.
        comparison: The declaration.
        worth: The most rows that the spread of a metric can be worth.
    """
    rows = rows_of(own, folds)
    if few := too_few_clusters(own, folds):
        mean = float(np.mean([item.metrics[name] for item in own]))
        return Interval(mean=mean, low=_NAN, high=_NAN), f"no interval: {few}"
    if are_redrawn(own):
        return _by_redrawing(name, own, rows, folds, comparison, worth)
    return _over_folds(name, own, rows, folds, comparison, worth)


def _by_redrawing(
    name: str, own: Sequence[Scores], rows: Rows, folds: Sequence[Fold], comparison: Comparison, worth: Worth
) -> tuple[Interval, str]:
    mean = float(np.mean([item.metrics[name] for item in own]))
    values = Redrawn(seed=folds[0].seed, positive_class=comparison.positive_class).of(name, own)
    error = spread(values, rows)
    method = captions.STRETCHES if own[0].in_time else captions.GROUPS if own[0].clusterings else captions.WEIGHTS
    of = captions.OF_TIMES if own[0].in_time else captions.OF_ROWS
    if not np.isfinite(error):
        return Interval(mean=mean, low=_NAN, high=_NAN), "no interval: most redrawn test sets lack a class"
    most = worth(name, own, rows.worth, comparison)
    interval = _interval(name, mean, error, most=most, degrees=rows.degrees, own=own, rows=rows)
    return interval, _as_simulated(method, name).caption(of)


def _as_simulated(method: captions.Method, name: str) -> captions.Method:
    """Returns a method with how often it held the truth, where that was simulated of the metric."""
    return method if name in _SIMULATED else replace(method, covered=None, fewer="")


def spread(values: NDArray[np.float64], rows: Rows) -> float:
    """Returns the standard error by redrawn values: of few clusters a little more than their spread; NaN of too few."""
    known = values[np.isfinite(values)]
    if len(known) < len(values) / 2:
        return _NAN
    n = rows.degrees + 1
    return float(known.std(ddof=1) * np.sqrt(n / (n - 1)))


def _interval(
    name: str, mean: float, error: float, *, most: float, degrees: float, own: Sequence[Scores], rows: Rows
) -> Interval:
    """Returns the interval of a metric of which the standard error is known."""
    t = float(stats.t.ppf(0.975, degrees))
    lowest, highest = declared(name).bounds
    if (lowest, highest) == (0.0, 1.0):
        return share_interval(mean, error * t / float(stats.norm.ppf(0.975)), n_rows=max(most, 1.0))
    if name in ROW_LOSSES and own[0].has_classes:
        return loss_interval_of(mean, error, n_rows=rows.worth, degrees=degrees, largest=_largest(name, own))
    return Interval(mean=mean, low=mean - t * error, high=mean + t * error)


def _largest(name: str, own: Sequence[Scores]) -> float:
    """Returns the mean loss of test rows, were each of the class that was held for the least probable."""
    return float(np.mean([ROW_LOSSES[name](item.y_proba.argmin(axis=1), item.y_proba).mean() for item in own]))


def _over_folds(
    name: str, own: Sequence[Scores], rows: Rows, folds: Sequence[Fold], comparison: Comparison, worth: Worth
) -> tuple[Interval, str]:
    values = np.array([item.metrics[name] for item in own])
    sizes = {"n_train": len(folds[0].train_rows), "n_test": len(folds[0].test_rows)}
    n_rows = sum(sizes.values()) * rows.worth / len(rows.losses)
    method = captions.FOLDS_OF_GROUPS if own[0].clusterings else captions.FOLDS_WITH_WEIGHTS
    caption = _as_simulated(method, name).caption(captions.of_procedure(folds, comparison))
    if name == "accuracy" and rows.equally:
        error = mean_error(rows.hits, rows.weights, rows.clusterings)
        return _interval(
            name, float(values.mean()), error, most=n_rows, degrees=rows.degrees, own=own, rows=rows
        ), caption
    if declared(name).bounds == (0.0, 1.0):
        most = worth(name, own, n_rows, comparison)
        return corrected_share_interval(values, most=most, **sizes), caption
    corrected = corrected_interval(values, **sizes)
    if name not in ROW_LOSSES or not own[0].has_classes:
        return corrected, caption
    of_rows = rows_of(own, folds, lambda item: ROW_LOSSES[name](item.y_true, item.y_proba))
    error = mean_error(of_rows.losses, of_rows.weights, of_rows.clusterings)
    found = _interval(name, corrected.mean, error, most=n_rows, degrees=rows.degrees, own=own, rows=rows)
    if rows.equally:
        return found, caption
    return Interval(mean=found.mean, low=min(found.low, corrected.low), high=max(found.high, corrected.high)), caption


@dataclass(frozen=True, kw_only=True, eq=False)
class Redrawings:
    """All candidates on the same redrawn test rows, in one metric.

    Attributes:
        means: Candidate -> mean over folds.
        values: Candidate -> ``(n_resamples,)``.
        rows: Of the first candidate.
        most: The most rows that a difference can be worth; infinite of a metric without bounds.
        equivalence: Largest difference that makes no practical difference.
    """

    means: Mapping[str, float]
    values: Mapping[str, NDArray[np.float64]]
    rows: Rows
    most: float
    equivalence: float

    def difference(self, pair: tuple[str, str]) -> Difference:
        """Returns what is known of the one's score minus the other's; no interval of too few clusters."""
        one, other = pair
        mean = self.means[one] - self.means[other]
        error = spread(self.values[one] - self.values[other], self.rows)
        if self.rows.degrees + 1 < LEAST or not np.isfinite(error):
            return Difference(mean=mean)
        error = max(error, least_error(mean, self.most))
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
        rows=rows,
        most=worth(metric, first, rows.worth, comparison) if between else np.inf,
        equivalence=equivalence,
    )
