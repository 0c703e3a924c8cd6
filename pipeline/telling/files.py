"""The files that a run leaves: everything its tables show, in forms that other programs read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd


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
    """Opens a text file for writing that replaces ``path`` once it is whole; an error leaves what was there before."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write(path: Path, text: str) -> None:
    """Writes a file whole or not at all: a full disk leaves what was there before."""
    with whole(path) as file:
        file.write(text)
