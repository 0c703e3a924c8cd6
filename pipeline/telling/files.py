"""The files that a run leaves: everything its tables show, in forms that other programs read."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd

from models.checks import mistake
from pipeline.process.alone import alone
from pipeline.process.options import is_stream


def to_csv(table: pd.DataFrame) -> str:
    """Returns a table as CSV text with a header and without row numbers; floats keep every digit."""
    return table.to_csv(index=False)


def to_json(record: Any) -> str:
    """Returns JSON of plain values; NaN, which JSON does not have, becomes null."""
    return json.dumps(_plain(record), indent=2, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """Opens a text file for writing that replaces ``path`` once it is whole; an error leaves what was there before.

    What a link points to is replaced, and not the link. A device or a pipe is written to as it comes.

    Raises:
        ValueError: Another process is writing the same file.
    """
    if is_stream(path):
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    target = path.resolve()
    with _by_nobody_else(target):
        unfinished = target.with_name(f".{target.name}.unfinished")
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                yield file
            if target.exists():
                shutil.copymode(target, unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


@contextmanager
def _by_nobody_else(target: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(target))
        except TimeoutError as error:
            expected, remedy = "a file that nobody else is writing", "Give another, or wait."
            raise ValueError(mistake("output", expected, remedy, path=str(target))) from error
        yield


def write(path: Path, text: str) -> None:
    """Writes a file whole or not at all: a full disk leaves what was there before."""
    with whole(path) as file:
        file.write(text)
