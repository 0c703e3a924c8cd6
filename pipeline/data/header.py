"""The header of a table: found in a text, checked, and held against the names that were given; without pandas."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from models.checks import nearest, require
from pipeline.data.opened import opened

LONGEST = 4 << 20
"""Bytes of a line, at most."""
MOST_COLUMNS = 20_000
"""In a header, used or not."""

_SEPARATORS = "\t|;,"  # the rarer a sign is in prose and numbers, the earlier: the first of equals is taken
_LINES = 100  # by which a separator is found
_SHOWN = 5  # names in an error


def layout(path: Path) -> tuple[str, list[str]]:
    """Returns the separator of a text, and the cells of its header."""
    owner = str(path)
    with opened(path) as text:
        beginning = io.BufferedReader(text, LONGEST).read(LONGEST)
    whole = len(beginning) < LONGEST
    ends = whole or b"\n" in beginning or b"\r" in beginning
    require(ends, owner, f"lines of at most {LONGEST} bytes", "This is no table.", line=1)
    sample = beginning.decode(errors="ignore")
    is_json = re.match(r"\s*(\{\s*\"|\[\s*[\[{])", sample) is not None
    require(not is_json, owner, "a table as CSV or Parquet", "Save it as one of these.", found="JSON")
    found = [(separator, _first(owner, sample, separator, whole)) for separator in _SEPARATORS]
    require(bool(found[0][1]), owner, "a header and rows below it", "The file is empty: give another.", n_rows=0)
    separator, rows = max(found, key=lambda each: _alike(each[1]))
    return separator, rows[0]


def _first(owner: str, sample: str, separator: str, whole: bool) -> list[list[str]]:
    with long_cells():
        try:
            rows = list(islice(filter(None, csv.reader(io.StringIO(sample, newline=""), delimiter=separator)), _LINES))
        except csv.Error as error:
            raise ValueError(f"{owner}: expected a table. Received: error={str(error)!r}. Save it as CSV.") from error
    return rows if whole or len(rows) < 2 else rows[:-1]  # the last one may be cut


def _alike(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Returns how good a separator is: the share of rows with as many cells as the header, then how many these are."""
    width = len(rows[0])
    return (sum(len(row) == width for row in rows) / len(rows), width) if width > 1 else (0.0, 1)


@contextmanager
def long_cells() -> Iterator[None]:
    """Lets Python's reader take cells as long as pyarrow's does."""
    before = csv.field_size_limit(LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def checked(owner: str, header: Sequence[str]) -> list[str]:
    """Returns the names of a header: without blanks around them, a missing one as pandas calls it.

    Raises:
        ValueError: More columns than a table may have, or a name twice.
    """
    n_columns = len(header)
    require(n_columns <= MOST_COLUMNS, owner, f"at most {MOST_COLUMNS} columns", "Take some.", n_columns=n_columns)
    names = names_of(header)
    twice = [name for name, times in Counter(names).items() if times > 1]
    require(not twice, owner, "each column once in the header", "Rename or remove one.", twice=twice[:5])
    return names


def names_of(header: Sequence[str]) -> list[str]:
    """Returns the names of columns: without blanks around them, a missing one as pandas calls it."""
    return [name.strip() or f"Unnamed: {position}" for position, name in enumerate(header)]


def require_named(
    owner: str, known: Sequence[str], target: str, named: Sequence[tuple[str, Sequence[str]]], *, is_text: bool
) -> None:
    """Checks every column that was named.

    Args:
        owner: The table, in an error.
        known: Its columns.
        target: What is predicted.
        named: Option -> columns beside the target.
        is_text: Whether it was read from a text, whose cells must be parted.

    Raises:
        ValueError: The table has no such column; the closest is named.
    """
    if target not in known and all(re.fullmatch(r"[-+.0-9eE]+", name) for name in known):
        remedy = "The first line must name the columns."
        require(False, owner, "a header", remedy, target=target, first_line=known[:3])
    if is_text and len(known) == 1:
        remedy = "Part them by commas, semicolons, tabs or bars."
        require(False, owner, "several cells in a line", remedy, first_line=known[0])
    require(target in known, owner, "the target's column", _near(target, known), target=target)
    others = [name for name in known if name != target]
    for what, names in named:
        for name in names:
            require(name in others, owner, "a column beside the target", _near(name, others), **{what: name})


def _near(name: str, known: Sequence[str]) -> str:
    """Returns the remedy for an unknown column in one short line, however many there are."""
    alike = [each for each in known if each.lower() == name.lower()] or [*filter(None, [nearest(name, known)])]
    if alike:
        return f"Did you mean {alike[0]!r}?"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"Columns: {', '.join(known[:_SHOWN])}{more}."
