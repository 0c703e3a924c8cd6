"""How often the words are wrong, and how often right: comparisons of classifiers of known worth, told by the product.

Every candidate is a linear discriminant on columns of its own, beside one that all may see. What is counted are the
sentences of verdict and champion and of each difference, not the numbers behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from math import nan

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from benchmarks.coverage.problems import Rows, random_splits, share_tested, stratified
from benchmarks.coverage.product import (
    GUESS,
    Blind,
    Classifier,
    Prior,
    comparison_of,
    dataset_of,
    mean_of_sets,
    scored,
)
from benchmarks.coverage.spread import Effort, Share, share
from experiments.language import Comparison, Splitting
from experiments.language.metric import metric as declared
from pipeline.comparison.champion import champion
from pipeline.comparison.verdict import apart, verdict
from pipeline.data.split import split
from pipeline.scoring.compare import gather
from pipeline.scoring.metrics import score
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast, Question

_OWN = 2  # columns of each candidate; the first one may tell the class, the second is noise
_FRESH, _TRAININGS = 40_000, 200
_LARGE = "too much for"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A comparison whose candidates' worth is known.

    Attributes:
        n_rows: Of the data set.
        metric: By which it ranks.
        distances: Of each candidate, nets first: how far the classes lie apart in its own column, in standard
            deviations; 0 tells nothing of the class.
        nets: So many of them are called nets.
        shared: How far the classes lie apart in the column that all see; ``None`` without one.
        positive: Share of the positive class.
        splitting: As declared.
        primary: Whether the first net against the first baseline is declared to be the question.
        equivalence: Declared as the largest difference that makes no practical one.
    """

    n_rows: int
    metric: str
    distances: tuple[float, ...]
    nets: int
    shared: float | None = None
    positive: float = 0.5
    splitting: Splitting = field(default_factory=lambda: random_splits(10))
    primary: bool = False
    equivalence: float | None = None

    @cached_property
    def comparison(self) -> Comparison:
        """The declaration."""
        return comparison_of(
            (self.metric,),
            self.splitting,
            nets=self.nets,
            baselines=len(self.distances) - self.nets,
            primary=("net_0", "baseline_0") if self.primary else None,
            practical_equivalence=self.equivalence,
        )

    def drawn(self, n_rows: int, random: np.random.Generator) -> Rows:
        """Returns fresh rows, ``(n_rows, 1 + 2 * n_candidates)``; the first column is everybody's."""
        y = (random.random(n_rows) < self.positive).astype(np.int64)
        X = random.normal(size=(n_rows, 1 + _OWN * len(self.distances)))
        X[:, 0] += (self.shared or 0.0) * y
        X[:, 1::_OWN] += np.outer(y, self.distances)
        return X, y

    def fitted(self, candidate: int, X: NDArray[np.float64], y: NDArray[np.int64]) -> Classifier:
        """Returns what a candidate learns; the last one guesses."""
        if candidate == len(self.distances):
            return Prior(y)
        own = [1 + _OWN * candidate, 2 + _OWN * candidate]
        return Blind(own if self.shared is None else [0, *own], LinearDiscriminantAnalysis(), X, y)

    def true_scores(self, candidate: int, random: np.random.Generator) -> tuple[float, float]:
        """Returns what a candidate's procedure is worth, trained on as many rows as a fold has.

        Returns:
            The mean score on fresh test sets as large as a fold's, which is what a mean over folds is of, and the
            score on many rows. The two differ in an average precision: of few positive rows it is too high.
        """
        tested = round(share_tested(self.splitting) * self.n_rows)
        small, large = [], []
        for _ in range(_TRAININGS):
            model = self.fitted(candidate, *self.drawn(self.n_rows - tested, random))
            X, y = self.drawn(_FRESH, random)
            y_proba = model.predict_proba(X)
            large.append(score(self.metric, y, y_proba, 1))
            small.append(mean_of_sets(self.metric, y, y_proba, tested, 1))
        return float(np.mean(small)), float(np.mean(large))

    @property
    def words(self) -> str:
        """What it is of, in a table."""
        metric = declared(self.metric).words
        positive = "" if self.positive == 0.5 else f", {100 * self.positive:g} % positive"
        return f"{self.n_rows:,} rows{positive}, {metric}, {self.folds}"

    @property
    def folds(self) -> str:
        """How its rows are divided."""
        return f"{self.splitting.n_folds} {'random splits' if self.splitting.kind == 'random' else 'stratified folds'}"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was told of one comparison.

    Attributes:
        registered: Whether the gate passed.
        primary: Whether a difference that was asked for is called too much for chance, for better or worse.
        exploratory: Whether another one is.
        guess: Whether one is called better than guessing.
        beats: Whether the verdict says that the best beats the best of the other family.
        found: Whether the first net is called better than the first baseline.
        equal: Whether it is called practically equal to it.
        observed: The winner's mean; NaN where no mean is known, as a fold without a positive row has no precision.
        corrected: For the choice.
        bounds: Of the corrected mean.
        plain: Bounds of the observed one.
    """

    registered: bool
    primary: bool
    exploratory: bool
    guess: bool
    beats: bool
    found: bool
    equal: bool
    observed: float
    corrected: float
    bounds: tuple[float, float]
    plain: tuple[float, float]


def told(setting: Setting, effort: Effort, n: int | None = None) -> list[Said]:
    """Returns what was told of each of so many comparisons."""
    return effort.spread(partial(_simulated, setting), n or effort.gates)


def _simulated(setting: Setting, n: int, random: np.random.Generator) -> list[Said]:
    found: list[Said] = []
    while len(found) < n:
        X, y = setting.drawn(setting.n_rows, random)
        dataset = dataset_of(X, y, 2)
        try:
            folds = split(dataset, setting.splitting, seed=int(random.integers(2**31)))
        except ValueError:  # refused for too few rows of a class: such a comparison is never run
            continue
        scores = []
        for number, candidate in enumerate(setting.comparison.candidates):
            models = [setting.fitted(number, X[fold.train_rows], y[fold.train_rows]) for fold in folds]
            scores += scored(candidate, models, dataset, folds, setting.comparison)
        found.append(said(gather(setting.comparison, dataset, tuple(folds), [], scores)))
    return found


def said(result: Result) -> Said:
    """Reads the sentences of a result."""
    chosen, sentences, winner = champion(result), verdict(result), result.winner
    assert chosen is not None  # a gate is declared
    best = result.ranked[0] if result.ranked[0] != result.reference else result.ranked[1]
    pair = _pair(result)
    asked = sentences.split(". ")[0] if result.comparison.primary else ""
    return Said(
        registered=chosen.passes,
        primary=_alarms(result.contrasts, "primary"),
        exploratory=_alarms(result.contrasts, "exploratory"),
        guess=any(
            _LARGE in apart(one) and one.judgment == "better" for one in result.contrasts if one.reference == GUESS
        ),
        beats="; it beats the best" in sentences,
        found=_LARGE in (asked or _apart(pair)) and pair is not None and pair.judgment == "better",
        equal="practically equal" in (asked or _apart(pair)),
        observed=winner.observed if winner else nan,
        corrected=winner.mean if winner else nan,
        bounds=(winner.low, winner.high) if winner else (nan, nan),
        plain=(best.low, best.high),
    )


def _pair(result: Result) -> Contrast | None:
    """Returns how the first net stands to the first baseline."""
    return result.against("baseline_0").get("net_0") if result.comparison.nets else None


def _apart(pair: Contrast | None) -> str:
    return "" if pair is None else apart(pair)


def _alarms(contrasts: Sequence[Contrast], question: Question) -> bool:
    return any(_LARGE in apart(one) for one in contrasts if one.question == question)


@dataclass(frozen=True, kw_only=True)
class Won:
    """The winner's figures over many comparisons of equal candidates.

    Attributes:
        truth: What each of them is worth, on test sets as large as a fold's.
        on_many: The same on many rows.
        observed: Mean of the winner's own means, less the truth.
        corrected: Of those that are corrected for the choice.
        error: Standard error of the latter.
        held: Corrected intervals that hold the truth.
        plain: Uncorrected ones.
    """

    truth: float
    on_many: float
    observed: float
    corrected: float
    error: float
    held: Share
    plain: Share

    def within(self, most: float) -> bool:
        """Returns whether the corrected mean's bias may be so small."""
        return abs(self.corrected) - stats.norm.isf(0.025) * self.error <= most


