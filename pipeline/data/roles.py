"""Columns that say something of their rows, and are no features: groups, times and weights."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from models.checks import option, require
from models.encoding.columns import Column, Columns
from models.encoding.kind import Kind, Role
from pipeline.data.doubts import require_dates, require_finite, require_no_doubt
from pipeline.data.tally import WORDS, Tally
from pipeline.data.task import Classification, Task
from pipeline.data.writing import require_exact, require_ordered, require_told_apart
from pipeline.words.names import counted

_SHOWN = 5  # names in an error


@dataclass(frozen=True, kw_only=True, eq=False)
class Said:
    """What columns say of the rows of a table.

    Attributes:
        columns: These columns, for the contract.
        groups: ``(n_rows,)``: rows of one number belong together; ``None`` where no column says so.
        times: ``(n_rows,)``: 0 for the earliest rows, and so on; ``None`` likewise.
        weights: ``(n_rows,)``: how much each row counts; ``None`` likewise.
    """

    columns: tuple[Column, ...] = ()
    groups: NDArray[np.int64] | None = None
    times: NDArray[np.int64] | None = None
    weights: NDArray[np.float64] | None = None


def said_of(tallies: Mapping[Role, Tally]) -> Said:
    """Returns what columns say of the rows.

    Args:
        tallies: The column of each role, of the rows that have a target.

    Raises:
        ValueError: A row has no group, no time or no weight; times that are neither numbers nor dates; weights that
            are negative or all 0. Line and column are named.
    """
    groups, times, weights = (tallies.get(role) for role in ("group", "time", "weight"))
    found = [_of_groups(groups), _of_times(times), _of_weights(weights)]
    return Said(
        columns=tuple(column for column, _ in found if column is not None),
        groups=found[0][1],
        times=found[1][1],
        weights=None if weights is None else _weights(_as(weights, "number")),
    )


def weights_of(tally: Tally) -> NDArray[np.float64]:
    """Returns how much each row counts, ``(n_rows,)``.

    Raises:
        ValueError: As of ``said_of``.
    """
    _of_weights(tally)
    return _weights(_as(tally, "number"))


def weightless(name: str, n_rows: int) -> str:
    """Says how many rows are left out because they count nothing; nothing of none.

    Args:
        name: Of the column of weights.
        n_rows: How many.
    """
    have = "has" if n_rows == 1 else "have"
    are = "is" if n_rows == 1 else "are"
    return f"{counted(n_rows, 'row')} that {have} a weight of 0 in {name!r} {are} left out" if n_rows else ""


@contextmanager
def named(left_out: str) -> Iterator[None]:
    """Adds to an error that rows are left out: what is lacking may be lacking because of that.

    Args:
        left_out: Which, as of ``weightless``.

    Raises:
        ValueError: The same with more words.
    """
    try:
        yield
    except ValueError as error:
        if not left_out:
            raise
        raise ValueError(f"{error} {left_out}.") from error


def roles_of(options: Mapping[Role, str | None], contract: Columns | None) -> dict[Role, str]:
    """Returns the column of each role: what an option says, else a contract."""
    told = {role: contract.of_role(role) if contract and name is None else name for role, name in options.items()}
    return {role: name for role, name in told.items() if name is not None}


def require_apart(owner: str, roles: Mapping[Role, str], target: str, ignored: tuple[str, ...]) -> None:
    """Checks that each of these columns is there for one thing.

    Raises:
        ValueError: One is the target, is left out by name, or has two roles.
    """
    for role, name in roles.items():
        remedy = "What is predicted cannot say how rows are divided or weighed: name another column."
        require(name != target, owner, f"a column for --{role} beside the target", remedy, **{role: name})
        remedy = "It is no feature anyway: take --ignore out."
        require(name not in ignored, owner, f"a column for --{role} that is not left out", remedy, **{role: name})
    names = list(roles.values())
    apart = len(names) == len(set(names))
    require(apart, owner, "a column of its own for each of --group, --time and --weight", "Name others.", **dict(roles))


def require_groups(owner: str, name: str, groups: NDArray[np.int64], y: NDArray[np.generic], task: Task) -> None:
    """Checks that groups can be divided at all.

    Raises:
        ValueError: There is one only, or a class has rows in one only: it would be missing on one side of every split.
    """
    n_groups = len(np.unique(groups))
    remedy = "With one there is nothing to divide: name another column."
    require(n_groups > 1, owner, "two groups or more", remedy, group=name, groups=n_groups)
    if not isinstance(task, Classification):
        return
    alone = [word for k, word in enumerate(task.class_names) if len(np.unique(groups[y == k])) < 2]
    remedy = "On one side of every split it would be missing: name another column, or leave the class out."
    require(not alone, owner, "rows of each class in two groups or more", remedy, group=name, classes=alone[:_SHOWN])


def joined(*labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the smallest groups that leave all of several divisions whole, numbered from 0.

    Example:
        Rows 0 and 1 are of one group, rows 1 and 2 repeat each other: the three stay together.

        >>> joined(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 3]))
        array([0, 0, 0, 1])
    """
    first: NDArray[Any]
    first, *others = (np.unique(each, return_inverse=True)[1] for each in labels)
    for other in others:
        n_first = int(first.max()) + 1
        n_nodes = n_first + int(other.max()) + 1
        edges = coo_array((np.ones(len(first), bool), (first, n_first + other)), shape=(n_nodes, n_nodes))
        first = connected_components(edges, directed=False)[1][first]
    return np.asarray(np.unique(first, return_inverse=True)[1], np.int64)


