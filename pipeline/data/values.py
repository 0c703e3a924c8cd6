"""The values that stages hand to each other: frozen, their arrays read-only.

``eq=False`` throughout: two arrays compare to an array, so a generated ``==`` would raise.
"""

import hashlib
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray


class ReadOnlyArrays:
    """Makes every array of a frozen dataclass read-only, without copying data or touching the caller's array."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name, None)  # a field that is computed is not there yet
            if isinstance(value, np.ndarray):
                view = value.view()
                view.setflags(write=False)
                object.__setattr__(self, item.name, view)


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset(ReadOnlyArrays):
    """A classification data set as it came, unscaled.

    Attributes:
        name: As experiments call it.
        X: ``(n_samples, n_features)`` float64, or images ``(n_samples, height, width)`` uint8.
        y: ``(n_samples,)`` int64, an index into ``class_names``.
        feature_names: One for each column; empty for images.
        class_names: One for each class.
        source: Where the content came from, for people.
        citation: Whom to cite.
        version: Of the builder that prepared it.
        pixel_maximum: The largest value a pixel can have (images only).
        test_rows: The canonical test rows, where the set comes with some.
    """

    name: str
    X: NDArray[Any]
    y: NDArray[np.int64]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    source: str
    citation: str
    version: str
    pixel_maximum: int | None = None
    test_rows: NDArray[np.int64] | None = None
    content_sha256: str = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        digest = hashlib.sha256()
        for array in (self.X, self.y):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        object.__setattr__(self, "content_sha256", digest.hexdigest())

    @property
    def n_samples(self) -> int:
        """Rows."""
        return len(self.y)

    @property
    def n_classes(self) -> int:
        """Classes."""
        return len(self.class_names)

    @property
    def is_image(self) -> bool:
        """Whether a row is a picture."""
        return self.X.ndim == 3

    @property
    def class_counts(self) -> dict[str, int]:
        """Rows of each class."""
        counts = np.bincount(self.y, minlength=self.n_classes)
        return dict(zip(self.class_names, counts.tolist(), strict=True))


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold(ReadOnlyArrays):
    """One division of the rows.

    Attributes:
        index: 0 for the first.
        seed: Of the split and of the nets trained on it.
        train_rows: All rows that may be learned from, in the order of the split.
        test_rows: Rows that are scored once.
    """

    index: int
    seed: int
    train_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]
