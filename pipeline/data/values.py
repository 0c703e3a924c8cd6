"""The values that stages hand to each other: frozen, their arrays read-only.

``eq=False`` throughout: two arrays compare to an array, so a generated ``==`` would raise.
"""

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.data.task import Classification, Task

if TYPE_CHECKING:  # pandas and pyarrow take a moment to import, and most sets have no raw table
    from models.encoding.columns import Columns
    from models.images import Images
    from pipeline.data.images.files import Files

_ROWS_AT_ONCE = 4096  # of an array that may lie on the disk


class ReadOnlyArrays:
    """Makes all arrays of a frozen dataclass read-only, in mappings too, without a copy; the caller's stay writable."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            object.__setattr__(self, item.name, _read_only(getattr(self, item.name)))


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        view = value.view()
        view.setflags(write=False)
        return view
    if type(value) is dict and any(isinstance(item, np.ndarray | dict) for item in value.values()):
        return {key: _read_only(item) for key, item in value.items()}
    return value


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset(ReadOnlyArrays):
    """A data set as it came, unscaled.

    Attributes:
        name: As experiments call it.
        X: ``(n_samples, n_features)`` float64, or images ``(n_samples, height, width)`` uint8, in color
            ``(n_samples, height, width, 3)``.
        y: ``(n_samples,)``: int64, an index into ``class_names``, or float64 where a number is predicted.
        feature_names: One for each column; empty for images.
        task: What is predicted.
        source: Where the content came from, for people.
        citation: Whom to cite.
        version: Of the builder that prepared it.
        pixel_maximum: The largest value a pixel can have (images only).
        test_rows: The canonical test rows, where the set comes with some.
        groups: ``(n_samples,)``: rows of one number never stand on both sides of a split; ``None`` for rows that have
            nothing to do with each other.
        columns: What the columns of a raw table are, where ``X`` was made from one; it is NaN where a cell is missing.
        times: ``(n_samples,)``: 0 for the earliest rows, 1 for the next, and so on; rows of one time have one number.
            ``None`` where nothing is known of when a row was.
        weights: ``(n_samples,)`` float64 of 0 or more: how much each row counts; ``None`` where all count alike.
        left_out: In words, rows of the source that are not here since their weight is 0; empty without any.
        images: What image files are made into, where ``X`` was made from some; of pixels 0 is then black.
        files: Which files those are.
    """

    name: str
    X: NDArray[Any]
    y: NDArray[Any]
    feature_names: tuple[str, ...]
    task: Task
    source: str
    citation: str
    version: str
    pixel_maximum: int | None = None
    test_rows: NDArray[np.int64] | None = None
    groups: NDArray[np.int64] | None = None
    columns: "Columns | None" = None
    times: NDArray[np.int64] | None = None
    weights: NDArray[np.float64] | None = None
    left_out: str = ""
    images: "Images | None" = None
    files: "Files | None" = None

    @cached_property
    def content_sha256(self) -> str:
        """Of all values of ``X``, ``y`` and what is said of rows, with types and shapes, and of the contract."""
        digest = hashlib.sha256()
        said = (array for array in (self.groups, self.times, self.weights) if array is not None)
        for array in (self.X, self.y, *said):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            for start in range(0, len(array), _ROWS_AT_ONCE):
                digest.update(np.ascontiguousarray(array[start : start + _ROWS_AT_ONCE]).tobytes())
        if self.columns is not None:
            digest.update(self.columns.to_json().encode())
        return digest.hexdigest()

    @property
    def are_groups_told(self) -> bool:
        """Whether a column says which rows belong together; else those of a group repeat each other."""
        return self.columns is not None and self.columns.of_role("group") is not None

    def groups_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Returns which of some rows belong together; ``None`` where no two of them do.

        Groups are numbered as they come among these rows, so that no other row has a part in what is done with them.
        """
        if self.groups is None:
            return None
        _, first, group = np.unique(self.groups[rows], return_index=True, return_inverse=True)
        return None if len(first) == len(rows) else np.argsort(np.argsort(first))[group]

    @property
    def n_samples(self) -> int:
        """Rows."""
        return len(self.y)

    @property
    def classes(self) -> Classification:
        """The task, where it is to tell classes apart.

        Raises:
            ValueError: It is not.
        """
        if not isinstance(self.task, Classification):
            raise ValueError(
                f"Dataset {self.name!r}: expected classes. Received: task={self.task.name!r}. "
                "What asks for them does not suit a number."
            )
        return self.task

    @property
    def class_names(self) -> tuple[str, ...]:
        """One for each class."""
        return self.classes.class_names

    @property
    def n_classes(self) -> int:
        """Classes."""
        return self.classes.n_classes

    @property
    def is_image(self) -> bool:
        """Whether a row is a picture."""
        return self.X.ndim in (3, 4)

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
        stretches: ``(n_test,)``: in which stretch of time each test row is, numbered over all folds; ``None`` where
            rows are not divided by time.
    """

    index: int
    seed: int
    train_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]
    stretches: NDArray[np.int64] | None = None
