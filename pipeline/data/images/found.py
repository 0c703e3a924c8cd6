"""What was found out about images before anything is trained, and how it is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from models.images import Images

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
        n_test: Canonical test rows; 0 where the source has none.
        n_repeats: Images that equal an earlier one.
        n_seen: Canonical test rows that were left out: they equal one that is learned from.
        of_two_classes: Names of two images that are equal and of different classes, where there are such.
        left_out: What else there is, a sentence each.
    """

    owner: str
    class_counts: Mapping[str, int]
    images: Images
    sizes: Sequence[tuple[int, int]]
    n_resized: int
    n_test: int
    n_repeats: int
    n_seen: int
    of_two_classes: tuple[str, ...]
    left_out: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yields what was found out, a line each."""
        n_images, color = sum(self.class_counts.values()), "in color" if self.images.is_color else "gray"
        counts = ", ".join(f"{name} {n}" for name, n in islice(self.class_counts.items(), _SHOWN))
        more = len(self.class_counts) - _SHOWN
        yield f"{self.owner}: {n_images:,} images of {len(self.class_counts)} classes, {color}."
        yield f"Classes: {counts}{f' and {more} more' if more > 0 else ''}."
        yield self._size()
        if self.n_test:
            yield f"Test rows: the {self.n_test:,} images that the set comes with."
        if self.n_repeats:
            are = "image equals" if self.n_repeats == 1 else "images equal"
            apart = "." if self.n_test else "; equal ones stand on one side of every split."
            yield f"Warning: {self.n_repeats:,} {are} an earlier one, pixel by pixel{apart}"
        if self.n_seen:
            are = "image is" if self.n_seen == 1 else "images are"
            yield f"Warning: {self.n_seen:,} test {are} left out: equal to one that is learned from."
        if self.of_two_classes:
            one, other = self.of_two_classes
            yield f"Warning: the same image in two classes: {one} and {other}."
        yield from self.left_out

    def _size(self) -> str:
        height, width = self.images.height, self.images.width
        if not self.n_resized:
            return f"Size: {height} by {width} pixels, height by width, as they came."
        heights, widths = zip(*self.sizes, strict=True)
        came = f"{min(heights)} to {max(heights)} by {min(widths)} to {max(widths)}"
        if len(self.sizes) == 1:
            came = f"{heights[0]} by {widths[0]}"
        return (
            f"Size: {height} by {width} pixels, height by width; they came with {came}, "
            f"{self.n_resized:,} were resized. --size says otherwise."
        )
