"""The rows on which a candidate is asked: of each fold, of one test set in parts, or of time in stretches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.scoring.many_columns import Units
from pipeline.scoring.result import Result
from pipeline.scoring.rows import too_few, too_few_clusters
from pipeline.scoring.tested import sizes_of
from pipeline.training.values import Trained

MOST_FOLDS = 10
PARTS = 10
_LEAST_ROWS = 5  # of a part, or of a stretch
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
        others: ``(n,)``: the rows whose cells they take; without, other ones of the same.
    """

    name: str
    model: Any
    rows: NDArray[np.intp]
    seed: int
    others: NDArray[np.intp] | None = None

    def at_most(self, n_rows: int) -> "Asked":
        """Returns the same with a sample of the rows."""
        if n_rows >= len(self.rows):
            return self
        some = np.linspace(0, len(self.rows) - 1, max(n_rows, 2)).round().astype(int)
        return replace(self, rows=self.rows[some], others=None if self.others is None else self.others[some])


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOut:
    """All that a candidate is asked on.

    Attributes:
        candidate: Its name.
        asked: Each fold, at most ten; of one fold, parts of its test rows; stretches of time of all folds.
        units: The same, for what is told of chance.
        of: What is one of ``asked``.
        slower: How many times fewer answers are asked for than of others, as each takes longer.
        too_few: As of ``rows.too_few_clusters``.
    """

    candidate: str
    asked: tuple[Asked, ...]
    units: Units
    of: Of
    slower: int = 1
    too_few: str = ""

    def at_most(self, n_answers: int) -> "HeldOut":
        """Returns the same with a sample of the rows of each, where there are more."""
        most = max(n_answers // self.slower, 2)
        return replace(self, asked=tuple(one.at_most(most) for one in self.asked))

    def measured(self, n: int) -> "HeldOut":
        """Returns the same, where the metric could be measured on ``n`` of ``asked``: some stretches lack a class."""
        few = too_few(n, in_time=True) if self.of == "stretches" else ""
        return replace(self, too_few=self.too_few or few)

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
    pairs = [*zip(runs, folds, strict=True)]
    slower = _SLOWER if any(_is_slow(run) for run in runs) else 1
    of: Of = "parts" if len(folds) == 1 else "folds"
    if folds[0].stretches is not None:
        of, asked = "stretches", [one for run, fold in pairs for one in _stretches(result, run, fold)]
    elif len(folds) == 1:
        asked = [*_parts(result, runs[0], folds[0])]
    else:
        asked = [
            _asked(result, run, fold.test_rows, fold.seed, f"fold {fold.index}") for run, fold in pairs[:MOST_FOLDS]
        ]
    sizes = sizes_of(folds)
    ratio = sizes["n_test"] / sizes["n_train"] if of == "folds" else 0.0
    units = Units(ratio=ratio, in_time=of == "stretches")
    few = too_few_clusters(result.of(candidate).scores, folds)
    held = HeldOut(candidate=candidate, asked=tuple(asked), units=units, of=of, slower=slower, too_few=few)
    return held.measured(len(asked))


def _stretches(result: Result, run: Trained, fold: Fold) -> Iterator[Asked]:
    """Yields the stretches of a fold, joined until they have five rows; cells are taken from all rows of the fold.

    Within a stretch a column hardly changes that follows time: shuffled there, it would seem to be worth nothing.
    """
    drawn = np.random.default_rng(np.random.SeedSequence(fold.seed, spawn_key=(5,))).permutation(fold.test_rows)
    others = np.zeros(result.dataset.n_samples, np.intp)
    others[drawn] = np.roll(drawn, 1)
    of_each = _joined(np.asarray(fold.stretches))
    for stretch in np.unique(of_each):
        asked = _asked(result, run, fold.test_rows[of_each == stretch], fold.seed, f"fold {fold.index}, a stretch")
        yield replace(asked, others=others[asked.rows])


def _joined(of_each: NDArray[np.int64]) -> NDArray[np.intp]:
    """Returns the number of each row's stretch, where those of few rows are one with the next; the last with others."""
    _, places, sizes = np.unique(of_each, return_inverse=True, return_counts=True)
    joined, size = np.zeros(len(sizes), np.intp), 0
    for place, own in enumerate(sizes):
        begins = size >= _LEAST_ROWS and sizes[place:].sum() >= _LEAST_ROWS
        size = own if begins else size + own
        joined[place:] += begins
    return joined[places]


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
