"""The cells of one column as numbers: what a table means by a number, a date, a level and a gap.

Cells are text, or what a frame has instead: numbers, booleans, dates, categoricals. Both say the same: 1, 1.0, "1" and
"1.0" are one value, whatever a file or a frame made of it on its way. Blanks around a cell mean nothing.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

UNSEEN = -1
"""The code of a value that is no level."""

_MICROSECONDS_A_DAY = 86_400_000_000
_WHOLE = 2**53  # beyond it a float64 has gaps between whole numbers


class Read(NamedTuple):
    """The cells of a column as they were read.

    Attributes:
        values: ``(n_rows,)``; NaN where a cell is missing or wrong.
        wrong: ``(n_rows,)``, true where a cell is there and not what it should be.
    """

    values: NDArray[np.float64]
    wrong: NDArray[np.bool_]


def numbers(cells: pd.Series, *, decimal: str = ".", missing_words: Sequence[str] = ()) -> Read:
    """Reads numbers: ASCII digits, one decimal sign, an exponent; finite in float64.

    Example:
        >>> numbers(pd.Series(["1e5", " .5", "", "5_1", "0x1F", "1e999"])).values
        array([1.e+05, 5.e-01,    nan,    nan,    nan,    nan])
        >>> numbers(pd.Series(["1,5", "1.5"]), decimal=",").wrong
        array([False,  True])
    """
    if _is_number(cells):
        values = cells.to_numpy(np.float64, na_value=np.nan)
        # A word such as "-999" means a gap in a frame, too.
        gaps = _as_numbers(pa.array(list(missing_words), pa.large_string()), decimal)
        return Read(np.where(np.isinf(values) | np.isin(values, gaps), np.nan, values), np.isinf(values))
    words = _words(cells, missing_words)
    if _is_date(cells) or pd.api.types.is_bool_dtype(cells.dtype):
        return _nothing(words)
    return words.read(lambda text: _as_numbers(text, decimal))


def dates(cells: pd.Series, *, date_format: str = "ISO", missing_words: Sequence[str] = ()) -> Read:
    """Reads dates as days since 1970-01-01, with fractions for hours; a time of another zone as the time in UTC.

    Args:
        cells: Text in one format, or dates.
        date_format: As ``strptime`` takes it, or ``"ISO"``.
        missing_words: What means a missing cell, besides an empty one.

    Example:
        >>> dates(pd.Series(["1970-01-02", "1970-01-01T12:00", None, "2022-02-30"])).values
        array([1. , 0.5, nan, nan])
    """
    if _is_date(cells):
        stamps = _days(pd.to_datetime(cells, utc=True))
        return Read(stamps, np.zeros(len(cells), bool))
    words = _words(cells, missing_words)
    if _is_number(cells) or pd.api.types.is_bool_dtype(cells.dtype):
        return _nothing(words)
    return words.distinct().read(lambda text: _as_days(text, date_format))


def codes(cells: pd.Series, *, levels: Sequence[str], missing_words: Sequence[str] = ()) -> Read:
    """Reads levels as their positions 0, 1, ...; what is no level as ``UNSEEN``, which is not wrong.

    Example:
        >>> codes(pd.Series(["b", "a", None, "c"]), levels=("a", "b")).values
        array([ 1.,  0., nan, -1.])
        >>> codes(pd.Series([1.0, 0.0]), levels=("0", "1")).values
        array([1., 0.])
    """
    known = _lookup(levels)

    def of(word: str | None) -> float:
        return np.nan if word is None else known.get(word, known.get(_plain(word), UNSEEN))

    return _words(cells, missing_words).distinct().read(lambda text: np.array([of(w) for w in text.to_pylist()], float))


def texts(cells: pd.Series, *, missing_words: Sequence[str] = ()) -> NDArray[np.object_]:
    """Returns cells as text without the blanks around it; ``None`` where one is missing.

    Whole numbers have no decimals, also where a gap has made them floats.

    Example:
        >>> texts(pd.Series([1.0, np.nan, 2.5]))
        array(['1', None, '2.5'], dtype=object)
    """
    words = _words(cells, missing_words)
    return words.of(np.array([*words.text.to_pylist(), None], object))


def date_texts(days: NDArray[np.float64], date_format: str = "ISO") -> NDArray[np.object_]:
    """Returns days since 1970-01-01 as text that ``dates`` reads back; ``None`` for NaN.

    Example:
        >>> date_texts(np.array([0.5, np.nan]))
        array(['1970-01-01T12:00:00', None], dtype=object)
    """
    there = np.isfinite(days)
    stamps = np.rint(days[there] * _MICROSECONDS_A_DAY).astype("datetime64[us]")
    written = np.full(len(days), None, object)
    if date_format == "ISO":
        written[there] = np.datetime_as_string(stamps, _coarsest(stamps))
    else:
        written[there] = pd.DatetimeIndex(stamps).strftime(date_format)
    return written


def _coarsest(stamps: NDArray[np.datetime64]) -> Literal["D", "s", "us"]:
    """Returns the unit in which nothing is lost."""
    units: tuple[Literal["D", "s"], ...] = ("D", "s")
    return next((unit for unit in units if (stamps.astype(f"datetime64[{unit}]") == stamps).all()), "us")


class _Words(NamedTuple):
    """Cells as text, each by itself or each distinct one once.

    Attributes:
        text: No blanks around it; null where it is missing.
        positions: Of each cell in ``text``, -1 for a gap; ``None`` where they stand one for one.
    """

    text: pa.Array
    positions: NDArray[np.intp] | None = None

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Returns the value of each cell from those of ``text`` and, last, that of a gap."""
        return values[:-1] if self.positions is None else values[self.positions]

    def read(self, parse: Callable[[pa.Array], NDArray[np.float64]]) -> Read:
        """Returns what the words are; a word that ``parse`` makes NaN of is wrong."""
        values = parse(self.text)
        wrong = np.isnan(values) & np.asarray(pc.is_valid(self.text))
        return Read(self.of(np.append(values, np.nan)), self.of(np.append(wrong, False)))

    def distinct(self) -> "_Words":
        """Returns the same with each distinct word once: what costs much is done to few."""
        if self.positions is not None:
            return self
        encoded = self.text.dictionary_encode()
        return _Words(encoded.dictionary, np.asarray(encoded.indices.fill_null(-1)))


