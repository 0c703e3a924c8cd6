"""What new cells have that those of the training had not: gaps, unseen levels, values out of range."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The cells of one column, counted beside those that a model was made from.

    Attributes:
        name: Of the column.
        n_rows: Cells, missing ones too.
        n_missing: Without a value.
        n_unseen: With a value that is none of the column's levels.
        n_outside: With a number or date beyond the lowest and the highest that were there before.
        n_far: How many of these are further beyond than the range is wide.
        missing_before: Share of missing cells then, 0 to 1.
    """

    name: str
    n_rows: int
    n_missing: int
    n_unseen: int
    n_outside: int
    n_far: int
    missing_before: float

    @property
    def missing(self) -> float:
        """Share of cells without a value."""
        return self._share(self.n_missing)

    @property
    def unseen(self) -> float:
        """Share of cells that are none of the levels; it was 0 before."""
        return self._share(self.n_unseen)

    @property
    def outside(self) -> float:
        """Share of cells beyond the range; it was 0 before."""
        return self._share(self.n_outside)

    def __add__(self, other: "Compared") -> "Compared":
        """Returns both counts in one, so that rows can come in parts."""
        return replace(
            self,
            n_rows=self.n_rows + other.n_rows,
            n_missing=self.n_missing + other.n_missing,
            n_unseen=self.n_unseen + other.n_unseen,
            n_outside=self.n_outside + other.n_outside,
            n_far=self.n_far + other.n_far,
        )

    def _share(self, count: int) -> float:
        return count / self.n_rows if self.n_rows else 0.0
