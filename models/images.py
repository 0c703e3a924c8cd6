"""Image files as a model takes them: decoded, turned as the camera says, gray or in color, of one size.

A served model carries the contract, `Images`, so that a file gives the same pixels when it is predicted as it gave when
it was learned from.
"""

import base64
import binascii
import io
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from models.checks import mistake, require

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""Ending of a name, in lower case -> what the file is to be."""
KINDS = "a PNG, JPEG or WebP image"
MOST_PIXELS = 100_000_000
"""Of one image: 300 MB once it is decoded."""
MOST_BYTES = 256 << 20
"""Of one file."""

_GRAY = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "F")
_ORIENTATION = 0x0112  # EXIF's number of how the camera was held
_ON_ITS_SIDE = (5, 6, 7, 8)
_16_TO_8_BITS = 257
_END_OF_PNG = b"IEND\xaeB`\x82"
_DAMAGED = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, MemoryError)
_SAID = 100  # letters of the library's error


@dataclass(frozen=True, kw_only=True)
class Header:
    """What an image file says of itself before it is decoded.

    Attributes:
        height: In pixels, as it is to be looked at.
        width: Likewise.
        is_color: Whether it may hold other pixels than gray ones.
    """

    height: int
    width: int
    is_color: bool


@dataclass(frozen=True, kw_only=True)
class Images:
    """The contract of images: what every file is made into.

    Attributes:
        height: In pixels.
        width: In pixels.
        is_color: Whether a pixel is red, green and blue, or one gray.
    """

    height: int
    width: int
    is_color: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one image: ``(height, width)``, in color ``(height, width, 3)``."""
        return (self.height, self.width, 3) if self.is_color else (self.height, self.width)

    def pixels(self, content: bytes, owner: str, suffix: str = "") -> NDArray[np.uint8]:
        """Returns the pixels of a file, 0 (black) to 255 (white), of the shape of the contract.

        Args:
            content: Of the file.
            owner: Its name, for errors.
            suffix: Ending of the name, which must be true; without one any kind is taken.

        Raises:
            ValueError: It is no image that can be decoded whole.
        """
        decoded = decode(content, owner, suffix).convert("RGB" if self.is_color else "L")
        if decoded.size != (self.width, self.height):
            decoded = decoded.resize((self.width, self.height), Image.Resampling.BILINEAR)
        return np.asarray(decoded, np.uint8)

    def rows(self, data: Any) -> NDArray[np.uint8]:
        """Returns what a server was given as a model takes it.

        Args:
            data: Images as arrays ``(n, *shape)`` of whole pixels; or files in base64, ``(n,)`` texts.

        Raises:
            ValueError: Arrays of another shape or of other than whole pixels, or a text that is no image.
        """
        given = _array_of(data)
        if given.dtype.kind in "OUS" and given.size:
            texts = given.ravel().tolist()
            return np.stack([self._of_text(text, f"image {number}") for number, text in enumerate(texts)])
        require(
            given.shape[1:] == self.shape,
            "predict",
            f"images of shape {self.shape}, or files in base64",
            "Give several, also of one: [image].",
            shape=given.shape,
        )
        whole = given.dtype == np.uint8 or bool(((given >= 0) & (given <= 255) & (given % 1 == 0)).all())
        remedy = "Leave the scaling to the model."
        require(whole, "predict", "whole pixels of 0 to 255", remedy, dtype=str(given.dtype))
        return given.astype(np.uint8)

    def _of_text(self, text: Any, owner: str) -> NDArray[np.uint8]:
        remedy = "Encode the bytes of the file."
        is_text = isinstance(text, str | bytes)
        require(is_text, owner, "a file in base64, as text", remedy, type=type(text).__name__)
        letters = text.decode("ascii", "replace") if isinstance(text, bytes) else text
        letters = letters.partition(",")[2] if letters.startswith("data:") else letters
        try:
            content = base64.b64decode(letters, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError(mistake(owner, "a file in base64", remedy, begins=letters[:20])) from error
        return self.pixels(content, owner)

    def to_json(self) -> str:
        """Returns the contract as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Returns the contract that ``to_json`` wrote."""
        return cls(**json.loads(text))


def _array_of(data: Any) -> NDArray[Any]:
    try:
        return np.asarray(data)
    except ValueError as error:  # of several shapes
        said, remedy = str(error).partition(".")[0], "Give arrays of one shape, or files in base64."
        raise ValueError(mistake("predict", "images of one shape", remedy, error=said)) from error


def header(content: bytes, owner: str, suffix: str = "") -> Header:
    """Returns what a file says of itself; its pixels are not looked at.

    Raises:
        ValueError: It is none of the kinds, not the one that its name says, has too many pixels, or moves.
    """
    with _damage_told(owner):
        image = _opened(content, owner, suffix)
        width, height = image.size
        # Of other kinds it stands in front of the pixels, or looking for it would decode them.
        told = image.format == "JPEG" or "exif" in image.info
        if told and image.getexif().get(_ORIENTATION) in _ON_ITS_SIDE:
            width, height = height, width
    return Header(height=height, width=width, is_color=image.mode not in _GRAY)


def decode(content: bytes, owner: str, suffix: str = "") -> Image.Image:
    """Returns an image of 8 bits, gray (mode L) or in color (mode RGB), upright; what is transparent becomes white.

    Raises:
        ValueError: As of `header`, and where a part of the file is missing or damaged.
    """
    with _damage_told(owner):
        image = _opened(content, owner, suffix)
        image.load()
        return _of_8_bits(ImageOps.exif_transpose(image))


def kind_of(content: bytes) -> str | None:
    """Returns what a file is by its first bytes; ``None`` where it is no image that is taken.

    Example:
        >>> kind_of(b"RIFF....WEBPVP8 "), kind_of(b"hello")
        ('WEBP', None)
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "WEBP" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _opened(content: bytes, owner: str, suffix: str) -> Image.Image:
    kind = kind_of(content)
    remedy = "Leave it out, or save it as one of these."
    require(kind is not None, owner, KINDS, remedy, begins=content[:8])
    said = SUFFIXES.get(suffix.lower(), kind)
    require(kind == said, owner, f"a {said} image, as its name says", "Rename it.", found=kind)
    ends = kind != "PNG" or _END_OF_PNG in content  # the decoder does not miss it
    require(ends, owner, f"{KINDS} that is whole", "Save it again, or leave it out.", bytes=len(content))
    image = Image.open(io.BytesIO(content), formats=[str(kind)])
    _require_few(owner, image.width * image.height)
    n_frames = getattr(image, "n_frames", 1)
    require(n_frames == 1, owner, "a single image", "It moves: save one of its frames.", frames=n_frames)
    return image


def _require_few(owner: str, n_pixels: int) -> None:
    expected = f"at most {MOST_PIXELS:,} pixels"
    require(n_pixels <= MOST_PIXELS, owner, expected, "Make it smaller, or leave it out.", pixels=n_pixels)


@contextmanager
def _damage_told(owner: str) -> Iterator[None]:
    """Tells what a library makes of damage in the one form of error, and keeps its warnings."""
    expected, remedy = f"{KINDS} that is whole", "Save it again, or leave it out."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        _require_few(owner, int(re.findall(r"\d+", str(error))[0]))
    except _DAMAGED as error:
        if isinstance(error, ValueError) and str(error).startswith(f"{owner}: expected "):
            raise
        said = str(error).partition("\n")[0][:_SAID] or type(error).__name__
        raise ValueError(mistake(owner, expected, remedy, error=said)) from error


def _of_8_bits(image: Image.Image) -> Image.Image:
    gray = image.mode in _GRAY
    if image.mode.startswith(("I", "F")):  # Pillow would cut off what is above 255
        values = np.round(np.asarray(image, np.float64) / _16_TO_8_BITS)
        return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        colored = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", colored.size, "white"), colored)
    return image.convert("L" if gray else "RGB")
