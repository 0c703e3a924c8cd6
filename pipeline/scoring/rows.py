"""The test rows of a candidate, each once: whether they hang together or count unequally, and what they are worth."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.scoring.clusters import effective_rows, n_clusters
from pipeline.scoring.metrics import ROW_LOSSES
from pipeline.scoring.tested import kish
from pipeline.scoring.values import Scores
from pipeline.words.names import counted

LEAST = 5
"""Groups or stretches that it takes to see how they differ."""
TOO_FEW = ", and it takes"
"""In the words of ``too_few``."""


def are_unlike(own: Sequence[Scores]) -> bool:
    """Returns whether the test rows hang together or count unequally."""
    return bool(own) and (own[0].weights is not None or bool(own[0].clusterings))


def are_redrawn(own: Sequence[Scores]) -> bool:
    """Returns whether an interval is had by drawing test rows anew: of one test set, and of blocks in time.

    Of blocks forward in time each fold learns from all before it, the larger a later one: what a corrected t over folds
    assumes, training sets that are alike and as like each other as two samples, does not hold.
    """
    return are_unlike(own) and (len(own) == 1 or own[0].in_time)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """The test rows of one candidate, each once.

    Attributes:
        losses: ``(n_rows,)``: Brier scores, or squared errors; the mean where a row was tested more than once.
        hits: ``(n_rows,)``: how often the class was right; of numbers none.
        weights: ``(n_rows,)``; ``None`` where they count alike.
        clusterings: Each ``(n_rows,)``.
        times: ``(n_rows,)``: how often each was tested.
        equally: Whether all rows of the set were tested, each as often as the others.
    """

    losses: NDArray[np.float64]
    hits: NDArray[np.float64]
    weights: NDArray[np.float64] | None
    clusterings: tuple[NDArray[np.int64], ...]
    times: NDArray[np.int64]
    equally: bool

    @property
    def design_effect(self) -> float:
        """By what the variance of a mean over folds is larger than were all tested equally often.

        Of rows that hang together it is that of their groups, as often as rows of a group are tested on the average; of
        two ways to hang together the larger one.
        """
        groups = (np.unique(labels, return_inverse=True)[1] for labels in self.clusterings)
        of_groups = [kish(np.bincount(own, weights=self.times) / np.bincount(own)) for own in groups]
        return max(of_groups, default=kish(self.times))

    @property
    def worth(self) -> float:
        """As how many rows they are worth that are independent and count alike."""
        return effective_rows(self.losses, self.weights, self.clusterings)

    @property
    def tell(self) -> bool:
        """Whether losses differ from row to row: what says the same of every row does not tell what rows share."""
        return bool(np.ptp(self.losses) > 0)

    @property
    def degrees(self) -> int:
        """Degrees of freedom: what is drawn independently, less one."""
        return max(n_clusters(self.clusterings, len(self.losses)) - 1, 1)


def telling(pair: Sequence[str], rows: Mapping[str, Rows]) -> list[str]:
    """Returns those of two candidates whose losses tell what rows are worth; both, where neither's do.

    Args:
        pair: Their names.
        rows: Of each candidate.
    """
    return [name for name in pair if rows[name].tell] or [*pair]


def rows_of(own: Sequence[Scores], folds: Sequence[Fold], of: Callable[[Scores], NDArray[Any]] | None = None) -> Rows:
    """Returns the test rows of all folds, each once.

    Args:
        own: Of one candidate.
        folds: All of them.
        of: The loss of each row; without, the Brier score or the squared error.
    """
    places = {fold.index: fold.test_rows for fold in folds}
    tested = np.concatenate([places[item.fold_index] for item in own])
    distinct, first, where, times = np.unique(tested, return_index=True, return_inverse=True, return_counts=True)
    losses = np.concatenate([(of or _squared)(item) for item in own])
    hits = np.concatenate([_hits(item) for item in own])

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(where, weights=values) / times

    def once(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate(parts)[first]

    weighed = [item.weights for item in own if item.weights is not None]
    n_rows = len(folds[0].train_rows) + len(folds[0].test_rows)
    return Rows(
        losses=mean(losses),
        hits=mean(hits),
        weights=once(weighed) if weighed else None,
        clusterings=tuple(once(each) for each in zip(*(item.clusterings for item in own), strict=True)),
        times=times,
        equally=len(distinct) == n_rows and bool((times == times[0]).all()),
    )


def _squared(item: Scores) -> NDArray[np.float64]:
    if item.has_classes:
        return ROW_LOSSES["brier_score"](item.y_true, item.y_proba)
    return np.asarray((item.y_true - item.predicted) ** 2, np.float64)


def _hits(item: Scores) -> NDArray[np.float64]:
    if item.has_classes:
        return np.asarray(item.y_proba.argmax(axis=1) == item.y_true, np.float64)
    return np.full(len(item.y_true), np.nan)


def too_few_clusters(own: Sequence[Scores], folds: Sequence[Fold]) -> str:
    """Returns why nothing is known of chance where rows hang together in too few groups or stretches; else nothing.

    It holds of whatever is told of these rows: of a score, of a difference, of what a column is worth.

    Args:
        own: Of one candidate.
        folds: All of them.
    """
    if not own or not own[0].clusterings:
        return ""
    return too_few(rows_of(own, folds).degrees + 1, in_time=own[0].in_time)


def too_few(n: int, *, in_time: bool, of: str = "of test rows") -> str:
    """Returns why nothing is known of chance with so many stretches of time, or groups; nothing where they are enough.

    Args:
        n: How many.
        in_time: Whether they are stretches.
        of: What is in them.

    Example:
        >>> too_few(3, in_time=True), too_few(5, in_time=False)
        ('3 stretches of time of test rows, and it takes 5', '')
    """
    units = ("stretch of time", "stretches of time") if in_time else ("group", "groups")
    return f"{counted(n, *units)} {of}{TOO_FEW} {LEAST}" if n < LEAST else ""
