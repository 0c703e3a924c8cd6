"""How often intervals hold the truth of rows that hang together, in groups or in time, or count unequally.

Nothing is trained: a classifier is given that knows one of the two things that decide of a row, and rows share both
with their neighbors. Beside it stands the interval that takes rows for single ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import expit

from benchmarks.coverage.intervals import Covered, Told, counted
from benchmarks.coverage.problems import random_splits, share_tested, stratified
from benchmarks.coverage.spread import Effort
from experiments.language import Baseline, Comparison, Splitting
from pipeline.data.forward import stretches
from pipeline.data.split import N_STRETCHES
from pipeline.data.values import Fold
from pipeline.scoring.captions import method_of
from pipeline.scoring.intervals import interval_of
from pipeline.scoring.metrics import confusion
from pipeline.scoring.taken import resamples_of
from pipeline.scoring.values import Scores
from pipeline.scoring.weighted import score_of

METRICS = ("accuracy", "roc_auc", "f1", "type_1_error", "log_loss")
NO_MEANS = ("roc_auc", "f1", "type_1_error")
_SHARED = 0.8  # of the variance of what the classifier knows
_UNKNOWN = 2.0  # standard deviation of what it does not, on the log odds
_MANY = 400_000
DRAWS = 1000
"""Of which the true score of few rows is the mean."""

Random = np.random.Generator
Pair = tuple[NDArray[np.float64], NDArray[np.float64]]
Drawn = tuple[list[Scores], tuple[Fold, ...], Comparison]
ONE_TEST_SET = Splitting(n_folds=1)


@dataclass(frozen=True, kw_only=True)
class Together:
    """Rows that are no single ones.

    Attributes:
        words: What they are.
        draw: Takes where draws come from, ``shift``, and ``metrics`` where few are asked for; returns scores, folds and
            the comparison.
        shift: Of the log odds: 0 for as many positive rows as negative ones, below for fewer.
        is_single: Whether single rows could be taken for it: in one test set, without weights.
    """

    words: str
    draw: Callable[..., Drawn]
    shift: float
    is_single: bool


def coverage(problem: Together, effort: Effort, n: int | None = None) -> dict[str, Covered]:
    """Returns what intervals cover, by metric; plain are those that take rows for single ones, of one test set."""
    true = truth(problem.shift) | true_of_few(problem)
    return counted(effort.spread(partial(all_printed, problem, true), n or effort.simulations))


def true_of_few(problem: Together) -> dict[str, float]:
    """Returns the mean score on test sets as large as a fold's of what is no mean over rows: of few it is another."""
    random, found = np.random.default_rng(98), []
    for _ in range(DRAWS):
        scores, _, _ = problem.draw(random, shift=problem.shift, metrics=NO_MEANS)
        found.append([np.nanmean([one.metrics[name] for one in scores]) for name in NO_MEANS])
    return dict(zip(NO_MEANS, map(float, np.nanmean(found, axis=0)), strict=True))


@cache
def truth(shift: float) -> dict[str, float]:
    """Returns each score of very many single rows."""
    random = np.random.default_rng(99)
    y, p = answered(random, (random.normal(size=_MANY), random.normal(size=_MANY)), shift)
    return {name: score_of(name, y, p, 1) for name in METRICS}


def all_printed(problem: Together, true: Mapping[str, float], n: int, random: Random) -> list[Told]:
    """Returns what is printed of ``n`` data sets."""
    return [told for _ in range(n) for told in printed(problem, true, random)]


def printed(problem: Together, true: Mapping[str, float], random: Random) -> list[Told]:
    """Returns what is printed of one data set."""
    scores, folds, comparison = problem.draw(random, shift=problem.shift)
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


