"""What was found out about images before anything is trained, and how it is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from models.images import Images
from pipeline.data.images.files import Repeat

EQUAL_IMAGES = "equal_images.csv"
"""File of a run that names images that equal an earlier one."""
_SHOWN = 10  # classes, and sizes, that are told one by one


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found out about images.

    Attributes:
        owner: Where they come from.
        class_counts: Images of each class.
        images: What each was made into.
        sizes: Heights and widths as they came, each once.
        n_resized: Images of another size than that.
        n_stretched: Images of another shape, too.
        n_test: Canonical test rows; 0 where the source has none.
        repeats: Images that equal an earlier one.
        left_out: What else there is, a sentence each.
    """

    owner: str
    class_counts: Mapping[str, int]
    images: Images
    sizes: Sequence[tuple[int, int]]
    n_resized: int
    n_stretched: int
    n_test: int
    repeats: Sequence[Repeat]
    left_out: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yields what was found out, a line each."""
        n_images, color = sum(self.class_counts.values()), "in color" if self.images.is_color else "gray"
        counts = ", ".join(f"{name} {n}" for name, n in islice(self.class_counts.items(), _SHOWN))
        more = len(self.class_counts) - _SHOWN
        yield f"{self.owner}: {n_images:,} images of {len(self.class_counts)} classes, {color}."
        yield f"Classes: {counts}{f' and {more} more' if more > 0 else ''}."
        yield from self.notes()

    def notes(self) -> Iterator[str]:
        """Yields what was done to the images, and what is to be known of them, a line each."""
        yield self._size()
        if self.n_test:
            yield f"Test rows: the {self.n_test:,} images that the set comes with."
        yield from self._repeats()
        yield from self.left_out

    def _repeats(self) -> Iterator[str]:
        """Yields what is to be known of equal images."""
        n_seen = sum(one.left_out for one in self.repeats)
        n_repeats = len(self.repeats) - n_seen
        if n_repeats:
            are = "image equals" if n_repeats == 1 else "images equal"
            apart = "." if self.n_test else "; equal ones stand on one side of every split."
            yield f"Warning: {n_repeats:,} {are} an earlier one, pixel by pixel{apart}"
        if n_seen:
            are = "image is" if n_seen == 1 else "images are"
            yield f"Warning: {n_seen:,} test {are} left out: equal to one that is learned from."
        differ = [one for one in self.repeats if one.class_name != one.class_of_equal]
        if differ:
            more = f", and {len(differ) - 1:,} more such" if len(differ) > 1 else ""
            yield f"Warning: the same image in two classes: {differ[0].equals} and {differ[0].file}{more}."
        if self.repeats:
            yield f"{EQUAL_IMAGES} beside the report names them all."

    def _size(self) -> str:
        height, width = self.images.height, self.images.width
        if not self.n_resized:
            return f"Size: {height} by {width} pixels, height by width, as they came."
        heights, widths = zip(*self.sizes, strict=True)
        stretched = f", {self.n_stretched:,} of them stretched: their shape is another" if self.n_stretched else ""
        return (
            f"Size: {height} by {width} pixels, height by width. They came {_range(heights)} high and {_range(widths)} "
            f"wide; {self.n_resized:,} were resized{stretched}. --size gives another size."
        )


def _range(sides: Sequence[int]) -> str:
    low, high = min(sides), max(sides)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def is_stretched(size: tuple[int, int], images: Images) -> bool:
    """Tells whether an image has another shape than it is given, beyond the rounding to whole pixels.

    Example:
        >>> images = Images(height=48, width=64, is_color=True)
        >>> is_stretched((481, 640), images), is_stretched((640, 480), images)
        (False, True)
    """
    scale = max(images.height, images.width) / max(size)
    return tuple(round(side * scale) for side in size) != (images.height, images.width)
