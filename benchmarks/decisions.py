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
from types import SimpleNamespace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from experiments.language import Decision
from pipeline.data.values import Fold
from pipeline.decisions import costs
from pipeline.decisions.contrasts import benefit_differences, cost_differences
from pipeline.decisions.estimates import estimates, relative_costs
from pipeline.decisions.examination import Examined, Rows, examine, threshold_name
from pipeline.decisions.intervals import EVERYBODY, NOBODY
from pipeline.decisions.rows_tested import RowsTested
from pipeline.scoring.significance import corrected_interval
from pipeline.scoring.tested import sizes_of
from pipeline.telling.files import write

PAGE = Path("docs/decisions.md")
OF_RULE = {
    "cost": "cost",
    "type_1_error": "type I error",
    "type_2_error": "type II error",
    "raised": "raised",
    "precision": "precision",
    "recall": "recall",
    "relative_cost": "cost as a share of treating all alike",
}
QUANTITIES = (
    *OF_RULE.values(),
    "cost of raising nobody",
    "cost of raising everybody",
    "net benefit",
    "net benefit of raising everybody",
    "found in the first tenth",
    "net benefit more than everybody's",
    "net benefit more than nobody's",
    "cost more than by one column",
)
_FRESH, _COLUMNS, _PARTS = 40_000, 5, 5
_NAMES = {"all_columns": _COLUMNS, "one_column": 1}
_ROUNDING = 1e-12
_Bounds = tuple[float, float]
_Values = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Rows of two classes, of which two of five columns tell.

    Attributes:
        n_rows: Of a table.
        rate: Share of positive rows.
        apart: How far the classes are apart, in standard deviations of the first column.
        cost_ratio: What a missed row costs, in false alarms.
        n_parts: Folds that rows are dealt out to.
        n_repeats: How often.
    """

    n_rows: int
    rate: float
    apart: float
    cost_ratio: float
    n_parts: int = 5
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
        dealt = f"{self.n_parts * self.n_repeats} folds"
        positive = f"{100 * self.rate:g} % positive, {self.apart:g} apart"
        return f"{self.n_rows:,} rows, {positive}, a miss costs {self.cost_ratio:g}, {dealt}"


PROBLEMS = (
    Problem(n_rows=300, rate=0.3, apart=2.5, cost_ratio=5),
    Problem(n_rows=300, rate=0.1, apart=1.5, cost_ratio=10),
    Problem(n_rows=300, rate=0.1, apart=1.5, cost_ratio=10, n_repeats=2),
    Problem(n_rows=300, rate=0.4, apart=5, cost_ratio=1),
    Problem(n_rows=300, rate=0.3, apart=8, cost_ratio=10),
    Problem(n_rows=1000, rate=0.05, apart=2, cost_ratio=20),
    Problem(n_rows=1000, rate=0.2, apart=3, cost_ratio=5, n_parts=10),
    Problem(n_rows=3000, rate=0.1, apart=2, cost_ratio=10, n_parts=3),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulates and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decisions", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="of each problem (default: 200)")
    parser.add_argument("--processes", type=int, default=2, help="at once (default: 2)")
    asked = parser.parse_args(arguments)
    timed = Parallel(n_jobs=asked.processes)(delayed(_timed)(problem, asked.runs) for problem in PROBLEMS)
    lines, seconds = [line for own, _ in timed for line in own], sum(took for _, took in timed)
    took = f"{asked.runs:,} runs a problem, {seconds / 60:.1f} minutes of one core"
    write(PAGE, "\n".join([_HEAD, *lines, "", f"{took} on {datetime.now(UTC).date().isoformat()}.", ""]))


def _timed(problem: Problem, runs: int) -> tuple[list[str], float]:
    """Returns the lines of a problem, and their processor seconds."""
    started = process_time()
    with threadpool_limits(1):
        return list(table_of(problem, runs)), process_time() - started


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
    if not known:
        return "none is told"
    n = sum(low - _ROUNDING <= truth <= high + _ROUNDING for low, high in known)
    interval = binomtest(n, len(known)).proportion_ci(method="exact")
    width = np.mean([high - low for low, high in known])
    unknown = f", {len(bounds) - len(known)} unknown" if len(known) < len(bounds) else ""
    return f"{n / len(known):.3f} [{interval.low:.3f}, {interval.high:.3f}], {width:.3f} wide{unknown}"


def _run(
    problem: Problem, seed: int, random: np.random.Generator, fresh: tuple[NDArray[np.float64], NDArray[np.int64]]
) -> tuple[_Values, dict[str, _Bounds], dict[str, _Bounds]]:
    """Returns what is true, the product's bounds, and those of the t that it is beside."""
    X, y = problem.drawn(problem.n_rows, random)
    decision = Decision(candidates=tuple(_NAMES), cost_ratio=problem.cost_ratio)
    splitter = RepeatedStratifiedKFold(n_splits=problem.n_parts, n_repeats=problem.n_repeats, random_state=seed)
    folds = [
        Fold(index=k, seed=seed, train_rows=learned, test_rows=held)
        for k, (learned, held) in enumerate(splitter.split(X, y))
    ]
    examined = {name: [_examined(decision, X[:, :n], y, fold) for fold in folds] for name, n in _NAMES.items()}
    by_fold = [_told(one, other, decision) for one, other in zip(*examined.values(), strict=True)]
    plain = {
        name: corrected_interval(np.array([one[name] for one in by_fold]), **sizes_of(folds)) for name in by_fold[0]
    }
    first = folds[0].train_rows
    true = [
        examine(
            decision,
            Rows(positive=fresh[1] == 1, probability=_said(X[first, :n], y[first], fresh[0][:, :n])),
            _inner(X[:, :n], y, folds[0]),
        )
        for n in _NAMES.values()
    ]
    return (
        _told(true[0], true[1], decision),
        _made(decision, examined, folds, y),
        {name: (one.low, one.high) for name, one in plain.items()},
    )


