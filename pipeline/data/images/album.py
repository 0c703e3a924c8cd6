"""Images as their source gives them, before any is decoded."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class File(NamedTuple):
    """One image as it is stored.

    Attributes:
        content: Its bytes.
        suffix: Ending of its name, which must be true; empty where it has no name.
    """

    content: bytes
    suffix: str = ""


class Digest:
    """Of files, one after the other: whoever goes through them twice sees whether they have changed."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()

    def add(self, file: File) -> None:
        """Takes a file in."""
        self._sum.update(hashlib.sha256(file.content).digest())

    def told(self) -> str:
        """Returns the digest of all files so far."""
        return self._sum.hexdigest()


@dataclass(frozen=True, kw_only=True, eq=False)
class Album:
    """Images with their classes; each time it is gone through, files are read one by one.

    Attributes:
        owner: Where they come from, for people.
        class_names: In the order of their numbers.
        names: Of each image, for people.
        y: ``(n,)`` numbers of classes.
        is_test: ``(n,)``: whether an image is one of the canonical test rows; ``None`` where the source has none.
        files: Yields all, in order.
        left_out: What is there and is no image, a sentence each.
        citation: Whom to cite.
    """

    owner: str
    class_names: tuple[str, ...]
    names: tuple[str, ...]
    y: NDArray[np.int64]
    is_test: NDArray[np.bool_] | None
    files: Callable[[], Iterator[File]]
    left_out: tuple[str, ...] = ()
    citation: str = ""

    @property
    def decide(self) -> NDArray[np.bool_]:
        """``(n,)``: which images decide of what size and in what color all are: no canonical test row."""
        return np.ones(len(self.y), bool) if self.is_test is None else ~self.is_test

    def path_of(self, number: int) -> str:
        """Returns what errors call an image."""
        return f"{self.owner}/{self.names[number]}"


def printable(path: os.PathLike[str] | str) -> str:
    """Returns a name as it can be printed: bytes that are no UTF-8 are written out.

    Example:
        >>> printable("café.png")
        'café.png'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")
