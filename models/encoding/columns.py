"""What the columns of a raw table are: the contract between reading, training and prediction.

It is decided once, on all rows, and written beside the runs and inside every saved model as ``columns.json``. Nothing
in it is fitted to the target. By it a raw table becomes one array of numbers, whoever brings the table: a file, a
frame, a server.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.checks import renamed, require
from models.encoding import cells
from models.encoding.compared import Compared
from models.encoding.kind import USED, Kind, Role

ServedAs = Literal["double", "boolean", "string"]

GAPS_OF_PANDAS = (
    *("#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"),
    *("NULL", "NaN", "None", "n/a", "nan", "null"),
)
"""Words that are a gap to whoever reads CSV by pandas without saying otherwise, as MLflow's server does."""


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
        role: What it says of its rows; then no model looks at it.
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
    role: Role | None = None

    def __post_init__(self) -> None:
        who = f"Column {self.name!r}"
        require(self.kind in get_args(Kind), who, f"a kind of {', '.join(get_args(Kind))}", "Edit it.", kind=self.kind)
        coded = self.kind in ("category", "yes/no")
        roles = (None, *get_args(Role))
        require(self.role in roles, who, f"a role of {', '.join(get_args(Role))}, or none", "Edit it.", role=self.role)
        require(coded or not self.levels, who, "levels of a category only", "Take them out.", levels=self.levels)
        require(len(self.levels) == len(set(self.levels)), who, "each level once", "Take one out.", levels=self.levels)

    @property
    def is_used(self) -> bool:
        """Whether models look at it."""
        return self.kind in USED and self.role is None

    def read(self, own: pd.Series) -> NDArray[np.float64]:
        """Returns this column's cells as numbers: NaN for a gap, -1 for what is no level.

        Raises:
            ValueError: A cell is no number, or no date: column, row (by the frame's index, which may be one of
                ``line`` numbers by its name) and cell are named.
        """
        if self.kind in ("category", "yes/no"):
            return cells.codes(own, levels=self.levels, missing_words=self.missing_words).values
        if self.kind == "number":
            read = cells.numbers(own, decimal=self.decimal, missing_words=self.missing_words)
            expected = f"a finite number with {self.decimal!r} as decimal sign"
        else:
            read = cells.dates(own, date_format=self._format, missing_words=self.missing_words)
            expected = f"a date in the format {self._format}"
        first = own[read.wrong].iloc[:1]
        for row, value in zip(first.index.tolist(), first.tolist(), strict=True):
            remedy = "Mend it, or leave it empty."
            at = {"line" if own.index.name == "line" else "row": row}
            require(False, f"Column {self.name!r}", expected + " in each cell", remedy, **at, value=value)
        return read.values

    def words(self, own: pd.Series) -> NDArray[np.object_]:
        """Returns this column's cells as text, as a served model asks for a category."""
        texts = cells.texts(own, missing_words=self.missing_words)
        return np.array([self._gap if text is None else text for text in texts], object) if self.lost_levels else texts

    def written(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """Returns what ``read`` reads back, of the type ``served_as``; what is no level becomes a gap."""
        if self.kind == "number":
            return values
        if self.kind == "date":
            return cells.date_texts(values, self._format)
        return self._level_values[np.where(np.isnan(values), -1, values).astype(np.intp)]

    @property
    def served_as(self) -> ServedAs:
        """The type in which a served model asks for it: a yes/no may be numbers such as 0 and 1, or booleans."""
        if self.kind == "number":
            return "double"
        if self.kind != "yes/no":
            return "string"
        if self.levels == ("False", "True") and not self.missing:  # a CSV of booleans cannot have gaps
            return "boolean"
        numbers = cells.numbers(pd.Series(self.levels, dtype=object)).values
        codes = cells.codes(pd.Series(numbers), levels=self.levels).values
        return "double" if (codes == np.arange(len(self.levels))).all() else "string"

    @property
    def lost_levels(self) -> tuple[str, ...]:
        """Levels that pandas reads as gaps; then a gap is written as an empty text, so that both are told apart."""
        return tuple(level for level in self.levels if level in GAPS_OF_PANDAS and self.served_as == "string")

    def compared(self, values: NDArray[np.float64]) -> Compared:
        """Returns counts of what ``read`` returned."""
        return Compared(
            name=self.name,
            n_rows=len(values),
            n_missing=int(np.isnan(values).sum()),
            n_unseen=int(self.unseen(values).sum()),
            n_outside=int(self.outside(values).sum()),
            n_far=int(self.outside(values, by=1).sum()),
            missing_before=self.missing,
        )

    def unseen(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Returns which of the cells that ``read`` returned are none of the levels."""
        return (values == cells.UNSEEN) & (self.kind in ("category", "yes/no"))

    def outside(self, values: NDArray[np.float64], by: float = 0) -> NDArray[np.bool_]:
        """Returns which of them are beyond the range of a number or date, by more than so many times its width."""
        if self.lowest is None or self.highest is None:
            return np.zeros(len(values), bool)
        beyond = by * (self.highest - self.lowest)
        return (values < self.lowest - beyond) | (values > self.highest + beyond)

    @property
    def _level_values(self) -> NDArray[Any]:
        """Each level as it is served and, last, what a gap is."""
        if self.served_as == "double":
            return np.array([*map(float, self.levels), np.nan])
        return np.array([False, True, None] if self.served_as == "boolean" else [*self.levels, self._gap], object)

    @property
    def _gap(self) -> str | None:
        """What a gap among words is written as."""
        return "" if self.lost_levels else None

    @property
    def _format(self) -> str:
        return self.date_format or "ISO"


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

    def __post_init__(self) -> None:
        roles = [column.role for column in self.columns if column.role is not None]
        require(len(roles) == len(set(roles)), "Columns", "each role once", "Take one out.", roles=roles)

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns that models look at, in the order of the array's columns."""
        return tuple(column for column in self.columns if column.is_used)

    def of_role(self, role: Role) -> str | None:
        """Returns the name of the column that has a role; ``None`` where none has."""
        return next((column.name for column in self.columns if column.role == role), None)

    def matrix(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Returns a raw table as numbers: nothing is fitted, and a row becomes the same whatever stands beside it.

        Numbers are what they are, dates days since 1970-01-01, a yes/no 0 or 1, a category the position of its level,
        and -1 where it is none. A gap is NaN; so is a yes/no that is neither.

        Args:
            frame: Has the used columns, in any order, as text or typed; others are ignored.

        Returns:
            ``(n_rows, n_used)``.

        Raises:
            ValueError: A column is missing or there twice, or a cell is no number or date.
        """
        X = np.empty((len(frame), len(self.used)))
        for position, (column, own) in enumerate(self.cells(frame)):
            values = column.read(own)
            X[:, position] = np.where(values == cells.UNSEEN, np.nan, values) if column.kind == "yes/no" else values
        return X

    def frame(self, X: NDArray[np.float64]) -> pd.DataFrame:
        """Returns the table that ``matrix`` makes these numbers of, of the types ``Column.served_as``.

        What is no level becomes a gap.
        """
        return pd.DataFrame({column.name: column.written(X[:, place]) for place, column in enumerate(self.used)})

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Returns the used columns as a served model asks for them: of the types ``Column.served_as``.

        Raises:
            ValueError: As of ``matrix``.
        """
        table = {}
        for column, own in self.cells(frame):
            if column.kind == "category":
                table[column.name] = column.words(own)
            else:
                table[column.name] = column.written(column.read(own))
        return pd.DataFrame(table, index=frame.index)

    def compared(self, rows: pd.DataFrame | NDArray[np.float64]) -> tuple[Compared, ...]:
        """Returns, for each used column, how many cells are missing, unseen or out of range.

        Args:
            rows: A raw table, or what ``matrix`` made of one; there, a yes/no that is neither counts as missing.

        Raises:
            ValueError: As of ``matrix``.
        """
        if not isinstance(rows, pd.DataFrame):
            return tuple(column.compared(own) for column, own in zip(self.used, np.transpose(rows), strict=True))
        return tuple(column.compared(column.read(own)) for column, own in self.cells(rows))

    def cells(self, frame: pd.DataFrame) -> list[tuple[Column, pd.Series]]:
        """Returns each used column with its cells in a raw table.

        Blanks around a name mean nothing, as where a table is read.

        Raises:
            ValueError: A column is missing or there twice.
        """
        names = [str(name).strip() for name in frame.columns]
        wanted = [column.name for column in self.used]
        missing = [name for name in wanted if name not in names]
        spare = [name for name in names if name not in wanted]
        remedy = renamed(missing[0], spare) if missing and names else "Name the columns."
        require(not missing, "table", "a column for each input of the model", remedy, missing=missing)
        twice = [name for name in wanted if names.count(name) > 1]
        require(not twice, "table", "each column once", "Rename or remove one.", twice=twice)
        return [(column, frame.iloc[:, names.index(column.name)]) for column in self.used]

    def to_json(self) -> str:
        """Returns the contract as text that people can edit."""
        record = asdict(self)
        for column in record["columns"]:
            if column["role"] is None:  # most have none
                del column["role"]
        return json.dumps(record, indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Columns":
        """Returns the contract that ``to_json`` wrote, checked again.

        Raises:
            ValueError: It is no JSON, lacks something or has what is not known.
        """
        try:
            record: dict[str, Any] = json.loads(text)
            columns = tuple(Column(**_with_tuples(each)) for each in record.pop("columns"))
            return cls(columns=columns, **{**record, "class_names": tuple(record.get("class_names", ()))})
        except (TypeError, KeyError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(
                f"columns.json: expected what a run wrote. Received: error={str(error)!r}. Start from a run's own."
            ) from error


def _with_tuples(record: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
