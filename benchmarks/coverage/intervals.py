"""How often the intervals that are printed hold the truth, and whether it is as often as their captions tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import stats

from benchmarks.coverage.problems import Problem, share_tested
from benchmarks.coverage.product import Classifier, comparison_of, dataset_of, mean_of_sets, scored
from benchmarks.coverage.spread import Effort, Share, share
from pipeline.data.split import split
from pipeline.data.values import Fold
from pipeline.scoring.captions import Method, method_of
from pipeline.scoring.compare import compare
from pipeline.scoring.metrics import score
from pipeline.scoring.one_test_set import auc_interval, placements
from pipeline.scoring.significance import corrected_interval
from pipeline.scoring.values import Summary

FRESH = 4000  # rows that a training is truly worth
TRAININGS = 300  # of which the truth is the mean


@dataclass(frozen=True, kw_only=True)
class Told:
    """One interval that was printed.

    Attributes:
        metric: Of what.
        held: Whether the truth lies in it.
        width: From bound to bound.
        plain: Whether ``mean ± t * error`` over the same folds holds it; ``None`` with one test set.
        method: What its caption tells.
    """

    metric: str
    held: bool
    width: float
    plain: bool | None
    method: Method


@dataclass(frozen=True, kw_only=True)
class Covered:
    """How often the intervals of one metric held the truth.

    Attributes:
        held: Those that are printed.
        plain: ``mean ± t * error``; ``None`` with one test set.
        width: Mean, of those that are printed.
        narrowest: Of those.
        told: What the caption says they cover.
    """

    held: Share
    plain: Share | None
    width: float
    narrowest: float
    told: Method

    @property
    def agrees(self) -> bool:
        """Whether what was counted is within what is told."""
        return self.told.agrees(self.held.count / self.held.n)

    @property
    def may_agree(self) -> bool:
        """Whether many more simulations might come to what is told: what a few can say."""
        return self.told.covered is None or self.held.may_be(*self.told.covered)


def coverage(problem: Problem, effort: Effort, n: int | None = None) -> dict[str, Covered]:
    """Returns what the intervals over folds cover, by metric."""
    n_test = round(problem.n_rows * share_tested(problem.splitting))
    truth = true_scores(problem, problem.n_rows - n_test, n_test, np.random.default_rng(1))
    return counted(effort.spread(partial(over_folds, problem, truth), n or effort.simulations))


def coverage_of_rows(problem: Problem, effort: Effort, n: int | None = None) -> dict[str, Covered]:
    """Returns what the intervals of one test set cover of the score of the same trained model on many fresh rows."""
    random = np.random.default_rng(1)
    model = problem.fitted(*problem.drawn(10 * problem.n_rows, random))
    X, y = problem.drawn(100 * FRESH, random)
    truth = {name: score(name, y, model.predict_proba(X), problem.positive_class) for name in problem.metrics}
    return counted(effort.spread(partial(of_rows, problem, model, truth), n or effort.simulations))


def true_scores(problem: Problem, n_train: int, n_test: int, random: np.random.Generator) -> dict[str, float]:
    """Returns the mean score of what learns from so many rows, on fresh test sets of as many as a fold has."""
    found: dict[str, list[float]] = {name: [] for name in problem.metrics}
    while len(found[problem.metrics[0]]) < TRAININGS:
        X, y = problem.drawn(n_train, random)
        if not problem.enough(y, 8):
            continue
        X_fresh, y_fresh = problem.drawn(FRESH, random)
        y_proba = problem.fitted(X, y).predict_proba(X_fresh)
        for name, own in found.items():
            keeps = problem.splitting.keeps_shares
            own.append(mean_of_sets(name, y_fresh, y_proba, n_test, problem.positive_class, keeps_shares=keeps))
    return {name: float(np.mean(own)) for name, own in found.items()}


def over_folds(problem: Problem, truth: Mapping[str, float], n: int, random: np.random.Generator) -> list[Told]:
    """Returns what is printed of ``n`` data sets, over folds."""
    comparison = comparison_of(problem.metrics, problem.splitting, positive_class=problem.positive_class)
    found = []
    for dataset in problem.datasets(n, random):
        folds = split(dataset, problem.splitting, seed=int(random.integers(2**31)))
        models = [problem.fitted(dataset.X[fold.train_rows], dataset.y[fold.train_rows]) for fold in folds]
        scores = scored(comparison.candidates[0], models, dataset, folds, comparison)
        for summary in compare(scores, folds, comparison):
            if summary.has_interval:
                plain = plain_holds([one.metrics[summary.metric] for one in scores], folds, truth[summary.metric])
                found.append(told_of(summary, truth, plain))
    return found


def of_rows(
    problem: Problem, model: Classifier, truth: Mapping[str, float], n: int, random: np.random.Generator
) -> list[Told]:
    """Returns what is printed of ``n`` test sets of a model."""
    comparison = comparison_of(problem.metrics, problem.splitting, positive_class=problem.positive_class)
    rows, found = np.arange(problem.n_rows), []
    fold = Fold(index=0, seed=0, train_rows=rows[:0], test_rows=rows)
    for _ in range(n):
        dataset = dataset_of(*problem.drawn(problem.n_rows, random), len(problem.shares))
        scores = scored(comparison.candidates[0], [model], dataset, [fold], comparison)
        found += [told_of(one, truth, None) for one in compare(scores, [fold], comparison) if one.has_interval]
    return found


def told_of(summary: Summary, truth: Mapping[str, float], plain: bool | None) -> Told:
    """Returns what was printed of a score, held against its truth."""
    return Told(
        metric=summary.metric,
        held=summary.low <= truth[summary.metric] <= summary.high,
        width=summary.high - summary.low,
        plain=plain,
        method=method_of(summary.method),
    )


def plain_holds(values: Sequence[float], folds: Sequence[Fold], truth: float) -> bool:
    """Returns whether ``mean ± t * error`` over folds holds the truth."""
    n_train, n_test = len(folds[0].train_rows), len(folds[0].test_rows)
    found = corrected_interval(np.array(values), n_train=n_train, n_test=n_test)
    return found.low <= truth <= found.high


def counted(told: Sequence[Told]) -> dict[str, Covered]:
    """Returns how often the truth was held, by metric."""
    found = {}
    for metric in dict.fromkeys(one.metric for one in told):
        own = [one for one in told if one.metric == metric]
        plain = [one.plain for one in own if one.plain is not None]
        found[metric] = Covered(
            held=share([one.held for one in own]),
            plain=share(plain) if plain else None,
            width=float(np.mean([one.width for one in own])),
            narrowest=min(one.width for one in own),
            told=own[0].method,
        )
    return found


def auc_coverage(n_positive: int, distance: float, effort: Effort, n: int | None = None) -> tuple[Share, Share]:
    """Returns how often our interval of the ROC-AUC of one test set, and DeLong's own, held the truth."""
    found = effort.spread(partial(_areas, n_positive, distance), n or effort.simulations)
    return share([ours for ours, _ in found]), share([delongs for _, delongs in found])


def _areas(n_positive: int, distance: float, n: int, random: np.random.Generator) -> list[tuple[bool, bool]]:
    truth, positive = stats.norm.cdf(distance / np.sqrt(2)), np.arange(n_positive + 1000) < n_positive
    held = []
    for _ in range(n):
        ranked = random.normal(distance * positive)
        found = auc_interval(positive, ranked)
        of_positives, of_negatives = placements(positive, ranked)
        error = np.sqrt(of_positives.var(ddof=1) / n_positive + of_negatives.var(ddof=1) / len(of_negatives))
        own = abs(of_positives.mean() - truth) <= stats.norm.isf(0.025) * error
        held.append((bool(found.low <= truth <= found.high), bool(own)))
    return held
