"""Predicted numbers: how often the intervals of their scores hold the truth, and how often equals are told apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

from benchmarks.coverage.intervals import FRESH, TRAININGS, Covered, Told, counted, plain_holds, told_of
from benchmarks.coverage.problems import random_splits, share_tested
from benchmarks.coverage.product import trained_of
from benchmarks.coverage.spread import Effort, Share, share
from experiments.language import Baseline, Comparison, Splitting
from models.prediction_interval import calibrated
from pipeline.data.split import split
from pipeline.data.task import Regression
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.compare import compare
from pipeline.scoring.contrasts import contrast
from pipeline.scoring.evaluate import evaluate_all
from pipeline.scoring.metrics import score
from pipeline.scoring.values import Scores

Rows = tuple[NDArray[np.float64], NDArray[np.float64]]
METRICS = ("r2", "rmse", "mae", "median_absolute_error")
REGRESSORS: dict[str, Callable[[], Any]] = {
    "line": LinearRegression,
    "tree of depth 4": partial(DecisionTreeRegressor, max_depth=4, random_state=0),
    "full-grown tree": partial(DecisionTreeRegressor, random_state=0),
    "15 nearest neighbors": partial(KNeighborsRegressor, n_neighbors=15),
    "the mean": DummyRegressor,
}
NOISE = {
    "normal": lambda X, random: random.normal(size=len(X)),
    "small": lambda X, random: 0.2 * random.normal(size=len(X)),
    "uneven": lambda X, random: 0.6 * np.exp(0.7 * X[:, 2]) * random.normal(size=len(X)),
    "t of 5": lambda X, random: 0.77 * random.standard_t(5, len(X)),
    "t of 3": lambda X, random: 0.58 * random.standard_t(3, len(X)),
}
"""Errors around the truth, of a standard deviation of about 1, or 0.2; uneven ones grow with a column."""
TESTED = 10  # fresh test sets of each training of which the truth is the mean
TESTS = 1000  # of two equals, a cell: a twentieth takes many
WILD = "log-normal"
"""A target over orders of magnitude, which a line misses by far where it is large."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Four normal columns, the sum of two of which is the target, but for errors.

    Attributes:
        n_rows: Of the data set; of a test set, what is tested.
        noise: Name in ``NOISE``, or ``WILD``.
        regressor: Name in ``REGRESSORS``.
        splitting: As declared; one test set has none.
    """

    n_rows: int
    noise: str
    regressor: str = "line"
    splitting: Splitting | None = None

    @property
    def words(self) -> str:
        """What it is, in a table."""
        errors = f"{self.noise} target" if self.noise == WILD else f"{self.noise} errors"
        if self.splitting is None:
            return f"{self.n_rows:,} test rows, {errors}: {self.regressor}"
        n_splits, n_folds = self.splitting.n_splits, self.splitting.n_folds
        how = f"{n_folds} random splits" if n_splits is None else f"{n_folds // n_splits} x {n_splits} parts"
        return f"{self.n_rows:,} rows, {errors}, {how}: {self.regressor}"

    def drawn(self, n_rows: int, random: np.random.Generator) -> Rows:
        """Returns fresh rows."""
        X = random.normal(size=(n_rows, 4))
        truth = X[:, 0] + X[:, 1]
        if self.noise == WILD:
            return X, np.exp(0.6 * truth + 0.5 * random.normal(size=n_rows))
        return X, truth + NOISE[self.noise](X, random)

    def fitted(self, X: NDArray[np.float64], y: NDArray[np.float64]) -> Any:
        """Returns what learned from rows."""
        return REGRESSORS[self.regressor]().fit(X, y)


def parts(n_splits: int, n_repeats: int = 1) -> Splitting:
    """Returns parts dealt alike, each row a test row once a repeat."""
    return Splitting(kind="k_fold", n_splits=n_splits, n_folds=n_splits * n_repeats)


def comparison_of(splitting: Splitting | None, n_candidates: int = 1) -> Comparison:
    """Returns the declaration of so many lines beside guessing the mean; what is fitted stands elsewhere."""
    lines = [Baseline(name=f"line_{n}", algorithm="linear_regression") for n in range(n_candidates)]
    return Comparison(
        name="simulated",
        title="Simulated",
        where="",
        data="simulated",
        splitting=splitting or random_splits(1),
        candidates=(*lines, Baseline(name="guess", algorithm="mean")),
        metrics=METRICS,
        primary_metric="r2",
    )


def dataset_of(X: NDArray[np.float64], y: NDArray[np.float64]) -> Dataset:
    """Returns generated rows as a data set."""
    return Dataset(
        name="simulated",
        X=X,
        y=y,
        feature_names=tuple(f"x{column}" for column in range(X.shape[1])),
        task=Regression(),
        source="generated",
        citation="",
        version="1",
    )


def scored(
    place: int, models: Sequence[Any], dataset: Dataset, folds: Sequence[Fold], comparison: Comparison
) -> list[Scores]:
    """Returns the scores of a candidate's model of each fold."""
    trained = [trained_of(comparison.candidates[place], *pair) for pair in zip(models, folds, strict=True)]
    return list(evaluate_all(trained, dataset, folds, comparison))


