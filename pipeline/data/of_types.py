"""Frames and Parquet files as sheets: their columns have types of their own, which are believed."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from models.checks import require
from models.encoding import cells
from pipeline.data.header import checked
from pipeline.data.opened import MOST_TEXT, first_words
from pipeline.data.sheet import Sheet, require_rows


def of_frame(frame: pd.DataFrame) -> Sheet:
    """Reads a frame.

    Raises:
        ValueError: It has several names for a column, a name twice, or no rows.
    """
    flat = not isinstance(frame.columns, pd.MultiIndex)
    require(flat, "frame", "one name for each column", "Flatten them.", levels=frame.columns.nlevels)
    names = checked("frame", [str(name) for name in frame.columns])
    require_rows("frame", len(frame), len(names))
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


def of_parquet(path: Path) -> Sheet:
    """Reads a Parquet file.

    Raises:
        ValueError: It is damaged, too large, or has no rows.
    """
    owner = str(path)
    try:
        with pa.parquet.ParquetFile(path) as file:
            names = checked(owner, file.schema_arrow.names)
            require_rows(owner, file.metadata.num_rows, len(names))
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
