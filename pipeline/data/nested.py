"""Parts of the training rows, each within the next, with the classes in their shares."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.data.task import Classification
from pipeline.data.values import Dataset, Fold


def part_of(dataset: Dataset, fold: Fold, share: float) -> Fold:
    """Returns the fold with a share of its training rows, drawn at random by its seed; all else is as it was.

    Of one fold the rows of a smaller share are among those of a larger one. There are as many as the share says, to the
    nearest row, and of each class its share but for less than a row. The order is that of the fold.

    Args:
        dataset: Where the rows are.
        fold: Gives rows and seed.
        share: Above 0, at most 1.
    """
    strata = _strata(dataset, fold)
    random = np.random.default_rng(np.random.SeedSequence(fold.seed, spawn_key=(2,)))
    turn = np.empty(len(strata))  # the share from which on a row is there
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        turn[own] = (random.permutation(len(own)) + 0.5) / len(own)
    kept = np.argsort(turn, kind="stable")[: round(share * len(strata))]
    return replace(fold, train_rows=fold.train_rows[np.sort(kept)])


def fewest(dataset: Dataset, folds: Sequence[Fold], share: float) -> int:
    """Returns how many rows the rarest class has in a share of the training rows; of numbers, how many in all."""
    parts = [_strata(dataset, part_of(dataset, fold, share)) for fold in folds]
    n_strata = dataset.n_classes if isinstance(dataset.task, Classification) else 1
    return int(min(np.bincount(own, minlength=n_strata).min() for own in parts))


def _strata(dataset: Dataset, fold: Fold) -> NDArray[np.int64]:
    """Returns the class of each training row; one for all where a number is predicted."""
    if isinstance(dataset.task, Classification):
        classes: NDArray[np.int64] = dataset.y[fold.train_rows]
        return classes
    return np.zeros(len(fold.train_rows), dtype=np.int64)