def coverage(problem: Problem, effort: Effort, n: int | None = None) -> dict[str, Covered]:
    """Returns what the intervals over folds cover, by metric."""
    assert problem.splitting is not None
    n_test = round(problem.n_rows * share_tested(problem.splitting))
    truth = true_scores(problem, problem.n_rows - n_test, n_test, np.random.default_rng(1))
    return counted(effort.spread(partial(over_folds, problem, truth), n or effort.simulations))


def true_scores(problem: Problem, n_train: int, n_test: int, random: np.random.Generator) -> dict[str, float]:
    """Returns the mean score of what learns from so many rows, on fresh test sets as large as those of a fold.

    A root, a median and R² of few rows are not on the average what they are of many.
    """
    found: dict[str, list[float]] = {name: [] for name in METRICS}
    for _ in range(TRAININGS):
        model = problem.fitted(*problem.drawn(n_train, random))
        X, y = problem.drawn(TESTED * n_test, random)
        predicted = model.predict(X)
        for start in range(0, len(y), n_test):
            rows = slice(start, start + n_test)
            for name, own in found.items():
                own.append(score(name, y[rows], predicted[rows]))
    return {name: float(np.mean(own)) for name, own in found.items()}


def over_folds(problem: Problem, truth: Mapping[str, float], n: int, random: np.random.Generator) -> list[Told]:
    """Returns what is printed of ``n`` data sets, over folds."""
    assert problem.splitting is not None
    comparison, found = comparison_of(problem.splitting), []
    for _ in range(n):
        dataset = dataset_of(*problem.drawn(problem.n_rows, random))
        folds = split(dataset, problem.splitting, seed=int(random.integers(2**31)))
        models = [problem.fitted(dataset.X[fold.train_rows], dataset.y[fold.train_rows]) for fold in folds]
        scores = scored(0, models, dataset, folds, comparison)
        for summary in compare(scores, folds, comparison):
            if summary.has_interval:
                values = [one.metrics[summary.metric] for one in scores]
                found.append(told_of(summary, truth, plain_holds(values, folds, truth[summary.metric])))
    return found


def coverage_of_rows(problem: Problem, effort: Effort, n: int | None = None) -> dict[str, Covered]:
    """Returns what the intervals of one test set cover of the score of the same trained model on many fresh rows."""
    random = np.random.default_rng(1)
    model = problem.fitted(*problem.drawn(10 * problem.n_rows, random))
    X, y = problem.drawn(250 * FRESH, random)
    truth = {name: score(name, y, model.predict(X)) for name in METRICS}
    return counted(effort.spread(partial(of_rows, problem, model, truth), n or effort.simulations))


def of_rows(
    problem: Problem, model: Any, truth: Mapping[str, float], n: int, random: np.random.Generator
) -> list[Told]:
    """Returns what is printed of ``n`` test sets of a model."""
    comparison, found = comparison_of(None), []
    fold = _one_test_set(problem.n_rows)
    for _ in range(n):
        dataset = dataset_of(*problem.drawn(problem.n_rows, random))
        scores = scored(0, [model], dataset, [fold], comparison)
        found += [told_of(one, truth, None) for one in compare(scores, [fold], comparison) if one.has_interval]
    return found


def _one_test_set(n_rows: int) -> Fold:
    rows = np.arange(n_rows)
    return Fold(index=0, seed=0, train_rows=rows[:0], test_rows=rows)


