"""Where candidates stand over tables: scores, ranks, and the net chosen inside training rows beside such boosting."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.ranks.measured import Measured
from benchmarks.ranks.tables import TABLES
from pipeline.scoring.one_test_set import wilson_interval
from pipeline.scoring.ranks import average_ranks
from pipeline.scoring.significance import Interval

CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """What was measured on the tables that every candidate was measured on.

    Attributes:
        measured: All of it.
        candidates: Names, nets first.
    """

    measured: Sequence[Measured]
    candidates: tuple[str, ...]

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Those that every candidate was measured on."""
        pairs = {(one.table, one.candidate) for one in self.measured}
        return tuple(table for table in TABLES if all((table, name) in pairs for name in self.candidates))

    def of(self, table: str, candidate: str) -> list[Measured]:
        """Returns its folds in order."""
        own = [one for one in self.measured if (one.table, one.candidate) == (table, candidate)]
        return sorted(own, key=lambda one: one.fold)

    def scores(self, table: str, candidate: str) -> NDArray[np.float64]:
        """Returns ``(n_folds,)``."""
        return np.array([one.score for one in self.of(table, candidate)])

    def ranks(self, table: str) -> NDArray[np.float64]:
        """Returns ``(n_candidates,)``: the mean over the folds; 1 is the best."""
        scores = np.column_stack([self.scores(table, name) for name in self.candidates])
        return average_ranks(scores, lower_is_better=lower_is_better(table))

    def mean_rank(self, candidate: str) -> Interval:
        """Returns the mean over tables, with Student's interval for other tables like these."""
        place = self.candidates.index(candidate)
        return student([float(self.ranks(table)[place]) for table in self.tables])

    def picked(self, table: str, family: Sequence[str]) -> list[Measured]:
        """Returns on each fold the candidate of a family that did best inside its training rows."""
        there = [self.of(table, name) for name in family if name in self.candidates]
        sign = 1 if lower_is_better(table) else -1
        return [min(own, key=lambda one: sign * one.inner) for own in zip(*there, strict=True)]

    def gain(self, table: str, nets: Sequence[Measured], others: Sequence[Measured]) -> float:
        """Returns by how much nets are better than others, the mean over the folds."""
        sign = -1 if lower_is_better(table) else 1
        return sign * float(np.mean([net.score - other.score for net, other in zip(nets, others, strict=True)]))

    def wins(self, net: str, other: str) -> tuple[int, Interval]:
        """Returns on how many tables a net has the better mean, and Wilson's interval of that share."""
        won = sum(self.gain(table, self.of(table, net), self.of(table, other)) > 0 for table in self.tables)
        return won, wilson_interval(won, len(self.tables), CONFIDENCE)


def lower_is_better(table: str) -> bool:
    """Returns which way a table's metric is better."""
    return TABLES[table].metric != "roc_auc"


def student(values: Sequence[float]) -> Interval:
    """Returns the mean of independent values with Student's interval.

    Example:
        >>> found = student([1.0, 2.0, 3.0])
        >>> round(found.low, 2), found.mean, round(found.high, 2)
        (-0.48, 2.0, 4.48)
    """
    mean = float(np.mean(values))
    if len(values) < 2:
        return Interval(mean=mean, low=float("nan"), high=float("nan"))
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    half = float(stats.t.isf((1 - CONFIDENCE) / 2, len(values) - 1) * error)
    return Interval(mean=mean, low=mean - half, high=mean + half)
