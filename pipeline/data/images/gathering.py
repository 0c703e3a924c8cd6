"""Images of one's own are looked at, given one size, decoded, and become a data set."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.images import Header, Images, decode, header
from pipeline.data.images.album import Album, Digest
from pipeline.data.images.cache import Decoded, Tell, decoded
from pipeline.data.images.faults import Faults
from pipeline.data.images.files import Files, Repeat
from pipeline.data.images.found import Found, is_stretched
from pipeline.data.store import store_dir
from pipeline.data.task import Classification
from pipeline.data.values import Dataset

VERSION = "1"
"""Of the rules by which images are read."""
LONGEST = 64
"""Pixels of the longer side, where nobody asks for more."""
SIZES = (4, 1024)
"""The least and the most pixels of a side."""
FEWEST = 5
"""Images of a class to learn from."""
_EVERY = 16  # images between two words of progress


def gathered(album: Album, name: str, size: int | None, tell: Tell) -> tuple[Dataset, Found]:
    """Returns the images of an album as a data set, and what was found out about them.

    Args:
        album: Where they come from.
        name: Of the data set.
        size: Pixels of the longer side; ``None`` takes the median, at most `LONGEST`.
        tell: Is told of progress.

    Raises:
        ValueError: An image cannot be read, or classes are too small to learn from.
    """
    _require_enough(album)
    headers, digest = _looked_at(album, tell)
    images = contract_of([one for one, decides in zip(headers, album.decide, strict=True) if decides], size)
    least = min(images.height, images.width)
    remedy = "Give larger ones, or a --size."
    require(least >= SIZES[0], album.owner, f"images of {SIZES[0]} pixels a side or more", remedy, pixels=least)
    read = decoded(album, images, digest, store_dir() / "images" / f"rules_{VERSION}", tell)
    kept = _without_seen(album, read)
    dataset, files = _dataset(album, read, name, kept), _files(album, read, kept)
    sizes = [(one.height, one.width) for one in headers]
    found = Found(
        owner=album.owner,
        class_counts=dataset.class_counts,
        images=read.images,
        sizes=tuple(dict.fromkeys(sizes)),
        n_resized=sum(size != (images.height, images.width) for size in sizes),
        n_stretched=sum(is_stretched(size, images) for size in sizes),
        n_test=0 if dataset.test_rows is None else len(dataset.test_rows),
        repeats=files.repeats,
        left_out=album.left_out,
    )
    return replace(dataset, files=replace(files, notes=tuple(found.notes()))), found


def contract_of(headers: Sequence[Header], size: int | None) -> Images:
    """Returns of what size and in what color images are: the median of their heights and of their widths.

    Args:
        headers: Of the images that decide.
        size: Pixels of the longer side; ``None`` makes it at most `LONGEST`.

    Example:
        >>> contract_of([Header(height=480, width=640, is_color=True)], None)
        Images(height=48, width=64, is_color=True)
    """
    height, width = (float(np.median([getattr(one, side) for one in headers])) for side in ("height", "width"))
    longest = size or min(max(height, width), LONGEST)
    scale = longest / max(height, width)
    return Images(
        height=max(1, round(height * scale)),
        width=max(1, round(width * scale)),
        is_color=any(one.is_color for one in headers),
    )


def _looked_at(album: Album, tell: Tell) -> tuple[list[Header], str]:
    """Returns what each image says of itself, and a digest of all files.

    Raises:
        ValueError: Some cannot be taken; then all others are decoded, too, so that every damaged one is known.
    """
    headers, digest, faults = [], Digest(), Faults()
    for number, file in enumerate(album.files()):
        if number % _EVERY == 0:
            tell(f"image {number + 1:,} of {len(album.y):,} looked at", number / len(album.y))
        with faults.noted():
            headers.append(header(file.content, album.path_of(number), file.suffix))
        digest.add(file)
    if faults:
        _every_fault(album, tell).require_none()
    faults.require_none()  # where somebody has mended a file since
    return headers, digest.told()


def _every_fault(album: Album, tell: Tell) -> Faults:
    """Returns what is wrong with any image, of which something is."""
    faults = Faults()
    for number, file in enumerate(album.files()):
        if number % _EVERY == 0:
            tell(f"image {number + 1:,} of {len(album.y):,}: are others damaged, too?", number / len(album.y))
        with faults.noted():
            header(file.content, album.path_of(number), file.suffix)
            decode(file.content, album.path_of(number), file.suffix)
    return faults


def _without_seen(album: Album, read: Decoded) -> NDArray[np.int64]:
    """Returns the images that are kept: no canonical test row that equals one that is learned from."""
    rows = np.arange(len(album.y))
    if album.is_test is None:
        return rows
    return rows[~(album.is_test & np.isin(read.first, read.first[~album.is_test]))]


def _files(album: Album, read: Decoded, kept: NDArray[np.int64]) -> Files:
    """Returns the names of the images that are kept, and those that equal an earlier one."""
    rows, classes = set(kept.tolist()), [album.class_names[label] for label in album.y]
    return Files(
        names=tuple(album.names[row] for row in kept),
        repeats=tuple(
            Repeat(album.names[row], classes[row], album.names[first], classes[first], row not in rows)
            for row, first in enumerate(read.first.tolist())
            if row != first
        ),
    )


def _dataset(album: Album, read: Decoded, name: str, kept: NDArray[np.int64]) -> Dataset:
    first, y = read.first[kept], album.y[kept]
    repeats = bool((first != kept).any())
    is_whole = len(kept) == len(read.pixels)
    return Dataset(
        name=name,
        X=read.pixels if is_whole else read.pixels[kept],
        y=y,
        groups=first if repeats and album.is_test is None else None,
        feature_names=(),
        task=Classification(class_names=album.class_names),
        source=f"{album.owner}, {len(y):,} images in {len(album.class_names)} classes",
        citation=album.citation,
        version=VERSION,
        pixel_maximum=255,
        test_rows=None if album.is_test is None else np.flatnonzero(album.is_test[kept]),
        images=read.images,
    )


def _require_enough(album: Album) -> None:
    """Checks that each class has images to learn from, and of canonical test rows one at least."""
    counts = np.bincount(album.y[album.decide], minlength=len(album.class_names))
    few = {name: int(n) for name, n in zip(album.class_names, counts, strict=True) if n < FEWEST}
    remedy = "Give more, or take the class out."
    require(not few, album.owner, f"{FEWEST} images or more of each class to learn from", remedy, images=few)
