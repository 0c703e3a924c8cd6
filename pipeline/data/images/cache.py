"""Images decoded once: an array on the disk that is read as it is needed, however often it is gone through.

It lies in ``<store>/<key>``; the key is the digest of all files and of the rules, so that a changed image is
another entry and a stored one is never stale. A folder of that name is whole: it is written beside its place, then
renamed.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from models.checks import mistake, require
from models.images import Images
from pipeline.data.images.album import Album, Digest
from pipeline.data.images.faults import Faults

Tell = Callable[[str, float], None]
"""Is told what is done, and which share of it."""

_PIXELS, _FIRST, _CONTRACT = "pixels.npy", "first.npy", "images.json"
_EVERY = 16  # images between two words of progress
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True, kw_only=True, eq=False)
class Decoded:
    """Images as an array.

    Attributes:
        images: The contract by which they were decoded.
        pixels: ``(n, *shape)`` uint8, on the disk.
        first: ``(n,)``: for each image the first one of equal pixels, mostly itself.
    """

    images: Images
    pixels: NDArray[np.uint8]
    first: NDArray[np.int64]


def decoded(album: Album, images: Images, digest: str, store: Path, tell: Tell) -> Decoded:
    """Returns all images of an album, decoded now or before.

    Args:
        album: Where they come from.
        images: The contract; in color, all are made gray where no pixel of an image that decides is anything else.
        digest: Of all files.
        store: Where decoded images are kept.
        tell: Is told of progress.

    Raises:
        ValueError: Some images cannot be decoded whole, or the store cannot be written.
    """
    decide = hashlib.sha256(album.decide.tobytes()).hexdigest()
    key = hashlib.sha256(f"{images.to_json()} {decide} {digest}".encode()).hexdigest()[:16]
    place = store / key
    if not (place / _CONTRACT).is_file():
        try:
            with _whole(place) as unfinished:
                _write(album, images, digest, unfinished, tell)
        except OSError as error:
            remedy = "Make room there, or let TFDS_DATA_DIR name another folder."
            expected = f"to store decoded images in {store}"
            raise ValueError(mistake(album.owner, expected, remedy, error=str(error))) from error
    return Decoded(
        images=Images.from_json((place / _CONTRACT).read_text(encoding="utf-8")),
        pixels=np.load(place / _PIXELS, mmap_mode="r"),
        first=np.load(place / _FIRST),
    )


def _write(album: Album, images: Images, digest: str, folder: Path, tell: Tell) -> None:
    n_images = len(album.y)
    pixels: Any = open_memmap(folder / _PIXELS, mode="w+", dtype=np.uint8, shape=(n_images, *images.shape))
    digests, is_gray, seen, faults = np.empty(n_images, "S16"), images.is_color, Digest(), Faults()
    for number, (file, decides) in enumerate(zip(album.files(), album.decide, strict=True)):
        seen.add(file)
        with faults.noted():
            pixels[number] = own = images.pixels(file.content, album.path_of(number), file.suffix)
            is_gray = is_gray and (not decides or _is_gray(own))
        if number % _EVERY == 0:
            tell(f"image {number + 1:,} of {n_images:,} decoded", number / n_images)
    faults.require_none()
    remedy = "Copy them when nothing writes to them, and give the copy."
    require(seen.told() == digest, album.owner, "files that stay as they are while they are read", remedy, same=False)
    if is_gray:  # of equal red, green and blue, gray is the same number
        images = replace(images, is_color=False)
        pixels = _made_gray(pixels, images, folder)
    for number, own in enumerate(pixels):
        digests[number] = hashlib.blake2b(own.tobytes(), digest_size=16).digest()
    pixels.flush()
    _, first, group = np.unique(digests, return_index=True, return_inverse=True)
    np.save(folder / _FIRST, first[group].astype(np.int64))
    (folder / _CONTRACT).write_text(images.to_json(), encoding="utf-8")


def _is_gray(own: NDArray[np.uint8]) -> bool:
    return bool((own[..., :1] == own).all())


def _made_gray(pixels: NDArray[np.uint8], images: Images, folder: Path) -> NDArray[np.uint8]:
    """Writes images in color anew, gray: what decides is gray already, others are weighed as Pillow does."""
    gray: Any = open_memmap(folder / "gray.npy", mode="w+", dtype=np.uint8, shape=(len(pixels), *images.shape))
    weights = np.array([19595, 38470, 7471], np.uint32)  # Pillow's, of 65,536
    for start in range(0, len(pixels), _ROWS_AT_ONCE):
        part = pixels[start : start + _ROWS_AT_ONCE].astype(np.uint32)
        gray[start : start + _ROWS_AT_ONCE] = (part @ weights + 0x8000) >> 16
    os.replace(folder / "gray.npy", folder / _PIXELS)
    return np.asanyarray(gray)


@contextmanager
def _whole(place: Path) -> Iterator[Path]:
    """Yields a folder that gets its name once it is whole; an error leaves nothing, no parent that was not there."""
    missing = [folder for folder in place.parents if not folder.exists()]
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        yield unfinished
        if place.exists():  # half of an entry, which somebody has deleted from; or written by another process meanwhile
            shutil.rmtree(place)
        os.replace(unfinished, place)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        for folder in missing:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        raise
