"""A file of rows in parts, so that it may be larger than memory: text, Parquet or JSON lines, told by its content."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from models.checks import closest, renamed, require
from pipeline.data.header import layout, names_of
from pipeline.data.of_text import numbered
from pipeline.data.opened import first_words, is_parquet, opened

ROWS_AT_ONCE = 4096

_LONGEST = 4 << 20  # letters of a line of JSON


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some rows of a file.

    Attributes:
        table: What the model looks at; the index, named ``line`` or ``row``, tells where each row stands.
        kept: What is handed on as it stands.
    """

    table: pd.DataFrame
    kept: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A file of rows, opened each time it is gone through.

    Attributes:
        owner: The file's name, for errors.
        names: Of its columns, in its order.
        frames: Columns by their positions -> frames of some rows at a time.
    """

    owner: str
    names: tuple[str, ...]
    frames: Callable[[Sequence[int]], Iterator[pd.DataFrame]]

    def parts(self, wanted: Sequence[str], kept: Sequence[str] = ()) -> Iterator[Part]:
        """Yields all rows in their order.

        Args:
            wanted: Columns for the model.
            kept: Columns to be handed on.

        Raises:
            ValueError: A column is missing or there twice, a row is not whole, or there is none: line is named.
        """
        self._require_columns(wanted)
        names = list(dict.fromkeys((*wanted, *kept)))
        n_rows = 0
        for frame in self.frames([self.names.index(name) for name in names]):
            frame.columns = pd.Index(names)
            n_rows += len(frame)
            yield Part(table=frame[list(wanted)], kept=frame[list(kept)])
        require(n_rows > 0, self.owner, "rows below the header", "Give one or more.", rows=n_rows)

    def kept(self, asked: Sequence[str]) -> tuple[str, ...]:
        """Returns the columns that somebody asks to keep: each a name, several between commas, or ``all``.

        Raises:
            ValueError: A name is unknown or stands twice in the header; the closest one is named.
        """
        names: list[str] = []
        for one in asked:
            names += self.names if one == "all" else [one] if one in self.names else one.split(",")
        names = [name if name in self.names else name.strip() for name in dict.fromkeys(names)]
        for name in names:
            known = name in self.names
            require(known, self.owner, "a column of the file for --keep", closest(name, self.names), keep=name)
        self._require_once(names)
        return tuple(names)

    def _require_columns(self, wanted: Sequence[str]) -> None:
        missing = [name for name in wanted if name not in self.names]
        spare = [name for name in self.names if name not in wanted]  # what serves as an input is not meant
        remedy = renamed(missing[0], spare) if missing else ""
        require(not missing, self.owner, "a column for each input of the model", remedy, missing=missing)
        self._require_once(wanted)

    def _require_once(self, names: Sequence[str]) -> None:
        twice = [name for name in names if self.names.count(name) > 1]
        require(not twice, self.owner, "each column once", "Rename or remove one.", twice=twice)


def at(table: pd.DataFrame, place: int) -> dict[str, int]:
    """Returns where a row of a part stands in its file: line or row by name, for errors."""
    return {str(table.index.name): int(table.index[place])}


def rows_of(path: Path) -> Rows:
    """Returns the rows of a file, of which only the beginning is read yet.

    Args:
        path: CSV (commas, semicolons, tabs or bars) or JSON, an object a line, also in gzip or zip; or Parquet.

    Raises:
        ValueError: It is none of these, or empty.
    """
    if is_parquet(path):
        return _of_parquet(path)
    with opened(path) as text:
        beginning = text.read(4096) or b""
    if beginning.lstrip()[:1] == b"{":
        return _of_json(path)
    listed = path.suffix == ".json" and beginning.lstrip()[:1] == b"["
    remedy = "Write it as such: of a frame, to_json(orient='records', lines=True)."
    require(not listed, str(path), "JSON with an object a line", remedy, begins="[")
    return _of_text(path)


def _of_text(path: Path) -> Rows:
    owner = str(path)
    separator, header = layout(path)

    def frames(positions: Sequence[int]) -> Iterator[pd.DataFrame]:
        numbered_rows = islice(numbered(path, separator, strict=False, bounded=False), 1, None)
        while chunk := list(islice(numbered_rows, ROWS_AT_ONCE)):
            for line, row in chunk:
                expected = f"{len(header)} cells, as in the header"
                require(len(row) == len(header), owner, expected, "Mend the line.", line=line, cells=len(row))
            yield _frame([[row[position] for position in positions] for _, row in chunk], [line for line, _ in chunk])

    return Rows(owner=owner, names=tuple(names_of(header)), frames=frames)


def _of_json(path: Path) -> Rows:
    owner = str(path)
    names = tuple(next(_objects(path))[1])

    def frames(positions: Sequence[int]) -> Iterator[pd.DataFrame]:
        wanted = [names[position] for position in positions]
        objects = _objects(path)
        while chunk := list(islice(objects, ROWS_AT_ONCE)):
            cells = [[_cell(owner, line, record, name) for name in wanted] for line, record in chunk]
            yield _frame(cells, [line for line, _ in chunk])

    return Rows(owner=owner, names=names, frames=frames)


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the object of each line with its number; blank lines are none."""
    owner, expected, remedy = str(path), "an object of JSON in each line", "Mend the line."
    with opened(path, bounded=False) as text:
        lines = TextIOWrapper(BufferedReader(text), "utf-8", newline="\n")
        for number, line in enumerate(iter(lambda: lines.readline(_LONGEST + 1), ""), 1):
            require(len(line) <= _LONGEST, owner, f"lines of at most {_LONGEST} letters", remedy, line=number)
            if not line.strip():
                continue
            try:
                record = json.loads(line, parse_constant=_refused, object_pairs_hook=_once)
            except ValueError as error:
                said = first_words(error)
                received = f"line={number}, error={said!r}"
                raise ValueError(f"{owner}: expected {expected}. Received: {received}. {remedy}") from error
            require(isinstance(record, dict), owner, expected, remedy, line=number, value=record)
            yield number, record


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("a name stands twice")
    return record


