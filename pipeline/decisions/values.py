"""What decisions hand on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison, Decision
from pipeline.data.values import ReadOnlyArrays
from pipeline.decisions.calibration import Bins
from pipeline.scoring.values import Contrast


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A quantity of a candidate over all folds, when decisions are made with its probabilities.

    Attributes:
        candidate: Name of the candidate.
        case: What it belongs to: a rule of decision, a calibration map, a share of the rows, a column.
        quantity: Which one.
        mean: Over folds.
        low: Lower bound of the 95 % corrected interval across folds; NaN with one fold.
        high: Upper bound.
        n: Folds.
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
        calibration: By map: Brier score and its parts, log loss, calibration in the large.
        gains: By share of the rows that is looked at: share of the positive rows found, lift.
        importances: By column: what the primary metric loses when it is shuffled, of the best net and baseline.
        cost_ratios: ``(n_ratios,)`` of ``cost_curves``.
        cost_curves: Candidate -> ``(n_ratios,)``: cost by the threshold chosen for each ratio, as a share of the
            cost of treating all rows alike.
        half_cost_curves: Candidate -> the same by the threshold 0.5.
        gain_shares: ``(n_shares,)`` of ``gain_curves``.
        gain_curves: Candidate -> ``(n_shares,)``: share of the positive rows found.
        reliability: Candidate -> map -> test rows of all folds in groups of similar probability.
        n_close_pairs: Pairs of columns of a rank correlation beyond 0.9; ``None`` for images.
    """

    outcomes: tuple[Estimate, ...]
    differences: tuple[Contrast, ...]
    calibration: tuple[Estimate, ...]
    gains: tuple[Estimate, ...]
    importances: tuple[Estimate, ...]
    cost_ratios: NDArray[np.float64]
    cost_curves: Mapping[str, NDArray[np.float64]]
    half_cost_curves: Mapping[str, NDArray[np.float64]]
    gain_shares: NDArray[np.float64]
    gain_curves: Mapping[str, NDArray[np.float64]]
    reliability: Mapping[str, Mapping[str, Bins]]
    n_close_pairs: int | None


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
