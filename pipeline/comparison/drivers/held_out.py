"""The rows on which a candidate is asked: of each fold, of one test set in parts, or of time in stretches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.scoring.result import Result
from pipeline.scoring.rows import too_few_clusters
from pipeline.training.values import Trained

MOST_FOLDS = 10
PARTS = 10
_LEAST_ROWS = 5  # of a part
_SLOW = ("k_nearest_neighbors", "support_vector_machine")  # look at training rows for every answer
_SLOWER = 10


Of = Literal["folds", "parts", "stretches"]
"""What means and intervals are over: folds, parts of one test set, or stretches of time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """A trained model, and rows that it has not learned from.

    Attributes:
        name: For progress.
        model: Trained on other rows.
        rows: ``(n,)``, by their target: every so manieth of them is a sample with the same shares of the classes.
        seed: Of what is drawn.
    """

    name: str
    model: Any
    rows: NDArray[np.intp]
    seed: int

    def at_most(self, n_rows: int) -> "Asked":
        """Returns the same with a sample of the rows."""
        if n_rows >= len(self.rows):
            return self
        return replace(self, rows=self.rows[np.linspace(0, len(self.rows) - 1, max(n_rows, 2)).round().astype(int)])


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOut:
    """All that a candidate is asked on.

    Attributes:
        candidate: Its name.
        asked: Each fold, at most ten; of one fold, parts of its test rows; stretches of time.
        ratio: As of ``many_columns.intervals``.
        of: What is one of ``asked``.
        slower: How many times fewer answers are asked for than of others, as each takes longer.
        too_few: As of ``unlike.too_few_clusters``.
    """

    candidate: str
    asked: tuple[Asked, ...]
    ratio: float
    of: Of
    slower: int = 1
    too_few: str = ""

    def at_most(self, n_answers: int) -> "HeldOut":
        """Returns the same with a sample of the rows of each, where there are more."""
        most = max(n_answers // self.slower, 2)
        return replace(self, asked=tuple(one.at_most(most) for one in self.asked))

    def told(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns values of each of ``asked`` as what is known of chance: one mean where they are no evidence of it."""
        return values.mean(axis=0, keepdims=True) if self.too_few and len(values) else values

    @property
    def n_rows(self) -> int:
        """Rows of all, a row of several folds several times."""
        return sum(len(one.rows) for one in self.asked)


def held_out(result: Result, candidate: str) -> HeldOut:
    """Returns the test rows of each fold with the model that was trained without them.

    Where rows are divided by time, the models of different folds are not alike, and where there is one fold there is
    one model: then the stretches of time, or parts of the test rows, are told apart. Groups stay whole.

    Args:
        result: Whole.
        candidate: Whose models are asked.
    """
    runs, folds = result.of(candidate).trained, result.folds
    pairs = [*zip(runs, folds, strict=True)][:MOST_FOLDS]
    slower = _SLOWER if any(_is_slow(run) for run in runs) else 1
    of: Of = "parts" if len(folds) == 1 else "folds"
    if folds[0].stretches is not None:
        of, asked = "stretches", [one for run, fold in pairs for one in _stretches(result, run, fold)]
    elif len(folds) == 1:
        asked = [*_parts(result, runs[0], folds[0])]
    else:
        asked = [_asked(result, run, fold.test_rows, fold.seed, f"fold {fold.index}") for run, fold in pairs]
    ratio = len(folds[0].test_rows) / len(folds[0].train_rows) if of == "folds" else 0.0
    few = too_few_clusters(result.of(candidate).scores, folds)
    return HeldOut(candidate=candidate, asked=tuple(asked), ratio=ratio, of=of, slower=slower, too_few=few)


def _stretches(result: Result, run: Trained, fold: Fold) -> Iterator[Asked]:
    of_each = np.asarray(fold.stretches)
    for stretch in np.unique(of_each):
        rows = fold.test_rows[of_each == stretch]
        yield _asked(result, run, rows, fold.seed + int(stretch), f"fold {fold.index}, a stretch of time")


def _parts(result: Result, run: Trained, fold: Fold) -> Iterator[Asked]:
    """Yields parts of the test rows with about the same shares of the classes; with whole groups where there are some.

    A part has at least five rows, or groups.
    """
    groups, rows = result.dataset.groups, _by_target(result.dataset.y, fold.test_rows, fold.seed)
    # Each group by the first of its rows; a row by itself is one.
    _, first, group = np.unique(rows if groups is None else groups[rows], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))[group]
    n_parts = max(min(PARTS, len(first) // _LEAST_ROWS), 1)
    for part in range(n_parts):
        yield _asked(result, run, rows[rank % n_parts == part], fold.seed + part, f"part {part} of the test rows")


def _asked(result: Result, run: Trained, rows: NDArray[np.int64], seed: int, name: str) -> Asked:
    return Asked(name=name, model=run.model, rows=_by_target(result.dataset.y, rows, seed), seed=seed)


def _by_target(y: NDArray[Any], rows: NDArray[np.int64], seed: int) -> NDArray[np.intp]:
    """Returns rows in the order of their target, equal ones in no order."""
    drawn = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(4,))).permutation(rows)
    return drawn[np.argsort(y[drawn], kind="stable")]


def _is_slow(run: Trained) -> bool:
    candidate = getattr(run.candidate, "candidate", run.candidate)  # of a search, what is searched
    return getattr(candidate, "algorithm", None) in _SLOW