def answered(random: Random, shared: Pair, shift: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Returns classes and probabilities of rows that share with their neighbors what is known, and what is not."""
    n = len(shared[0])
    x = np.sqrt(_SHARED) * shared[0] + np.sqrt(1 - _SHARED) * random.normal(size=n)
    y = (random.random(n) < expit(2 * x + shift + _UNKNOWN * shared[1])).astype(np.int64)
    q = expit((2 * x + shift) / np.sqrt(1 + 0.35 * _UNKNOWN**2))
    return y, np.stack([1 - q, q], axis=1)


def in_time(
    random: Random, *, n: int, phi: float, n_blocks: int, shift: float, metrics: Sequence[str] = METRICS
) -> Drawn:
    """Returns blocks forward in time; what rows share decays by ``phi`` from row to row."""
    size = n // n_blocks
    y, p = answered(random, (_decaying(random, n + size, phi), _decaying(random, n + size, phi)), shift)
    scores, folds = [], []
    for index in range(n_blocks):
        tested = np.arange(size * (index + 1), size * (index + 2))
        own = stretches(tested, max(2, round(N_STRETCHES / n_blocks)))
        fold = Fold(index=index, seed=index, train_rows=np.arange(tested[0]), test_rows=tested, stretches=own)
        scores.append(_scores(fold, y, p, metrics, clusterings=(own,), in_time=True))
        folds.append(fold)
    return scores, tuple(folds), _comparison(Splitting(kind="forward", time="t", n_folds=n_blocks))


def in_groups(
    random: Random,
    *,
    n_groups: int,
    size: int,
    splitting: Splitting,
    shift: float,
    metrics: Sequence[str] = METRICS,
) -> Drawn:
    """Returns groups of rows that share nearly all with each other."""
    groups = np.arange(n_groups * size) // size
    y, p = answered(random, (random.normal(size=n_groups)[groups], random.normal(size=n_groups)[groups]), shift)
    folds = _folds(groups, splitting, random)
    scores = [_scores(fold, y, p, metrics, clusterings=(groups[fold.test_rows],)) for fold in folds]
    return scores, folds, _comparison(splitting)


def weighed(
    random: Random, *, n: int, sigma: float, splitting: Splitting, shift: float, metrics: Sequence[str] = METRICS
) -> Drawn:
    """Returns single rows with lognormal weights."""
    y, p = answered(random, (random.normal(size=n), random.normal(size=n)), shift)
    weights = random.lognormal(0, sigma, n)
    folds = _folds(np.arange(n), splitting, random)
    return (
        [_scores(fold, y, p, metrics, weights=weights[fold.test_rows]) for fold in folds],
        folds,
        _comparison(splitting),
    )


def _decaying(random: Random, n: int, phi: float) -> NDArray[np.float64]:
    """Returns normal values of which each is ``phi`` times the one before, and something of its own: all vary alike."""
    first, *own = random.normal(size=n)
    found, _ = lfilter([np.sqrt(1 - phi**2)], [1, -phi], own, zi=[phi * first])
    return np.append(first, found)


def _folds(units: NDArray[np.int64], splitting: Splitting, random: Random) -> tuple[Fold, ...]:
    """Returns folds of whole units; without a division, one test set beside four times as many training rows."""
    rows, n_units = np.arange(len(units)), int(units.max()) + 1
    if splitting.n_folds == 1:
        return (Fold(index=0, seed=1, train_rows=np.arange(len(rows), 5 * len(rows)), test_rows=rows),)
    part = random.permutation(np.arange(n_units) % splitting.n_folds)
    found = []
    for index in range(splitting.n_folds):
        tested = part == index
        if splitting.kind == "random":
            tested = random.permutation(n_units) < round(share_tested(splitting) * n_units)
        of_test = tested[units]
        found.append(Fold(index=index, seed=index, train_rows=rows[~of_test], test_rows=rows[of_test]))
    return tuple(found)


def _scores(fold: Fold, y: NDArray[np.int64], p: NDArray[np.float64], metrics: Sequence[str], **said: Any) -> Scores:
    truths, answers = y[fold.test_rows], p[fold.test_rows]
    return Scores(
        candidate="one",
        family="baseline",
        fold_index=fold.index,
        seed=0,
        metrics={name: score_of(name, truths, answers, 1, said.get("weights")) for name in metrics},
        y_true=truths,
        predicted=answers,
        confusion=confusion(truths, answers),
        **said,
    )


@cache
def _comparison(splitting: Splitting) -> Comparison:
    return Comparison(
        name="together",
        title="Rows that hang together",
        where="simulated",
        data="simulated",
        splitting=splitting,
        candidates=(Baseline(name="one", algorithm="naive_bayes"), Baseline(name="guess", algorithm="majority_class")),
        metrics=METRICS,
        primary_metric="accuracy",
        positive_class=1,
    )


_HALF, _NINTH = (0.0, "one in two positive"), (-4.0, "one in nine positive")
Share = tuple[float, str]


def _times(n: int, phi: float, positive: Share) -> tuple[Together, ...]:
    shift, share = positive
    return tuple(
        Together(
            words=f"{n:,} rows in {n_blocks} {'blocks' if n_blocks > 1 else 'block'} of time, {phi:g} shared from row "
            f"to row, {share}",
            draw=partial(in_time, n=n, phi=phi, n_blocks=n_blocks),
            shift=shift,
            is_single=n_blocks == 1,
        )
        for n_blocks in (5, 1)
    )


_SPLITTINGS = {"5 folds": stratified(5), "10 random splits": random_splits(10), "one test set": ONE_TEST_SET}


def _groups(n_groups: int, size: int, positive: Share, *folds: str) -> tuple[Together, ...]:
    shift, share = positive
    return tuple(
        Together(
            words=f"{n_groups} groups of {size} rows, {name}, {share}",
            draw=partial(in_groups, n_groups=n_groups, size=size, splitting=_SPLITTINGS[name]),
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
            draw=partial(weighed, n=300, sigma=sigma, splitting=splitting),
            shift=shift,
            is_single=False,
        )
        for name, splitting in _SPLITTINGS.items()
    )


PROBLEMS = (
    *_times(600, 0.0, _HALF),
    *_times(600, 0.5, _NINTH),
    *_times(600, 0.8, _HALF),
    *_times(600, 0.95, _HALF),
    *_times(2000, 0.8, _NINTH),
    *_times(2000, 0.95, _NINTH),
    *_groups(200, 3, _HALF, "5 folds", "one test set"),
    *_groups(60, 5, _NINTH, *_SPLITTINGS),
    *_groups(20, 15, _HALF, *_SPLITTINGS),
    *_groups(20, 15, _NINTH, "5 folds", "one test set"),
    *_groups(10, 30, _HALF, "5 folds", "one test set"),
    *_groups(10, 30, _NINTH, "5 folds", "one test set"),
    *_weights(0.5, _HALF),
    *_weights(1.2, _HALF),
    *_weights(1.2, _NINTH),
)
"""Rows that hang together, or count unequally."""