def won(setting: Setting, effort: Effort, n: int | None = None) -> Won:
    """Returns what the winner of equal candidates is said to be worth."""
    (truth, on_many), found = setting.true_scores(0, np.random.default_rng(1)), told(setting, effort, n)
    corrected = np.array([one.corrected for one in found])
    return Won(
        truth=truth,
        on_many=on_many,
        observed=float(np.mean([one.observed for one in found])) - truth,
        corrected=float(corrected.mean()) - truth,
        error=float(corrected.std(ddof=1) / np.sqrt(len(found))),
        held=share([one.bounds[0] <= truth <= one.bounds[1] for one in found]),
        plain=share([one.plain[0] <= truth <= one.plain[1] for one in found]),
    )


def better_by(accuracy: float, distance: float) -> float:
    """Returns how far apart classes must lie for so much more accuracy than at a distance.

    Formula:
        Two normal clouds of one size are told apart with the accuracy ``Phi(distance / 2)``.
    """
    return float(2 * stats.norm.ppf(stats.norm.cdf(distance / 2) + accuracy))


def on_top(distance: float, wanted: float) -> float:
    """Returns how far apart a second column must be, for both together to lie so far apart."""
    return float(np.sqrt(wanted**2 - distance**2))


def _by_lot(n_rows: int, n_candidates: int, metric: str, positive: float) -> Setting:
    nets = n_candidates // 2
    return Setting(n_rows=n_rows, metric=metric, distances=(0.0,) * n_candidates, nets=nets, positive=positive)


