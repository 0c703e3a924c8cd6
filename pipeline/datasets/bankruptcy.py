"""Taiwanese bankruptcies, from ``data.csv`` or from the zip that UCI serves.

The file is not the same to the byte everywhere (copies round their decimals), so its columns, counts and numbers are
checked, not a digest.
"""

import csv
import math
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import numpy as np

from experiments.checks import require
from pipeline.datasets.bankruptcy_ratios import RATIOS
from pipeline.datasets.rows import Rows, RowsBuilder
from pipeline.datasets.sources import DataUnavailable, find
from pipeline.download import fetch

LABEL = "Bankrupt?"
COUNTS = {0: 6599, 1: 220}
REMEDY = "Replace the file by the original (UCI set 572)."


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
        header, lines, records = _split_csv(file)
        _check_header(file, header)
        numbers = np.array([[_number(text) for text in record] for record in records])
        for row, column in np.argwhere(~np.isfinite(numbers))[:1]:
            received = {"line": lines[row], "column": header[column], "value": records[row][column]}
            require(False, str(file), "a finite number in every cell", REMEDY, **received)

        labels = numbers[:, header.index(LABEL)]
        for row in np.flatnonzero(~np.isin(labels, list(COUNTS)))[:1]:
            require(False, str(file), "0 or 1", REMEDY, line=lines[row], column=LABEL, value=labels[row].item())
        counts = Counter(labels.astype(int).tolist())
        require(len(counts) == 2, str(file), "both classes, 0 and 1", REMEDY, column=LABEL, rows_of_class=dict(counts))
        require(
            counts == COUNTS, str(file), f"rows of class {COUNTS}", REMEDY, column=LABEL, rows_of_class=dict(counts)
        )
        return Rows(X=numbers[:, [header.index(ratio) for ratio in RATIOS]], y=labels.astype(np.int64))


def _split_csv(file: Path) -> tuple[list[str], list[int], list[list[str]]]:
    """Returns the stripped header, and of every record its line number and its cells."""
    content = _unzip(file) if file.suffix == ".zip" else file.read_bytes()
    require(bool(content.strip()), str(file), "a header and rows", REMEDY, size=len(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        require(False, str(file), "text in UTF-8", "Save it in that encoding.", line=line, byte=content[error.start])
    reader = csv.reader(text.splitlines())
    header = [name.strip() for name in next(reader)]
    lines, records = [], []
    try:
        for record in reader:
            if record:
                n_cells = len(record)
                require(
                    n_cells == len(header),
                    str(file),
                    f"{len(header)} cells",
                    REMEDY,
                    line=reader.line_num,
                    cells=n_cells,
                )
                lines.append(reader.line_num)
                records.append(record)
    except csv.Error as error:
        require(False, str(file), "comma-separated text", REMEDY, line=reader.line_num, error=str(error))
    require(bool(records), str(file), "rows below the header", REMEDY, rows=0)
    return header, lines, records


def _unzip(file: Path) -> bytes:
    try:
        with zipfile.ZipFile(file) as archive:
            member = next((name for name in archive.namelist() if Path(name).name == "data.csv"), None)
            require(member is not None, str(file), "data.csv in the archive", REMEDY, members=archive.namelist())
            return archive.read(str(member))
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(f"{file}: expected a whole zip archive. Received: error={str(error)!r}. {REMEDY}") from error


def _check_header(file: Path, header: list[str]) -> None:
    expected = (LABEL, *RATIOS)
    twice = [name for name, times in Counter(header).items() if times > 1]
    require(not twice, str(file), "every column once", REMEDY, duplicated=twice)
    missing = [name for name in expected if name not in header]
    require(not missing, str(file), f"{len(expected)} columns", REMEDY, missing=missing)
    extra = [name for name in header if name not in expected]
    require(not extra, str(file), f"{len(expected)} columns", REMEDY, extra=extra)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
