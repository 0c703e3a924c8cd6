"""A file or a frame becomes a ``Sheet``: its columns as they stand, before anything is decided about them.

Files of text are read as text, every cell, by pyarrow; what a cell means is decided later, on all rows. Frames and
Parquet files have types of their own, which are believed.
"""

import csv
import io
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from models.checks import require
from models.encoding import cells
from pipeline.data.opened import MOST_TEXT, first_words, opened

MOST_CELLS = 200_000_000
"""Of a table; as numbers they are 1.6 GB."""
MOST_COLUMNS = 20_000
"""In a header, used or not."""

_SEPARATORS = "\t|;,"  # the rarer a sign is in prose and numbers, the earlier: the first of equals is taken
_BLOCK = 4 << 20  # bytes; no line is longer
_LINES = 100  # by which a separator is found


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


def read(source: "os.PathLike[str] | str | pd.DataFrame") -> Sheet:
    """Reads a table whole.

    Args:
        source: A file of text, its cells between commas, semicolons, tabs or bars, also packed in gzip or zip; a
            Parquet file; or a frame. A file is recognized by its content.

    Raises:
        ValueError: It cannot be read: file, line and what to do are named. A file that changes while it is read.
    """
    if isinstance(source, pd.DataFrame):
        return _of_frame(source)
    path = Path(source).expanduser()
    require(path.exists(), str(path), "an existing file", "Check its name.", path=str(path))
    require(path.is_file(), str(path), "a file with a table", "Give a file, no folder.", path=str(path))
    with unchanged(path):
        return _of_parquet(path) if is_parquet(path) else _of_text(path)


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Refuses a file that changes while it is read."""

    def state() -> tuple[int, int, int]:
        found = path.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns

    before = state()
    yield
    after = state()
    require(
        after == before,
        str(path),
        "a file that stays as it is while it is read",
        "Copy it when nothing writes to it, and give the copy.",
        bytes_before=before[1],
        bytes_after=after[1],
    )


def _of_frame(frame: pd.DataFrame) -> Sheet:
    flat = not isinstance(frame.columns, pd.MultiIndex)
    require(flat, "frame", "one name for each column", "Flatten them.", levels=frame.columns.nlevels)
    names = _checked("frame", [str(name) for name in frame.columns])
    _require_rows("frame", len(frame), len(names))
    columns = {name: _typed(frame.iloc[:, position]) for position, name in enumerate(names)}
    labels = frame.index
    return Sheet(
        owner="frame",
        columns=columns,
        rows=np.arange(len(frame)),
        is_text=False,
        separator=None,
        place=lambda row: {"row": labels[row]},
    )


def _typed(column: pd.Series) -> pa.ChunkedArray:
    """Returns the cells of a frame's column with its own type; a mixture of types as text."""
    try:
        array = pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError, OverflowError):
        try:
            array = pa.array(cells.texts(column), pa.large_string())
        except TypeError:
            return _foreign(column.tolist())
    return _settled(array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array]))


def _settled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Returns cells in one of the types that a table has: numbers, booleans, dates, text, levels that are text.

    All else, such as lists and durations, becomes bytes, so that it is not taken for text.
    """
    kind = column.type
    if any(is_kind(kind) for is_kind in _TYPES):
        return column
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_null(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.large_string())
    if pa.types.is_dictionary(kind) and any(is_kind(kind.value_type) for is_kind in _TYPES):
        levels = pa.array(cells.texts(column.to_pandas()), pa.large_string())
        return pa.chunked_array([levels.dictionary_encode()])
    return _foreign(column.to_pylist())


def _foreign(column: Iterable[Any]) -> pa.ChunkedArray:
    written = [None if cell is None else str(cell).encode() for cell in column]
    return pa.chunked_array([pa.array(written, pa.large_binary())])


_TYPES = (
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_timestamp,
    pa.types.is_string,
    pa.types.is_large_string,
)


def is_parquet(path: Path) -> bool:
    """Tells a Parquet file by its content."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PAR1"
    except OSError:
        return False  # told where it is opened as text