GATES = {
    n_rows: tuple(
        _by_lot(n_rows, n_candidates, metric, positive)
        for metric, positive in (("roc_auc", 0.5), ("average_precision", 0.03))
        for n_candidates in (1, 5, 13)
    )
    for n_rows in (150, 1000, 6819)
}
"""Comparisons in which no column says anything of the class, by their rows."""
EQUAL = tuple(
    Setting(n_rows=300, metric=metric, distances=(distance,) * n, nets=nets, splitting=splitting)
    for distance in (1.0, 0.0)
    for nets, n in ((1, 8), (4, 7))
    for metric in ("accuracy", "roc_auc")
    for splitting in (random_splits(10), stratified(5))
)
"""All candidates are worth the same, something or nothing."""
WINNERS = tuple(
    Setting(n_rows=n_rows, metric=metric, distances=(1.0,) * 13, nets=6, positive=positive)
    for n_rows, metric, positive in (
        (150, "accuracy", 0.5),
        (1000, "accuracy", 0.5),
        (1000, "roc_auc", 0.5),
        (1000, "average_precision", 0.1),
    )
)
"""Thirteen candidates of one worth."""


def _net_ahead(by: float, distance: float, *, nested: bool, primary: bool) -> Setting:
    """Returns four nets against three baselines; the first net is more accurate than all others."""
    ahead = better_by(by, distance)
    own = (on_top(distance, ahead), *(0.0,) * 6) if nested else (ahead, *(distance,) * 6)
    shared = distance if nested else None
    return Setting(n_rows=1000, metric="accuracy", distances=own, nets=4, shared=shared, primary=primary)


AHEAD = tuple(
    (words, _net_ahead(0.05, distance, nested=nested, primary=primary))
    for words, distance, nested in (
        ("looks at other columns, .74 against .69", 1.0, False),
        ("looks at other columns, .90 against .85", 2.07, False),
        ("looks at one column more, .74 against .69", 1.0, True),
        ("looks at one column more, .90 against .85", 2.07, True),
    )
    for primary in (True, False)
)
"""A net that is better by .05 accuracy."""
EQUIVALENCE = 0.03
ALIKE = tuple(
    (
        difference,
        Setting(
            n_rows=n_rows,
            metric="accuracy",
            distances=(better_by(difference, 1.0), 1.0),
            nets=1,
            primary=True,
            equivalence=EQUIVALENCE,
        ),
    )
    for n_rows in (1000, 6819)
    for difference in (EQUIVALENCE, 0.0)
)
"""A net and a baseline that differ by what makes no practical difference at most, or not at all."""
