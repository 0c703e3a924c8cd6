"""The distinct cells of a column, counted: what decides about a column looks at these, so that all rows count."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.encoding import cells
from models.encoding.kind import Kind
from pipeline.data import formats
from pipeline.data.sheet import Sheet

MISSING_WORDS = (
    *("NA", "N/A", "n/a", "na", "#N/A", "<NA>", "NaN", "nan", "NULL", "Null", "null", "None", "none"),
    *("?", "-", "."),
)
"""What means a missing cell where the rest of the column is numbers or dates; elsewhere ``NA`` may be Namibia."""

WORDS: tuple[Kind, ...] = ("category", "text")
"""Kinds of which each text is a value of its own."""

EXACT = 2**53
"""Whole numbers from here on have neighbors of the same float64."""

ENOUGH = 9
"""Cells that fit, beside which a single one that does not is a slip."""

_SHOWN = 60  # letters of a cell in an error

Nature = Literal["read", "text", "levels", "boolean", "number", "date", "foreign"]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody said about a column; ``None`` and empty where nothing was said.

    Attributes:
        kind: What it is.
        decimal: The sign between whole and fraction.
        date_format: As ``strptime`` takes it.
        levels: Of a category, in the order of their codes.
        missing_words: What means a gap.
        reason: Why it is that kind, for people.
    """

    kind: Kind | None = None
    decimal: str | None = None
    date_format: str | None = None
    levels: tuple[str, ...] = ()
    missing_words: tuple[str, ...] = ()
    reason: str = "as you say"


