"""Looks for what drives the chosen candidate: all columns are shuffled, then the most important ones are moved."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.pools import one_thread
from pipeline.comparison.champion import chosen
from pipeline.comparison.drivers.axis import axis_of
from pipeline.comparison.drivers.curves import heights
from pipeline.comparison.drivers.held_out import HeldOut, held_out
from pipeline.comparison.drivers.losses import Columns, Tick, losses, rows_at_once, rows_each
from pipeline.comparison.drivers.scales import Scales, scales_of
from pipeline.comparison.drivers.values import FEW_CURVES, MOST_CURVES, ColumnLoss, Curve, Drivers
from pipeline.data.values import Dataset
from pipeline.flow.desk import Desk
from pipeline.scoring.association import groups_of
from pipeline.scoring.many_columns import Intervals, Units
from pipeline.scoring.result import Result
from pipeline.scoring.significance import holm
from pipeline.training.work import Progress

ANSWERS_OF_A_CURVE = 4_000
"""That each model is asked for at most, a column."""

LEVEL = 0.05


def what_drives(result: Result, desk: Desk) -> Drivers | None:
    """Returns which columns the chosen candidate uses on held-out rows, and how its answer follows them.

    It is asked about at most two million rows for the losses, a tenth of that where each answer takes long, and 4,000
    for each curve on each fold: a sample of rows where there are more.

    Args:
        result: Whole.
        desk: Where it is done; its terminal is where an interrupt is heard.

    Returns:
        ``None`` of images, and where there is none but the candidate that looks at no input.

    Raises:
        KeyboardInterrupt: On Ctrl-C.
    """
    name = chosen(result)
    if result.dataset.is_image or name is None:
        return None
    start, held, scales = time.perf_counter(), held_out(result, name), scales_of(result)
    with (
        desk.terminal.progress(f"{result.comparison.name}, what drives it", 2) as told,
        one_thread("openmp"),  # more threads of boosting wait longer than they predict
    ):
        shuffled = Counted(lambda where, share: told.update(0, "columns shuffled", where, share))
        sets, n_rows, lost = shuffled_columns(result, held, shuffled)
        n_measured = int((~np.isnan(lost).any(axis=1)).sum())
        held = held.measured(n_measured)
        told.finish(0, "columns shuffled", shuffled.words(start))
        found = column_losses(sets, _known(lost, held), held.units, _names(result.dataset))
        since, moved = time.perf_counter(), Counted(lambda where, share: told.update(1, "effects", where, share))
        curves = effect_curves(result, held, scales, found, moved)
        told.finish(1, "effects", moved.words(since))
    return Drivers(
        candidate=name,
        family=result.of(name).candidate.family,
        metric=result.primary.name,
        losses=found,
        curves=curves,
        scales=scales,
        of=held.of,
        n=n_measured,
        n_shuffled=n_rows,
        n_test=max(len(one.rows) for one in held.asked),
        n_answers=shuffled.n + moved.n,
        seconds=time.perf_counter() - start,
        too_few=held.too_few,
    )


class Counted:
    """Counts the answers of models, and tells progress.

    Args:
        progress: Told how far it is.
    """

    def __init__(self, progress: Progress) -> None:
        self.n = 0
        self._progress = progress

    def of(self, where: str, done: float, n_expected: int, share: float) -> Tick:
        """Returns what counts the answers of a part: from ``done`` on, ``share`` of the whole."""
        before = self.n
        self._progress(where, done)

        def tick(n_rows: int) -> None:
            self.n += n_rows
            self._progress(where, done + share * min((self.n - before) / n_expected, 1.0))

        return tick

    def words(self, since: float) -> str:
        """Says how many there were, and how long they took."""
        return f"{self.n:,} rows predicted, {time.perf_counter() - since:.1f} s"


def shuffled_columns(
    result: Result, held: HeldOut, counted: Counted
) -> tuple[tuple[Columns, ...], int, NDArray[np.float64]]:
    """Shuffles columns that go together, and each of those by itself.

    Args:
        result: Whole.
        held: Whose models are asked, on which rows.
        counted: Told of progress.

    Returns:
        The sets of columns; the rows of a fold that were looked at, at the most; ``(n_units, n_sets)`` losses.
    """
    dataset = result.dataset
    counted.of("which columns go together", 0.0, 1, 0.0)
    groups = groups_of(dataset.X, _are_categories(dataset), seed=result.folds[0].seed)
    sets = (*groups, *((column,) for group in groups if len(group) > 1 for column in group))
    some = held.at_most(rows_each(len(held.asked), len(sets), dataset.X.shape[1]))
    share = 1 / len(some.asked)
    lost = [
        losses(
            asked,
            sets,
            result,
            counted.of(asked.name, place * share, len(asked.rows) * (len(sets) + 1), share),
            rows_at_once(held),
        )
        for place, asked in enumerate(some.asked)
    ]
    return sets, max(len(asked.rows) for asked in some.asked), np.array(lost)


def column_losses(
    sets: Sequence[Columns], lost: NDArray[np.float64], units: Units, names: Sequence[str]
) -> tuple[ColumnLoss, ...]:
    """Returns what each column, or those that go together, costs, the largest loss first.

    Args:
        sets: Groups of columns that have no column in common, then single columns of the larger groups.
        lost: ``(n_units, n_sets)``; units on which the metric is not defined count for nothing.
        units: On which they were found.
        names: Of the columns.
    """
    groups = range(_n_groups(sets))
    known = lost[~np.isnan(lost).any(axis=1)]
    if len(known) < 2:  # nothing is told of chance
        known = lost[:1] if not len(known) else known
    found, n = units.intervals(known), len(known)
    p = np.full(len(groups), np.nan) if n < 2 else holm(units.p_values(known[:, groups]))
    alone = {columns[0]: float(found.mean[place]) for place, columns in enumerate(sets) if len(columns) == 1}
    told = []
    for place, p_corrected in zip(groups, p, strict=True):
        members = sorted(sets[place], key=lambda column: -alone[column])
        told.append(
            ColumnLoss(
                columns=tuple(names[column] for column in members),
                places=tuple(members),
                mean=float(found.mean[place]),
                low=float(found.low[place]),
                high=float(found.high[place]),
                p_corrected=float(p_corrected),
                beyond=bool(p_corrected < LEVEL and found.mean[place] > 0),
                alone=tuple(alone[column] for column in members),
            )
        )
    return tuple(sorted(told, key=lambda one: -one.mean))


def effect_curves(
    result: Result, held: HeldOut, scales: Scales, found: Sequence[ColumnLoss], counted: Counted
) -> tuple[Curve, ...]:
    """Returns how the answer follows the most important columns: of those that go together, the one that costs most.

    Where these are few, the next of those that go together, too, and columns whose loss may be chance.

    Args:
        result: Whole.
        held: Whose models are asked, on which rows.
        scales: What is read of an answer.
        found: The losses, the largest first.
        counted: Told of progress.
    """
    beyond = [one for one in found if one.beyond]
    columns = [one.places[0] for one in beyond][:MOST_CURVES]
    others = [place for one in beyond for place in one.places[1:]] + [one.places[0] for one in found if not one.beyond]
    columns += others[: max(FEW_CURVES - len(columns), 0)]
    n_answers = max(ANSWERS_OF_A_CURVE // held.slower, 2)
    share, curves = 1 / (len(columns) * len(held.asked)), []
    for number, axis in enumerate(axis_of(result.dataset, column) for column in columns):
        if not len(axis.values):
            continue
        of_each = [
            heights(
                asked,
                axis,
                result.dataset,
                scales,
                counted.of(f"{axis.name}, {asked.name}", (number * len(held.asked) + place) * share, n_answers, share),
                n_answers=n_answers,
            )
            for place, asked in enumerate(held.asked)
        ]
        curves.append(
            Curve(axis=axis, heights={scale: _over([one[scale] for one in of_each], held) for scale in of_each[0]})
        )
    return tuple(curves)


def _known(lost: NDArray[np.float64], held: HeldOut) -> NDArray[np.float64]:
    """Returns the losses of all units; where these tell nothing of chance, the mean of those that have one."""
    return held.told(lost[~np.isnan(lost).any(axis=1)]) if held.too_few else lost


def _n_groups(sets: Sequence[Columns]) -> int:
    """Returns how many of the first sets have no column in common."""
    return int(np.searchsorted(np.cumsum([len(columns) for columns in sets]), len(set().union(*sets)))) + 1


def _over(heights: Sequence[NDArray[np.float64]], held: HeldOut) -> Intervals:
    """Returns the mean and interval over units of which something is known."""
    known = [one for one in heights if not np.isnan(one).any()]
    return held.units.intervals(held.told(np.array(known or heights[:1])))


def _are_categories(dataset: Dataset) -> list[bool]:
    if dataset.columns is None:
        return [False] * dataset.X.shape[1]
    return [column.kind in ("category", "yes/no") for column in dataset.columns.used]


def _names(dataset: Dataset) -> list[str]:
    return [name.strip() for name in dataset.feature_names]
