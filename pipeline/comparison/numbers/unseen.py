"""What the chosen candidate says of rows that it has not learned from: each row once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.scoring.number_metrics import mae, median_absolute_error
from pipeline.scoring.result import Result

Numbers = NDArray[np.float64]
MOST_PARTS, LEAST_IN_A_PART = 10, 10


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
    """

    candidate: str
    family: str
    rows: NDArray[np.int64]
    y_true: Numbers
    predicted: Numbers
    guessed: Numbers

    @property
    def residuals(self) -> Numbers:
        """True minus predicted."""
        return self.y_true - self.predicted

    @property
    def worst_tenth(self) -> float:
        """The share of the sum of squared errors that the tenth of the rows with the largest errors makes up."""
        squares = np.sort(self.residuals**2)
        total = float(squares.sum())
        return float(squares[-max(round(len(squares) / 10), 1) :].sum()) / total if total else 0.0


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
    return Unseen(candidate=candidate, family=result.of(candidate).candidate.family, rows=rows[first], **taken)


def by_part_of_target(found: Unseen) -> pd.DataFrame:
    """Returns a row for each part of the rows by their true number, each of about as many rows.

    Columns are ``part``, ``lowest`` and ``highest`` true number, ``rows``; ``mean_residual``, true minus predicted;
    ``mean_absolute_error`` and ``median_absolute_error`` of the candidate, and ``guessing``, the mean one of guessing.
    There are ten parts, or fewer where one would have less than ten rows.
    """
    n_parts = max(min(MOST_PARTS, len(found.rows) // LEAST_IN_A_PART), 1)
    order = np.argsort(found.y_true, kind="stable")
    return pd.DataFrame(
        {
            "part": number,
            "lowest": float(found.y_true[own].min()),
            "highest": float(found.y_true[own].max()),
            "rows": len(own),
            "mean_residual": float(found.residuals[own].mean()),
            "mean_absolute_error": mae(found.y_true[own], found.predicted[own]),
            "median_absolute_error": median_absolute_error(found.y_true[own], found.predicted[own]),
            "guessing": mae(found.y_true[own], found.guessed[own]),
        }
        for number, own in enumerate(np.array_split(order, n_parts), start=1)
    )
