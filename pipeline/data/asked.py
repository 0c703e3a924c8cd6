"""What somebody says of a table: by options, and by the contract of an earlier run."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models.checks import require
from models.encoding.columns import Column, Columns
from models.encoding.kind import Kind, Role
from pipeline.data.header import require_named
from pipeline.data.roles import require_apart
from pipeline.data.sheet import Sheet
from pipeline.data.tally import Wish


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was said of columns; options come before the contract.

    Attributes:
        target: The column that is predicted.
        ignore: Columns that are left out.
        kinds: Column -> kind.
        date_format: Of all columns that it fits; or column -> format.
        decimal: The sign between whole and fraction.
        contract: What columns were once.
        roles: The column of each role.
    """

    target: str
    ignore: tuple[str, ...]
    kinds: Mapping[str, Kind]
    date_format: str | Mapping[str, str] | None
    decimal: str | None
    contract: Columns | None
    roles: Mapping[Role, str]

    def features(self, sheet: Sheet) -> list[str]:
        """Returns the columns that are looked at, in the contract's order where there is one."""
        told = [column.name for column in self.contract.columns] if self.contract else []
        away = {self.target, *self.ignore, *self.roles.values()}
        return [name for name in told or sheet.columns if name in sheet.columns and name not in away]

    def wish(self, name: str) -> Wish:
        """Returns what was said about a column."""
        wish = Wish(decimal=self.decimal)
        column = self._of_contract(name)
        if column is not None:
            wish = Wish(
                kind=column.kind,
                decimal=column.decimal,
                date_format=column.date_format,
                levels=column.levels,
                missing_words=column.missing_words,
                reason="columns.json",
            )
        if name in self.kinds:
            wish = Wish(kind=self.kinds[name], decimal=self.decimal)
        if isinstance(self.date_format, str):
            return replace(wish, date_format=wish.date_format or self.date_format)
        if self.date_format is not None and name in self.date_format:
            return replace(wish, kind="date", date_format=self.date_format[name], levels=())
        return wish

    def require_known(self, sheet: Sheet) -> None:
        """Checks every name that was given.

        Raises:
            ValueError: The table has no such column; the closest is named.
        """
        require_named(sheet.owner, [*sheet.columns], self.target, self._named(), is_text=sheet.is_text)
        require_apart(sheet.owner, self.roles, self.target, self.ignore)

    def require_format_used(self, owner: str, columns: Columns) -> None:
        """Checks that the one format of dates that was given is some column's.

        Raises:
            ValueError: It is none's.
        """
        given = self.date_format
        known = not isinstance(given, str) or given in [column.date_format for column in columns.columns]
        remedy = "No column's cells are all dates in it: correct it, or take it out."
        require(known, owner, "date_format of a column", remedy, date_format=given)

    def _of_contract(self, name: str) -> Column | None:
        columns = self.contract.columns if self.contract else ()
        return next((column for column in columns if column.name == name), None)

    def _named(self) -> list[tuple[str, Sequence[str]]]:
        """Returns the columns that each option names."""
        return [
            ("ignore", self.ignore),
            ("kind", [*self.kinds]),
            ("date_format", [*self.date_format] if isinstance(self.date_format, Mapping) else []),
            ("columns", [column.name for column in self.contract.used] if self.contract else []),
            *((role, [name]) for role, name in self.roles.items() if name != self.target),
        ]


def contract_of(columns: Columns | os.PathLike[str] | str | None, target: str) -> Columns | None:
    """Returns the contract that was given.

    Raises:
        ValueError: It cannot be read, or is of another target.
    """
    if columns is None or isinstance(columns, Columns):
        contract = columns
    else:
        path = Path(columns).expanduser()
        require(path.is_file(), "Table", "a columns.json", "Check its name.", columns=str(path))
        contract = Columns.from_json(path.read_text(encoding="utf-8"))
    same = contract is None or contract.target == target
    remedy = "Name the same target, or leave the contract out."
    theirs = contract.target if contract else None
    require(same, "Table", f"the target of columns.json, {theirs!r}", remedy, target=target)
    return contract