def _of_groups(tally: Tally | None) -> tuple[Column | None, NDArray[np.int64] | None]:
    if tally is None:
        return None, None
    _require_whole(tally, "group", "A row of no group could belong to any, and stand on both sides of a split.")
    require_exact(tally)
    require_told_apart(tally)
    column = Column(
        name=tally.name,
        kind=tally.wish.kind if tally.wish.kind in WORDS else "id",
        reason="as you say",
        distinct=tally.n_distinct,
        example=tally.example,
        role="group",
    )
    return column, tally.labels


def _of_times(tally: Tally | None) -> tuple[Column | None, NDArray[np.int64] | None]:
    if tally is None:
        return None, None
    _require_kind(tally, "time", ("date", "number"))
    if tally.wish.kind == "date":
        require_dates(tally)
    else:
        tally = _as_dates(tally)
        require_finite(tally)
        require_no_doubt(tally)
        require_ordered(tally)
        require_exact(tally)
    known = tally.numbers is not None or tally.dates is not None
    at = {} if known else tally.at(0) if len(tally.cells) else {"column": tally.name}
    remedy = "Name another column, or say by --date-format how its dates are written."
    require(known, tally.sheet.owner, "dates or numbers for --time", remedy, **at)
    _require_whole(tally, "time", "A row of no time could be of the past or of the future.")
    remedy = "With one there is no earlier and later: name another column."
    require(tally.n_distinct > 1, tally.sheet.owner, "two times or more", remedy, time=tally.name, times=1)
    return _with_role(tally, "time"), tally.labels


def _of_weights(tally: Tally | None) -> tuple[Column | None, None]:
    if tally is None:
        return None, None
    _require_kind(tally, "weight", ("number",))
    tally = _as(tally, "number")
    require_finite(tally)
    require_no_doubt(tally)
    remedy = "A weight says how much a row counts: name a column of numbers."
    at = {} if tally.numbers is not None else tally.at(0) if len(tally.cells) else {"column": tally.name}
    require(tally.numbers is not None, tally.sheet.owner, "numbers for --weight", remedy, **at)
    _require_whole(tally, "weight", "How much a row counts cannot be guessed.")
    return _with_role(tally, "weight"), None


def _require_kind(tally: Tally, role: Role, kinds: tuple[Kind, ...]) -> None:
    """Refuses what somebody says a column is if it has no order, or no size."""
    told = tally.wish.kind
    remedy = f"Take {option('kind', f'{tally.name}={told}')} out."
    fits = told is None or told in kinds
    require(fits, tally.sheet.owner, f"{' or '.join(kinds)} for --{role}", remedy, column=tally.name, kind=told)


def _as_dates(tally: Tally) -> Tally:
    """Returns a column whose cells are dates if they fit the format that was given, or a frame calls them text."""
    dated = replace(tally, wish=replace(tally.wish, kind="date"))
    if tally.wish.kind is None and tally.wish.date_format is not None and dated.dates is not None:
        return dated
    return _as(tally, "date")


def _as(tally: Tally, kind: Kind) -> Tally:
    """Returns a column whose cells are looked at for dates or numbers though a frame calls them text."""
    is_said = tally.nature != "text" or tally.wish.kind is not None
    return tally if is_said else replace(tally, wish=replace(tally.wish, kind=kind))


def _with_role(tally: Tally, role: Role) -> Column:
    numbers, dates = tally.numbers, tally.dates
    return Column(
        name=tally.name,
        kind="date" if numbers is None else "number",
        reason="as you say",
        decimal="." if numbers is None else numbers.how,
        date_format=dates.how if numbers is None and dates else None,
        missing_words=tally.missing_words if tally.is_read else (),
        distinct=tally.n_distinct,
        example=tally.example,
        role=role,
    )


def _weights(tally: Tally) -> NDArray[np.float64]:
    """Returns how much each row counts.

    Raises:
        ValueError: Less than nothing, or nothing in all rows.
    """
    assert tally.numbers is not None
    for position in np.flatnonzero(tally.numbers.of < 0)[:1]:
        remedy = "A row cannot count less than nothing: mend it, or leave the row out."
        require(False, tally.sheet.owner, "weights of 0 or more", remedy, **tally.at(int(position)))
    some = bool((tally.numbers.of > 0).any())
    remedy = "No row would count: name another column."
    require(some, tally.sheet.owner, "a weight above 0 in some row", remedy, weight=tally.name)
    values = np.unique(tally.numbers.of[~np.isnan(tally.numbers.of)])
    return np.asarray(values[tally.labels], np.float64)


def _require_whole(tally: Tally, role: Role, why: str) -> None:
    """Refuses the first row whose cell is missing."""
    for row in np.flatnonzero(tally.labels < 0)[:1]:
        n_gaps = int((tally.labels < 0).sum())
        at = {**tally.sheet.at(int(row)), "column": tally.name, "rows_like_it": n_gaps}
        require(False, tally.sheet.owner, f"a {role} in each row", f"{why} Fill it in, or leave the row out.", **at)
