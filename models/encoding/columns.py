"""What the columns of a raw table are: the contract between reading, training and prediction.

It is decided once, on all rows, and written beside the runs and inside every saved model as ``columns.json``. Nothing
in it is fitted to the target. By it a raw table becomes one array of numbers, whoever brings the table: a file, a
frame, a server.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from models.checks import require

Kind = Literal["number", "yes/no", "date", "category", "text", "id", "constant"]
USED: tuple[Kind, ...] = ("number", "yes/no", "date", "category")
"""The kinds that models look at."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a raw table.

    Attributes:
        name: In the table's header.
        kind: What its cells are.
        reason: Why it was taken for that, for people.
        levels: Of a category or yes/no: its values as text, in the order of their codes 0, 1, ...
        date_format: Of a date, as ``strptime`` takes it; ``"ISO"`` for ISO 8601.
        decimal: The sign between whole and fraction of a number.
        missing_words: What means a missing cell, besides an empty one.
        missing: Share of the rows whose cell is missing.
        distinct: Different values, missing ones not counted.
        lowest: Of numbers and dates (days since 1970), over all rows.
        highest: Likewise.
        example: A value as it stands in the table.
    """

    name: str
    kind: Kind
    reason: str = ""
    levels: tuple[str, ...] = ()
    date_format: str | None = None
    decimal: str = "."
    missing_words: tuple[str, ...] = ()
    missing: float = 0.0
    distinct: int = 0
    lowest: float | None = None
    highest: float | None = None
    example: str = ""

    def __post_init__(self) -> None:
        who = f"Column {self.name!r}"
        require(self.kind in get_args(Kind), who, f"a kind of {', '.join(get_args(Kind))}", "Edit it.", kind=self.kind)
        coded = self.kind in ("category", "yes/no")
        require(coded or not self.levels, who, "levels of a category only", "Take them out.", levels=self.levels)
        require(len(self.levels) == len(set(self.levels)), who, "each level once", "Take one out.", levels=self.levels)

    @property
    def is_used(self) -> bool:
        """Whether models look at it."""
        return self.kind in USED


@dataclass(frozen=True, kw_only=True)
class Columns:
    """All columns of a table but the target, in its order, and what is predicted from them.

    Attributes:
        columns: Used or not.
        target: Name of the predicted column.
        task: ``"classification"`` or ``"regression"``.
        class_names: Of classes, in the order of their numbers, as they stand in the table.
    """

    columns: tuple[Column, ...]
    target: str
    task: Literal["classification", "regression"] = "classification"
    class_names: tuple[str, ...] = field(default=())

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns that models look at, in the order of the array's columns."""
        return tuple(column for column in self.columns if column.is_used)

    def to_json(self) -> str:
        """Returns the contract as text that people can edit."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Columns":
        """Returns the contract that ``to_json`` wrote, checked again.

        Raises:
            ValueError: It is no JSON, lacks something or has what is not known.
        """
        try:
            record: dict[str, Any] = json.loads(text)
            columns = tuple(
                Column(**{name: tuple(value) if isinstance(value, list) else value for name, value in each.items()})
                for each in record.pop("columns")
            )
            return cls(columns=columns, **{**record, "class_names": tuple(record.get("class_names", ()))})
        except (TypeError, KeyError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(
                f"columns.json: expected what a run wrote. Received: error={str(error)!r}. Start from a run's own."
            ) from error
