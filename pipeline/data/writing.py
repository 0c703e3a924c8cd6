"""Numbers that say where a row belongs, and may be words: months as 2021.10 for times, versions as 1.10 for groups."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.checks import option, require
from pipeline.data.tally import EXACT, WORDS, Tally

_ENDS_IN_0 = r"[^.,]*[.,][0-9]*[1-9]0+"
_MONTH, _YEAR = "(?:0?[1-9]|1[0-2])", "(?:19|20)[0-9]{2}"


class _Months(NamedTuple):
    """A way in which months are written.

    Attributes:
        pattern: Of every cell; the part whose length or value must differ is its one group.
        date_format: As ``strptime`` takes it.
    """

    pattern: str
    date_format: str


_BY_LENGTH = (
    _Months(rf"{_YEAR}\.({_MONTH})", "%Y.%m"),
    _Months(rf"{_YEAR},({_MONTH})", "%Y,%m"),
    _Months(rf"[0-9]{{1,2}}\.({_MONTH})", "%y.%m"),
    _Months(rf"[0-9]{{1,2}},({_MONTH})", "%y,%m"),
    _Months(rf"{_YEAR}({_MONTH})", "%Y%m"),
)
_BY_YEAR = (_Months(rf"{_MONTH}\.({_YEAR})", "%m.%Y"), _Months(rf"{_MONTH},({_YEAR})", "%m,%Y"))


def require_ordered(tally: Tally) -> None:
    """Checks that times which are read as numbers are no months or versions, whose order is another.

    Raises:
        ValueError: Months, with and without a leading 0, or before the year; digits behind the point of which some
            count and end in 0 while others are fewer: 2021.10 would come before 2021.2.
    """
    if not tally.is_read or tally.numbers is None or tally.wish.kind == "number":
        return
    date_format, wrong = _months(tally)
    if date_format is None:
        fractions = tally.cells.str.extract(r"[.,]([0-9]+)$")[0].str.len()
        wrong = _matches(tally, _ENDS_IN_0) & (fractions.nunique() > 1)
    if wrong.any():
        months = option("date-format", f"{tally.name}={date_format or '%Y.%m'}")
        remedy = f"Give {months} if these are months, {option('kind', f'{tally.name}=number')} if they are numbers."
        at = tally.at(int(np.argmax(wrong)))
        require(False, tally.sheet.owner, "each time written in one way", remedy, **at)


def require_told_apart(tally: Tally) -> None:
    """Checks that groups which are read as numbers are as many as their texts.

    Raises:
        ValueError: Two texts of one number, as 1.1 and 1.10.
    """
    if not tally.is_read or tally.numbers is None or tally.wish.kind in (*WORDS, "number"):
        return
    wrong = _matches(tally, _ENDS_IN_0) & pd.Series(tally.numbers.of).duplicated(keep=False).to_numpy()
    if wrong.any():
        remedy = (
            f"Give {option('kind', f'{tally.name}=category')} if each text is a group of its own; "
            "if these are numbers, write equal ones alike."
        )
        at = tally.at(int(np.argmax(wrong)))
        require(False, tally.sheet.owner, "each group written in one way", remedy, **at)


def require_exact(tally: Tally) -> None:
    """Checks that whole numbers of a frame have not been rounded before they came here.

    Raises:
        ValueError: A float that has neighbors of the same float.
    """
    if tally.nature == "number" and tally.cells.dtype.kind == "f":
        wrong = np.abs(tally.cells.to_numpy(np.float64)) >= EXACT
        if wrong.any():
            remedy = "As floats several of these are one: give whole numbers, or text."
            at = tally.at(int(np.argmax(wrong)))
            require(False, tally.sheet.owner, "numbers that are told apart", remedy, **at)


def _months(tally: Tally) -> tuple[str | None, NDArray[np.bool_]]:
    """Returns the format in which all cells are months that numbers would order otherwise, and those that show it."""
    there = tally.cells[tally.is_there]
    for one in (*_BY_LENGTH, *_BY_YEAR):
        part = there.str.extract(f"^{one.pattern}$")[0]
        if part.notna().all() and (part if one in _BY_YEAR else part.str.len()).nunique() > 1:
            return one.date_format, tally.is_there
    return None, np.zeros(len(tally.cells), bool)


def _matches(tally: Tally, pattern: str) -> NDArray[np.bool_]:
    return np.asarray(tally.cells.str.fullmatch(pattern).to_numpy(bool))
