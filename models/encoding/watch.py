"""What rows have that the training table had not: told at the end, or refused where it first occurs.

A file is read by parts, a server's request is one: both are held against the same contract in the same way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from models.checks import closest, nearest, require
from models.encoding.columns import Column, Columns
from models.encoding.compared import Compared

_BY_CHANCE = 0.001  # a column's gaps are more than the training's where chance has less
_COLUMNS_TOLD = 20
_LEAVE_OUT = "Mend it, or leave strict out."


@dataclass(frozen=True, kw_only=True)
class _First:
    """The first cell of a kind in a column.

    Attributes:
        at: Line or row by its name.
        value: As it stands in the file.
    """

    at: dict[str, Any]
    value: Any

    def __str__(self) -> str:
        ((where, number),) = self.at.items()
        return f"{self.value!r} on {where} {number}"


class Watch:
    """Holds rows against the table that a model was trained on.

    Args:
        columns: The contract of that table.
        owner: Of the rows, for errors.
        strict: Whether to refuse what is unlike it.
    """

    def __init__(self, columns: Columns, owner: str, *, strict: bool = False) -> None:
        self._columns, self._owner, self._strict = columns, owner, strict
        self._counts: dict[str, Compared] = {}
        self._firsts: dict[tuple[str, str], _First] = {}

    def look(self, table: pd.DataFrame) -> None:
        """Counts the cells of some rows.

        Raises:
            ValueError: A cell is no number or no date. If strict: a level is unseen, a number or date is further beyond
                the range than that is wide, or a cell is missing in a column without gaps: the first one is named.
        """
        found = []
        for column, own in self._columns.cells(table):
            values = column.read(own)
            counted = column.compared(values)
            before = self._counts.get(column.name)
            self._counts[column.name] = counted if before is None else before + counted
            for kind, odd in _odd(column, values):
                if odd.any():
                    place = int(odd.argmax())
                    first = _First(at=_at(table, place), value=own.iloc[place])
                    self._firsts.setdefault((column.name, kind), first)
                    found.append((place, column, kind, first))
        if self._strict:
            self._refuse([each for each in found if each[2] != "outside"])

    def end(self) -> None:
        """Looks at what only all rows can tell.

        Raises:
            ValueError: If strict: a column has more gaps than the training's share makes likely.
        """
        for counted in self._counts.values() if self._strict else ():
            shares = {"missing": round(counted.missing, 4), "in_training": round(counted.missing_before, 4)}
            expected = "no larger share of gaps than in the training table"
            require(not _more_gaps(counted), self._owner, expected, _LEAVE_OUT, column=counted.name, **shares)

    def shares(self) -> pd.DataFrame:
        """Returns, a row for each column of the contract, the shares of its cells that are unlike the training table.

        Returns:
            ``column``; ``missing`` and, beside it, ``missing_in_training``; ``unseen``, of a level that is none of the
            table's; ``out_of_range``. Of the latter two the training table has none.
        """
        return pd.DataFrame(
            {
                "column": counted.name,
                "missing": counted.missing,
                "missing_in_training": counted.missing_before,
                "unseen": counted.unseen,
                "out_of_range": counted.outside,
            }
            for counted in self._counts.values()
        )

    def words(self) -> list[str]:
        """Tells it by column; the most are told first."""
        told = [(counted, parts) for counted in self._counts.values() if (parts := list(self._parts(counted)))]
        if not told:
            return ["Against the training table: no level is new, no number beyond the range, no column has more gaps."]
        told.sort(key=lambda each: -(each[0].n_unseen + each[0].n_outside + each[0].n_missing))
        lines = [f"  {counted.name}: {'; '.join(parts)}." for counted, parts in told[:_COLUMNS_TOLD]]
        if (more := len(told) - _COLUMNS_TOLD) > 0:
            lines.append(f"  and {more} more column{'s' * (more > 1)}.")
        return ["Unlike the training table, by column:", *lines]

    def _parts(self, counted: Compared) -> Iterator[str]:
        if counted.n_unseen:
            unseen = self._firsts[counted.name, "unseen"]
            yield f"{counted.n_unseen} of {counted.n_rows} cells are no known level, first {unseen}"
        if counted.n_outside:
            column = next(column for column in self._columns.used if column.name == counted.name)
            first = self._firsts[counted.name, "outside"]
            far = f", {counted.n_far} further than that is wide" if counted.n_far else ""
            told = f"{counted.n_outside} of {counted.n_rows} cells are beyond {_range(column)}"
            yield f"{told}{far}, first {first}"
        if _more_gaps(counted):
            yield f"{100 * counted.missing:.3g} % of the cells are missing, {100 * counted.missing_before:.3g} % before"

    def _refuse(self, found: list[tuple[int, Column, str, _First]]) -> None:
        if not found:
            return
        _, column, kind, first = min(found, key=lambda each: each[0])
        expected = {
            "unseen": "a level of the training table",
            "far": f"a value no further beyond {_range(column)} than that is wide",
            "missing": "a value, as in all rows of the training table",
        }[kind]
        close = nearest(str(first.value), column.levels) if kind == "unseen" else None
        remedy = f"{closest(str(first.value), column.levels)} {_LEAVE_OUT}" if close else _LEAVE_OUT
        require(False, self._owner, expected, remedy, **first.at, column=column.name, value=first.value)


def _odd(column: Column, values: NDArray[np.float64]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yields kinds of what the training had not, and which cells are of it."""
    yield "unseen", column.unseen(values)
    yield "outside", column.outside(values)
    yield "far", column.outside(values, by=1)
    if not column.missing:
        yield "missing", np.isnan(values)


def _more_gaps(counted: Compared) -> bool:
    return bool(binom.sf(counted.n_missing - 1, counted.n_rows, counted.missing_before) < _BY_CHANCE)


def _at(table: pd.DataFrame, place: int) -> dict[str, Any]:
    """Returns where a row stands, for errors: by a file's line where the index is one."""
    return {"line" if table.index.name == "line" else "row": table.index.tolist()[place]}


def _range(column: Column) -> str:
    if column.lowest is None or column.highest is None:
        return "its range"
    ends = column.written(np.array([column.lowest, column.highest]))
    low, high = (f"{end:.6g}" if column.kind == "number" else str(end) for end in ends)
    return f"{low} to {high}"
