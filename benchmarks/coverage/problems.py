"""Where generated rows come from: normal clouds around centers, and a class by a logistic chance."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from benchmarks.coverage.product import Blind, Classifier, Fitted, dataset_of
from benchmarks.coverage.quick import Discriminant
from experiments.language import Splitting
from pipeline.data.values import Dataset

Rows = tuple[NDArray[np.float64], NDArray[np.int64]]
CLASSIFIERS: Mapping[str, Callable[[], Fitted]] = {
    "linear discriminant": Discriminant,
    "logistic regression": partial(LogisticRegression, max_iter=500),
    "tree of depth 4": partial(DecisionTreeClassifier, max_depth=4, random_state=0),
    "15 nearest neighbors": partial(KNeighborsClassifier, n_neighbors=15),
}
_LEAST_OF_A_CLASS = 12


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Normal rows around one center a class, in four columns, and how they are divided.

    Attributes:
        words: For the table.
        n_rows: Of the data set; of a test set, what is tested.
        shares: Of the classes.
        distance: Between centers, in standard deviations.
        splitting: As declared.
        metrics: Whose intervals are counted.
        classifier: What is fitted, by its name in ``CLASSIFIERS``.
    """

    words: str
    n_rows: int
    shares: tuple[float, ...]
    distance: float = 0.0
    splitting: Splitting
    metrics: tuple[str, ...]
    classifier: str = "linear discriminant"

    @property
    def positive_class(self) -> int | None:
        """The class that a metric of one class speaks of."""
        return 1 if len(self.shares) == 2 else None

    def drawn(self, n_rows: int, random: np.random.Generator) -> Rows:
        """Returns fresh rows."""
        n_classes = len(self.shares)
        y = random.choice(n_classes, n_rows, p=self.shares)
        return random.normal(size=(n_rows, 4)) + self.distance * np.eye(n_classes, 4)[y], y.astype(np.int64)

    def fitted(self, X: NDArray[np.float64], y: NDArray[np.int64]) -> Classifier:
        """Returns what learned from rows."""
        return Blind(range(X.shape[1]), CLASSIFIERS[self.classifier](), X, y)

    def enough(self, y: NDArray[np.int64], least: int = _LEAST_OF_A_CLASS) -> bool:
        """Returns whether rows can be divided."""
        return int(np.bincount(y, minlength=len(self.shares)).min()) >= least

    def datasets(self, n: int, random: np.random.Generator) -> Iterator[Dataset]:
        """Yields data sets that can be divided; one without enough rows of a class is drawn again."""
        done = 0
        while done < n:
            X, y = self.drawn(self.n_rows, random)
            if self.enough(y):
                done += 1
                yield dataset_of(X, y, len(self.shares))


@dataclass(frozen=True, kw_only=True)
class Logistic(Problem):
    """Normal rows, and a class by a logistic chance of the first columns: the others are noise.

    Source:
        Bates, Hastie & Tibshirani (2024), Cross-validation: what does it estimate and how well does it do it?, Journal
        of the American Statistical Association 119, section 4; Schulz-Kümpel et al. (2024), Constructing confidence
        intervals for "the" generalization error, arXiv 2409.18836, which takes such problems, too.

    Attributes:
        n_columns: All of them.
        n_telling: The first ones, which count.
        weight: Of each of those.
        correlation: Of neighboring columns; of others its power by their distance.
    """

    shares: tuple[float, ...] = (0.5, 0.5)
    n_columns: int = 20
    n_telling: int = 4
    weight: float = 1.0
    correlation: float = 0.0

    def drawn(self, n_rows: int, random: np.random.Generator) -> Rows:
        """Returns fresh rows."""
        X = random.normal(size=(n_rows, self.n_columns))
        if self.correlation:
            apart = np.abs(np.subtract.outer(np.arange(self.n_columns), np.arange(self.n_columns)))
            X = X @ np.linalg.cholesky(self.correlation**apart).T
        chance = 1 / (1 + np.exp(-self.weight * X[:, : self.n_telling].sum(axis=1)))
        return X, (random.random(n_rows) < chance).astype(np.int64)


def random_splits(n_folds: int) -> Splitting:
    """Returns random divisions with a fifth of the rows for the test."""
    return Splitting(kind="random", test_share=0.2, n_folds=n_folds)


def stratified(n_splits: int, n_repeats: int = 1) -> Splitting:
    """Returns stratified folds, each row a test row once a repeat."""
    return Splitting(kind="stratified_k_fold", n_splits=n_splits, n_folds=n_splits * n_repeats)


def _clouds(
    words: str, n_rows: int, shares: tuple[float, ...], distance: float, splitting: Splitting, metrics: str
) -> Problem:
    return Problem(
        words=words,
        n_rows=n_rows,
        shares=shares,
        distance=distance,
        splitting=splitting,
        metrics=tuple(metrics.split()),
    )


