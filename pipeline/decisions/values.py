"""What decisions hand on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison, Decision
from pipeline.data.values import ReadOnlyArrays
from pipeline.decisions.reliability import Reliability
from pipeline.scoring.values import Contrast


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A quantity of a candidate over all folds or rows, when decisions are made with its probabilities.

    Attributes:
        candidate: Name of the candidate.
        case: What it belongs to: a rule of decision, a calibration map, a share of the rows, or a level of a
            column.
        quantity: Which one.
        mean: Over folds, or over rows where each test row counts once.
        low: Lower bound of the 95 % interval, across folds or over rows; NaN where nothing is known of chance.
        high: Upper bound.
        n: Folds on which it could be measured, or rows.
    """

    candidate: str
    case: str
    quantity: str
    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Decided(ReadOnlyArrays):
    """What decisions on the probabilities of the positive class lead to, on test rows.

    Attributes:
        outcomes: By rule of decision: cost, errors, threshold.
        differences: In the cost by the chosen threshold, each net against each baseline.
        calibration: By map: Brier score and log loss.
        recalibration: By map, each test row once: the Brier score in parts, calibration in the large, slope and
            intercept, and how often probabilities that can be taken at their word look as bad.
        gains: By share of the rows that is looked at: share of the positive rows found, lift.
        cost_ratios: ``(n_ratios,)`` of ``cost_curves``.
        cost_curves: Candidate -> ``(n_ratios,)``: cost by the threshold chosen for each ratio, as a share of the
            cost of treating all rows alike.
        half_cost_curves: Candidate -> the same by the threshold 0.5.
        benefits: By threshold on the probability: the net benefit of raising above it, and of raising everybody, and
            the errors of the former.
        benefit_differences: In the net benefit at the threshold of the declared cost ratio, each candidate against
            ``"everybody"`` and ``"nobody"``; ``p_corrected`` is of both at once.
        benefit_curves: Candidate -> ``(n_ratios,)``: net benefit at the threshold ``1 / (1 + ratio)`` of each of
            ``cost_ratios``; ``"everybody"`` likewise.
        gain_shares: ``(n_shares,)`` of ``gain_curves``.
        gain_curves: Candidate -> ``(n_shares,)``: share of the positive rows found.
        reliability: Candidate -> map -> the curve of what the probabilities would have to be, each test row once.
        subgroups: By level of the declared column, and of all rows: shares, probabilities, the primary metric and
            corrected p-values; empty where no column is declared.
        hang_together: Which rows hang together, in words, so that nothing is tested or bounded over single rows; empty
            where none do.
    """

    outcomes: tuple[Estimate, ...]
    differences: tuple[Contrast, ...]
    calibration: tuple[Estimate, ...]
    recalibration: tuple[Estimate, ...]
    gains: tuple[Estimate, ...]
    cost_ratios: NDArray[np.float64]
    cost_curves: Mapping[str, NDArray[np.float64]]
    half_cost_curves: Mapping[str, NDArray[np.float64]]
    benefits: tuple[Estimate, ...]
    benefit_differences: tuple[Contrast, ...]
    benefit_curves: Mapping[str, NDArray[np.float64]]
    gain_shares: NDArray[np.float64]
    gain_curves: Mapping[str, NDArray[np.float64]]
    reliability: Mapping[str, Mapping[str, Reliability]]
    subgroups: tuple[Estimate, ...]
    hang_together: str = ""


def declared(comparison: Comparison) -> tuple[Decision, int]:
    """Returns the decision of a comparison, and the class that is raised.

    Raises:
        ValueError: It has none.
    """
    if comparison.decision is None or comparison.positive_class is None:
        raise ValueError(
            f"decisions: expected a comparison with a decision. Received: comparison={comparison.name!r}. Declare one."
        )
    return comparison.decision, comparison.positive_class
