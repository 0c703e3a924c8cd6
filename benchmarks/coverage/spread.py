"""Simulations of a cell in pieces, over processes: each piece has draws of its own, whoever works it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time
from typing import TypeVar

import numpy as np
from joblib import Parallel, delayed, parallel_config
from scipy import stats

from benchmarks.coverage.quick import unchecked

Outcome = TypeVar("Outcome")
PIECE = 25
"""Simulations that have one source of draws."""


@dataclass(kw_only=True)
class Effort:
    """How much is simulated, by how many, and what it took.

    Attributes:
        simulations: A cell of coverage.
        gates: A cell of words: comparisons that are told.
        runs: Whole runs.
        processes: At once; each counts on one core.
        spent: Seconds of one core, by other processes than this one.
    """

    simulations: int = 1000
    gates: int = 400
    runs: int = 10
    processes: int = 2
    spent: float = 0.0

    def spread(
        self, simulate: Callable[[int, np.random.Generator], Sequence[Outcome]], n: int, seed: int = 0
    ) -> list[Outcome]:
        """Returns what ``n`` simulations come to, the same with any number of processes.

        Args:
            simulate: Takes how many and where its draws come from; returns one outcome each.
            n: Simulations.
            seed: Of the cell.
        """
        sizes = [min(PIECE, n - start) for start in range(0, n, PIECE)]
        draws = np.random.default_rng(seed).spawn(len(sizes))
        pieces = list(zip(sizes, draws, strict=True))
        if self.processes == 1:
            return [outcome for piece in pieces for outcome in _timed(simulate, *piece)[0]]
        with parallel_config("loky", n_jobs=self.processes, inner_max_num_threads=1):
            found = Parallel()(delayed(_timed)(simulate, *piece) for piece in pieces)
        self.spent += sum(seconds for _, seconds in found)
        return [outcome for outcomes, _ in found for outcome in outcomes]


def _timed(
    simulate: Callable[[int, np.random.Generator], Sequence[Outcome]], n: int, random: np.random.Generator
) -> tuple[Sequence[Outcome], float]:
    started = process_time()
    with unchecked():
        found = simulate(n, random)
    return found, process_time() - started


@dataclass(frozen=True, kw_only=True)
class Share:
    """How often something was so.

    Attributes:
        count: Times.
        n: Of so many.
    """

    count: int
    n: int

    @property
    def bounds(self) -> tuple[float, float]:
        """The 95 % Clopper-Pearson interval."""
        found = stats.binomtest(self.count, self.n).proportion_ci(method="exact")
        return float(found.low), float(found.high)

    def may_be(self, least: float, most: float) -> bool:
        """Returns whether the true share may lie between two bounds."""
        low, high = self.bounds
        return low <= most and high >= least

    def __str__(self) -> str:
        low, high = self.bounds
        return f"{self.count / self.n:.3f} [{low:.3f}, {high:.3f}]"


def share(outcomes: Sequence[bool]) -> Share:
    """Counts what was so."""
    return Share(count=int(sum(outcomes)), n=len(outcomes))