_THIRDS = (1 / 3, 1 / 3, 1 / 3)
_LOSSES = "accuracy log_loss brier_score"
_FIVE = "accuracy roc_auc f1 log_loss brier_score"
_RARE = "roc_auc average_precision accuracy f1 log_loss brier_score balanced_accuracy type_1_error type_2_error"
_HALVES, _TENTH = (0.5, 0.5), (0.9, 0.1)
PROBLEMS = (
    _clouds("150 rows, 3 classes farther apart, 10 random splits", 150, _THIRDS, 4.5, random_splits(10), "accuracy"),
    _clouds(
        "150 rows, 3 classes far apart, 3 random splits",
        150,
        _THIRDS,
        3.5,
        random_splits(3),
        "accuracy balanced_accuracy",
    ),
    _clouds(
        "150 rows, 3 classes far apart, 10 random splits",
        150,
        _THIRDS,
        3.5,
        random_splits(10),
        "accuracy balanced_accuracy",
    ),
    _clouds("150 rows, 2 classes close together, 5 random splits", 150, _HALVES, 1.0, random_splits(5), _FIVE),
    _clouds("1,000 rows, 2 classes close together, 10 random splits", 1000, _HALVES, 1.0, random_splits(10), _FIVE),
    _clouds("1,000 rows, 3 % positive, 3 x 3 stratified folds", 1000, (0.97, 0.03), 1.5, stratified(3, 3), _RARE),
    _clouds("150 rows, 10 % positive, 2 x 5 stratified folds", 150, _TENTH, 2.5, stratified(5, 2), _RARE),
    _clouds(
        "150 rows, 10 % positive, close together, 2 x 5 stratified folds", 150, _TENTH, 1.0, stratified(5, 2), _RARE
    ),
    _clouds("1,000 rows, 2 classes close together, 5 stratified folds", 1000, _HALVES, 1.0, stratified(5), _LOSSES),
    _clouds("150 rows, 10 % positive, far apart, 10 random splits", 150, _TENTH, 2.5, random_splits(10), _RARE),
    _clouds("150 rows, 10 % positive, close together, 10 random splits", 150, _TENTH, 1.0, random_splits(10), _RARE),
    _clouds(
        "1,000 rows, 10 % positive, far apart, 10 random splits",
        1000,
        _TENTH,
        3.0,
        random_splits(10),
        "accuracy roc_auc average_precision",
    ),
)


def share_tested(splitting: Splitting) -> float:
    """Returns the share of the rows that a fold has for its test."""
    if splitting.n_splits is not None:
        return 1 / splitting.n_splits
    return splitting.test_share or 0.0


def _logistic(
    words: str, n_rows: int, classifier: str, *, n_columns: int = 20, weight: float = 1.0, correlation: float = 0.0
) -> Logistic:
    return Logistic(
        words=f"{n_rows:,} rows, {words}, 10 random splits: {classifier}",
        n_rows=n_rows,
        splitting=random_splits(10),
        metrics=("accuracy", "roc_auc", "brier_score"),
        classifier=classifier,
        n_columns=n_columns,
        weight=weight,
        correlation=correlation,
    )


OTHER_CLASSIFIERS = (
    *(_logistic("4 of 20 columns count", n_rows, name) for n_rows in (100, 500) for name in CLASSIFIERS),
    *(_logistic("4 of 20 columns count, neighbors correlated", 250, name, correlation=0.7) for name in CLASSIFIERS),
    *(_logistic("10 columns of noise", 250, name, n_columns=10, weight=0.0) for name in CLASSIFIERS),
)
"""Problems after arXiv 2409.18836, with several classifiers."""
_OF_TWO = "accuracy balanced_accuracy f1 roc_auc average_precision log_loss brier_score type_1_error type_2_error"
_OF_THREE = "accuracy balanced_accuracy f1 roc_auc average_precision log_loss brier_score"
TEST_SETS = (
    *(
        _clouds(
            f"{n_rows:,} test rows, {100 * share:g} % positive, {distance:g} apart",
            n_rows,
            (1 - share, share),
            distance,
            random_splits(1),
            _OF_TWO,
        )
        for n_rows, share in ((30, 0.4), (100, 0.1), (200, 0.044), (1000, 0.044))
        for distance in (1.0, 2.0, 3.5)
    ),
    *(
        _clouds(
            f"{n_rows:,} test rows, 3 classes of {shares}, {distance:g} apart",
            n_rows,
            shares,
            distance,
            random_splits(1),
            _OF_THREE,
        )
        for n_rows, shares in ((30, (0.4, 0.3, 0.3)), (150, (0.6, 0.3, 0.1)))
        for distance in (1.0, 2.0, 3.5)
    ),
)
"""Test sets of one trained model: ``n_rows`` are tested, and it learned from ten times as many."""
FEW_POSITIVES = tuple((n_positive, distance) for n_positive in (3, 10, 44) for distance in (1.0, 2.0, 3.0))
"""Positive rows among 1,000 negative ones, and how far their normal scores lie apart."""