def _of_parquet(path: Path) -> Sheet:
    owner = str(path)
    try:
        with pa.parquet.ParquetFile(path) as file:
            names = _checked(owner, file.schema_arrow.names)
            _require_rows(owner, file.metadata.num_rows, len(names))
            groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
            n_bytes = sum(group.total_byte_size for group in groups)
            expected = f"at most {MOST_TEXT} bytes, unpacked"
            require(n_bytes <= MOST_TEXT, owner, expected, "Take a sample.", n_bytes=n_bytes)
            table = file.read()
            table.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeError) as error:  # the last one of a column's name
        said = first_words(error)
        raise ValueError(
            f"{owner}: expected a whole Parquet file. Received: error={said!r}. Write it again."
        ) from error
    columns = {name: _settled(column) for name, column in zip(names, table.columns, strict=True)}
    return Sheet(
        owner=owner,
        columns=columns,
        rows=np.arange(table.num_rows),
        is_text=False,
        separator=None,
        place=lambda row: {"row": row + 1},
    )


def _of_text(path: Path) -> Sheet:
    owner = str(path)
    separator, header = layout(path)
    names = _checked(owner, header)
    table, is_plain = _cells(path, separator, len(names))
    _require_rows(owner, table.num_rows - 1, len(names))
    _require_header(owner, table, header)
    below = table.slice(1)
    sheet = Sheet(
        owner=owner,
        columns=dict(zip(names, below.columns, strict=True)),
        rows=np.arange(below.num_rows),
        is_text=True,
        separator=separator,
        place=lambda row: {"line": row + 2 if is_plain else _line(path, separator, row)},
    )
    _require_one_header(sheet, header)
    return sheet


def layout(path: Path) -> tuple[str, list[str]]:
    """Returns the separator of a text, and the cells of its header."""
    owner = str(path)
    with opened(path) as text:
        beginning = io.BufferedReader(text, _BLOCK).read(_BLOCK)
    whole = len(beginning) < _BLOCK
    ends = whole or b"\n" in beginning or b"\r" in beginning
    require(ends, owner, f"lines of at most {_BLOCK} bytes", "This is no table.", line=1)
    sample = beginning.decode(errors="ignore")
    found = [(separator, _first(owner, sample, separator, whole)) for separator in _SEPARATORS]
    require(bool(found[0][1]), owner, "a header and rows below it", "The file is empty: give another.", n_rows=0)
    separator, rows = max(found, key=lambda each: _alike(each[1]))
    return separator, rows[0]


def _first(owner: str, sample: str, separator: str, whole: bool) -> list[list[str]]:
    with _long_cells():
        try:
            rows = list(islice(filter(None, csv.reader(io.StringIO(sample, newline=""), delimiter=separator)), _LINES))
        except csv.Error as error:
            raise ValueError(f"{owner}: expected a table. Received: error={str(error)!r}. Save it as CSV.") from error
    return rows if whole or len(rows) < 2 else rows[:-1]  # the last one may be cut


