"""Which files the rows of images are, so that whoever is told of an image can look at it."""

from dataclasses import dataclass
from typing import NamedTuple


class Repeat(NamedTuple):
    """An image that equals an earlier one, pixel by pixel.

    Attributes:
        file: Its name.
        class_name: Its class.
        equals: Name of the first of those that are equal.
        class_of_equal: Class of that one.
        left_out: Whether it is no row: a canonical test image that equals one that is learned from.
    """

    file: str
    class_name: str
    equals: str
    class_of_equal: str
    left_out: bool


@dataclass(frozen=True, kw_only=True)
class Files:
    """Which files the rows are.

    Attributes:
        names: Of each row.
        repeats: Images that equal an earlier one, in the order of the source.
        notes: What was done to the images, and what is to be known of them, a sentence or two each.
    """

    names: tuple[str, ...]
    repeats: tuple[Repeat, ...] = ()
    notes: tuple[str, ...] = ()
