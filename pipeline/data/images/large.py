"""Images that are more than memory should hold: rows of them are taken onto the disk, and read as they are needed."""

import tempfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.data.store import store_dir
from pipeline.data.values import Dataset

LARGE = 128 << 20
"""Bytes of all pixels, beyond which rows are taken onto the disk; a net would hold four times as many."""
AT_ONCE = 256 << 20
"""Bytes of rows that a net holds at one time, where its images are large."""
_ROWS_AT_ONCE = 1024


def is_large(dataset: Dataset) -> bool:
    """Tells whether rows are taken onto the disk: images of files only, others came through memory."""
    return dataset.images is not None and dataset.X.nbytes > LARGE


def taken(dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[Any]:
    """Returns some rows: in memory, or of large images as a file without a name that ends with the array.

    Args:
        dataset: Where the rows are.
        rows: Their numbers.
    """
    if is_large(dataset):
        return on_disk(dataset.X, rows)
    picked: NDArray[Any] = dataset.X[rows]
    return picked


def on_disk(X: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """Returns some rows as a file without a name that ends with the array.

    Args:
        X: All rows.
        rows: Their numbers; one may be there several times.
    """
    folder = store_dir() / "images"  # of the same disk as the decoded images; /tmp may be memory
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        found = np.memmap(file, X.dtype, "w+", shape=(len(rows), *X.shape[1:]))
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            found[start : start + _ROWS_AT_ONCE] = X[rows[start : start + _ROWS_AT_ONCE]]
    return found
