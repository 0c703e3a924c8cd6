"""The comparisons whose words are simulated: classifiers of known worth, linear discriminants unless told otherwise.

Every candidate looks at columns of its own, beside one that all may see.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import SGDClassifier
from sklearn.tree import DecisionTreeClassifier

from benchmarks.coverage.problems import CLASSIFIERS, Rows, random_splits, share_tested, stratified
from benchmarks.coverage.product import Blind, Classifier, Fitted, Prior, comparison_of, mean_of_sets
from experiments.language import Comparison, Splitting
from experiments.language.metric import metric as declared
from pipeline.scoring.metrics import score

_OWN = 2  # columns of each candidate; the first one may tell the class, the second is noise
_PASSES = 8
_FRESH, _TRAININGS = 40_000, 200


class StoppedEarly:
    """Logistic regression by a few passes of gradient descent, as many as the rows happen to say.

    So each training is sure of all its rows to another degree, as nets are that stop when held-out rows say so.
    """

    def fit(self, X: NDArray[np.float64], y: NDArray[np.int64]) -> Classifier:
        """Returns what has learned from the rows."""
        seed = int(np.abs(X[:, 0]).sum() * 1e6) % 2**31
        passes = 1 + seed % _PASSES
        with catch_warnings():
            simplefilter("ignore", ConvergenceWarning)
            net = SGDClassifier(
                loss="log_loss", learning_rate="constant", eta0=0.001, max_iter=passes, tol=None, random_state=seed
            )
            return net.fit(X, y)


FITTED: Mapping[str, Callable[[], Fitted]] = {
    **CLASSIFIERS,
    "tree of depth 2": partial(DecisionTreeClassifier, max_depth=2, random_state=0),
    "stopped early": lambda: StoppedEarly(),
}


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
        classifier: What every candidate fits, by its name in ``FITTED``.
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
    classifier: str = "linear discriminant"

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
        return Blind(own if self.shared is None else [0, *own], FITTED[self.classifier](), X, y)

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
    def kind(self) -> str:
        """What all candidates are, in a table, where they are no linear discriminants."""
        return "" if self.classifier == "linear discriminant" else f", {self.classifier}"

    @property
    def folds(self) -> str:
        """How its rows are divided."""
        return f"{self.splitting.n_folds} {'random splits' if self.splitting.kind == 'random' else 'stratified folds'}"


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
EQUAL, BY_LOT = (
    tuple(
        Setting(n_rows=300, metric=metric, distances=(distance,) * n, nets=nets, splitting=splitting)
        for nets, n in ((1, 8), (4, 7))
        for metric in ("accuracy", "roc_auc")
        for splitting in (random_splits(10), stratified(5))
    )
    for distance in (1.0, 0.0)
)
"""All candidates are worth the same, something or nothing."""
UNSTEADY = tuple(
    Setting(n_rows=300, metric=metric, distances=(1.0,) * n, nets=nets, classifier=classifier)
    for classifier in ("tree of depth 4", "15 nearest neighbors")
    for nets, n in ((1, 2), (1, 8), (4, 7))
    for metric in ("accuracy", "roc_auc")
)
"""The same of what says something else after each training."""
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


def _net_ahead(
    by: float, distance: float, *, nested: bool, primary: bool, splitting: Splitting | None = None
) -> Setting:
    """Returns four nets against three baselines; the first net is more accurate than all others."""
    ahead = better_by(by, distance)
    own = (on_top(distance, ahead), *(0.0,) * 6) if nested else (ahead, *(distance,) * 6)
    shared = distance if nested else None
    return Setting(
        n_rows=1000,
        metric="accuracy",
        distances=own,
        nets=4,
        shared=shared,
        primary=primary,
        splitting=splitting or random_splits(10),
    )


_KINDS_AHEAD = (
    ("looks at other columns, .74 against .69", 1.0, False),
    ("looks at other columns, .90 against .85", 2.07, False),
    ("looks at one column more, .74 against .69", 1.0, True),
    ("looks at one column more, .90 against .85", 2.07, True),
)
AHEAD = tuple(
    (words, _net_ahead(0.05, distance, nested=nested, primary=primary, splitting=splitting))
    for splitting, asked in ((random_splits(10), (True, False)), (stratified(5), (True,)))
    for words, distance, nested in _KINDS_AHEAD
    for primary in asked
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
DECLARED = tuple(
    Setting(
        n_rows=n_rows,
        metric="accuracy",
        distances=(distance,) * 2,
        nets=1,
        shared=shared,
        primary=True,
        splitting=splitting,
        classifier=classifier,
    )
    for splitting in (random_splits(10), stratified(5))
    for n_rows, distance, shared in (
        (300, 1.0, None),
        (1000, 1.0, None),
        (1000, 3.0, None),
        (300, 0.0, 1.0),
        (1000, 0.0, 1.0),
    )
    for classifier in FITTED
)
"""A declared net that is no better than the baseline; both learn alike, each from columns of its own, or both from one
that they share, beside noise of their own."""
