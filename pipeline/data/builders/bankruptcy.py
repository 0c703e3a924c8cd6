"""Taiwanese bankruptcies, from ``data.csv`` or from the zip that UCI serves.

The file is not the same to the byte everywhere (copies round their decimals), so its columns, counts and numbers are
checked, not a digest.
"""

import csv
import io
import math
import zipfile
from collections import Counter
from pathlib import Path
from typing import IO, Any

import numpy as np

from models.checks import require
from pipeline.data.builders.bankruptcy_ratios import RATIOS
from pipeline.data.builders.rows import Rows, RowsBuilder
from pipeline.data.download import fetch
from pipeline.data.opened import DAMAGED, first_words
from pipeline.data.sources import DataUnavailable, find

LABEL = "Bankrupt?"
COUNTS = {0: 6599, 1: 220}
REMEDY = "Replace the file by the original, UCI set 572."

_MOST_BYTES = 64 << 20  # the original has eleven million
_NAMES_TOLD, _LETTERS_TOLD = 5, 60


class Bankruptcy(RowsBuilder):
    """6,819 companies listed in Taiwan, 1999 to 2009, 95 financial ratios each; 220 went bankrupt."""

    DESCRIPTION = "Taiwanese Bankruptcy Prediction, UCI set 572"
    HOMEPAGE = "https://archive.ics.uci.edu/dataset/572/taiwanese+bankruptcy+prediction"
    CITATION = (
        "Liang, D., Lu, C.-C., Tsai, C.-F. & Shih, G.-A. (2016). Financial ratios and corporate governance indicators "
        "in bankruptcy prediction: a comprehensive study. European Journal of Operational Research 252(2), 561-572."
    )
    CLASS_NAMES = ("healthy", "bankrupt")
    FEATURE_NAMES = RATIOS

    ZIP = "taiwanese+bankruptcy+prediction.zip"
    CHOICES = ("bankruptcy/data.csv", "bankruptcy prediction/data.csv", ZIP, f"bankruptcy/{ZIP}")
    URLS = (f"https://archive.ics.uci.edu/static/public/572/{ZIP}",)
    HASH = "sha256:c346f5ad2618cb198e7ed8306cf2f31fe3bb2ec60acdbbe1736788d50f269aac"

    @classmethod
    def locate(cls, data_dir: Path) -> tuple[Path, ...]:
        """Returns the CSV file or the zip, whichever is found first."""
        file = find(data_dir, cls.CHOICES)
        if file is None:
            raise DataUnavailable(
                f"bankruptcy: expected one of {', '.join(cls.CHOICES)} in the data folder. "
                f"Received: data_dir={str(data_dir)!r}. "
                f"Get it from {cls.HOMEPAGE} and put it there, or let --download fetch it."
            )
        return (file,)

    @classmethod
    def download(cls, data_dir: Path) -> None:
        """Fetches UCI's zip into the data folder."""
        fetch(cls.ZIP, urls=cls.URLS, known_hash=cls.HASH, folder=data_dir)

    @classmethod
    def read(cls, files: tuple[Path, ...]) -> Rows:
        """Returns the rows in the file's order, columns found by name.

        Raises:
            ValueError: Naming file, column and line, for whatever is not the set.
        """
        (file,) = files
        (_, names), *numbered = _split_csv(file)
        lines, records = zip(*numbered, strict=True)
        header = [name.strip() for name in names]
        _check_header(file, header)
        for line, record in numbered:
            n_cells = len(record)
            _require(n_cells == len(header), file, f"{len(header)} cells in every line", line=line, n_cells=n_cells)
        numbers = np.array([[_number(text) for text in record] for record in records])
        finite = np.isfinite(numbers)
        row, column = np.unravel_index(np.argmin(finite), finite.shape)  # the first that is not, if any
        cell = {"line": lines[row], "column": header[column], "value": records[row][column]}
        _require(bool(finite.all()), file, "a finite number in every cell", **cell)

        labels = numbers[:, header.index(LABEL)]
        known = np.isin(labels, list(COUNTS))
        row = np.argmin(known)
        _require(bool(known.all()), file, "0 or 1", line=lines[row], column=LABEL, value=labels[row].item())
        counts = dict(Counter(labels.astype(int).tolist()))
        _require(len(counts) == 2, file, "both classes, 0 and 1", column=LABEL, rows_of_class=counts)
        _require(counts == COUNTS, file, f"as many rows of each class as {COUNTS}", column=LABEL, rows_of_class=counts)
        return Rows(X=numbers[:, [header.index(ratio) for ratio in RATIOS]], y=labels.astype(np.int64))