def _alike(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Returns how good a separator is: the share of rows with as many cells as the header, then how many these are."""
    width = len(rows[0])
    return (sum(len(row) == width for row in rows) / len(rows), width) if width > 1 else (0.0, 1)


def _cells(path: Path, separator: str, n_columns: int) -> tuple[pa.Table, bool]:
    """Returns all cells of a text, those of its header in row 0, and whether each row has one line."""
    owner = str(path)
    names = [str(position) for position in range(n_columns)]
    schema = pa.schema([(name, pa.string()) for name in names])
    with opened(path) as text:
        try:
            reader = pa.csv.open_csv(
                io.BufferedReader(text, _BLOCK),
                read_options=pa.csv.ReadOptions(block_size=_BLOCK, column_names=names),
                parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
                convert_options=pa.csv.ConvertOptions(column_types=schema, strings_can_be_null=False),
            )
            batches = list(_bounded(owner, reader))
        except pa.ArrowInvalid as error:
            raise _explained(path, separator, n_columns, error) from error
        if text.n_quotes % 2:
            require_closed(path, separator)
    table = pa.Table.from_batches(batches, schema)
    return table, not text.n_quotes and text.line - table.num_rows in (0, 1)


def _bounded(owner: str, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    n_cells = 0
    for batch in batches:
        n_cells += batch.num_rows * batch.num_columns
        require(
            n_cells <= MOST_CELLS, owner, f"at most {MOST_CELLS} cells", "Take a sample of the rows.", cells=n_cells
        )
        yield batch


def _explained(path: Path, separator: str, n_columns: int, error: Exception) -> ValueError:
    """Returns what is wrong with a text, with its line: pyarrow does not count lines."""
    owner = str(path)
    for line, row in numbered(path, separator):
        expected = f"{n_columns} cells in every line, as in the header"
        remedy = "Mend the line: a separator within a cell needs quotation marks around the cell."
        require(len(row) == n_columns, owner, expected, remedy, line=line, cells=len(row))
    said = first_words(error)
    return ValueError(f"{owner}: expected lines of cells. Received: error={said!r}. Save it again as CSV.")


def require_closed(path: Path, separator: str, *, bounded: bool = True) -> None:
    """Refuses a text in which a quotation mark is not closed, by its line."""
    for _ in numbered(path, separator, bounded=bounded):
        pass


def numbered(
    path: Path, separator: str, *, strict: bool = True, bounded: bool = True
) -> Iterator[tuple[int, list[str]]]:
    """Yields the cells of each row, header first, with the number of the line where it begins; blank lines are none.

    Args:
        path: Of a text.
        separator: Between its cells.
        strict: Whether what follows a closed quotation mark is an error; else it is part of the cell, as for pyarrow.
        bounded: Whether a text may be of ``MOST_TEXT`` bytes at most; of any length where rows are not kept.

    Raises:
        ValueError: A quotation mark is not closed.
    """
    with opened(path, bounded=bounded) as text, _long_cells():
        lines = io.TextIOWrapper(io.BufferedReader(text), "utf-8", newline="")
        reader = csv.reader(lines, delimiter=separator, strict=strict)
        line = 1
        try:
            for row in reader:
                if row:
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            received = f"line={line}, error={str(error)!r}"
            remedy = "Close the quotation mark that stands open there, double it within a cell, or shorten the cell."
            raise ValueError(f"{path}: expected cells that end. Received: {received}. {remedy}") from error
        if not strict and text.n_quotes % 2:
            require_closed(path, separator, bounded=bounded)


@contextmanager
def _long_cells() -> Iterator[None]:
    """Lets Python's reader take cells as long as pyarrow's does."""
    before = csv.field_size_limit(_BLOCK)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _line(path: Path, separator: str, row: int) -> int:
    """Returns the line on which a row below the header begins."""
    return next(islice(numbered(path, separator), row + 1, None))[0]


def _checked(owner: str, header: Sequence[str]) -> list[str]:
    """Returns the names of a header: without blanks around them, a missing one as pandas calls it."""
    n_columns = len(header)
    require(n_columns <= MOST_COLUMNS, owner, f"at most {MOST_COLUMNS} columns", "Take some.", n_columns=n_columns)
    names = names_of(header)
    twice = [name for name, times in Counter(names).items() if times > 1]
    require(not twice, owner, "each column once in the header", "Rename or remove one.", twice=twice[:5])
    return names


def names_of(header: Sequence[str]) -> list[str]:
    """Returns the names of columns: without blanks around them, a missing one as pandas calls it."""
    return [name.strip() or f"Unnamed: {position}" for position, name in enumerate(header)]


def _require_rows(owner: str, n_rows: int, n_columns: int) -> None:
    require(n_rows > 0, owner, "rows below the header", "Give one or more.", n_rows=n_rows)
    n_cells = n_rows * n_columns
    require(n_cells <= MOST_CELLS, owner, f"at most {MOST_CELLS} cells", "Take a sample of the rows.", cells=n_cells)


def _require_header(owner: str, table: pa.Table, header: Sequence[str]) -> None:
    """Holds both readers of a text against each other."""
    found = [column[0].as_py() for column in table.columns]
    require(found == list(header), owner, "a header that reads in one way", "Write it plainly.", header=found[:5])


def _require_one_header(sheet: Sheet, header: Sequence[str]) -> None:
    """Refuses files that were put one below the other, each with its header."""
    again = np.ones(sheet.n_rows, bool)
    for column, name in zip(sheet.columns.values(), header, strict=True):
        again &= np.asarray(pc.equal(column, name))
        if not again.any():
            return
    at = sheet.at(int(again.argmax()))
    require(False, sheet.owner, "one header", "Take the line out.", **at, header=list(header[:3]))
