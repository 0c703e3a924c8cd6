"""Do the words hold? Intervals and the gate of the registry, simulated through the product's own functions.

Rows are generated, real classifiers are fitted to them, and what the product says of their scores is held against the
truth, which is the mean score of the same procedure on fresh rows. ``make coverage`` writes ``docs/statistics.md``.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from experiments.language import Baseline, Candidate, Comparison, Gate, Splitting
from pipeline.comparison.champion import champion
from pipeline.data.split import split
from pipeline.data.task import Classification
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.captions import Method, method_of
from pipeline.scoring.compare import compare, gather
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.metrics import score
from pipeline.scoring.one_test_set import auc_interval
from pipeline.scoring.paired_rows import paired_areas
from pipeline.scoring.significance import Interval, corrected_interval
from pipeline.scoring.values import Scores
from pipeline.telling.files import write
from pipeline.training.values import Trained

PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
FRESH = 4000  # rows that a training is truly worth
TRAININGS = 300  # of which the truth is the mean


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Rows around one center a class, and how they are divided.

    Attributes:
        words: For the table.
        n_rows: Of the data set.
        shares: Of the classes.
        distance: Between centers, in standard deviations.
        splitting: As declared.
        metrics: Whose intervals are counted.
    """

    words: str
    n_rows: int
    shares: tuple[float, ...]
    distance: float
    splitting: Splitting
    metrics: tuple[str, ...]


def _random(n_folds: int) -> Splitting:
    return Splitting(kind="random", test_share=0.2, n_folds=n_folds)


PROBLEMS = (
    Problem(
        words="150 rows, 3 classes farther apart, 10 random splits",
        n_rows=150,
        shares=(1 / 3, 1 / 3, 1 / 3),
        distance=4.5,
        splitting=_random(10),
        metrics=("accuracy",),
    ),
    Problem(
        words="150 rows, 3 classes far apart, 3 random splits",
        n_rows=150,
        shares=(1 / 3, 1 / 3, 1 / 3),
        distance=3.5,
        splitting=_random(3),
        metrics=("accuracy", "balanced_accuracy"),
    ),
    Problem(
        words="150 rows, 3 classes far apart, 10 random splits",
        n_rows=150,
        shares=(1 / 3, 1 / 3, 1 / 3),
        distance=3.5,
        splitting=_random(10),
        metrics=("accuracy", "balanced_accuracy"),
    ),
    Problem(
        words="150 rows, 2 classes close together, 5 random splits",
        n_rows=150,
        shares=(0.5, 0.5),
        distance=1.0,
        splitting=_random(5),
        metrics=("accuracy", "roc_auc", "f1", "log_loss", "brier_score"),
    ),
    Problem(
        words="1,000 rows, 2 classes close together, 10 random splits",
        n_rows=1000,
        shares=(0.5, 0.5),
        distance=1.0,
        splitting=_random(10),
        metrics=("accuracy", "roc_auc", "f1", "log_loss", "brier_score"),
    ),
    Problem(
        words="1,000 rows, 3 % positive, 3 x 3 stratified folds",
        n_rows=1000,
        shares=(0.97, 0.03),
        distance=1.5,
        splitting=Splitting(kind="stratified_k_fold", n_splits=3, n_folds=9),
        metrics=("roc_auc", "average_precision", "accuracy", "f1", "log_loss", "brier_score"),
    ),
    Problem(
        words="150 rows, 10 % positive, 2 x 5 stratified folds",
        n_rows=150,
        shares=(0.9, 0.1),
        distance=2.5,
        splitting=Splitting(kind="stratified_k_fold", n_splits=5, n_folds=10),
        metrics=("accuracy", "log_loss", "brier_score"),
    ),
    Problem(
        words="1,000 rows, 2 classes close together, 5 stratified folds",
        n_rows=1000,
        shares=(0.5, 0.5),
        distance=1.0,
        splitting=Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5),
        metrics=("accuracy", "log_loss", "brier_score"),
    ),
    Problem(
        words="150 rows, 10 % positive, far apart, 10 random splits",
        n_rows=150,
        shares=(0.9, 0.1),
        distance=2.5,
        splitting=_random(10),
        metrics=("accuracy", "log_loss", "brier_score"),
    ),
    Problem(
        words="1,000 rows, 10 % positive, far apart, 10 random splits",
        n_rows=1000,
        shares=(0.9, 0.1),
        distance=3.0,
        splitting=_random(10),
        metrics=("accuracy", "roc_auc", "average_precision"),
    ),
)
_OF_TWO = (
    "accuracy",
    "balanced_accuracy",
    "f1",
    "roc_auc",
    "average_precision",
    "log_loss",
    "brier_score",
    "type_1_error",
    "type_2_error",
)
_OF_THREE = ("accuracy", "balanced_accuracy", "f1", "roc_auc", "average_precision", "log_loss", "brier_score")
TEST_SETS = (
    *(
        Problem(
            words=f"{n_rows:,} test rows, {100 * share:g} % positive, {distance:g} apart",
            n_rows=n_rows,
            shares=(1 - share, share),
            distance=distance,
            splitting=_random(1),
            metrics=_OF_TWO,
        )
        for n_rows, share in ((30, 0.4), (100, 0.1), (200, 0.044), (1000, 0.044))
        for distance in (1.0, 2.0, 3.5)
    ),
    *(
        Problem(
            words=f"{n_rows:,} test rows, 3 classes of {shares}, {distance:g} apart",
            n_rows=n_rows,
            shares=shares,
            distance=distance,
            splitting=_random(1),
            metrics=_OF_THREE,
        )
        for n_rows, shares in ((30, (0.4, 0.3, 0.3)), (150, (0.6, 0.3, 0.1)))
        for distance in (1.0, 2.0, 3.5)
    ),
)
"""Test sets of one trained model: ``n_rows`` are tested, and it learned from ten times as many."""
FEW_POSITIVES = tuple((n_positive, distance) for n_positive in (3, 10, 44) for distance in (1.0, 2.0, 3.0))
"""Positive rows among 1,000 negative ones, and how far their normal scores lie apart."""
GATES = ((1, 1000), (5, 1000), (13, 1000), (13, 150))
"""Candidates and rows of comparisons in which no column says anything of the class."""


