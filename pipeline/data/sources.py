"""The files that data sets are made from: finding them, telling them apart, and saying where to get them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


class DataUnavailable(ValueError):
    """The data of a set cannot be had; the message says which file, where it was looked for and where to get it."""


def find(data_dir: Path, choices: Iterable[str]) -> Path | None:
    """Returns the first of the relative paths that is a file in the data folder, ``None`` without any."""
    return next((data_dir / choice for choice in choices if (data_dir / choice).is_file()), None)


def sha256_of(files: Iterable[Path]) -> str:
    """Returns one digest of the bytes of all files, in their order.

    Raises:
        ValueError: A file cannot be read.
    """
    digest = hashlib.sha256()
    for file in files:
        try:
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        except OSError as error:
            received = f"error={error.strerror!r}"
            raise ValueError(f"{file}: expected a readable file. Received: {received}. Change its rights.") from error
    return digest.hexdigest()
