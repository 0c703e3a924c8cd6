"""A file of text as a sheet: its separator is found, and every cell is read as text, by pyarrow."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from models.checks import require
from pipeline.data.header import LONGEST, checked, layout, long_cells
from pipeline.data.opened import first_words, opened
from pipeline.data.sheet import MOST_CELLS, Sheet, require_rows


def of_text(path: Path) -> Sheet:
    """Reads a file of text.

    Raises:
        ValueError: It is no table; the line is named.
    """
    owner = str(path)
    separator, header = layout(path)
    names = checked(owner, header)
    table, is_plain = _cells(path, separator, len(names))
    require_rows(owner, table.num_rows - 1, len(names))
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


def _cells(path: Path, separator: str, n_columns: int) -> tuple[pa.Table, bool]:
    """Returns all cells of a text, those of its header in row 0, and whether each row has one line."""
    owner = str(path)
    names = [str(position) for position in range(n_columns)]
    schema = pa.schema([(name, pa.string()) for name in names])
    with opened(path) as text:
        try:
            reader = pa.csv.open_csv(
                io.BufferedReader(text, LONGEST),
                read_options=pa.csv.ReadOptions(block_size=LONGEST, column_names=names),
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
    with opened(path, bounded=bounded) as text, long_cells():
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


def _line(path: Path, separator: str, row: int) -> int:
    """Returns the line on which a row below the header begins."""
    return next(islice(numbered(path, separator), row + 1, None))[0]


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
