"""A file or a frame becomes a ``Sheet``: its columns as they stand, before anything is decided about them.

Files of text are read as text, every cell; what a cell means is decided later, on all rows. Frames and Parquet files
have types of their own, which are believed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from models.checks import require
from pipeline.data.of_text import of_text
from pipeline.data.of_types import of_frame, of_parquet
from pipeline.data.opened import is_parquet
from pipeline.data.sheet import Sheet

_SHOWN = 3  # names in an error


def read(source: "os.PathLike[str] | str | pd.DataFrame") -> Sheet:
    """Reads a table whole.

    Args:
        source: A file of text, its cells between commas, semicolons, tabs or bars, also packed in gzip or zip; a
            Parquet file; or a frame. A file is recognized by its content.

    Raises:
        ValueError: It cannot be read: file, line and what to do are named. A file that changes while it is read.
    """
    if isinstance(source, pd.DataFrame):
        return of_frame(source)
    path = Path(source).expanduser()
    require(path.exists(), str(path), "an existing file", "Check its name.", path=str(path))
    _require_no_folder(path)
    with unchanged(path):
        return of_parquet(path) if is_parquet(path) else of_text(path)


def _require_no_folder(path: Path) -> None:
    """Refuses a folder, with what may have been meant: one of its files, or its images."""
    if path.is_dir():
        inside = sorted(one.name + "/" * one.is_dir() for one in path.iterdir())
        remedy = (
            "Name one of its files. Of a folder with a sub-folder of images for each class leave --target out: the "
            "sub-folders say it."
        )
        received = {"folder": str(path), "holds": inside[:_SHOWN], "more": max(len(inside) - _SHOWN, 0)}
        require(False, str(path), "a file with a table", remedy, **received)
    require(path.is_file(), str(path), "a file with a table", "Copy what it gives to a file.", path=str(path))


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Refuses a file that changes while it is read."""

    def state() -> tuple[int, int, int]:
        found = path.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns

    before = state()
    yield
    after = state()
    require(
        after == before,
        str(path),
        "a file that stays as it is while it is read",
        "Copy it when nothing writes to it, and give the copy.",
        bytes_before=before[1],
        bytes_after=after[1],
    )