class Column:
    """A line through one of the two columns that count; each says as much as the other.

    Attributes:
        column: Which one.
        slope: Its factor: 1 is the true one.
    """

    def __init__(self, column: int, slope: float = 1.0) -> None:
        self.column, self.slope = column, slope

    def fit(self, X: NDArray[np.float64], y: NDArray[np.float64]) -> "Column":
        """Returns the line of least squares."""
        return Column(self.column, float(X[:, self.column] @ y / (X[:, self.column] @ X[:, self.column])))

    def predict(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns ``(n_samples,)``."""
        return self.slope * X[:, self.column]


def told_apart(problem: Problem, effort: Effort, n: int = TESTS) -> dict[str, Share]:
    """Returns how often two equals differ with a p-value below .05, by metric: one test of two candidates."""
    found = effort.spread(partial(_apart, problem), n)
    return {name: share([one[name] for one in found]) for name in METRICS}


def _apart(problem: Problem, n: int, random: np.random.Generator) -> list[dict[str, bool]]:
    comparison, found = comparison_of(problem.splitting, 2), []
    for _ in range(n):
        dataset = dataset_of(*problem.drawn(problem.n_rows, random))
        if problem.splitting is None:
            folds: Sequence[Fold] = [_one_test_set(problem.n_rows)]
            models: list[list[Any]] = [[Column(0)], [Column(1)]]
        else:
            folds = split(dataset, problem.splitting, seed=int(random.integers(2**31)))
            learned = [(dataset.X[fold.train_rows], dataset.y[fold.train_rows]) for fold in folds]
            models = [[Column(column).fit(*rows) for rows in learned] for column in (0, 1)]
        scores = [one for place in (0, 1) for one in scored(place, models[place], dataset, folds, comparison)]
        found.append({one.metric: one.p_value < 0.05 for one in contrast(scores, folds, comparison)})
    return found


@dataclass(frozen=True, kw_only=True)
class Held:
    """How many fresh rows prediction intervals hold.

    Attributes:
        split: Mean share around what the model says that was calibrated.
        served: Around what the model says that has learned from the calibration rows, too.
        deviation: Of the latter, from one table to the next.
        error: Standard error of its mean.
    """

    split: float
    served: float
    deviation: float
    error: float


def held(problem: Problem, effort: Effort, n: int | None = None) -> Held:
    """Returns what intervals hold that are calibrated on a fifth of the rows."""
    found = np.array(effort.spread(partial(_held, problem), n or effort.simulations))
    deviation = float(found[:, 1].std(ddof=1))
    mean = found.mean(axis=0)
    return Held(
        split=float(mean[0]), served=float(mean[1]), deviation=deviation, error=deviation / float(np.sqrt(len(found)))
    )


def _held(problem: Problem, n: int, random: np.random.Generator) -> list[tuple[float, float]]:
    found = []
    for _ in range(n):
        (X, y), (X_fresh, y_fresh) = problem.drawn(problem.n_rows, random), problem.drawn(FRESH, random)
        n_held = problem.n_rows // 5
        sibling, model = problem.fitted(X[n_held:], y[n_held:]), problem.fitted(X, y)
        reach = calibrated(y[:n_held] - sibling.predict(X[:n_held])).reach
        wrong = [np.abs(y_fresh - one.predict(X_fresh)) for one in (sibling, model)]
        found.append((float((wrong[0] <= reach).mean()), float((wrong[1] <= reach).mean())))
    return found


FOLDS = (
    Problem(n_rows=100, noise="normal", splitting=parts(5, 2)),
    Problem(n_rows=100, noise="small", splitting=random_splits(10)),
    Problem(n_rows=100, noise="uneven", splitting=random_splits(10)),
    Problem(n_rows=100, noise="uneven", splitting=parts(5, 2)),
    Problem(n_rows=100, noise="t of 3", splitting=parts(5, 2)),
    Problem(n_rows=100, noise="normal", splitting=random_splits(3)),
    Problem(n_rows=200, noise="t of 5", splitting=parts(5), regressor="15 nearest neighbors"),
    Problem(n_rows=200, noise="normal", splitting=parts(5), regressor="the mean"),
    Problem(n_rows=500, noise="normal", splitting=parts(5)),
    Problem(n_rows=500, noise="uneven", splitting=parts(5)),
    Problem(n_rows=500, noise="t of 3", splitting=parts(5)),
    Problem(n_rows=500, noise="normal", splitting=parts(5), regressor="the mean"),
    Problem(n_rows=500, noise="t of 5", splitting=parts(5), regressor="tree of depth 4"),
    Problem(n_rows=500, noise="t of 3", splitting=parts(5), regressor="tree of depth 4"),
    Problem(n_rows=500, noise="t of 3", splitting=parts(5), regressor="full-grown tree"),
    Problem(n_rows=500, noise="t of 3", splitting=random_splits(10)),
    Problem(n_rows=500, noise="normal", splitting=random_splits(10), regressor="tree of depth 4"),
    Problem(n_rows=1000, noise="uneven", splitting=parts(5), regressor="15 nearest neighbors"),
)
TEST_SETS = (
    *(Problem(n_rows=n_rows, noise=noise) for n_rows in (20, 50, 200, 1000) for noise in NOISE if noise != "small"),
    Problem(n_rows=50, noise="small"),
    Problem(n_rows=50, noise="normal", regressor="the mean"),
    Problem(n_rows=200, noise="uneven", regressor="tree of depth 4"),
)
FAR_OFF = (
    Problem(n_rows=50, noise=WILD),
    Problem(n_rows=500, noise=WILD),
    Problem(n_rows=500, noise=WILD, splitting=parts(5)),
    Problem(n_rows=500, noise=WILD, splitting=random_splits(10)),
)
"""Where the largest errors are far larger than the others: of one test set captions say that fewer hold there."""
EQUALS = (
    *(Problem(n_rows=n_rows, noise=noise) for n_rows in (50, 200) for noise in ("normal", "uneven", "t of 3")),
    *(Problem(n_rows=100, noise=noise, splitting=random_splits(10)) for noise in ("normal", "t of 3")),
    *(Problem(n_rows=500, noise=noise, splitting=parts(5)) for noise in ("normal", "t of 3")),
)
CALIBRATED = tuple(
    Problem(n_rows=n_rows, noise=noise, regressor=regressor)
    for n_rows, noise, regressor in (
        (50, "normal", "line"),
        (100, "t of 3", "line"),
        (100, "uneven", "tree of depth 4"),
        (500, "normal", "tree of depth 4"),
        (500, WILD, "line"),
        (500, "t of 5", "15 nearest neighbors"),
    )
)
