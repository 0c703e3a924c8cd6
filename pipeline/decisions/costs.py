"""What decisions cost: thresholds on the probability of one positive class, and the errors they make. Pure functions.

A row is raised when its probability is above the threshold. The unit of cost is one false alarm; a missed positive
row costs ``cost_ratio`` of them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOBODY = 1.0
EVERYBODY = -np.finfo(np.float64).tiny  # a probability of 0 is above it
_ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What raising some rows led to; NaN where a share has no rows.

    Attributes:
        cost: Expected cost for each row, in false alarms.
        type_1_error: Share of the positive rows that was missed, numbered as in the bankruptcy literature.
        type_2_error: Share of the others that was raised.
        recall: Share of the positive rows that was raised.
        precision: Share of the raised rows that is positive.
        raised: Share of all rows that was raised.
    """

    cost: float
    type_1_error: float
    type_2_error: float
    recall: float
    precision: float
    raised: float


def outcome(positive: NDArray[np.bool_], raised: NDArray[np.bool_], cost_ratio: float) -> Outcome:
    """Returns what raising these rows led to.

    Formula:
        ``cost = (cost_ratio * missed + false_alarms) / n``

    Args:
        positive: ``(n,)``.
        raised: ``(n,)``.
        cost_ratio: What a missed positive row costs, in false alarms.

    Example:
        Of four rows one positive is missed at a cost of 10, and one alarm is false: 11 / 4.

        >>> result = outcome(np.array([True, True, False, False]), np.array([True, False, True, False]), 10)
        >>> result.cost, result.recall, result.precision
        (2.75, 0.5, 0.5)
    """
    found, missed = (positive & raised).sum(), (positive & ~raised).sum()
    false_alarms = (~positive & raised).sum()
    return Outcome(
        cost=float((cost_ratio * missed + false_alarms) / len(positive)),
        type_1_error=_share(missed, positive.sum()),
        type_2_error=_share(false_alarms, (~positive).sum()),
        recall=_share(found, positive.sum()),
        precision=_share(found, raised.sum()),
        raised=_share(raised.sum(), len(raised)),
    )


def theoretical_threshold(cost_ratio: float) -> float:
    """Returns the threshold of lowest expected cost for probabilities that can be taken at their word.

    Formula:
        Not raising a row costs ``p * cost_ratio`` on average, raising it ``1 - p``; they meet at
        ``p = 1 / (1 + cost_ratio)``.

    Source:
        Elkan (2001), The foundations of cost-sensitive learning, IJCAI.

    Example:
        >>> theoretical_threshold(4)
        0.2
    """
    return 1 / (1 + cost_ratio)


def net_benefit(
    positive: NDArray[np.bool_], probability: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns what raising above each threshold is worth: found positive rows, less the false alarms they cost.

    A threshold ``p`` says what a false alarm is worth: whoever raises at ``p`` takes ``(1 - p) / p`` false alarms for
    one positive row. Raising nobody is worth 0, raising everybody ``o - (1 - o) * p / (1 - p)`` with base rate ``o``.

    Formula:
        ``(found - false_alarms * p / (1 - p)) / n``. With ``p = 1 / (1 + cost_ratio)`` it is the base rate minus
        ``cost / cost_ratio``: by it candidates have the same order as by what they cost at that threshold.

    Source:
        Vickers & Elkin (2006), Decision curve analysis: a novel method for evaluating prediction models, Medical
        Decision Making 26.

    Args:
        positive: ``(n,)``.
        probability: ``(n,)``.
        thresholds: ``(n_thresholds,)``, 0 or more and below 1.

    Returns:
        ``(n_thresholds,)``, in positive rows for each row.

    Example:
        Above 0.2 both positive rows are found, with one false alarm at a quarter of a positive row: 1.75 / 4.

        >>> probability = np.array([0.1, 0.3, 0.5, 0.7])
        >>> net_benefit(np.array([False, True, False, True]), probability, np.array([0.2, 0.6]))
        array([0.4375, 0.25  ])
    """
    n = len(positive)
    found = positive.sum() - np.searchsorted(np.sort(probability[positive]), thresholds, side="right")
    false_alarms = (~positive).sum() - np.searchsorted(np.sort(probability[~positive]), thresholds, side="right")
    return (found - false_alarms * thresholds / (1 - thresholds)) / n


def cheapest_thresholds(
    positive: NDArray[np.bool_], probability: NDArray[np.float64], cost_ratios: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns for each cost ratio the threshold that costs least on these rows; of equal ones the highest.

    Thresholds lie half-way between neighboring probabilities, so that both keep the same distance.

    Args:
        positive: ``(n,)``.
        probability: ``(n,)``, of rows that the model did not learn from.
        cost_ratios: ``(n_ratios,)``.

    Returns:
        ``(n_ratios,)``; ``NOBODY`` where raising no row is cheapest.

    Example:
        At a ratio of 1 the row at 0.7 alone is worth an alarm, at 5 also the one at 0.3 in spite of that at 0.5.

        >>> probability = np.array([0.1, 0.3, 0.5, 0.7])
        >>> cheapest_thresholds(np.array([False, True, False, True]), probability, np.array([1.0, 5.0])).round(2)
        array([0.6, 0.2])
    """
    thresholds, found, false_alarms = _candidates(positive, probability)
    costs = cost_ratios[:, None] * (positive.sum() - found) + false_alarms
    return thresholds[costs.argmin(axis=1)]


def recall_threshold(positive: NDArray[np.bool_], probability: NDArray[np.float64], recall: float) -> float:
    """Returns the highest threshold that finds at least this share of the positive rows.

    Args:
        positive: ``(n,)``, one or more positive.
        probability: ``(n,)``, of rows that the model did not learn from.
        recall: Above 0, at most 1.

    Example:
        >>> recall_threshold(np.array([True, False, True]), np.array([0.25, 0.5, 0.75]), recall=0.5)
        0.625
    """
    thresholds, found, _ = _candidates(positive, probability)
    wanted = np.ceil(recall * positive.sum() * (1 - _ROUNDING))  # 0.55 of 100 are 55, though a computer has a bit more
    return float(thresholds[np.argmax(found >= wanted)])


def _candidates(
    positive: NDArray[np.bool_], probability: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Returns all thresholds that differ in what they raise, highest first, with positives found and false alarms."""
    negated, group = np.unique(-probability, return_inverse=True)  # highest probability first
    between = -(negated + np.append(negated[1:], 0)) / 2
    thresholds = np.append(NOBODY, np.where(between > 0, between, EVERYBODY))

    def cumulated(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.append(0, np.bincount(group[rows], minlength=len(negated)).cumsum())

    return thresholds, cumulated(positive), cumulated(~positive)


def _share(count: int, total: int) -> float:
    return float(count / total) if total else float("nan")
