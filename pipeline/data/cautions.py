"""What is told before anything is trained, and stops nothing: leaks, rows twice, gaps, rare classes, few rows."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from experiments.own import RARE
from models.checks import option
from models.encoding.columns import Column
from pipeline.data import formats
from pipeline.data.doubts import misfits, no_numbers
from pipeline.data.kinds import is_named_id
from pipeline.data.leaks import leaks
from pipeline.data.sheet import Sheet
from pipeline.data.tally import MISSING_WORDS, Tally
from pipeline.data.thousands import thousands
from pipeline.data.values import Dataset

MOSTLY_MISSING = 0.95
ROWS_PER_COLUMN = 5

_NUMBER = r"[+-]?[0-9][0-9.,'’]*"
_WITH_UNIT = rf"[$€£¥] ?{_NUMBER}|{_NUMBER} ?(?:[$€£¥%]|[A-Za-z°]{{1,3}})"


def of_column(tally: Tally, column: Column) -> Iterator[str]:
    """Yields what is remarkable about one column."""
    name = column.name
    if column.kind == "constant" and column.distinct and column.missing:
        yield (
            f"{name}: {column.example!r} or nothing. Not used; if nothing means no, "
            f"{option('kind', f'{name}=yes/no')} makes a feature of it."
        )
    elif column.missing > MOSTLY_MISSING:
        yield f"{name}: {100 * column.missing:.1f} % missing."
    if column.kind in ("number", "category") and is_named_id(name):
        leave = f"{option('ignore', name)} leaves it out."
        yield f"{name}: named as an id, but its values repeat: used as {column.kind}. {leave}"
    if column.kind in ("text", "category", "id") and tally.wish.kind is None and tally.is_words:
        yield from _dates_as_text(tally)
        yield from _almost_numbers(tally, column)
    if column.kind == "number":
        yield from of_points(tally)
    if column.kind in ("text", "id") and tally.nature == "read" and tally.cells.str.fullmatch(_WITH_UNIT).all():
        yield f"{name}: numbers with a sign or a unit, as {column.example!r}. Not used; write the numbers alone."


def of_points(tally: Tally) -> Iterator[str]:
    """Yields that points have three digits behind them, nearly all or all, where nobody said what they mean."""
    doubt = thousands(tally) if tally.wish.decimal is None else None
    if doubt is None:
        return
    unlike = f", unlike {_place(tally, doubt.stray)}" if doubt.stray is not None else ""
    yield (
        f"{tally.name}: three digits behind each point, as {tally.cells.iloc[doubt.position]!r}{unlike}, read as "
        "decimals: take points between thousands out."
    )


def _dates_as_text(tally: Tally) -> Iterator[str]:
    """Yields that text of a frame, whose types are believed, is dates: a file's would have been read."""
    if tally.nature == "text" and len(tally.cells) and formats.fitting(tally.cells):
        (known, *others) = formats.fitting(tally.cells)
        asked = option("date-format", f"{tally.name}={known}") if others else option("kind", f"{tally.name}=date")
        yield f"{tally.name}: dates as text, but a frame's types are believed: {asked} reads them."


def _almost_numbers(tally: Tally, column: Column) -> Iterator[str]:
    if tally.codes is not None or not len(tally.cells):
        return
    wrong = no_numbers(tally)
    n_numbers = int(tally.counts[~wrong].sum())
    if 2 * n_numbers <= tally.counts.sum():
        return
    signs = ", with --decimal ," if (misfits(tally, tally.wish.decimal or ".") & ~wrong).any() else ""
    if not wrong.any():
        yield (
            f"{column.name}: text whose cells are all numbers, taken for {column.kind} because the frame says so; "
            f"{option('kind', f'{column.name}=number')}{signs} if they are a quantity."
        )
        return
    yield (
        f"{column.name}: {n_numbers} of {tally.counts.sum()} cells are numbers, but not "
        f"{_place(tally, int(np.argmax(wrong)))}: taken for {column.kind}."
    )


def _place(tally: Tally, position: int) -> str:
    """Returns where a distinct cell first stands, and the cell: line 7, cell 'A'."""
    return ", ".join(f"{name} {value!r}" for name, value in tally.at(position).items() if name != "column")


def of_rows(sheet: Sheet, dataset: Dataset, first: NDArray[np.int64]) -> Iterator[str]:
    """Yields what is remarkable about all rows together.

    Args:
        sheet: Where the rows stand.
        dataset: What they became.
        first: For each row the first that is equal to it.
    """
    assert dataset.columns is not None
    for column, left in leaks(dataset.X, dataset.y, dataset.columns):
        yield (
            f"{column.name}: tells the target alone (leaves {100 * left:.1f} % of the dummy's error). "
            f"Is it known before the target is? If not, {option('ignore', column.name)}."
        )
    if len(np.unique(first)) < len(first):
        together = dataset.groups is not None and bool((dataset.groups == dataset.groups[first]).all())
        yield _repeated(sheet, first, together=together)
    yield from _said_of_rows(dataset)
    n_used = len(dataset.columns.used)
    if dataset.n_samples < ROWS_PER_COLUMN * n_used:
        yield f"{dataset.n_samples} rows for {n_used} columns are very few: intervals will be wide."
    if dataset.columns.task == "classification":
        yield from _gaps(dataset)
        yield from _rare_classes(dataset)


def _repeated(sheet: Sheet, first: NDArray[np.int64], *, together: bool) -> str:
    twice = np.flatnonzero(first != np.arange(len(first)))
    row = twice[0]
    here, there = (
        ", ".join(f"{what} {value}" for what, value in sheet.at(int(at)).items()) for at in (row, first[row])
    )
    done = "they stay on one side of every split"
    if not together:
        done = "columns of so few values make about as many by chance, and they are dealt out one by one"
    told = "1 row repeats" if len(twice) == 1 else f"{len(twice)} rows repeat"
    return f"{told} another in every used column and the target, the first one {here} ({there}): {done}."


def _said_of_rows(dataset: Dataset) -> Iterator[str]:
    assert dataset.columns is not None
    if dataset.groups is not None and dataset.are_groups_told and len(np.unique(dataset.groups)) == dataset.n_samples:
        yield f"{dataset.columns.of_role('group')}: each row is a group of its own, so that nothing is kept together."


def _gaps(dataset: Dataset) -> Iterator[str]:
    """Yields classes that are called as gaps are: among words one may be meant."""
    assert dataset.columns is not None
    for name, count in dataset.class_counts.items():
        if name in MISSING_WORDS and not (name == "-" and "+" in dataset.class_counts):
            yield (
                f"{dataset.columns.target}: {name!r} often means a gap and is taken for a class, {count} rows: leave "
                "the cell empty where it is one."
            )


def _rare_classes(dataset: Dataset) -> Iterator[str]:
    for name, count in dataset.class_counts.items():
        share = count / dataset.n_samples
        if share < RARE and dataset.n_classes == 2:
            yield f"{name!r} is rare, {100 * share:.1f} % of the rows: candidates are ranked by average precision."
