"""A table of one's own as a source of data: a file or a frame, and the name of the column that is predicted."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.own import ranking_metric
from models.checks import require, require_name, require_one_of
from models.encoding.columns import Column, Columns
from models.encoding.kind import Kind
from pipeline.data import cautions
from pipeline.data.asked import Asked, contract_of
from pipeline.data.inferred import Inferred, encoded_width
from pipeline.data.kinds import column_of
from pipeline.data.naming import TABLE, table_of
from pipeline.data.reading import read
from pipeline.data.repeats import are_by_chance, repeats
from pipeline.data.roles import (
    Said,
    joined,
    named,
    require_groups,
    roles_of,
    said_of,
    weightless,
    weights_of,
)
from pipeline.data.sheet import Sheet
from pipeline.data.tally import Tally, Wish, tally
from pipeline.data.target import Target, TaskName, target_of
from pipeline.data.task import Classification, Task
from pipeline.data.values import Dataset

MOST_ENCODED = 5_000
"""Numbers that a row may become."""
_SHOWN = 5  # names in an error
VERSION = "1"
"""Of the rules by which a table is read."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """A table that nobody has declared; the options overrule what is guessed.

    Attributes:
        source: A path or a frame; see ``reading.read``.
        target: Name of the predicted column.
        task: Whether it is classes or a number.
        positive: Of two classes the one that is looked for.
        ignore: Columns that are left out.
        kinds: Column -> kind.
        date_format: As ``strptime`` takes it, of all columns that it fits; or column -> format.
        decimal: The sign between whole and fraction: a point or a comma.
        columns: A contract, or the path of a ``columns.json``, that says what columns, task and classes are.
        group: Column whose rows of one value never stand on both sides of a split; no feature, like the next two.
        time: Column by which models are trained on earlier rows and tested on later ones.
        weight: Column of how much each row counts, in training and in every score.
        name: As experiments and the registry call it; by default after the file, ``own_`` in front of a declared name.
    """

    source: os.PathLike[str] | str | pd.DataFrame
    target: str
    task: TaskName | None = None
    positive: Any = None
    ignore: Sequence[str] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    date_format: str | Mapping[str, str] | None = None
    decimal: str | None = None
    columns: Columns | os.PathLike[str] | str | None = None
    group: str | None = None
    time: str | None = None
    weight: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.task is not None:
            require_one_of("Table", "task", self.task, TaskName)
        for kind in self.kinds.values():
            require_one_of("Table", "kind", kind, Kind)
        known = self.decimal in (None, ".", ",")
        require(known, "Table", "decimal of '.' or ','", "Give one of the two.", decimal=self.decimal)
        object.__setattr__(self, "name", self.name or _name_of(self.source))
        require_name("Table", self.name)

    def load(self, *, data_dir: Path | None = None, download: bool = False) -> Dataset:
        """Returns the rows that have a target, in the order of the source.

        Args:
            data_dir: Not asked: the source says where it is.
            download: Nothing is fetched.

        Raises:
            ValueError: The table cannot be read, or something in it cannot be relied on; line and column are named.
        """
        return self._found[0]

    @property
    def inferred(self) -> Inferred:
        """What was found out about the table, for people; it is read once.

        Raises:
            ValueError: As of ``load``.
        """
        return self._found[1]

    @cached_property
    def _asked(self) -> Asked:
        contract = contract_of(self.columns, self.target)
        return Asked(
            target=self.target,
            ignore=tuple(self.ignore),
            kinds=self.kinds,
            date_format=self.date_format,
            decimal=self.decimal,
            contract=contract,
            roles=roles_of({"group": self.group, "time": self.time, "weight": self.weight}, contract),
        )

    @cached_property
    def _found(self) -> tuple[Dataset, Inferred]:
        sheet = read(self.source)
        self._asked.require_known(sheet)
        counted = self._counted(sheet)
        left_out = weightless(self._asked.roles.get("weight", ""), sheet.n_rows - counted.n_rows)
        with named(left_out):
            return self._read(counted, left_out)

    def _counted(self, sheet: Sheet) -> Sheet:
        """Returns the rows but those of weight 0: what is found out about a table is as if it did not have them."""
        weight = self._asked.roles.get("weight")
        if weight is None:
            return sheet
        has_target = tally(sheet, self.target, Wish(decimal=self.decimal)).labels >= 0
        of_weight = tally(sheet.only(has_target), weight, self._asked.wish(weight))
        counts = ~has_target
        counts[has_target] = weights_of(of_weight) > 0
        return sheet.only(counts)

    def _read(self, sheet: Sheet, left_out: str) -> tuple[Dataset, Inferred]:
        """Returns the rows that have a target, and what was found out about them.

        Args:
            sheet: The rows that count.
            left_out: Which rows do not count, in words.
        """
        asked, contract = self._asked, self._asked.contract
        predicted = tally(sheet, self.target, Wish(decimal=self.decimal))
        target = target_of(
            predicted,
            task=self.task or (contract.task if contract else None),
            positive=self.positive,
            class_names=contract.class_names if contract and self.task != "regression" else (),
        )
        n_rows, has_target = sheet.n_rows, ~np.isnan(target.y)
        sheet = sheet.only(has_target)
        said = said_of({role: tally(sheet, name, asked.wish(name)) for role, name in asked.roles.items()})
        # One at a time: the distinct cells of a column of numbers are nearly all its cells.
        tallies = (tally(sheet, name, asked.wish(name)) for name in asked.features(sheet))
        columns, warnings = self._columns(tallies, target.task)
        warnings += cautions.of_points(predicted) if columns.task == "regression" else ()
        columns = replace(columns, columns=(*columns.columns, *said.columns))
        self._require_usable(sheet.owner, columns)
        X, y = _matrix(sheet, columns), target.y[has_target]
        first = repeats(X, y)
        groups = self._groups(sheet.owner, said, first, X, y, target.task)
        dataset = Dataset(
            name=self.name,
            X=X,
            y=y if columns.task == "regression" else y.astype(np.int64),
            groups=groups,
            times=said.times,
            weights=said.weights,
            feature_names=tuple(column.name for column in columns.used),
            task=target.task,
            source=f"{sheet.owner}, {sheet.n_rows} rows",
            citation="",
            version=VERSION,
            columns=columns,
            left_out=left_out,
        )
        warnings += cautions.of_rows(sheet, dataset, first)
        return dataset, self._inferred(sheet, dataset, target, n_rows - sheet.n_rows, warnings)

    def _groups(
        self,
        owner: str,
        said: Said,
        first: NDArray[np.int64],
        X: NDArray[np.float64],
        y: NDArray[np.float64],
        task: Task,
    ) -> NDArray[np.int64] | None:
        """Returns which rows stay together: those of one group, and those that repeat each other but by chance."""
        repeated = bool((first != np.arange(len(y))).any()) and not are_by_chance(first, X, y)
        if said.groups is None:
            return first if repeated else None
        groups = joined(said.groups, first) if repeated else said.groups
        require_groups(owner, said.columns[0].name, groups, y, task)
        return groups

    def _columns(self, tallies: Iterable[Tally], task: Task) -> tuple[Columns, list[str]]:
        """Returns what the columns are, and what is remarkable about them."""
        columns: list[Column] = []
        warnings: list[str] = []
        for each in tallies:
            column = column_of(each)
            columns.append(column)
            warnings += cautions.of_column(each, column)
        class_names = task.class_names if isinstance(task, Classification) else ()
        name: Literal["classification", "regression"] = "classification" if class_names else "regression"
        return Columns(columns=tuple(columns), target=self.target, task=name, class_names=class_names), warnings

    def _require_usable(self, owner: str, columns: Columns) -> None:
        kinds = {column.name: column.kind for column in columns.columns[:_SHOWN]}
        require(bool(columns.used), owner, "a column to learn from", "Say what one is by --kind.", columns=kinds)
        width = encoded_width(columns)
        remedy = "Leave columns out by --ignore, or take a table with fewer."
        require(width <= MOST_ENCODED, owner, f"at most {MOST_ENCODED} columns after encoding", remedy, columns=width)
        self._asked.require_format_used(owner, columns)

    def _inferred(
        self, sheet: Sheet, dataset: Dataset, target: Target, n_left_out: int, warnings: list[str]
    ) -> Inferred:
        assert dataset.columns is not None
        is_class = isinstance(target.task, Classification)
        metric, metric_reason = ranking_metric([*dataset.class_counts.values()] if is_class else [])
        return Inferred(
            name=self.name,
            owner=sheet.owner,
            separator=sheet.separator,
            n_rows=sheet.n_rows,
            n_left_out=n_left_out,
            weightless=dataset.left_out,
            columns=dataset.columns,
            ignored=tuple(self.ignore),
            task_reason=target.reason,
            class_counts=dataset.class_counts if is_class else {},
            positive_reason=target.positive_reason,
            metric=metric,
            metric_reason=metric_reason,
            warnings=tuple(warnings),
            n_groups=_fewest_groups(dataset),
        )


def _fewest_groups(dataset: Dataset) -> int | None:
    """Returns the groups of the class that has rows in the fewest; ``None`` where no column says what they are."""
    if dataset.groups is None or not dataset.are_groups_told:
        return None
    classes = [dataset.y == k for k in range(dataset.n_classes)] if isinstance(dataset.task, Classification) else [...]
    return min(len(np.unique(dataset.groups[rows])) for rows in classes)


def _matrix(sheet: Sheet, columns: Columns) -> NDArray[np.float64]:
    """Returns the used columns as ``Columns.matrix`` does, one at a time: of text a whole table needs no frame."""
    X = np.empty((sheet.n_rows, len(columns.used)))
    for place, column in enumerate(columns.used):
        alone = replace(columns, columns=(column,))
        X[:, place] = alone.matrix(pd.DataFrame({column.name: sheet.columns[column.name].to_pandas()}))[:, 0]
    return X


def _name_of(source: os.PathLike[str] | str | pd.DataFrame) -> str:
    return TABLE if isinstance(source, pd.DataFrame) else table_of(Path(source))