def _words(cells: pd.Series, missing_words: Sequence[str]) -> _Words:
    """Returns cells as text; of cells that are no text each distinct one is written once."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        written = _words(cells.cat.categories.to_series(), missing_words)
        own = np.append(np.arange(len(written.text)) if written.positions is None else written.positions, -1)
        return _Words(written.text, own[cells.cat.codes.to_numpy(np.intp)])
    if cells.dtype == object or isinstance(cells.dtype, pd.StringDtype | pd.ArrowDtype):
        try:
            return _Words(_tidy(pa.array(cells, pa.large_string(), from_pandas=True), missing_words))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            pass  # a mixture of types
    positions, values = pd.factorize(cells)
    return _Words(_tidy(pa.array([_word(value) for value in values], pa.large_string()), missing_words), positions)


def _tidy(text: pa.Array | pa.ChunkedArray, missing_words: Iterable[str]) -> pa.Array:
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    text = pc.utf8_trim_whitespace(text)
    missing = pa.array(["", *missing_words], pa.large_string())
    return pc.if_else(pc.is_in(text, missing), pa.scalar(None, pa.large_string()), text)


def _word(value: Any) -> str:
    """Returns a cell that is no text as text."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < _WHOLE else repr(number)
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(word: str) -> str:
    """Returns one spelling of what is written in several: numbers without zeros at the end, true and false as 1 and 0.

    A code with leading zeros is no number: it stays what it is.
    """
    if word.lower() in ("true", "false"):
        return str(int(word.lower() == "true"))
    decimals = re.fullmatch(r"(-?(?:0|[1-9][0-9]*))([.][0-9]*?)0*", word)
    return word if decimals is None else decimals[1] + decimals[2].rstrip(".")


def _lookup(levels: Sequence[str]) -> dict[str, int]:
    """Returns the code of each level by its text, and by its plain spelling where that means one level only."""
    plain = [_plain(level.strip()) for level in levels]
    once = {word: code for code, word in enumerate(plain) if plain.count(word) == 1}
    return once | {level.strip(): code for code, level in enumerate(levels)}


def _as_numbers(text: pa.Array, decimal: str) -> NDArray[np.float64]:
    sign = re.escape(decimal)
    pattern = rf"^[+-]?([0-9]+({sign}[0-9]*)?|{sign}[0-9]+)([eE][+-]?[0-9]+)?$"
    text = pc.if_else(pc.match_substring_regex(text, pattern), text, pa.scalar(None, text.type))
    if decimal != ".":
        text = pc.replace_substring(text, decimal, ".")
    values = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isinf(values), np.nan, values)


def _as_days(text: pa.Array, date_format: str) -> NDArray[np.float64]:
    how = "ISO8601" if date_format == "ISO" else date_format
    return _days(pd.to_datetime(text.to_pandas(), format=how, errors="coerce", utc=True))


def _days(stamps: pd.Series) -> NDArray[np.float64]:
    stamps = stamps.dt.tz_convert(None).astype("datetime64[us]")
    return np.where(stamps.isna(), np.nan, stamps.astype(np.int64) / _MICROSECONDS_A_DAY)


def _is_number(cells: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(cells.dtype) and cells.dtype.kind in "iuf"


def _is_date(cells: pd.Series) -> bool:
    if cells.dtype == object:
        return pd.api.types.infer_dtype(cells, skipna=True) in ("datetime", "datetime64", "date")
    return pd.api.types.is_datetime64_any_dtype(cells.dtype)


def _nothing(words: _Words) -> Read:
    """Reads cells of another type than the column's: all that are there are wrong."""
    return words.read(lambda text: np.full(len(text), np.nan))
