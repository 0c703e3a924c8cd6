"""What speaks against a guess and is asked back, with line and cell: nobody should find it out from a poor score."""

import numpy as np
from numpy.typing import NDArray

from models.checks import option, require
from models.encoding import cells
from pipeline.data import formats
from pipeline.data.tally import ENOUGH, Tally
from pipeline.data.thousands import thousands

_SLIPS = 0.01  # of the cells
_THOUSANDS = r"[+-]?[0-9]{1,3}([.,' \u00a0\u202f’][0-9]{3})+([.,][0-9]+)?"
_CODES = 20  # whole numbers of no more values may be codes, a letter among them no slip


def require_no_doubt(tally: Tally) -> None:
    """Checks that a guess about a column of text can be relied on.

    Raises:
        ValueError: Decimal commas that nobody announced, points where commas were announced, points that may stand
            between thousands, dates that can be read in two ways, or a slip: a few cells that are no number, or no
            date, where all others are.
    """
    if not tally.is_read or tally.cells.empty:
        return
    if tally.codes is not None:
        require_no_thousands(tally)
        return
    _require_announced(tally)
    require_one_order(tally)
    if tally.dates is None:
        _require_no_slip(tally)


def require_finite(tally: Tally) -> None:
    """Checks the numbers of a frame.

    Raises:
        ValueError: One is infinite.
    """
    if tally.nature == "number":
        for position in np.flatnonzero(np.isinf(tally.cells.to_numpy(np.float64)))[:1]:
            remedy = "Mend it, leave it empty, or leave the column out."
            require(False, tally.sheet.owner, "a finite number in each cell", remedy, **tally.at(int(position)))


def require_one_order(tally: Tally) -> None:
    """Checks that dates can be read in one way only.

    Raises:
        ValueError: Day and month, or year, could be swapped.
    """
    position = int(np.argmax(tally.is_there)) if len(tally.cells) else 0
    known = tally.date_formats
    require(
        len(known) < 2,
        tally.sheet.owner,
        "dates that can be read in one way",
        f"Give {option('date-format', known[0])} if that is meant, or {option('ignore', tally.name)}." if known else "",
        **(tally.at(position) if len(known) > 1 else {}),
        formats=known,
    )


def require_no_thousands(tally: Tally) -> None:
    """Checks that points are no signs between thousands, where nobody said what they are.

    Raises:
        ValueError: Whole numbers stand beside points that have three digits behind them, as 987 beside 1.272; of those
            that are written otherwise there may be a few.
    """
    doubt = thousands(tally) if tally.wish.decimal is None else None
    if doubt is None or not doubt.is_grave:
        return
    received = tally.at(doubt.position)
    if doubt.stray is not None:
        unlike = tally.at(doubt.stray)
        received |= {f"unlike_{what}": value for what, value in unlike.items() if what != "column"}
    remedy = "Take signs between thousands out, or give --decimal . if the point is the decimal sign."
    require(False, tally.sheet.owner, "numbers that can be read in one way", remedy, **received)


def require_numbers(tally: Tally) -> None:
    """Checks a column that somebody says is numbers.

    Raises:
        ValueError: A cell is none, or points may stand between thousands.
    """
    require_no_thousands(tally)
    _require_none(tally, misfits(tally, tally.wish.decimal or "."), "a number in each cell")


def require_dates(tally: Tally) -> None:
    """Checks a column that somebody says is dates.

    Raises:
        ValueError: A cell is none, or they can be read in two ways.
    """
    require_one_order(tally)
    if tally.dates is None:
        how = tally.wish.date_format or next(iter(formats.possible(tally.cells.astype(str))), "ISO")
        wrong = cells.dates(tally.cells, date_format=how, missing_words=tally.missing_words).wrong
        _require_none(tally, wrong, f"a date as {how} in each cell")


def misfits(tally: Tally, decimal: str = ".") -> NDArray[np.bool_]:
    """Returns which of a column's distinct cells are there and no numbers."""
    if not tally.is_words:
        return np.full(len(tally.cells), tally.nature != "number")
    return cells.numbers(tally.cells, decimal=decimal, missing_words=tally.missing_words).wrong


def no_numbers(tally: Tally) -> NDArray[np.bool_]:
    """Returns which of a text's distinct cells are no numbers, however these are written: 1,5 and 1'000 are some."""
    ungrouped = ~tally.cells.str.fullmatch(_THOUSANDS).to_numpy(bool)
    return np.asarray(misfits(tally, ".") & misfits(tally, ",") & ungrouped)


def _require_announced(tally: Tally) -> None:
    """Refuses numbers with another decimal sign, or with signs between thousands: 1,234 may be off by a thousand."""
    announced = tally.wish.decimal or "."
    foreign = misfits(tally, announced)
    if no_numbers(tally).any() or not foreign.any():
        return
    commas = "Give --decimal , if the comma is the decimal sign; take signs between thousands out."
    points = "Write every number with the decimal sign given, and take signs between thousands out."
    keep = f"{option('kind', f'{tally.name}=category')} keeps the cells as text."
    at = tally.at(int(np.argmax(foreign)))
    remedy = f"{commas if tally.wish.decimal is None else points} {keep}"
    require(False, tally.sheet.owner, f"numbers with {announced!r} as decimal sign", remedy, **at)


def _require_no_slip(tally: Tally) -> None:
    if tally.has_leading_zeros:
        return
    decimal = tally.wish.decimal or "."
    read = cells.numbers(tally.cells, decimal=decimal, missing_words=tally.missing_words)
    numbers = read.values[np.isfinite(read.values)]
    measured = len(numbers) > _CODES or bool((np.rint(numbers) != numbers).any())
    if measured and _is_slip(tally, read.wrong):
        _require_none(tally, read.wrong, "a number in each cell, as in nearly all")
    none = no_numbers(tally)
    if (read.wrong & ~none).any() and _is_slip(tally, none):
        _require_none(tally, none, "a number in each cell, as in nearly all, however they are written")
    there = ~tally.cells.isin(tally.missing_words).to_numpy()
    for known in formats.possible(tally.cells[there]):
        wrong = formats.misfits(tally.cells, known) & there
        if _is_slip(tally, wrong):
            _require_none(tally, wrong, f"a date as {known} in each cell, as in nearly all")


def _is_slip(tally: Tally, wrong: NDArray[np.bool_]) -> bool:
    n_wrong, n_rows = int(tally.counts[wrong].sum()), int(tally.counts.sum())
    return 0 < n_wrong <= max(1, _SLIPS * n_rows) and n_rows - n_wrong >= ENOUGH


def _require_none(tally: Tally, wrong: NDArray[np.bool_], expected: str) -> None:
    """Refuses a column by the first of its wrong cells."""
    if wrong.any():
        remedy = (
            f"Mend it, leave it empty, or say what the column is: {option('kind', f'{tally.name}=category')}, or text."
        )
        at = tally.at(int(np.argmax(wrong)))
        require(False, tally.sheet.owner, expected, remedy, **at, cells_like_it=int(tally.counts[wrong].sum()))
