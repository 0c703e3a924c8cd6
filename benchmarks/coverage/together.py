"""How often intervals hold the truth of rows that hang together, in groups or in time, or count unequally.

Nothing is trained: a classifier is given that knows one of the two things that decide of a row, and rows share both
with their neighbors. Beside it stands the interval that takes rows for single ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from benchmarks.coverage.hanging import (
    HALF,
    METRICS,
    NINTH,
    SPLITTINGS,
    Random,
    Rows,
    answered,
    in_groups,
    in_time,
    weighed,
)
from benchmarks.coverage.intervals import Covered, Told, counted
from benchmarks.coverage.product import comparison_of
from benchmarks.coverage.spread import Effort
from experiments.language import Comparison, Splitting
from pipeline.data.values import Fold
from pipeline.scoring.captions import method_of
from pipeline.scoring.intervals import interval_of
from pipeline.scoring.taken import resamples_of
from pipeline.scoring.values import Scores
from pipeline.scoring.weighted import score_of

NO_MEANS = ("roc_auc", "f1", "type_1_error")
_MANY = 400_000
DRAWS = 1000
"""Of which the true score of few rows is the mean."""
Share = tuple[float, str]


@dataclass(frozen=True, kw_only=True)
class Together:
    """Rows that are no single ones.

    Attributes:
        words: What they are.
        rows: Draws them.
        shift: Of the log odds: 0 for as many positive rows as negative ones, below for fewer.
        is_single: Whether single rows could be taken for it: in one test set, without weights.
    """

    words: str
    rows: Callable[[Random], Rows]
    shift: float
    is_single: bool

    def drawn(
        self, random: Random, metrics: Sequence[str] = METRICS
    ) -> tuple[list[Scores], tuple[Fold, ...], Comparison]:
        """Returns the scores of the classifier on fresh rows, the folds, and the declaration."""
        rows = self.rows(random)
        comparison = _comparison(rows.splitting)
        y, answers = answered(random, (rows.shared(random), rows.shared(random)), self.shift)
        return rows.scores(comparison.candidates[0], y, answers, metrics), rows.folds, comparison


@cache
def _comparison(splitting: Splitting) -> Comparison:
    return comparison_of(METRICS, splitting)


def coverage(problem: Together, effort: Effort, n: int | None = None) -> dict[str, Covered]:
    """Returns what intervals cover, by metric; plain are those that take rows for single ones, of one test set."""
    true = truth(problem.shift) | true_of_few(problem)
    return counted(effort.spread(partial(all_printed, problem, true), n or effort.simulations))


def true_of_few(problem: Together) -> dict[str, float]:
    """Returns the mean score on test sets as large as a fold's of what is no mean over rows: of few it is another."""
    random, found = np.random.default_rng(98), []
    for _ in range(DRAWS):
        scores, _, _ = problem.drawn(random, NO_MEANS)
        found.append([np.nanmean([one.metrics[name] for one in scores]) for name in NO_MEANS])
    return dict(zip(NO_MEANS, map(float, np.nanmean(found, axis=0)), strict=True))


@cache
def truth(shift: float) -> dict[str, float]:
    """Returns each score of very many single rows."""
    random = np.random.default_rng(99)
    y, answers = answered(random, (random.normal(size=_MANY), random.normal(size=_MANY)), shift)
    return {name: score_of(name, y, answers, 1) for name in METRICS}


def all_printed(problem: Together, true: Mapping[str, float], n: int, random: Random) -> list[Told]:
    """Returns what is printed of ``n`` data sets."""
    return [told for _ in range(n) for told in printed(problem, true, random)]


def printed(problem: Together, true: Mapping[str, float], random: Random) -> list[Told]:
    """Returns what is printed of one data set."""
    scores, folds, comparison = problem.drawn(random)
    resamples, told = resamples_of(folds, comparison), []
    for name in METRICS:
        found, caption = interval_of(name, scores, folds, comparison, resamples)
        plain = None
        if problem.is_single:
            alone = [replace(one, clusterings=(), in_time=False) for one in scores]
            its, _ = interval_of(name, alone, folds, comparison, resamples)
            plain = bool(its.low <= true[name] <= its.high) if np.isfinite(its.low) else None
        if np.isfinite(found.low):
            held, width = bool(found.low <= true[name] <= found.high), found.high - found.low
            told.append(Told(metric=name, held=held, width=width, plain=plain, method=method_of(caption)))
    return told


def _times(n: int, phi: float, positive: Share) -> tuple[Together, ...]:
    shift, share = positive
    return tuple(
        Together(
            words=f"{n:,} rows in {n_blocks} {'blocks' if n_blocks > 1 else 'block'} of time, {phi:g} shared from row "
            f"to row, {share}",
            rows=partial(in_time, n=n, phi=phi, n_blocks=n_blocks),
            shift=shift,
            is_single=n_blocks == 1,
        )
        for n_blocks in (5, 1)
    )


def _groups(n_groups: int, size: int, positive: Share, *folds: str) -> tuple[Together, ...]:
    shift, share = positive
    return tuple(
        Together(
            words=f"{n_groups} groups of {size} rows, {name}, {share}",
            rows=partial(in_groups, n_groups=n_groups, size=size, splitting=SPLITTINGS[name]),
            shift=shift,
            is_single=name == "one test set",
        )
        for name in folds
    )


def _weights(sigma: float, positive: Share) -> tuple[Together, ...]:
    shift, share = positive
    return tuple(
        Together(
            words=f"300 rows with lognormal weights of {sigma:g}, {name}, {share}",
            rows=partial(weighed, n=300, sigma=sigma, splitting=splitting),
            shift=shift,
            is_single=False,
        )
        for name, splitting in SPLITTINGS.items()
    )


PROBLEMS = (
    *_times(600, 0.0, HALF),
    *_times(600, 0.5, NINTH),
    *_times(600, 0.8, HALF),
    *_times(600, 0.95, HALF),
    *_times(2000, 0.8, NINTH),
    *_times(2000, 0.95, NINTH),
    *_groups(200, 3, HALF, "5 folds", "one test set"),
    *_groups(60, 5, NINTH, *SPLITTINGS),
    *_groups(20, 15, HALF, *SPLITTINGS),
    *_groups(20, 15, NINTH, "5 folds", "one test set"),
    *_groups(10, 30, HALF, "5 folds", "one test set"),
    *_groups(10, 30, NINTH, "5 folds", "one test set"),
    *_weights(0.5, HALF),
    *_weights(1.2, HALF),
    *_weights(1.2, NINTH),
)
"""Rows that hang together, or count unequally."""
