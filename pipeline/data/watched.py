"""Rows held out of those that a model learns from, to see when it has learned enough; no group is divided by it."""

import numpy as np
from numpy.typing import NDArray

from models.checks import require
from pipeline.data.forward import forward
from pipeline.data.task import Division
from pipeline.data.values import Dataset
from pipeline.data.whole import first_rows, in_turn


def hold_out(dataset: Dataset, rows: NDArray[np.int64], share: float, *, seed: int, owner: str = "train") -> Division:
    """Returns the rows that are learned from and those that are held out, of rows that have groups or times.

    Of rows with times the latest are held out, of others whole groups at random, classes in about their shares. A group
    that is held out is not learned from.

    Args:
        dataset: Where the rows are.
        rows: Those that may be learned from.
        share: That is held out, about.
        seed: Of the drawing.
        owner: Of an error.

    Raises:
        ValueError: One group or one time only: nothing can be held out.
    """
    groups = dataset.groups_of(rows)
    if dataset.times is not None:
        ((learned, held),) = forward(dataset.times[rows], 1, groups=groups, share=share, owner=owner)
        return rows[learned], rows[held]
    each = np.arange(len(rows)) if groups is None else groups
    in_order = in_turn(each, strata_of(dataset, rows), np.random.default_rng(seed))
    remedy = "Leave early stopping out, or divide into fewer parts."
    require(len(in_order) > 1, owner, "two groups or more to hold one out", remedy, groups=len(in_order))
    held = first_rows(in_order[:-1], round(share * len(rows)))
    return np.delete(rows, held), rows[held]


def strata_of(dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the class of each row; one for all where a number is predicted."""
    if dataset.task.has_classes:
        classes: NDArray[np.int64] = dataset.y[rows]
        return classes
    return np.zeros(len(rows), np.int64)
