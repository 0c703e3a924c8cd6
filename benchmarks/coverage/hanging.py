"""Rows that hang together, in groups or in time, or count unequally: what they share, and on which they are tested."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import expit

from benchmarks.coverage.problems import random_splits, share_tested
from experiments.language import Candidate, Splitting
from pipeline.data.forward import stretches
from pipeline.data.split import N_STRETCHES
from pipeline.data.values import Fold
from pipeline.scoring.metrics import confusion
from pipeline.scoring.values import Scores
from pipeline.scoring.weighted import score_of

METRICS = ("accuracy", "roc_auc", "f1", "type_1_error", "log_loss")
UNKNOWN = 2.0
"""Standard deviation of what no classifier knows of a row, on the log odds; of what one knows, it is also 2."""
SPLITTINGS: Mapping[str, Splitting] = {
    "5 folds": Splitting(kind="k_fold", n_splits=5, n_folds=5),
    "10 random splits": random_splits(10),
    "one test set": Splitting(n_folds=1),
}
"""How groups and weights are divided, by words."""
HALF, NINTH = (0.0, "one in two positive"), (-4.0, "one in nine positive")
"""What is added to the log odds, and the share that comes of it."""
_SHARED = 0.8  # of the variance of what a classifier knows

Random = np.random.Generator
Answers = NDArray[np.float64]
"""``(n_samples, 2)``: probabilities."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Rows that are no single ones.

    Attributes:
        shared: Draws a normal value of each row, of which it shares all or much with its neighbors.
        folds: On which they are tested.
        said: What scores on a fold are told of its rows.
        splitting: As declared.
    """

    shared: Callable[[Random], NDArray[np.float64]]
    folds: tuple[Fold, ...]
    said: Callable[[Fold], Mapping[str, Any]]
    splitting: Splitting

    def scores(
        self, candidate: Candidate, y: NDArray[np.int64], answers: Answers, metrics: Sequence[str] = METRICS
    ) -> list[Scores]:
        """Returns what a classifier scores on each fold that says ``answers`` of the rows."""
        found = []
        for fold in self.folds:
            said, truths, own = self.said(fold), y[fold.test_rows], answers[fold.test_rows]
            found.append(
                Scores(
                    candidate=candidate.name,
                    family=candidate.family,
                    fold_index=fold.index,
                    seed=0,
                    metrics={name: score_of(name, truths, own, 1, said.get("weights")) for name in metrics},
                    y_true=truths,
                    predicted=own,
                    confusion=confusion(truths, own),
                    **said,
                )
            )
        return found


def answered(random: Random, shared: Sequence[NDArray[np.float64]], shift: float) -> tuple[NDArray[np.int64], Answers]:
    """Returns classes, and what a classifier says that knows one of the two things that decide of a row.

    Args:
        random: Where draws come from.
        shared: By neighbors: of what is known, and of what is not.
        shift: Of the log odds: 0 for as many positive rows as negative ones, below for fewer.
    """
    known, unknown = shared
    x = of_neighbors(random, known)
    y = drawn(random, 2 * x + shift + UNKNOWN * unknown)
    return y, sure(2 * x + shift, UNKNOWN)


def of_neighbors(random: Random, shared: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns values of which rows have the greater part from what they share."""
    return np.sqrt(_SHARED) * shared + np.sqrt(1 - _SHARED) * random.normal(size=len(shared))


def drawn(random: Random, log_odds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Returns a class of each row."""
    return (random.random(len(log_odds)) < expit(log_odds)).astype(np.int64)


def sure(log_odds: NDArray[np.float64], unknown: float) -> Answers:
    """Returns as sure answers as may be where ``unknown`` is the standard deviation of what is not known."""
    q = expit(log_odds / np.sqrt(1 + 0.35 * unknown**2))
    return np.stack([1 - q, q], axis=1)


def in_time(random: Random, *, n: int, phi: float, n_blocks: int) -> Rows:
    """Returns blocks forward in time; what rows share decays by ``phi`` from row to row."""
    size, found = n // n_blocks, []
    for index in range(n_blocks):
        tested = np.arange(size * (index + 1), size * (index + 2))
        own = stretches(tested, max(2, round(N_STRETCHES / n_blocks)))
        found.append(Fold(index=index, seed=index, train_rows=np.arange(tested[0]), test_rows=tested, stretches=own))
    return Rows(
        shared=partial(_decaying, n=n + size, phi=phi),
        folds=tuple(found),
        said=lambda fold: {"clusterings": (fold.stretches,), "in_time": True},
        splitting=Splitting(kind="forward", time="t", n_folds=n_blocks),
    )


def in_groups(random: Random, *, n_groups: int, size: int, splitting: Splitting) -> Rows:
    """Returns groups of rows that share nearly all with each other."""
    groups = np.arange(n_groups * size) // size
    return Rows(
        shared=lambda random: random.normal(size=n_groups)[groups],
        folds=_folds(groups, splitting, random),
        said=lambda fold: {"clusterings": (groups[fold.test_rows],)},
        splitting=splitting,
    )


def weighed(random: Random, *, n: int, sigma: float, splitting: Splitting) -> Rows:
    """Returns single rows with lognormal weights."""
    weights = random.lognormal(0, sigma, n)
    return Rows(
        shared=lambda random: random.normal(size=n),
        folds=_folds(np.arange(n), splitting, random),
        said=lambda fold: {"weights": weights[fold.test_rows]},
        splitting=splitting,
    )


def _decaying(random: Random, *, n: int, phi: float) -> NDArray[np.float64]:
    """Returns normal values of which each is ``phi`` times the one before, and something of its own: all vary alike."""
    first, *own = random.normal(size=n)
    found, _ = lfilter([np.sqrt(1 - phi**2)], [1, -phi], own, zi=[phi * first])
    return np.append(first, found)


def _folds(units: NDArray[np.int64], splitting: Splitting, random: Random) -> tuple[Fold, ...]:
    """Returns folds of whole units; without a division, one test set beside four times as many training rows."""
    rows, n_units = np.arange(len(units)), int(units.max()) + 1
    if splitting.n_folds == 1:
        return (Fold(index=0, seed=1, train_rows=np.arange(len(rows), 5 * len(rows)), test_rows=rows),)
    part = random.permutation(np.arange(n_units) % splitting.n_folds)
    found = []
    for index in range(splitting.n_folds):
        tested = part == index
        if splitting.kind == "random":
            tested = random.permutation(n_units) < round(share_tested(splitting) * n_units)
        of_test = tested[units]
        found.append(Fold(index=index, seed=index, train_rows=rows[~of_test], test_rows=rows[of_test]))
    return tuple(found)
