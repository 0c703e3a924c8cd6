"""What the chosen candidate says of rows that it has not learned from: each row once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.scoring.result import Result
from pipeline.scoring.weighted import score_of

Numbers = NDArray[np.float64]
MOST_PARTS, LEAST_IN_A_PART = 10, 10
_ALL = slice(None)
_STEPS, _OF_SPREAD = 64, 1e-9  # of float64 at the largest number; of the spread
_ROUNDED = 1 + 1e-12  # a sum of weights that is a tenth but for rounding


@dataclass(frozen=True, kw_only=True, eq=False)
class Unseen:
    """Test rows with what is true, what was predicted, and what guessing says; each by the first fold that tests it.

    Attributes:
        candidate: Who predicted.
        family: ``"net"`` or ``"baseline"``.
        rows: ``(n,)``, of the data set, ascending.
        y_true: ``(n,)``.
        predicted: ``(n,)``.
        guessed: ``(n,)``.
        weights: ``(n,)``: how much each row counts; ``None`` where all count alike.
    """

    candidate: str
    family: str
    rows: NDArray[np.int64]
    y_true: Numbers
    predicted: Numbers
    guessed: Numbers
    weights: Numbers | None = None

    @property
    def residuals(self) -> Numbers:
        """True minus predicted."""
        return self.y_true - self.predicted

    @property
    def is_exact(self) -> bool:
        """Whether nothing is left over but rounding."""
        return bool(np.abs(self.residuals).max() <= rounding(self.y_true))

    def error(self, metric: str, rows: NDArray[np.int64] | slice = _ALL, *, guessing: bool = False) -> float:
        """Returns an error of rows that count as they are told to.

        Args:
            metric: ``"mae"`` or ``"median_absolute_error"``.
            rows: Which ones.
            guessing: Whether of guessing instead of the candidate.
        """
        said = self.guessed if guessing else self.predicted
        weights = None if self.weights is None else self.weights[rows]
        return score_of(metric, self.y_true[rows], said[rows], sample_weight=weights)

    def mean_residual(self, rows: NDArray[np.int64] | slice = _ALL) -> float:
        """Returns the mean of true minus predicted, likewise; NaN of rows that count nothing."""
        if self.weights is None:
            return float(self.residuals[rows].mean())
        total = float(self.weights[rows].sum())
        return float(self.residuals[rows] @ self.weights[rows]) / total if total else float("nan")

    @property
    def worst_tenth(self) -> float:
        """The share of the sum of squared errors that the tenth of the rows with the largest errors makes up.

        Where rows count unequally it is the rows with the largest errors that have a tenth of all weight, one at least.
        """
        order = np.argsort(self.residuals**2, kind="stable")
        squares = self.residuals[order] ** 2
        n = max(round(len(squares) / 10), 1)
        if self.weights is not None:
            weighs = self.weights[order]
            squares = squares * weighs
            n = max(int(np.searchsorted(np.cumsum(weighs[::-1]), weighs.sum() / 10 * _ROUNDED, side="right")), 1)
        total = float(squares.sum())
        return float(squares[-n:].sum()) / total if total else 0.0


def rounding(y: Numbers) -> float:
    """Returns up to which size errors of numbers are rounding, of arithmetic or of what was written in the table.

    Example:
        >>> rounding(np.array([0.0, 2.0])), rounding(np.array([1e9, 1e9])) > 1e-6
        (1e-09, True)
    """
    return float(max(_OF_SPREAD * np.std(y), _STEPS * np.finfo(np.float64).eps * np.abs(y).max()))


def unseen(result: Result, candidate: str) -> Unseen:
    """Returns what a candidate says of each test row, by the first fold that tests it."""
    guesses = {one.fold_index: one for one in result.of(result.reference.candidate).scores}
    own = {one.fold_index: one for one in result.of(candidate).scores}
    rows = np.concatenate([fold.test_rows for fold in result.folds])
    _, first = np.unique(rows, return_index=True)
    taken = {
        name: np.concatenate(parts)[first]
        for name, parts in {
            "y_true": [own[fold.index].y_true for fold in result.folds],
            "predicted": [own[fold.index].predicted for fold in result.folds],
            "guessed": [guesses[fold.index].predicted for fold in result.folds],
        }.items()
    }
    return Unseen(
        candidate=candidate,
        family=result.of(candidate).candidate.family,
        rows=rows[first],
        weights=None if result.dataset.weights is None else result.dataset.weights[rows[first]],
        **taken,
    )


def by_part_of_target(found: Unseen) -> pd.DataFrame:
    """Returns a row for each part of the rows by their true number, each of about as many rows.

    Columns are ``part``, ``lowest`` and ``highest`` true number, ``rows``; ``mean_residual``, true minus predicted;
    ``mean_absolute_error`` and ``median_absolute_error`` of the candidate, and ``guessing``, the mean one of guessing.
    There are ten parts, or fewer where one would have less than ten rows. Means and medians are of rows that count as
    they are told to.
    """
    n_parts = max(min(MOST_PARTS, len(found.rows) // LEAST_IN_A_PART), 1)
    order = np.argsort(found.y_true, kind="stable")
    return pd.DataFrame(
        {
            "part": number,
            "lowest": float(found.y_true[own].min()),
            "highest": float(found.y_true[own].max()),
            "rows": len(own),
            "mean_residual": found.mean_residual(own),
            "mean_absolute_error": found.error("mae", own),
            "median_absolute_error": found.error("median_absolute_error", own),
            "guessing": found.error("mae", own, guessing=True),
        }
        for number, own in enumerate(np.array_split(order, n_parts), start=1)
    )
