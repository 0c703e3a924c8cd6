"""Where the effect of a column is looked at: a grid of a number, the levels of a category, and a gap."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.encoding import cells
from pipeline.data.values import Dataset

STEPS = 20
"""Of a grid: each holds a twentieth of the rows."""

MOST_LEVELS = 12
"""Of a category, the most common ones."""

_MOST_ROWS = 100_000
MISSING = "missing"


@dataclass(frozen=True, kw_only=True, eq=False)
class Axis:
    """The values of one column at which a model is asked.

    Attributes:
        column: Its place in the data set.
        name: As the table calls it.
        kind: Whether there is a way from value to value.
        grid: ``(n_grid,)``, increasing, from the lowest value to the highest; of fewer than two values none.
        levels: ``(n_levels,)``: codes; last, NaN where cells are missing.
        words: Of each level.
        n_others: Levels that are not looked at.
        deciles: ``(9,)``: part the rows into tenths; empty of a category.
    """

    column: int
    name: str
    kind: Literal["number", "date", "levels"]
    grid: NDArray[np.float64]
    levels: NDArray[np.float64]
    words: tuple[str, ...]
    n_others: int = 0
    deciles: NDArray[np.float64]

    @property
    def values(self) -> NDArray[np.float64]:
        """The grid, then the levels."""
        return np.concatenate([self.grid, self.levels])

    @property
    def as_text(self) -> list[str]:
        """What the table has in its cells for them."""
        if self.kind == "date":
            return [*map(str, cells.date_texts(self.grid)), *self.words]
        return [*(repr(float(value)) for value in self.grid), *self.words]


def axis_of(dataset: Dataset, column: int) -> Axis:
    """Returns where the effect of a column is looked at, by the values of all rows and no target."""
    values = np.asarray(dataset.X[:, column], np.float64)
    contract = None if dataset.columns is None else dataset.columns.used[column]
    gap = [np.nan] if np.isnan(values).any() else []
    gap_words = (MISSING,) * len(gap)
    there = values[~np.isnan(values)]
    name = dataset.feature_names[column].strip()
    if contract is not None and contract.kind in ("category", "yes/no"):
        codes, counts = np.unique(there[there >= 0], return_counts=True)
        common = codes[np.argsort(-counts, kind="stable")[:MOST_LEVELS]]
        words = tuple(contract.levels[int(code)] for code in common)
        return Axis(
            column=column,
            name=name,
            kind="levels",
            grid=np.empty(0),
            levels=np.array([*common, *gap]),
            words=words + gap_words,
            n_others=len(codes) - len(common),
            deciles=np.empty(0),
        )
    return Axis(
        column=column,
        name=name,
        kind="date" if contract is not None and contract.kind == "date" else "number",
        grid=_grid(there),
        levels=np.array(gap),
        words=gap_words,
        deciles=np.quantile(there, np.arange(1, 10) / 10) if len(there) else np.empty(0),
    )


def _grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns all values where they are few, else those that part the rows alike; both ends belong to it."""
    few = np.unique(values[np.linspace(0, len(values) - 1, min(len(values), _MOST_ROWS)).astype(int)])
    if len(few) > STEPS:
        few = np.unique(np.quantile(values, np.linspace(0, 1, STEPS + 1), method="inverted_cdf"))
    ends = [values.min(), values.max()] if len(values) else []
    grid = np.unique(np.concatenate([few, ends]))
    return grid if len(grid) > 1 else np.empty(0)
