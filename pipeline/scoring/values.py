"""What scoring hands on: scores by fold, means with intervals, paired differences, ranks."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from pipeline.data.values import ReadOnlyArrays


@dataclass(frozen=True, kw_only=True, eq=False)
class Scores(ReadOnlyArrays):
    """One trained candidate on the test rows of its fold.

    Attributes:
        candidate: Name of the candidate.
        family: ``"net"`` or ``"baseline"``.
        fold_index: Which fold.
        seed: Of the training.
        metrics: Name -> value.
        y_true: ``(n_test,)`` class indices, or float64 numbers.
        predicted: ``(n_test, n_classes)`` probabilities, or ``(n_test,)`` numbers, float64.
        confusion: ``(n_classes, n_classes)`` counts; rows are true classes, columns predicted ones; of
            numbers, which are not confused, ``(0, 0)``.
        weights: ``(n_test,)``: how much each row counts; ``None`` where all count alike.
        clusterings: Each ``(n_test,)``: rows of one number hang together, in a group or in a stretch of time. Numbers
            are those of the whole set.
        in_time: Whether the fold learned from all rows before its test rows.
        again: As ``predicted``, by the training of another fold, which learned from these rows: no score, it only
            tells how much an answer hangs on the training; ``None`` where it is not asked.
        elsewhere: ``(n_common,)``, the errors of predicted numbers on rows that every training of the candidate is
            asked about, most of which it learned from: no score, it only tells how much they hang on the training.
    """

    candidate: str
    family: str
    fold_index: int
    seed: int
    metrics: Mapping[str, float]
    y_true: NDArray[Any]
    predicted: NDArray[np.float64]
    confusion: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None
    clusterings: tuple[NDArray[np.int64], ...] = ()
    in_time: bool = False
    again: NDArray[np.float64] | None = None
    elsewhere: NDArray[np.float64] | None = None

    @property
    def has_classes(self) -> bool:
        """Whether rows belong to classes; else they have numbers."""
        return self.predicted.ndim == 2

    @property
    def y_proba(self) -> NDArray[np.float64]:
        """The probabilities, ``(n_test, n_classes)``.

        Raises:
            ValueError: Numbers were predicted.
        """
        remedy = "What asks for them does not suit a number."
        require(
            self.has_classes, f"Scores of {self.candidate!r}", "probabilities of classes", remedy, predicted="numbers"
        )
        return self.predicted

    @property
    def strata(self) -> NDArray[np.int64]:
        """Within which test rows are drawn anew, ``(n_test,)``: their classes; of numbers all are one."""
        return self.y_true if self.has_classes else np.zeros(len(self.y_true), np.int64)


class _Bounded:
    """A value with an interval, which may be unknown."""

    low: float
    high: float

    @property
    def has_interval(self) -> bool:
        """Whether both bounds are known."""
        return isfinite(self.low) and isfinite(self.high)


@dataclass(frozen=True, kw_only=True)
class Summary(_Bounded):
    """A metric of a candidate over all folds.

    Attributes:
        candidate: Name of the candidate.
        family: ``"net"`` or ``"baseline"``.
        metric: Which one.
        mean: Over folds.
        low: Lower bound of the 95 % interval.
        high: Upper bound.
        n: Folds that could be measured.
        method: What the interval is of, how it was made, how often such ones hold; or why there is none.
    """

    candidate: str
    family: str
    metric: str
    mean: float
    low: float
    high: float
    n: int
    method: str


Judgment = Literal["better", "practically_equal", "worse", "cannot_say"]
Question = Literal["primary", "guess", "exploratory"]
"""Whether a difference is what the comparison is about, or one to guessing, or any other."""


@dataclass(frozen=True, kw_only=True)
class Contrast(_Bounded):
    """A candidate against a reference on the same test rows, in one metric.

    Attributes:
        candidate: Name of the candidate.
        family: Its family, ``"net"`` or ``"baseline"``.
        reference: Whom it is compared with.
        metric: Which one.
        difference: The candidate's score minus the reference's.
        low: Lower bound of the difference's 95 % interval.
        high: Upper bound.
        p_value: Two-sided, of no difference.
        p_corrected: The same, corrected for all differences of the same question in this metric.
        better: Probability that the candidate is better by more than makes no practical difference.
        equal: That there is no practical difference.
        worse: That the candidate is worse.
        judgment: What may be said, by ``pipeline.scoring.judgment``.
        n: Folds.
        method: How the difference was judged.
        question: What the difference is asked for; differences of one question are corrected together.
        degrees: Of freedom of the test, infinite for a normal; NaN where none is known.
    """

    candidate: str
    family: str
    reference: str
    metric: str
    difference: float
    low: float
    high: float
    p_value: float
    p_corrected: float
    better: float
    equal: float
    worse: float
    judgment: Judgment
    n: int
    method: str
    question: Question = "primary"
    degrees: float = float("nan")


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """The candidates by their average rank in the primary metric.

    Attributes:
        average: Candidate -> average rank, best first; 1 is the best.
        groups: The largest groups of which the corrected paired test tells no two apart.
        n: Rankings that were averaged.
        over: Of what each is a ranking, in the plural.
    """

    average: Mapping[str, float]
    groups: tuple[tuple[str, ...], ...]
    n: int
    over: str
