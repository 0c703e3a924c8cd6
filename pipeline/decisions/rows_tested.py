"""The rows that folds test, as evidence on what decisions lead to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.scoring.result import Result
from pipeline.scoring.rows import rows_of
from pipeline.scoring.units import units_of
from pipeline.scoring.values import Scores


@dataclass(frozen=True, kw_only=True, eq=False)
class RowsTested:
    """The rows of a candidate that folds test, each once, as so many single ones as they are worth.

    Attributes:
        folds: All of them.
        positive_shares: ``(n_folds,)``: of the class that is raised, among the test rows of each.
        n_positive: Rows of that class.
        n_negative: All others.
        cost_ratio: What a missed row costs, in false alarms.
        few_positive: Whether those of the class lie in too few groups to tell anything of chance.
        few_negative: Whether the others do.
    """

    folds: Sequence[Fold]
    positive_shares: NDArray[np.float64]
    n_positive: float
    n_negative: float
    cost_ratio: float
    few_positive: bool = False
    few_negative: bool = False

    @property
    def n(self) -> float:
        """All of them."""
        return self.n_positive + self.n_negative

    @property
    def have_chance(self) -> bool:
        """Whether folds tell of chance: not one alone, nor blocks in time, of which each learns from those before."""
        return len(self.folds) > 1 and self.folds[0].stretches is None

    @property
    def both_tell(self) -> bool:
        """Whether they tell of chance in what both classes decide of."""
        return self.have_chance and not (self.few_positive or self.few_negative)

    def on(self, which: NDArray[np.bool_]) -> "RowsTested":
        """Returns those of some folds, ``(n_folds,)``: of those on which a quantity could be measured."""
        sizes = np.array([len(fold.test_rows) for fold in self.folds])
        positive, negative = sizes * self.positive_shares, sizes * (1 - self.positive_shares)
        return replace(
            self,
            folds=[fold for fold, is_one in zip(self.folds, which, strict=True) if is_one],
            positive_shares=self.positive_shares[which],
            n_positive=max(self.n_positive * _part(positive, which), 1.0),
            n_negative=max(self.n_negative * _part(negative, which), 1.0),
        )


def _part(counts: NDArray[np.float64], which: NDArray[np.bool_]) -> float:
    return float(counts[which].sum() / counts.sum()) if counts.any() else 1.0


def rows_tested(result: Result, candidate: str, positive_class: int, cost_ratio: float) -> RowsTested:
    """Returns the rows that a comparison tests, counted.

    Rows that hang together are worth the fewer of two: what they tell of how far probabilities are off, and what they
    tell of how frequent the class is, which is all that a rule hangs on that treats all rows alike.
    """
    rows = np.unique(np.concatenate([fold.test_rows for fold in result.folds]))
    own = [one for one in result.scores if one.candidate == candidate]

    def is_of_class(item: Scores) -> NDArray[np.bool_]:
        return np.asarray(item.y_true == positive_class)

    kinds = [rows_of(own, result.folds), rows_of(own, result.folds, is_of_class)] if own[0].clusterings else []
    worth = min([1.0, *(each.worth / len(rows) for each in kinds if each.tell)])
    is_positive = result.dataset.y == positive_class
    few = [bool(units_of(of, own, positive_class).too_few) for of in ("type_1_error", "type_2_error")]
    return RowsTested(
        folds=result.folds,
        positive_shares=np.array([is_positive[fold.test_rows].mean() for fold in result.folds]),
        n_positive=max(worth * int(is_positive[rows].sum()), 1.0),
        n_negative=max(worth * int((~is_positive[rows]).sum()), 1.0),
        cost_ratio=cost_ratio,
        few_positive=few[0],
        few_negative=few[1],
    )
