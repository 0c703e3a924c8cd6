"""The rows on which a candidate is asked: of each fold, or of one test set in parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.result import Result
from pipeline.training.values import Trained

MOST_FOLDS = 10
PARTS = 10
_LEAST_ROWS = 5  # of a part
_SLOW = ("k_nearest_neighbors", "support_vector_machine")  # look at training rows for every answer
_SLOWER = 10


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
        asked: Each fold, at most ten; of one fold, parts of its test rows.
        ratio: As of ``many_columns.intervals``.
        of: What is one of ``asked``.
        slower: How many times fewer answers are asked for than of others, as each takes longer.
    """

    candidate: str
    asked: tuple[Asked, ...]
    ratio: float
    of: Literal["folds", "parts"]
    slower: int = 1

    def at_most(self, n_answers: int) -> "HeldOut":
        """Returns the same with a sample of the rows of each, where there are more."""
        most = max(n_answers // self.slower, 2)
        return replace(self, asked=tuple(one.at_most(most) for one in self.asked))

    @property
    def n_rows(self) -> int:
        """Rows of all, a row of several folds several times."""
        return sum(len(one.rows) for one in self.asked)


def held_out(result: Result, candidate: str) -> HeldOut:
    """Returns the test rows of each fold with the model that was trained without them.

    Args:
        result: Whole.
        candidate: Whose models are asked.
    """
    runs, y = result.of(candidate).trained, result.dataset.y
    slower = _SLOWER if any(_is_slow(run) for run in runs) else 1
    if len(result.folds) > 1:
        pairs = [*zip(runs, result.folds, strict=True)][:MOST_FOLDS]
        asked = tuple(
            Asked(
                name=f"fold {fold.index}",
                model=run.model,
                rows=_by_target(y, fold.test_rows, fold.seed),
                seed=fold.seed,
            )
            for run, fold in pairs
        )
        ratio = len(result.folds[0].test_rows) / len(result.folds[0].train_rows)
        return HeldOut(candidate=candidate, asked=asked, ratio=ratio, of="folds", slower=slower)
    (run,), (fold,) = runs, result.folds
    rows = _by_target(y, fold.test_rows, fold.seed)
    asked = tuple(
        Asked(name=f"part {part} of the test rows", model=run.model, rows=rows[part::n_parts], seed=fold.seed + part)
        for n_parts in (max(min(PARTS, len(rows) // _LEAST_ROWS), 1),)
        for part in range(n_parts)
    )
    return HeldOut(candidate=candidate, asked=asked, ratio=0.0, of="parts", slower=slower)


def _by_target(y: NDArray[Any], rows: Sequence[int] | NDArray[np.int64], seed: int) -> NDArray[np.intp]:
    """Returns rows in the order of their target, equal ones in no order."""
    drawn = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(4,))).permutation(np.asarray(rows))
    return drawn[np.argsort(y[drawn], kind="stable")]


def _is_slow(run: Trained) -> bool:
    candidate = getattr(run.candidate, "candidate", run.candidate)  # of a search, what is searched
    return getattr(candidate, "algorithm", None) in _SLOW
