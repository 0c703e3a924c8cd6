"""What is found of what drives a candidate."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison.drivers.axis import Axis
from pipeline.comparison.drivers.held_out import Of
from pipeline.comparison.drivers.scales import Scales
from pipeline.scoring.many_columns import Intervals

MOST_CURVES = 8
"""Columns whose effect is looked at."""

FEW_CURVES = 4
"""Likewise where fewer are beyond chance: with those that go together with them, and the next ones."""


@dataclass(frozen=True, kw_only=True)
class ColumnLoss:
    """What shuffling a column, or columns that go together, costs in the primary metric.

    Attributes:
        columns: Names, the one first that costs most by itself.
        places: Of these columns in the data set.
        mean: Over folds or parts; positive where the columns help.
        low: Lower bound of its 95 % interval; NaN with one.
        high: Upper bound.
        p_corrected: Of no loss, two-sided, by Holm's correction for all columns.
        beyond: Whether it is a loss beyond chance.
        alone: What shuffling each of them by itself costs.
    """

    columns: tuple[str, ...]
    places: tuple[int, ...]
    mean: float
    low: float
    high: float
    p_corrected: float
    beyond: bool
    alone: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """How the answer follows one column.

    Attributes:
        axis: Its values.
        heights: By scale: ``(n_values, n_outputs)``.
    """

    axis: Axis
    heights: dict[str, Intervals]

    def only(self, outputs: list[int]) -> "Curve":
        """Returns the same of some outputs."""
        heights = {scale: Intervals(*(each[:, outputs] for each in found)) for scale, found in self.heights.items()}
        return Curve(axis=self.axis, heights=heights)

    def width(self, scale: str) -> float:
        """Returns how far it goes up and down."""
        means = self.heights[scale].mean
        return float(np.nanmax(means) - np.nanmin(means)) if np.isfinite(means).any() else 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Drivers:
    """Which columns a candidate uses, and how.

    Attributes:
        candidate: Its name.
        family: ``"net"`` or ``"baseline"``.
        metric: Whose loss is told.
        losses: Of all columns, the largest first; columns that go together are one.
        curves: Of the most important ones.
        scales: On which.
        of: What means and intervals are over.
        n: How many: those on which the metric could be measured.
        too_few: Why nothing is known of chance though they are several: the rows hang together in few groups; else
            empty.
        n_shuffled: Rows of one of them that were shuffled, at the most.
        n_test: That it has, at the most.
        n_answers: Rows that models were asked about.
        seconds: All that took.
    """

    candidate: str
    family: str
    metric: str
    losses: tuple[ColumnLoss, ...]
    curves: tuple[Curve, ...]
    scales: Scales
    of: Of
    n: int
    n_shuffled: int
    n_test: int
    n_answers: int
    seconds: float
    too_few: str = ""

    @property
    def tells_chance(self) -> bool:
        """Whether means have intervals, and columns tests."""
        return self.n > 1 and not self.too_few

    @property
    def beyond(self) -> tuple[ColumnLoss, ...]:
        """Those whose loss is beyond chance."""
        return tuple(one for one in self.losses if one.beyond)

    @property
    def together(self) -> tuple[ColumnLoss, ...]:
        """Those of several columns."""
        return tuple(one for one in self.losses if len(one.columns) > 1)

    def losses_table(self) -> pd.DataFrame:
        """Returns a row for each column, those that go together one after the other."""
        return pd.DataFrame(
            [
                {
                    "candidate": self.candidate,
                    "column": column,
                    "together": "; ".join(one.columns) if len(one.columns) > 1 else "",
                    "metric": self.metric,
                    "loss": one.mean,
                    "low": one.low,
                    "high": one.high,
                    "p_corrected": one.p_corrected,
                    "beyond_chance": one.beyond,
                    "loss_alone": alone,
                    "n": self.n,
                    "of": self.of,
                    "rows": self.n_shuffled,
                }
                for one in self.losses
                for column, alone in zip(one.columns, one.alone, strict=True)
            ]
        )

    def curves_table(self) -> pd.DataFrame:
        """Returns a row for each value of each column, on every scale, of each output."""
        rows: list[dict[str, Any]] = []
        for curve in self.curves:
            for scale, found in curve.heights.items():
                for place, value in enumerate(curve.axis.as_text):
                    for output, name in enumerate(self.scales.outputs):
                        rows.append(
                            {
                                "candidate": self.candidate,
                                "column": curve.axis.name,
                                "value": value,
                                "scale": scale,
                                "of": name,
                                **{what: float(each[place, output]) for what, each in found._asdict().items()},
                                "n": self.n,
                            }
                        )
        names = ["candidate", "column", "value", "scale", "of", "mean", "low", "high", "n"]
        return pd.DataFrame(rows, columns=names)

    def record(self) -> dict[str, Any]:
        """Returns what ``--json`` writes of it."""
        return {
            "candidate": self.candidate,
            "importance": self.losses_table().to_dict(orient="records"),
            "effects": self.curves_table().to_dict(orient="records"),
            "seconds": self.seconds,
        }