def _cell(owner: str, line: int, record: dict[str, Any], name: str) -> Any:
    require(name in record, owner, "a value in each line", "Write null where it is missing.", line=line, missing=name)
    value = record[name]
    single = not isinstance(value, dict | list)
    require(single, owner, "text, a number, true, false or null", "Mend it.", line=line, column=name, value=value)
    return value


def _of_parquet(path: Path) -> Rows:
    owner = str(path)
    with _whole_parquet(owner), pa.parquet.ParquetFile(path) as file:
        raw = file.schema_arrow.names

    def frames(positions: Sequence[int]) -> Iterator[pd.DataFrame]:
        row = 1
        for batch in _batches(path, [raw[position] for position in positions]):
            cells = {place: _plain(batch.column(raw[position])) for place, position in enumerate(positions)}
            yield pd.DataFrame(cells, index=pd.RangeIndex(row, row + batch.num_rows, name="row"))
            row += batch.num_rows

    return Rows(owner=owner, names=tuple(names_of(raw)), frames=frames)


def _batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    with _whole_parquet(str(path)), pa.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=list(columns)):
            batch.validate(full=True)
            yield batch


def _plain(column: pa.Array) -> pd.Series:
    """Returns cells with their own types; whole numbers stay whole beside gaps, lists and the like become text."""
    if pa.types.is_nested(column.type):
        return pd.Series([None if cell is None else str(cell) for cell in column.to_pylist()], dtype=object).array
    return column.to_pandas(integer_object_nulls=True).array


@contextmanager
def _whole_parquet(owner: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeError) as error:
        received = f"error={first_words(error)!r}"
        raise ValueError(f"{owner}: expected a whole Parquet file. Received: {received}. Write it again.") from error


def _frame(cells: list[list[Any]], lines: list[int]) -> pd.DataFrame:
    return pd.DataFrame(cells, index=pd.Index(lines, name="line"), dtype=object)