class Values(NamedTuple):
    """Distinct cells as numbers, or as dates in days since 1970-01-01.

    Attributes:
        of: One for each distinct cell; NaN where it means a gap.
        how: The decimal sign or the format by which they were read.
    """

    of: NDArray[np.float64]
    how: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Tally:
    """The distinct cells of a column.

    Attributes:
        sheet: Where the column stands.
        name: In the header.
        nature: Text of a file, in which numbers and dates are still to be found (``"read"``), a type that is believed,
            or one that no table has (``"foreign"``).
        cells: The distinct ones that are not empty, in the order in which they come.
        counts: Rows of each.
        wish: What somebody said about the column.
    """

    sheet: Sheet
    name: str
    nature: Nature
    cells: pd.Series
    counts: NDArray[np.int64]
    wish: Wish = field(default_factory=Wish)

    @property
    def is_words(self) -> bool:
        """Whether its cells are text, in whatever there is to find."""
        return self.nature in ("read", "text", "levels")

    @property
    def is_read(self) -> bool:
        """Whether numbers and dates are looked for in its text: that of a frame is text, unless somebody says so."""
        return self.nature == "read" or (self.nature == "text" and self.wish.kind in ("number", "date"))

    @property
    def missing_words(self) -> tuple[str, ...]:
        """What means a gap if the rest is numbers or dates."""
        return self.wish.missing_words or MISSING_WORDS

    @cached_property
    def has_leading_zeros(self) -> bool:
        """Whether a cell is written as 007 is."""
        return self.nature == "read" and bool(self.cells.str.fullmatch(r"[+-]?0[0-9]+([.,][0-9]*)?").any())

    @cached_property
    def codes(self) -> Values | None:
        """The cells as numbers, if all are or mean a gap, be it with leading zeros."""
        if self.nature == "number":
            return Values(self.cells.to_numpy(np.float64), ".")
        return self.as_numbers(self.wish.decimal or ".") if self.is_read else None

    @property
    def numbers(self) -> Values | None:
        """The cells as numbers, if all are and nobody says otherwise; with leading zeros only if somebody says so."""
        if self.wish.kind == "date" and self.dates is not None:
            return None
        return None if self.has_leading_zeros and self.wish.kind != "number" else self.codes

    def as_numbers(self, decimal: str) -> Values | None:
        """Returns the cells of a text as numbers with a decimal sign, if all are."""
        read = cells.numbers(self.cells, decimal=decimal, missing_words=self.missing_words)
        found = np.isfinite(read.values).any() or self.wish.kind == "number"
        return Values(read.values, decimal) if found and not read.wrong.any() else None

    @cached_property
    def date_formats(self) -> list[str]:
        """The formats in which all cells are dates, or mean a gap; somebody's own, where it fits, alone."""
        if self.nature == "date":
            return ["ISO"]
        if not self.is_read or (self.codes is not None and self.wish.kind != "date"):
            return []
        there = self.cells[~self.cells.isin(self.missing_words)]
        wished = self.wish.date_format
        if there.empty:
            return [wished or "ISO"] if self.wish.kind == "date" else []
        return [wished] if wished and not formats.misfits(there, wished).any() else formats.fitting(there)

    @cached_property
    def dates(self) -> Values | None:
        """The cells as dates, if all are in one format only."""
        if len(self.date_formats) != 1:
            return None
        (how,) = self.date_formats
        words = self.missing_words if self.is_read else ()
        return Values(cells.dates(self.cells, date_format=how, missing_words=words).values, how)

    @property
    def is_there(self) -> NDArray[np.bool_]:
        """Which of the distinct cells are no gap."""
        values = self.numbers or self.dates
        return np.ones(len(self.cells), bool) if values is None else ~np.isnan(values.of)

    @cached_property
    def n_there(self) -> int:
        """Rows whose cell is no gap."""
        return int(self.counts[self.is_there].sum())

    @cached_property
    def keys(self) -> NDArray[Any]:
        """What tells the distinct cells apart, in their order: 1 and 1.0 are one, two whole numbers never.

        Dates as days, numbers as float64, or as they stand where some are beyond its whole ones; for text its place.
        """
        values = self.numbers or self.dates
        if values is None:
            return np.arange(len(self.cells))
        there = values.of[self.is_there]
        if self.numbers is None or not len(there) or np.abs(there).max() < EXACT:
            return values.of
        return np.array([_exact(cell) if known else 0 for cell, known in zip(self.cells, self.is_there, strict=True)])

    @cached_property
    def n_distinct(self) -> int:
        """Different values."""
        return len(np.unique(self.keys[self.is_there]))

    @property
    def n_rows(self) -> int:
        """Cells, with the gaps."""
        return self.sheet.n_rows

    @property
    def example(self) -> str:
        """The first cell that is no gap."""
        return next(iter(cells.texts(self.cells[self.is_there].iloc[:1])), "")

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """A number for the value of each row, from 0, and -1 for a gap: ``(n_rows,)``; words if somebody says so."""
        keys = np.arange(len(self.cells)) if self.wish.kind in WORDS else self.keys
        own = np.where(self.is_there, np.searchsorted(np.unique(keys[self.is_there]), keys), -1)
        places = pd.Index(self.cells).get_indexer(pd.Index(_flat(self.sheet.columns[self.name]).to_pandas()))
        return np.where(places < 0, -1, own[places]).astype(np.int64)

    def at(self, position: int) -> dict[str, Any]:
        """Returns where a distinct cell stands first in the source, with column and cell, for errors."""
        column = _flat(self.sheet.columns[self.name])
        cell = self.cells.iloc[position]
        row = pc.index(column, pa.scalar(cell, column.type)).as_py()
        shown = cell[:_SHOWN] + "..." if isinstance(cell, str) and len(cell) > _SHOWN else cell
        return {**self.sheet.at(row), "column": self.name, "cell": shown}


def tally(sheet: Sheet, name: str, wish: Wish | None = None) -> Tally:
    """Counts the cells of a column."""
    column = sheet.columns[name]
    counted = pc.value_counts(_flat(column))
    found, counts = counted.field("values"), counted.field("counts").to_numpy()
    there = ~np.asarray(pc.fill_null(_is_gap(found), True))
    return Tally(
        sheet=sheet,
        name=name,
        nature=_nature(column.type, is_text=sheet.is_text),
        cells=found.filter(pa.array(there)).to_pandas(),
        counts=counts[there],
        wish=wish or Wish(),
    )


def _exact(cell: Any) -> Any:
    """Returns a number without rounding."""
    return Decimal(cell.strip().replace(",", ".")) if isinstance(cell, str) else cell


def _flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Returns cells that can be compared: of levels their words, of text what is between the blanks around it."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_large_binary(column.type):
        return column.cast(pa.large_string())
    return pc.utf8_trim_whitespace(column) if _is_text(column.type) else column


def _is_gap(cells_: pa.Array) -> pa.Array:
    if _is_text(cells_.type):
        return pc.equal(cells_, "")
    return pc.is_null(cells_, nan_is_null=True)


def _nature(kind: pa.DataType, *, is_text: bool) -> Nature:
    if pa.types.is_dictionary(kind):
        return "levels"
    if _is_text(kind):
        return "read" if is_text else "text"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_large_binary(kind):
        return "foreign"
    return "date" if pa.types.is_temporal(kind) else "number"


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
