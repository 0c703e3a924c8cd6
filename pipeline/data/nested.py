"""Parts of the training rows, each within the next, with the classes in their shares."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.data.forward import forward
from pipeline.data.values import Dataset, Fold
from pipeline.data.watched import strata_of
from pipeline.data.whole import first_rows, in_turn


def part_of(dataset: Dataset, fold: Fold, share: float) -> Fold:
    """Returns the fold with a share of its training rows, drawn at random by its seed; all else is as it was.

    Of one fold the rows of a smaller share are among those of a larger one. There are as many as the share says, to the
    nearest row, and of each class its share but for less than a row. The order is that of the fold. Of rows that have
    groups whole groups are drawn, and of rows that have times the latest are taken, as near to the share as that goes.

    Args:
        dataset: Where the rows are.
        fold: Gives rows and seed.
        share: Above 0, at most 1.
    """
    if share == 1:
        return fold
    kept = _kept(dataset, fold, share)
    return replace(fold, train_rows=fold.train_rows[np.sort(kept)])


def fewest(dataset: Dataset, folds: Sequence[Fold], share: float) -> int:
    """Returns how many rows the rarest class has in a share of the training rows; of numbers, how many in all."""
    parts = [strata_of(dataset, part_of(dataset, fold, share).train_rows) for fold in folds]
    n_strata = dataset.n_classes if dataset.task.has_classes else 1
    return int(min(np.bincount(own, minlength=n_strata).min() for own in parts))


def _kept(dataset: Dataset, fold: Fold, share: float) -> NDArray[np.int64]:
    """Returns the positions, among the training rows, of those that are kept."""
    rows = fold.train_rows
    if dataset.times is not None:
        ((_, latest),) = forward(dataset.times[rows], 1, share=share, owner="learning_curve")
        return latest
    strata, random = strata_of(dataset, rows), np.random.default_rng(np.random.SeedSequence(fold.seed, spawn_key=(2,)))
    groups = dataset.groups_of(rows)
    if groups is not None:
        return first_rows(in_turn(groups, strata, random), round(share * len(rows)))
    turn = np.empty(len(strata))  # the share from which on a row is there
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        turn[own] = (random.permutation(len(own)) + 0.5) / len(own)
    return np.argsort(turn, kind="stable")[: round(share * len(strata))]
