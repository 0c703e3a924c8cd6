"""Do intervals of what decisions lead to hold? Writes docs/decisions.md: ``python -m benchmarks.decisions``.

Rows are generated, a logistic regression is fitted to them, on each fold and, inside its training rows, on five parts
of these, on which the cheapest threshold is chosen. Intervals are the product's own. The truth is what the same
procedure leads to on 40,000 fresh rows, on the average of all runs.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from experiments.language import Decision
from pipeline.data.values import Fold
from pipeline.decisions import costs
from pipeline.decisions.estimates import RowsTested, estimates
from pipeline.decisions.examination import Examined, Rows, examine
from pipeline.scoring.significance import corrected_interval
from pipeline.scoring.tested import sizes_of
from pipeline.telling.files import write

PAGE = Path("docs/decisions.md")
QUANTITIES = ("cost", "type_1_error", "type_2_error", "raised", "precision", "recall")
_FRESH, _COLUMNS, _PARTS, _FOLDS = 40_000, 5, 5, 5
_Bounds = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Rows of two classes, of which two of five columns tell.

    Attributes:
        n_rows: Of a table.
        rate: Share of positive rows.
        apart: How far the classes are apart, in standard deviations of the first column.
        cost_ratio: What a missed row costs, in false alarms.
        n_repeats: How often rows are dealt out to five parts.
    """

    n_rows: int
    rate: float
    apart: float
    cost_ratio: float
    n_repeats: int = 1

    def drawn(self, n: int, random: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Returns inputs ``(n, 5)`` and classes ``(n,)``."""
        y = (random.random(n) < self.rate).astype(np.int64)
        X = random.normal(size=(n, _COLUMNS))
        X[:, 0] += self.apart * y
        X[:, 1] += self.apart / 2 * y
        return X, y

    @property
    def words(self) -> str:
        """As the page calls it."""
        dealt = f"{_FOLDS * self.n_repeats} folds"
        positive = f"{100 * self.rate:g} % positive, {self.apart:g} apart"
        return f"{self.n_rows:,} rows, {positive}, a miss costs {self.cost_ratio:g}, {dealt}"


PROBLEMS = (
    Problem(n_rows=300, rate=0.3, apart=2.5, cost_ratio=5),
    Problem(n_rows=300, rate=0.1, apart=1.5, cost_ratio=10),
    Problem(n_rows=300, rate=0.1, apart=1.5, cost_ratio=10, n_repeats=2),
    Problem(n_rows=300, rate=0.4, apart=5, cost_ratio=1),
    Problem(n_rows=1000, rate=0.05, apart=2, cost_ratio=20),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulates and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decisions", description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="of each problem (default: 300)")
    runs, started = parser.parse_args(arguments).runs, process_time()
    with threadpool_limits(1):
        lines = [line for problem in PROBLEMS for line in table_of(problem, runs)]
    took = f"{runs:,} runs a problem, {(process_time() - started) / 60:.1f} minutes of one core"
    write(PAGE, "\n".join([_HEAD, *lines, "", f"{took} on {datetime.now(UTC).date().isoformat()}.", ""]))


def table_of(problem: Problem, runs: int) -> Iterator[str]:
    """Yields a line for each quantity."""
    random = np.random.default_rng(1)
    fresh = problem.drawn(_FRESH, random)
    found = [_run(problem, number, random, fresh) for number in range(runs)]
    for quantity in QUANTITIES:
        truth = float(np.nanmean([true[quantity] for true, _, _ in found]))
        ours = _covered([own[quantity] for _, own, _ in found], truth)
        plain = _covered([own[quantity] for _, _, own in found], truth)
        yield f"| {problem.words} | {quantity} | {truth:.3f} | {ours} | {plain} |"


def _covered(bounds: Sequence[_Bounds], truth: float) -> str:
    known = [one for one in bounds if np.isfinite(one).all()]
    n = sum(low <= truth <= high for low, high in known)
    interval = binomtest(n, len(known)).proportion_ci(method="exact")
    width = np.mean([high - low for low, high in known])
    return f"{n / len(known):.3f} [{interval.low:.3f}, {interval.high:.3f}], {width:.3f} wide"


def _run(
    problem: Problem, seed: int, random: np.random.Generator, fresh: tuple[NDArray[np.float64], NDArray[np.int64]]
) -> tuple[dict[str, float], dict[str, _Bounds], dict[str, _Bounds]]:
    """Returns what is true, the product's bounds, and those of the t that it is beside."""
    X, y = problem.drawn(problem.n_rows, random)
    decision = Decision(candidates=("logistic_regression",), cost_ratio=problem.cost_ratio)
    dealt = RepeatedStratifiedKFold(n_splits=_FOLDS, n_repeats=problem.n_repeats, random_state=seed).split(X, y)
    folds = [Fold(index=k, seed=seed, train_rows=learned, test_rows=held) for k, (learned, held) in enumerate(dealt)]
    examined = [_examined(decision, X, y, fold) for fold in folds]
    tested = RowsTested(
        folds=folds, n_positive=int(y.sum()), n_negative=int((y == 0).sum()), cost_ratio=problem.cost_ratio
    )
    made = {
        one.quantity: (one.low, one.high)
        for one in estimates({"": [one.outcomes for one in examined]}, {"": tested})
        if one.case == "cheapest"
    }
    plain = {}
    for quantity in QUANTITIES:
        values = np.array([one.outcomes["cheapest"][quantity] for one in examined])
        found = corrected_interval(values, **sizes_of(folds))
        plain[quantity] = (max(found.low, 0.0), found.high if quantity == "cost" else min(found.high, 1.0))
    first = folds[0].train_rows
    outcome = costs.outcome(
        fresh[1] == 1,
        _said(X[first], y[first], fresh[0]) > examined[0].outcomes["cheapest"]["threshold"],
        problem.cost_ratio,
    )
    return {quantity: getattr(outcome, quantity) for quantity in QUANTITIES}, made, plain


def _examined(decision: Decision, X: NDArray[np.float64], y: NDArray[np.int64], fold: Fold) -> Examined:
    learned, held = fold.train_rows, fold.test_rows
    inner = np.empty(len(learned))
    for a, b in StratifiedKFold(_PARTS, shuffle=True, random_state=0).split(learned, y[learned]):
        inner[b] = _said(X[learned[a]], y[learned[a]], X[learned[b]])
    test = Rows(positive=y[held] == 1, probability=_said(X[learned], y[learned], X[held]))
    return examine(decision, test, Rows(positive=y[learned] == 1, probability=inner))


def _said(X: NDArray[np.float64], y: NDArray[np.int64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    probability: NDArray[np.float64] = LogisticRegression().fit(X, y).predict_proba(rows)[:, 1]
    return probability


_HEAD = """# Intervals of what decisions lead to

Made by `python -m benchmarks.decisions`: how often the 95 % intervals of a run's decisions, by the threshold that is
cheapest on training rows, held the truth, and how wide they were; beside them those of a t over folds, cut at 0 and
shares at 1, which they were until 2026-11-28. Rows are single ones: where they hang together it was not simulated. In
brackets is the 95 % Clopper-Pearson interval of a share.

| rows and folds | of | truth | held it | t over folds |
| --- | --- | --- | --- | --- |"""


if __name__ == "__main__":
    main()
