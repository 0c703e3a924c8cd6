"""What a column is: number, yes/no, date, category, text, id or constant; decided on all rows, with the reason.

The first kind that fits, in the order of ``RULES``. Codes with leading zeros are a category however many there are.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from models.checks import require
from models.encoding import cells
from models.encoding.columns import Column
from models.encoding.kind import USED, Kind
from pipeline.data.doubts import require_dates, require_finite, require_no_doubt, require_numbers
from pipeline.data.tally import Tally

MOST_LEVELS, MOST_LEVELS_SHARE = 100, 0.05
"""Of a category: a number of values, or a share of the rows, whichever is more."""

_PAIRS = (
    *(("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("0", "1"), ("-1", "1"), ("negative", "positive")),
    *(("nein", "ja"), ("n", "j"), ("non", "oui"), ("no", "si"), ("no", "sí")),
)
"""No and yes, as tables write them."""

# A table that has a few rows twice has their ids twice.
_NEARLY_ALL = 0.95


def column_of(tally: Tally) -> Column:
    """Returns what a column is: what somebody said, else the first kind that fits.

    Raises:
        ValueError: What somebody said does not fit, or what was found cannot be relied on: decimal commas that nobody
            announced, dates that can be read in two ways, a slip among numbers. Line and cell are named.
    """
    require_finite(tally)
    if tally.wish.kind is not None:
        return _as_wished(tally, tally.wish.kind)
    require_no_doubt(tally)
    if tally.nature == "foreign" and tally.n_distinct > 1:
        return _column(tally, "text", "of a type that no model takes")
    kind, reason = next(found for found in (rule(tally) for rule in RULES) if found is not None)
    return _column(tally, kind, reason)


def pair(words: Sequence[str]) -> tuple[str, str] | None:
    """Returns words as (no, yes) where they are such a pair.

    Example:
        >>> pair(("Yes", "No"))
        ('No', 'Yes')
    """
    if len(words) == 2:
        for no, yes in (words, words[::-1]):
            if (_plain(no), _plain(yes)) in _PAIRS:
                return no, yes
    return None


def most_levels(n_rows: int) -> int:
    """Returns how many values a category may have at most."""
    return max(MOST_LEVELS, int(MOST_LEVELS_SHARE * n_rows))


def is_named_id(name: str) -> bool:
    """Returns whether a name says that its column is an id.

    Example:
        >>> [is_named_id(name) for name in ("customerID", "row_id", "Unnamed: 0", "paid", "body mass index")]
        [True, True, True, False, False]
    """
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    ends = {word.lower() for word in (*words[:1], *words[-1:])}
    return bool(ends & {"id", "uuid", "guid"}) or name.lower() == "index" or name.startswith("Unnamed: ")


Found = tuple[Kind, str] | None
"""A kind and the reason for it."""


def _constant(tally: Tally) -> Found:
    if tally.n_distinct > 1:
        return None
    return "constant", "one value" if tally.n_distinct else "empty"


def _date(tally: Tally) -> Found:
    if tally.dates is None:
        return None
    if tally.nature == "date":
        return "date", "the frame's own type"
    return "date", "ISO dates" if tally.dates.how == "ISO" else f"every cell is a date as {tally.dates.how}"


def _yes_no(tally: Tally) -> Found:
    return ("yes/no", "two values") if tally.n_distinct == 2 else None


def _id(tally: Tally) -> Found:
    named = is_named_id(tally.name) and tally.n_distinct >= _NEARLY_ALL * tally.n_there
    distinct = tally.n_distinct == tally.n_rows
    if tally.codes is None:
        if tally.is_words and (distinct or named):
            return "id", "every cell is another text" if distinct else "texts of its own in nearly every row"
        return None
    values = tally.codes.of[~np.isnan(tally.codes.of)]
    if (np.rint(values) != values).any():
        return None
    if distinct and values.max() - values.min() + 1 == len(values):
        return "id", "whole numbers without a gap, each once"
    return ("id", "each number once, and the name says so") if named else None


def _number(tally: Tally) -> Found:
    if tally.numbers is None:
        return None
    return "number", "every cell is a number" if tally.is_words else "the frame's own type"


def _category(tally: Tally) -> Found:
    if tally.nature == "levels":
        return "category", "the frame's own type"
    if tally.codes is not None and tally.has_leading_zeros:
        return "category", "codes with leading zeros"
    return ("category", "text of few values") if tally.n_distinct <= most_levels(tally.n_rows) else None


def _text(tally: Tally) -> Found:
    return "text", f"more than {most_levels(tally.n_rows)} values"


RULES: tuple[Callable[[Tally], Found], ...] = (_constant, _date, _yes_no, _id, _number, _category, _text)
"""In the order in which they are asked."""


def levels(tally: Tally) -> tuple[str, ...]:
    """Returns the values of a category in the order of their codes: by size, by the alphabet, or no before yes."""
    if tally.wish.levels:
        return tally.wish.levels
    if tally.nature == "boolean":
        return "False", "True"
    words = cells.texts(tally.cells[tally.is_there])
    if tally.numbers is None:
        ordered = tuple(sorted(words))
        return pair(ordered) or ordered
    values, first = np.unique(tally.numbers.of[tally.is_there], return_index=True)
    # 1 and 1.0 in one column are one value.
    return tuple(words[first] if len(values) == len(words) else cells.texts(pd.Series(values)))


def _as_wished(tally: Tally, kind: Kind) -> Column:
    if kind == "number":
        require_numbers(tally)
    if kind == "date":
        require_dates(tally)
    known = tally.nature != "foreign" or kind not in USED
    remedy = "Turn its cells into text or numbers first."
    require(known, tally.sheet.owner, "a type that a table has", remedy, column=tally.name, cell=tally.example)
    few = kind != "yes/no" or tally.n_distinct <= 2
    remedy = "Call it a category."
    at = {"column": tally.name, "distinct": tally.n_distinct}
    require(few, tally.sheet.owner, "two values of a yes/no", remedy, **at)
    return _column(tally, kind, tally.wish.reason)


def _column(tally: Tally, kind: Kind, reason: str) -> Column:
    values = tally.numbers or tally.dates
    column = Column(
        name=tally.name,
        kind=kind,
        reason=reason,
        levels=levels(tally) if kind in ("category", "yes/no") else (),
        missing_words=tally.missing_words if tally.is_read and values is not None else tally.wish.missing_words,
        missing=(tally.n_rows - tally.n_there) / tally.n_rows,
        distinct=tally.n_distinct,
        example=tally.example,
    )
    if values is None or kind not in ("number", "date"):
        return column
    column = replace(column, decimal=values.how) if kind == "number" else replace(column, date_format=values.how)
    there = values.of[tally.is_there]
    if not len(there):  # somebody says that it is numbers, and these rows have none
        return column
    return replace(column, lowest=float(there.min()), highest=float(there.max()))


def _plain(word: str) -> str:
    return word.lower().removesuffix(".0").removeprefix("+")
