"""In which format the dates of a column are written: the one that fits all of them, or several, or none."""

import re
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.encoding import cells

_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_WRITTEN = re.compile(
    r"(?P<first>[0-9]{1,4}|[A-Za-z]{3,9})(?P<sign>[./ -])(?P<second>[0-9]{1,2}|[A-Za-z]{3,9})(?P<comma>,?)"
    r"(?:(?P=sign)|(?<=,) )(?P<third>[0-9]{1,4})(?P<between>[ T]?)(?P<time>[0-9]{1,2}:[0-9:.]+(?P<half> ?[AaPp][Mm])?)?"
)
_Orders = tuple[tuple[str, str, str], ...]
_ORDERS: _Orders = (("%d", "%m", "%Y"), ("%m", "%d", "%Y"), ("%Y", "%m", "%d"))
_SHORT_ORDERS: _Orders = (("%d", "%m", "%y"), ("%m", "%d", "%y"), ("%y", "%m", "%d"))
_NAMED_ORDERS: _Orders = tuple(product(("%d",), ("%b", "%B"), ("%Y", "%y"))) + tuple(
    product(("%b", "%B"), ("%d",), ("%Y",))
)
_TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
_HALVES = ("%I:%M", "%I:%M:%S")
_SAMPLE = 50


def fitting(values: pd.Series) -> list[str]:
    """Returns the formats in which every value is a date: ``"ISO"`` alone, or one for each order of day and month.

    Example:
        >>> fitting(pd.Series(["2022-03-05", "2022-03-05T10:30"]))
        ['ISO']
        >>> fitting(pd.Series(["05.03.2022"]))
        ['%d.%m.%Y', '%m.%d.%Y']
        >>> fitting(pd.Series(["05.03.2022", "13.03.2022"]))
        ['%d.%m.%Y']
        >>> fitting(pd.Series(["3.10.2"]))
        []
    """
    whole = [date_format for date_format in possible(values) if not misfits(values, date_format).any()]
    if "ISO" in whole:
        return ["ISO"]
    return list({date_format.replace("%B", "%b"): date_format for date_format in reversed(whole)}.values())[::-1]


def possible(values: pd.Series) -> list[str]:
    """Returns the formats in which at least half of the first values are dates."""
    sample = values.iloc[:_SAMPLE]
    written = sample[sample.str.match(r"[0-9A-Za-z]{1,9}[./ -]")]
    if written.empty or 2 * len(written) < len(sample):
        return []
    known = ["ISO", *_like(written.iloc[0])]
    return [date_format for date_format in known if 2 * misfits(sample, date_format).sum() < len(sample)]


def misfits(values: pd.Series, date_format: str) -> NDArray[np.bool_]:
    """Returns which values are no dates in a format."""
    wrong = cells.dates(values, date_format=date_format).wrong
    return wrong | ~values.str.fullmatch(_ISO).to_numpy(bool) if date_format == "ISO" else wrong


def _like(value: str) -> list[str]:
    """Returns formats that may be meant by how one value is written."""
    found = _WRITTEN.fullmatch(value)
    if found is None:
        return []
    sign, comma = found["sign"], found["comma"]
    if found["first"].isdigit() and found["second"].isdigit():
        short = len(found["first"]) <= 2 and len(found["third"]) <= 2
        orders = _SHORT_ORDERS if short else _ORDERS
    else:
        orders = _NAMED_ORDERS
    dates = [f"{first}{sign}{second}{comma}{sign}{third}" for first, second, third in orders]
    if found["time"] is None:
        return dates
    half = "" if found["half"] is None else found["half"][:-2] + "%p"
    times = [f"{time}{half}" for time in (_HALVES if half else _TIMES)]
    return [f"{date}{found['between']}{time}" for date, time in product(dates, times)]