class _Blind:
    """A classifier that looks at some columns only."""

    def __init__(self, columns: Sequence[int], X: NDArray[np.float64], y: NDArray[np.int64]) -> None:
        self._columns = list(columns)
        self._fitted = LinearDiscriminantAnalysis().fit(X[:, self._columns], y)

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._fitted.predict_proba(X[:, self._columns])


class _Prior:
    """Says the shares of the classes among the training rows, whatever the row."""

    def __init__(self, y: NDArray[np.int64]) -> None:
        self._shares = np.bincount(y) / len(y)

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.tile(self._shares, (len(X), 1))


def _drawn(problem: Problem, n_rows: int, random: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    n_classes = len(problem.shares)
    y = random.choice(n_classes, n_rows, p=problem.shares)
    return random.normal(size=(n_rows, 4)) + problem.distance * np.eye(n_classes, 4)[y], y.astype(np.int64)


def _dataset(X: NDArray[np.float64], y: NDArray[np.int64], n_classes: int) -> Dataset:
    return Dataset(
        name="simulated",
        X=X,
        y=y,
        feature_names=tuple(f"x{column}" for column in range(X.shape[1])),
        task=Classification(class_names=tuple(f"class {k}" for k in range(n_classes))),
        source="generated",
        citation="",
        version="1",
    )


def _comparison(metrics: Sequence[str], splitting: Splitting, n_candidates: int, positive: int | None) -> Comparison:
    return Comparison(
        name="simulated",
        title="Simulated",
        where="",
        data="simulated",
        splitting=splitting,
        candidates=(
            Baseline(name="guess", algorithm="majority_class"),
            *(
                Baseline(name=f"candidate_{number}", algorithm="linear_discriminant_analysis")
                for number in range(n_candidates)
            ),
        ),
        metrics=tuple(metrics),
        primary_metric=metrics[0],
        positive_class=positive,
        gate=Gate(simplest="candidate_0"),
    )


def _trained(candidate: Candidate, model: "_Blind | _Prior", fold: Fold) -> Trained:
    return Trained(
        candidate=candidate,
        fold_index=fold.index,
        seed=fold.seed,
        model=model,
        history={},
        best_epoch=None,
        n_parameters=None,
        seconds=0.0,
        engine="scikit-learn",
        train_rows=fold.train_rows,
        validation_rows=fold.train_rows[:0],
    )


@dataclass(frozen=True, kw_only=True)
class Covered:
    """How often the intervals of one metric held the truth.

    Attributes:
        held: Those that are printed.
        plain: ``mean ± t * error`` over the same folds; ``None`` with one test set.
        n: Intervals.
        width: Mean, of those that are printed.
        told: What the caption says they cover; ``None`` where none was printed.
    """

    held: int
    plain: int | None
    n: int
    width: float
    told: Method | None

    @property
    def agrees(self) -> bool:
        """Whether what was counted may be within what is told."""
        if self.told is None:
            return True
        bounds = stats.binomtest(self.held, self.n).proportion_ci(method="exact")
        return self.told.agrees(bounds.low, bounds.high)


def coverage(problem: Problem, n_simulations: int, seed: int = 0) -> dict[str, Covered]:
    """Returns what the intervals of each metric cover."""
    random = np.random.default_rng(seed)
    positive = 1 if len(problem.shares) == 2 else None
    comparison = _comparison(problem.metrics, problem.splitting, 1, positive)
    found: dict[str, list[tuple[bool, bool, float]]] = {name: [] for name in problem.metrics}
    truth: dict[str, float] = {}
    told: dict[str, Method] = {}
    for dataset in _datasets(problem, n_simulations, random):
        folds = split(dataset, problem.splitting, seed=int(random.integers(2**31)))
        truth = truth or _truth(problem, len(folds[0].train_rows), positive, random)
        scores = _scored(dataset, folds, comparison)
        for summary in compare(scores, folds, comparison):
            if summary.has_interval:
                true = truth[summary.metric]
                plain = _plain([one.metrics[summary.metric] for one in scores], folds)
                held = summary.low <= true <= summary.high
                told[summary.metric] = method_of(summary.method)
                found[summary.metric].append((held, plain.low <= true <= plain.high, summary.high - summary.low))
    several = problem.splitting.n_folds > 1
    return {
        name: Covered(
            held=sum(held for held, _, _ in own),
            plain=sum(plain for _, plain, _ in own) if several else None,
            n=len(own),
            width=float(np.mean([width for _, _, width in own])),
            told=told.get(name),
        )
        for name, own in found.items()
    }


def coverage_of_rows(problem: Problem, n_simulations: int, seed: int = 0) -> dict[str, Covered]:
    """Returns what the intervals of one test set cover of the score of the same trained model on many fresh rows."""
    random = np.random.default_rng(seed)
    positive = 1 if len(problem.shares) == 2 else None
    comparison = _comparison(problem.metrics, problem.splitting, 1, positive)
    model = _Blind(range(4), *_drawn(problem, 10 * problem.n_rows, random))
    X, y = _drawn(problem, 100 * FRESH, random)
    truth = {name: score(name, y, model.predict_proba(X), positive) for name in problem.metrics}
    found: dict[str, list[tuple[bool, float]]] = {name: [] for name in problem.metrics}
    told: dict[str, Method] = {}
    for _ in range(n_simulations):
        X, y = _drawn(problem, problem.n_rows, random)
        rows = np.arange(problem.n_rows)
        fold = Fold(index=0, seed=0, train_rows=rows[:0], test_rows=rows)
        one = _trained(comparison.candidates[1], model, fold)
        own = evaluate(one, _dataset(X, y, len(problem.shares)), fold, comparison)
        for summary in compare([own], [fold], comparison):
            if summary.has_interval:
                told[summary.metric] = method_of(summary.method)
                held = summary.low <= truth[summary.metric] <= summary.high
                found[summary.metric].append((held, summary.high - summary.low))
    return {
        name: Covered(
            held=sum(held for held, _ in own),
            plain=None,
            n=len(own),
            width=float(np.mean([width for _, width in own])),
            told=told.get(name),
        )
        for name, own in found.items()
        if own
    }


def _scored(dataset: Dataset, folds: Sequence[Fold], comparison: Comparison) -> list[Scores]:
    """Returns the scores of the one candidate that looks at the columns."""
    one = comparison.candidates[1]
    models = [_Blind(range(4), dataset.X[fold.train_rows], dataset.y[fold.train_rows]) for fold in folds]
    trained = [_trained(one, model, fold) for model, fold in zip(models, folds, strict=True)]
    return [evaluate(item, dataset, fold, comparison) for item, fold in zip(trained, folds, strict=True)]


def _plain(values: Sequence[float], folds: Sequence[Fold]) -> Interval:
    if len(values) == 1:
        return Interval(mean=values[0], low=np.nan, high=np.nan)
    n_train, n_test = len(folds[0].train_rows), len(folds[0].test_rows)
    return corrected_interval(np.array(values), n_train=n_train, n_test=n_test)


def auc_coverage(n_positive: int, distance: float, n_simulations: int, seed: int = 0) -> tuple[int, int]:
    """Returns how often our interval of the ROC-AUC of one test set, and DeLong's own, held the truth."""
    random, truth = np.random.default_rng(seed), stats.norm.cdf(distance / np.sqrt(2))
    positive = np.arange(n_positive + 1000) < n_positive
    ours = delongs = 0
    for _ in range(n_simulations):
        score = random.normal(distance * positive)
        found = auc_interval(positive, score)
        ours += found.low <= truth <= found.high
        # A constant has the AUC 1/2 and no spread: the difference to it is the AUC's own error.
        own = paired_areas(positive, score, np.zeros_like(score), equivalence=0.01)
        delongs += own.low <= truth - 0.5 <= own.high
    return int(ours), int(delongs)


def _datasets(problem: Problem, n_simulations: int, random: np.random.Generator) -> Iterator[Dataset]:
    """Yields data sets that can be divided; one without enough rows of a class is drawn again."""
    n_done = 0
    while n_done < n_simulations:
        X, y = _drawn(problem, problem.n_rows, random)
        if np.bincount(y, minlength=len(problem.shares)).min() >= 12:
            n_done += 1
            yield _dataset(X, y, len(problem.shares))


def _truth(problem: Problem, n_train: int, positive: int | None, random: np.random.Generator) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in problem.metrics}
    while len(found[problem.metrics[0]]) < TRAININGS:
        X, y = _drawn(problem, n_train, random)
        if np.bincount(y, minlength=len(problem.shares)).min() < 8:
            continue
        X_fresh, y_fresh = _drawn(problem, FRESH, random)
        y_proba = _Blind(range(4), X, y).predict_proba(X_fresh)
        for name, own in found.items():
            own.append(score(name, y_fresh, y_proba, positive))
    return {name: float(np.mean(own)) for name, own in found.items()}


