"""What was found out about a table before anything is trained, and how it is told: a line a column, each with why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from models.encoding.columns import Column, Columns
from models.encoding.encoder import ONE_HOT_LEVELS
from pipeline.words.names import counted

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_DATE_PARTS = 4
_OF_ROLE = {
    "group": "its rows stay together; not used",
    "time": "the past is learned from; not used",
    "weight": "how much a row counts; not used",
}
_CLASSES = 10  # that are told one by one
_WIDEST = {"name": 32, "example": 20}  # letters


@dataclass(frozen=True, kw_only=True)
class Inferred:
    """What was found out about a table.

    Attributes:
        name: As experiments and the registry call it.
        owner: Where it came from.
        separator: Between cells, where it came as text.
        n_rows: With a target.
        n_left_out: Rows without one.
        weightless: What is said of rows with one that are left out because their weight is 0; nothing without any.
        columns: The contract of prediction.
        ignored: Columns that somebody left out.
        task_reason: Why the target is classes, or a number.
        class_counts: Rows of each class, the positive one of two last; empty for a number.
        positive_reason: Why that is the one looked for; empty for other tasks.
        metric: By which candidates are ranked.
        metric_reason: Why by that.
        warnings: What is remarkable, a sentence or two each.
        n_groups: Groups that have rows of the class that has rows in the fewest; ``None`` without a column of groups.
    """

    name: str
    owner: str
    separator: str | None
    n_rows: int
    n_left_out: int
    columns: Columns
    ignored: tuple[str, ...] = ()
    task_reason: str
    class_counts: Mapping[str, int] = field(default_factory=dict)
    positive_reason: str = ""
    metric: str
    metric_reason: str
    warnings: tuple[str, ...] = ()
    n_groups: int | None = None
    weightless: str = ""

    @property
    def positive(self) -> int | None:
        """The class that is looked for: the last of two; of more there is none."""
        return 1 if len(self.class_counts) == 2 else None


COLUMN_HEADER = ("column", "kind", "missing", "distinct", "example", "why", "what is done")
"""What is told of each column."""


def describe(inferred: Inferred, metric: tuple[str, str] | None = None, *, split: str = "") -> list[str]:
    """Returns what was found out, as lines: the table, each column, what is predicted, how it is judged, warnings.

    Args:
        inferred: What was found out.
        metric: That ranks, and why, where it is not the one that suits the target.
        split: How rows become folds, and why, where that is decided.
    """
    metric = metric or (inferred.metric, inferred.metric_reason)
    return [*_table(inferred), *_columns(inferred), *_task(inferred, metric, split), *_warnings(inferred)]


def encoded_width(columns: Columns) -> int:
    """Returns how many numbers a row becomes at most, whatever the model.

    Example:
        >>> used = Column(name="size", kind="category", levels=("S", "M", "L"), missing=0.1)
        >>> encoded_width(Columns(columns=(used,), target="y"))
        5
    """
    n_means = max(1, len(columns.class_names) if len(columns.class_names) > 2 else 1)
    return sum(_width(column, n_means) for column in columns.used)


def _width(column: Column, n_means: int) -> int:
    gap = 1 if column.missing else 0
    if column.kind == "date":
        return _DATE_PARTS + gap
    if column.kind != "category":
        return 1 + gap
    # Training rows may have few of many levels.
    one_hot = min(len(column.levels), ONE_HOT_LEVELS) + 1 + gap
    return one_hot if len(column.levels) <= ONE_HOT_LEVELS else max(n_means, one_hot)


def _table(inferred: Inferred) -> Iterator[str]:
    between = "" if inferred.separator is None else f", {_SEPARATORS[inferred.separator]} between the cells"
    used, all_ = len(inferred.columns.used), len(inferred.columns.columns) + len(inferred.ignored)
    yield f"{inferred.owner}: {inferred.n_rows} rows, {used} of {all_} columns used{between}."
    if inferred.n_left_out:
        are = "is" if inferred.n_left_out == 1 else "are"
        yield f"{counted(inferred.n_left_out, 'row')} without a target {are} left out."
    if inferred.weightless:
        yield f"{inferred.weightless}."


def _columns(inferred: Inferred) -> list[str]:
    rows = [COLUMN_HEADER, *map(told_of, inferred.columns.columns)]
    rows += [(_cut(name, "name"), "ignored", "", "", "", "as you say", "not used") for name in inferred.ignored]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMN_HEADER))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def told_of(column: Column) -> tuple[str, ...]:
    """Returns what a column was taken for, and why, a cell for each of ``COLUMN_HEADER``."""
    missing = f"{100 * column.missing:.1f} %" if column.missing else "-"
    missing = "< 0.1 %" if 0 < column.missing < 0.001 else missing
    example = _cut(column.example.replace("\n", " "), "example")
    name = _cut(column.name, "name")
    return name, column.role or column.kind, missing, str(column.distinct), example, column.reason, _done(column)


def _cut(text: str, what: str) -> str:
    return text if len(text) <= _WIDEST[what] else text[: _WIDEST[what] - 3] + "..."


def _done(column: Column) -> str:
    """Returns what becomes of a column: where cells are missing, the median and a flag; an id stays with its row."""
    if column.role is not None:
        return _OF_ROLE[column.role]
    gap = "; median, flag" if column.missing else ""
    if column.kind == "category":
        many = len(column.levels) > ONE_HOT_LEVELS
        of_many = "the target's mean for each level, native, or embedded"
        return of_many if many else f"a 0 or 1 for each of {len(column.levels)}"
    return {
        "number": f"a number{gap}",
        "yes/no": f"0 or 1{gap}",
        "date": f"days, month, weekday, hour if any{gap}",
        "text": "not used",
        "id": "not used",
        "constant": "not used",
    }[column.kind]


def _task(inferred: Inferred, metric: tuple[str, str], split: str) -> Iterator[str]:
    columns = inferred.columns
    if columns.task == "regression":
        yield f"Target {columns.target}: a number ({inferred.task_reason})."
    else:
        counts = _counts(inferred.class_counts)
        yield f"Target {columns.target}: {len(columns.class_names)} classes ({inferred.task_reason}): {counts}."
    if inferred.positive is not None:
        positive = columns.class_names[inferred.positive]
        yield f"Positive class: {positive} ({inferred.positive_reason}); --positive overrules."
    yield f"Metric: {metric[0]} ({metric[1]})."
    if split:
        yield f"Split: {split}"


def _counts(class_counts: Mapping[str, int]) -> str:
    shown = [f"{name} {count}" for name, count in islice(class_counts.items(), _CLASSES)]
    more = len(class_counts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _warnings(inferred: Inferred) -> list[str]:
    return [f"Warning: {warning}" for warning in inferred.warnings]