def _told(one: Examined, other: Examined, decision: Decision) -> _Values:
    """Returns what decisions on one candidate's probabilities lead to, beside another's."""
    rule, benefit = one.outcomes["cheapest"], one.benefits[_threshold(decision)]
    alike = {name: one.outcomes[name]["cost"] for name in (NOBODY, EVERYBODY)}
    relative = {"relative_cost": rule["cost"] / min(alike.values())}
    return {words: {**rule, **relative}[quantity] for quantity, words in OF_RULE.items()} | {
        "cost of raising nobody": alike[NOBODY],
        "cost of raising everybody": alike[EVERYBODY],
        "net benefit": benefit["net_benefit"],
        "net benefit of raising everybody": benefit["everybody"],
        "found in the first tenth": one.gains["10%"]["found"],
        "net benefit more than everybody's": benefit["net_benefit"] - benefit["everybody"],
        "net benefit more than nobody's": benefit["net_benefit"],
        "cost more than by one column": rule["cost"] - other.outcomes["cheapest"]["cost"],
    }


def _made(
    decision: Decision, examined: dict[str, list[Examined]], folds: Sequence[Fold], y: NDArray[np.int64]
) -> dict[str, _Bounds]:
    """Returns the product's bounds of the same."""
    rows = RowsTested(
        folds=folds,
        positive_shares=np.array([y[fold.test_rows].mean() for fold in folds]),
        n_positive=int(y.sum()),
        n_negative=int((y == 0).sum()),
        cost_ratio=decision.cost_ratio,
    )
    one, tested = examined["all_columns"], {"all_columns": rows}
    outcomes = estimates({"all_columns": [each.outcomes for each in one]}, tested)
    told = {(each.case, each.quantity): (each.low, each.high) for each in (*outcomes, *relative_costs(outcomes))}
    for each in (
        *estimates({"all_columns": [fold.benefits for fold in one]}, tested),
        *estimates({"all_columns": [fold.gains for fold in one]}, tested),
    ):
        told[each.case, each.quantity] = each.low, each.high
    comparison = SimpleNamespace(
        nets=[SimpleNamespace(name="all_columns")],
        candidates=[SimpleNamespace(name=name, family="net") for name in _NAMES],
    )
    result: Any = SimpleNamespace(comparison=comparison, folds=folds)
    both = dict.fromkeys(_NAMES, rows)
    benefits = {
        each.reference: (each.low, each.high)
        for each in benefit_differences(result, decision, examined, both)
        if each.candidate == "all_columns"
    }
    (cost,) = cost_differences(result, decision, examined, both)
    threshold = _threshold(decision)
    return {words: told["cheapest", quantity] for quantity, words in OF_RULE.items()} | {
        "cost of raising nobody": told[NOBODY, "cost"],
        "cost of raising everybody": told[EVERYBODY, "cost"],
        "net benefit": told[threshold, "net_benefit"],
        "net benefit of raising everybody": told[threshold, "everybody"],
        "found in the first tenth": told["10%", "found"],
        "net benefit more than everybody's": benefits[EVERYBODY],
        "net benefit more than nobody's": benefits[NOBODY],
        "cost more than by one column": (cost.low, cost.high),
    }


def _threshold(decision: Decision) -> str:
    return threshold_name(costs.theoretical_threshold(decision.cost_ratio))


def _examined(decision: Decision, X: NDArray[np.float64], y: NDArray[np.int64], fold: Fold) -> Examined:
    learned, held = fold.train_rows, fold.test_rows
    test = Rows(positive=y[held] == 1, probability=_said(X[learned], y[learned], X[held]))
    return examine(decision, test, _inner(X, y, fold))


def _inner(X: NDArray[np.float64], y: NDArray[np.int64], fold: Fold) -> Rows:
    """Returns a fold's training rows, each predicted by a model that did not learn from it."""
    learned = fold.train_rows
    inner = np.empty(len(learned))
    for a, b in StratifiedKFold(_PARTS, shuffle=True, random_state=0).split(learned, y[learned]):
        inner[b] = _said(X[learned[a]], y[learned[a]], X[learned[b]])
    return Rows(positive=y[learned] == 1, probability=inner)


def _said(X: NDArray[np.float64], y: NDArray[np.int64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    probability: NDArray[np.float64] = LogisticRegression().fit(X, y).predict_proba(rows)[:, 1]
    return probability


_HEAD = """# Intervals of what decisions lead to

Made by `python -m benchmarks.decisions`: how often the 95 % intervals of a run's decisions held the truth, and how wide
they were; beside them those of a t over folds, which is not cut at 0 and 1. Rows are generated, and are single ones:
where they hang together it was not simulated. A logistic regression learns from each fold, and from five parts of
it, on which the cheapest threshold is chosen; it stands beside another that sees one column only. The truth is what a
model of as many rows, by a threshold that is chosen likewise, leads to on 40,000 fresh rows, on the average of all
runs. Net benefits are those at the threshold 1 / (1 + ratio). In brackets is the 95 % Clopper-Pearson interval of a
share; unknown are intervals that a run does not tell.

| rows and folds | of | truth | held it | t over folds |
| --- | --- | --- | --- | --- |"""


if __name__ == "__main__":
    main()