def _require(condition: bool, file: Path, expected: str, **received: Any) -> None:
    require(condition, str(file), expected, REMEDY, **received)


def _split_csv(file: Path) -> list[tuple[int, list[str]]]:
    """Returns the cells of the header and of every row, each with the number of its line."""
    content = _unzip(file) if file.suffix == ".zip" else _read(file)
    reader = csv.reader(io.StringIO(_decode(file, content), newline=""))
    try:
        numbered = [(reader.line_num, record) for record in reader if record]
    except csv.Error as error:
        received = f"line={reader.line_num}, error={str(error)!r}"
        raise ValueError(f"{file}: expected cells between commas. Received: {received}. {REMEDY}") from error
    _require(len(numbered) > 1, file, "a header and rows below it", n_lines=len(numbered))
    return numbered


def _decode(file: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        received = f"line={line}, byte={content[error.start]:#04x}"
        raise ValueError(f"{file}: expected text in UTF-8. Received: {received}. Save it in that encoding.") from error


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return _bounded(file, stream)


def _unzip(file: Path) -> bytes:
    try:
        with zipfile.ZipFile(file) as archive:
            member = next((name for name in archive.namelist() if Path(name).name == "data.csv"), None)
            _require(member is not None, file, "data.csv in the archive", members=archive.namelist()[:_NAMES_TOLD])
            with archive.open(str(member)) as stream:
                return _bounded(file, stream)
    except DAMAGED as error:
        received = f"error={first_words(error)!r}"
        remedy = "Fetch it again, or unpack it yourself."
        raise ValueError(f"{file}: expected a whole zip archive. Received: {received}. {remedy}") from error


def _bounded(file: Path, stream: IO[bytes]) -> bytes:
    """Reads no more than the set may have, whatever a file unpacks to."""
    content = stream.read(_MOST_BYTES + 1)
    _require(
        len(content) <= _MOST_BYTES, file, f"at most {_MOST_BYTES} bytes of text", n_bytes=f"{len(content)} or more"
    )
    return content


def _check_header(file: Path, header: list[str]) -> None:
    expected = (LABEL, *RATIOS)
    other = next((sign for sign in ";\t|" if header[0].count(sign) >= len(RATIOS)), None)
    remedy = "Save it with commas, as the original has them."
    require(other is None, str(file), "cells between commas", remedy, separator=other)
    duplicated = [name for name, times in Counter(header).items() if times > 1]
    _require(not duplicated, file, "every column once", duplicated=_some(duplicated))
    missing = [name for name in expected if name not in header]
    extra = [name for name in header if name not in expected]
    kind = "the set's 96 columns"
    _require(not missing and not extra, file, kind, missing=_some(missing), extra=_some(extra))


def _some(names: list[str]) -> list[str]:
    """Returns the first names, and how many more there are."""
    told = [name if len(name) <= _LETTERS_TOLD else f"{name[:_LETTERS_TOLD]}..." for name in names[:_NAMES_TOLD]]
    return told + [f"and {len(names) - _NAMES_TOLD} more"] * (len(names) > _NAMES_TOLD)


def _number(text: str) -> float:
    """Returns the number of a cell; Python's own reading takes 5_1 for 51, and digits of any script."""
    if "_" in text or not text.isascii():
        return math.nan
    try:
        return float(text)
    except ValueError:
        return math.nan
