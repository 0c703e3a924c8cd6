"""A class that is hardly found: what is told of its F1 and type I error, of guessing beside it, and of an equal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.coverage.cells import Setting
from benchmarks.coverage.problems import random_splits, share_tested, stratified
from benchmarks.coverage.product import GUESS, mean_of_sets
from benchmarks.coverage.spread import Effort, Share, share
from benchmarks.coverage.words import comparisons
from experiments.language import Splitting
from pipeline.scoring.captions import ERROR_TYPES_ACROSS_FOLDS, F1_ACROSS_FOLDS, Method
from pipeline.scoring.compare import compare
from pipeline.scoring.contrasts import contrast

NET, EQUAL = "net_0", "baseline_0"
GUESSED: Mapping[str, float] = {"f1": 0.0, "type_1_error": 1.0}
"""What guessing scores, which finds none of the class."""
CAPTIONS: Mapping[str, Method] = {"f1": F1_ACROSS_FOLDS, "type_1_error": ERROR_TYPES_ACROSS_FOLDS}
"""Of the interval of a mean."""
TRAININGS, SETS = 2000, 20
"""Of which the truth is the mean, each on so many fresh test sets: what is found hangs on the training most."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What was told of a net and a baseline of one worth, beside guessing, which finds none of the class.

    Attributes:
        held: Whether the interval of the net's mean holds the truth.
        apart_held: Whether that of its difference to guessing does.
        equal_held: Whether that of its difference to the baseline holds 0.
        widths: From bound to bound, of the three.
        better: Whether it is called better than guessing, before the correction for what else is asked.
        reaches: Whether the interval of its mean reaches to what guessing scores.
    """

    held: bool
    apart_held: bool
    equal_held: bool
    widths: tuple[float, float, float]
    better: bool
    reaches: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """What many comparisons of one setting come to.

    Attributes:
        truth: What both are worth, on test sets as large as a fold's.
        held: Intervals of the mean that hold it.
        apart_held: Those of the difference to guessing.
        equal_held: Those of the difference of the two that hold 0.
        width: Mean, of the first.
        apart_width: Of the second.
        equal_width: Of the third.
        too_sure: Called better than guessing although the interval of the mean reaches to it.
        too_shy: Not called so although it does not.
    """

    truth: float
    held: Share
    apart_held: Share
    equal_held: Share
    width: float
    apart_width: float
    equal_width: float
    too_sure: Share
    too_shy: Share


def found(setting: Setting, effort: Effort, n: int | None = None) -> Found:
    """Returns what is told in a setting of a net and a baseline of one worth."""
    truth = _truth(setting, np.random.default_rng(1))
    heard = effort.spread(Simulated(setting, truth), n or effort.simulations)
    widths = np.mean([one.widths for one in heard], axis=0).tolist()
    return Found(
        truth=truth,
        held=share([one.held for one in heard]),
        apart_held=share([one.apart_held for one in heard]),
        equal_held=share([one.equal_held for one in heard]),
        width=widths[0],
        apart_width=widths[1],
        equal_width=widths[2],
        too_sure=share([one.better and one.reaches for one in heard]),
        too_shy=share([not one.better and not one.reaches for one in heard]),
    )


def _truth(setting: Setting, random: np.random.Generator) -> float:
    """Returns the mean score of the procedure on fresh test sets as large as a fold's."""
    tested = round(share_tested(setting.splitting) * setting.n_rows)
    found = []
    for _ in range(TRAININGS):
        model = setting.fitted(0, *setting.drawn(setting.n_rows - tested, random))
        X, y = setting.drawn(SETS * tested, random)
        keeps = setting.splitting.keeps_shares
        found.append(mean_of_sets(setting.metric, y, model.predict_proba(X), tested, 1, keeps_shares=keeps))
    return float(np.mean(found))


@dataclass(frozen=True)
class Simulated:
    """Draws comparisons of a setting, and listens to what is told of them.

    Attributes:
        setting: Of which.
        truth: What its candidates are worth.
    """

    setting: Setting
    truth: float

    def __call__(self, n: int, random: np.random.Generator) -> list[Heard]:
        """Returns what was told of ``n``."""
        drawn = self._drawn(random)
        return [next(drawn) for _ in range(n)]

    def _drawn(self, random: np.random.Generator) -> Iterator[Heard]:
        comparison, guessed = self.setting.comparison, GUESSED[self.setting.metric]
        for _, folds, scores in comparisons(self.setting, random):
            own = next(one for one in compare(scores, folds, comparison) if one.candidate == NET)
            against = {one.reference: one for one in contrast(scores, folds, comparison) if one.candidate == NET}
            apart, equal = against[GUESS], against[EQUAL]
            yield Heard(
                held=own.low <= self.truth <= own.high,
                apart_held=apart.low <= self.truth - guessed <= apart.high,
                equal_held=equal.low <= 0 <= equal.high or not equal.has_interval,
                widths=(own.high - own.low, apart.high - apart.low, equal.high - equal.low),
                better=apart.p_value < 0.05 and apart.better > apart.worse,
                reaches=own.low <= guessed <= own.high,
            )


def _equals(
    metric: str, splitting: Splitting, distance: float = 1.0, classifier: str = "linear discriminant"
) -> Setting:
    return Setting(
        n_rows=150,
        metric=metric,
        distances=(distance, distance),
        nets=1,
        positive=0.1,
        splitting=splitting,
        classifier=classifier,
    )


SETTINGS = tuple(
    _equals(metric, *how)
    for metric in GUESSED
    for how in (
        (stratified(5),),
        (stratified(5, 2),),
        (random_splits(10),),
        (stratified(5), 2.0),
        (stratified(5), 1.0, "tree of depth 4"),
    )
)
"""A net and a baseline that find few of 15 positive rows, each in a column of its own."""


def words(setting: Setting) -> str:
    """Returns what a setting is, in a table."""
    return f"{setting.words}{setting.kind}, {setting.distances[0]:g} apart"