def gate(n_candidates: int, n_rows: int, n_simulations: int, seed: int = 0) -> tuple[int, int]:
    """Returns how often the gate passed although labels were drawn by lot, and how often by the interval alone.

    Every candidate looks at columns of its own.
    """
    random = np.random.default_rng(seed)
    splitting = _random(10)
    comparison = _comparison(("roc_auc",), splitting, n_candidates, 1)
    passed = by_interval = 0
    for _ in range(n_simulations):
        X, y = random.normal(size=(n_rows, 2 * n_candidates)), random.integers(0, 2, n_rows)
        dataset = _dataset(X, y.astype(np.int64), 2)
        folds = split(dataset, splitting, seed=int(random.integers(2**31)))
        trained = [
            _trained(candidate, _model(number, dataset, fold), fold)
            for number, candidate in enumerate(comparison.candidates)
            for fold in folds
        ]
        scores = [evaluate(item, dataset, folds[item.fold_index], comparison) for item in trained]
        result = gather(comparison, dataset, folds, trained, scores)
        chosen = champion(result)
        passed += bool(chosen and chosen.passes)
        best = result.against("guess").get(result.ranked[0].candidate)
        by_interval += best is not None and best.low > 0
    return passed, by_interval


def _model(number: int, dataset: Dataset, fold: Fold) -> "_Blind | _Prior":
    """Returns the model of a candidate: the first one guesses, the others have two columns each."""
    if number == 0:
        return _Prior(dataset.y[fold.train_rows])
    return _Blind((2 * number - 2, 2 * number - 1), dataset.X[fold.train_rows], dataset.y[fold.train_rows])


