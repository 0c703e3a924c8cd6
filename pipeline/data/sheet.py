"""A table as it stands in its source, and what every source must be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.checks import require

MOST_CELLS = 200_000_000
"""Of a table; as numbers they are 1.6 GB."""


class Place(Protocol):
    """Tells where in its source a row stands, in the words of an error."""

    def __call__(self, row: int) -> dict[str, Any]:
        """Returns line or row by name, from the row's position, 0 for the first."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A table as it stands in its source.

    Attributes:
        owner: The source's name, for errors.
        columns: Name -> cells, in the source's order.
        rows: ``(n_rows,)`` positions in the source.
        is_text: Whether cells are text in which numbers and dates are still to be found, or have types of their own.
        separator: Between the cells of a text.
        place: Where a row of the source stands.
    """

    owner: str
    columns: Mapping[str, pa.ChunkedArray]
    rows: NDArray[np.int64]
    is_text: bool
    separator: str | None
    place: Place

    @property
    def n_rows(self) -> int:
        """Rows."""
        return len(self.rows)

    def at(self, row: int) -> dict[str, Any]:
        """Returns where a row stands in the source, for errors."""
        return self.place(int(self.rows[row]))

    def only(self, wanted: NDArray[np.bool_]) -> "Sheet":
        """Returns some of the rows."""
        if wanted.all():
            return self
        kept = {name: column.filter(pa.array(wanted)) for name, column in self.columns.items()}
        return replace(self, columns=kept, rows=self.rows[wanted])


def require_rows(owner: str, n_rows: int, n_columns: int) -> None:
    """Checks that there are rows, and no more cells than a table may have."""
    require(n_rows > 0, owner, "rows below the header", "Give one or more.", n_rows=n_rows)
    n_cells = n_rows * n_columns
    require(n_cells <= MOST_CELLS, owner, f"at most {MOST_CELLS} cells", "Take a sample of the rows.", cells=n_cells)
