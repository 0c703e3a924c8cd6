"""The MNIST digits, from the four idx files, compressed or not.

Archives of the same files differ, so the digest that counts is that of the uncompressed content.
"""

import gzip
import hashlib
import math
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from pipeline.data.builders.rows import Rows, RowsBuilder
from pipeline.data.download import fetch
from pipeline.data.sources import DataUnavailable, find


class IdxFile(NamedTuple):
    """What makes a file the canonical one.

    Attributes:
        shape: Of the array that it holds.
        md5: Of its content.
        archive_md5: Of the ``.gz`` that the mirrors serve.
    """

    shape: tuple[int, ...]
    md5: str
    archive_md5: str


FILES: dict[str, IdxFile] = {
    "train-images-idx3-ubyte": IdxFile(
        (60_000, 28, 28), "6bbc9ace898e44ae57da46a324031adb", "f68b3c2dcbeaaa9fbdd348bbdeb94873"
    ),
    "train-labels-idx1-ubyte": IdxFile(
        (60_000,), "a25bea736e30d166cdddb491f175f624", "d53e105ee54ea40749a09fcbcd1e9432"
    ),
    "t10k-images-idx3-ubyte": IdxFile(
        (10_000, 28, 28), "2646ac647ad5339dbf082846283269ea", "9fb629c4189551a2d022fa330f9573f3"
    ),
    "t10k-labels-idx1-ubyte": IdxFile(
        (10_000,), "27ae3e4e09519cfbb04c329615203637", "ec29112dd5afa0611ce80d1b7f02629c"
    ),
}
REMEDY = "Replace the file by the original."


class Mnist(RowsBuilder):
    """70,000 digits of 28 x 28 pixels, 0 (paper) to 255 (ink); the last 10,000 are the canonical test rows."""

    DESCRIPTION = "The MNIST database of handwritten digits"
    HOMEPAGE = "http://yann.lecun.com/exdb/mnist/"
    CITATION = (
        "LeCun, Y., Bottou, L., Bengio, Y. & Haffner, P. (1998). Gradient-based learning applied to document "
        "recognition. Proceedings of the IEEE 86(11), 2278-2324."
    )
    CLASS_NAMES = tuple("0123456789")
    PIXEL_MAXIMUM = 255

    MIRRORS: tuple[str, ...] = (
        "https://storage.googleapis.com/cvdf-datasets/mnist",
        "https://ossci-datasets.s3.amazonaws.com/mnist",
    )

    @classmethod
    def locate(cls, data_dir: Path) -> tuple[Path, ...]:
        """Returns the four files, each from ``mnist/`` or the data folder itself, with or without ``.gz``."""
        found = {name: _find(data_dir, name) for name in FILES}
        missing = [name for name, file in found.items() if file is None]
        if missing:
            raise DataUnavailable(
                f"mnist: expected {', '.join(missing)}, plain or with .gz, in mnist/ of the data folder or beside it. "
                f"Received: data_dir={str(data_dir)!r}. "
                f"Get them from {cls.MIRRORS[0]}/ and put them there, or let --download fetch them."
            )
        return tuple(file for file in found.values() if file)

    @classmethod
    def download(cls, data_dir: Path) -> None:
        """Fetches the archives that are missing into ``mnist/`` of the data folder."""
        for name, idx in FILES.items():
            if _find(data_dir, name) is None:
                archive = f"{name}.gz"
                urls = [f"{mirror}/{archive}" for mirror in cls.MIRRORS]
                fetch(archive, urls=urls, known_hash=f"md5:{idx.archive_md5}", folder=data_dir / "mnist")

    @classmethod
    def read(cls, files: tuple[Path, ...]) -> Rows:
        """Returns the training rows, then the test rows.

        Raises:
            ValueError: Naming the file that is not the canonical one.
        """
        arrays = [_read_idx(file, idx) for file, idx in zip(files, FILES.values(), strict=True)]
        train_images, train_labels, test_images, test_labels = arrays
        return Rows(
            X=np.concatenate([train_images, test_images]),
            y=np.concatenate([train_labels, test_labels]),
            n_test=len(test_labels),
        )


def _find(data_dir: Path, name: str) -> Path | None:
    return find(data_dir, (f"mnist/{name}.gz", f"mnist/{name}", f"{name}.gz", name))


def _read_idx(file: Path, idx: IdxFile) -> NDArray[np.uint8]:
    """Returns the bytes behind the header: a magic number and the length of every axis, 4 big-endian bytes each."""
    n_axes = len(idx.shape)
    header = 4 * (1 + n_axes)
    content = _unpack(file, header + math.prod(idx.shape))
    magic, *lengths = (int.from_bytes(content[4 * i : 4 * i + 4], "big") for i in range(1 + n_axes))
    expected = 0x0800 + n_axes  # unsigned bytes, so many axes
    kind = f"an idx file of unsigned bytes with {n_axes} axes, magic number {expected}, plain or packed by gzip"
    require(magic == expected, str(file), kind, REMEDY, magic=magic)
    shape = tuple(lengths)
    require(shape == idx.shape, str(file), f"the shape {idx.shape}", REMEDY, shape=shape)
    n_bytes = header + math.prod(shape)
    require(len(content) == n_bytes, str(file), f"{n_bytes} bytes of content", REMEDY, n_bytes=len(content))
    array = np.frombuffer(content, np.uint8, offset=header).reshape(shape)
    if n_axes == 1:
        row = int(array.argmax())
        require(array[row] <= 9, str(file), "labels of 0 to 9", REMEDY, row=row, label=int(array[row]))
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    require(md5 == idx.md5, str(file), f"the canonical content, md5 {idx.md5}", REMEDY, md5=md5)
    return array


def _unpack(file: Path, n_bytes: int) -> bytes:
    """Returns the content, at most a byte more than it may have, whatever an archive unpacks to."""
    with file.open("rb") as plain:
        if plain.read(2) != b"\x1f\x8b":
            plain.seek(0)
            return plain.read(n_bytes + 1)
    try:
        with gzip.open(file) as packed:
            return packed.read(n_bytes + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{file}: expected a whole gzip archive. Received: error={str(error)!r}. {REMEDY}") from error