def _share(count: int, n: int) -> str:
    bounds = stats.binomtest(count, n).proportion_ci(method="exact")
    return f"{count / n:.3f} [{bounds.low:.3f}, {bounds.high:.3f}]"


def main() -> None:
    """Simulates and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--simulations", type=int, default=1000, help="a cell of coverage (default: 1000)")
    parser.add_argument("--gates", type=int, default=400, help="of the gate (default: 400)")
    options = parser.parse_args()
    lines = [
        "# Do the words hold?",
        "",
        "Made by `make coverage` (`benchmarks/coverage.py`): rows are generated, linear discriminants are fitted, and "
        "what the product says of their scores is held against the mean score of the same procedure on fresh rows. "
        "In brackets the 95 % Clopper-Pearson interval of a simulated share.",
    ]
    for part in (
        _folds_part(options.simulations),
        _rows_part(options.simulations),
        _auc_part(options.simulations),
        _gate_part(options.gates),
    ):
        for line in part:
            print(line, flush=True)
            lines.append(line)
    write(PAGE, "\n".join(lines) + "\n")


def _folds_part(n: int) -> Iterator[str]:
    yield from ("", f"## 95 % intervals, {n:,} simulations each", "")
    yield "Plain is `mean ± t * error` over the same folds, which 0.1.0 printed. Told is what the caption says."
    yield ""
    yield "| rows and folds | metric | covered | told | mean width | plain |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for problem in PROBLEMS:
        for name, found in coverage(problem, n).items():
            plain = "" if found.plain is None else f"{found.plain / found.n:.3f}"
            covered = _share(found.held, found.n)
            yield f"| {problem.words} | {name} | {covered} | {_told(found)} | {found.width:.3f} | {plain} |"


def _rows_part(n: int) -> Iterator[str]:
    yield from ("", f"## 95 % intervals of one test set, {n:,} simulations each", "")
    yield (
        "The truth is the score of the same trained model on 400,000 fresh rows. Test sets that are refused an "
        "interval do not count."
    )
    yield from ("", "| test set | metric | covered | told | mean width |", "| --- | --- | --- | --- | --- |")
    for problem in TEST_SETS:
        for name, found in coverage_of_rows(problem, n).items():
            covered = _share(found.held, found.n)
            yield f"| {problem.words} | {name} | {covered} | {_told(found)} | {found.width:.3f} |"


def _told(found: Covered) -> str:
    """Returns what the caption says, marked where the simulation contradicts it."""
    if found.told is None or found.told.covered is None:
        return ""
    least, most = found.told.covered
    return f"{least:.2f} to {most:.2f}{'' if found.agrees else ' **no**'}"


def _auc_part(n: int) -> Iterator[str]:
    yield from ("", f"## The ROC-AUC of one test set of 1,000 negative rows, {n:,} simulations each", "")
    yield "Scores are normal, their means so many standard deviations apart."
    yield from ("", "| positive rows | apart | covered | DeLong's own |", "| --- | --- | --- | --- |")
    for n_positive, distance in FEW_POSITIVES:
        ours, delongs = auc_coverage(n_positive, distance, n)
        yield f"| {n_positive} | {distance:g} | {_share(ours, n)} | {delongs / n:.3f} |"


def _gate_part(n: int) -> Iterator[str]:
    yield from ("", f"## The gate on labels drawn by lot, {n:,} comparisons each", "")
    yield (
        "Ten random splits, ROC-AUC; each candidate looks at two columns of its own. A champion should be registered "
        "in at most one of twenty. By the interval alone the best one would pass as 0.1.0 had it."
    )
    yield from ("", "| candidates | rows | registered | by the interval alone |", "| --- | --- | --- | --- |")
    for n_candidates, n_rows in GATES:
        passed, by_interval = gate(n_candidates, n_rows, n)
        yield f"| {n_candidates} | {n_rows:,} | {_share(passed, n)} | {by_interval / n:.3f} |"


if __name__ == "__main__":
    main()
