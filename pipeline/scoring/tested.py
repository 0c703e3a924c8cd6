"""Which rows the folds test, and what a row scores on the average of the folds that test it."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.scoring.values import Scores


def sizes_of(folds: Sequence[Fold]) -> dict[str, int]:
    """Returns the training and test rows of a fold, on the average of all: of whole groups some have many more.

    Of parts that differ by a row they are the sizes of a larger part, which is less sure.
    """
    n_train, n_test = (np.mean([len(rows) for rows in each]) for each in zip(*map(_rows, folds), strict=True))
    return {"n_train": int(np.floor(n_train)), "n_test": int(np.ceil(n_test))}


def _rows(fold: Fold) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return fold.train_rows, fold.test_rows


def tested_equally(own: Sequence[Scores], folds: Sequence[Fold]) -> bool:
    """Returns whether all rows were test rows, each as often as the others."""
    times = _times_tested(own, folds)
    return bool((times == times[0]).all())


def mean_of_rows(
    of: Callable[[Scores], NDArray[np.float64] | NDArray[np.bool_]], own: Sequence[Scores], folds: Sequence[Fold]
) -> NDArray[np.float64]:
    """Returns the mean of what a row scores whenever it is a test row, of each row that was one."""
    rows, times = {fold.index: fold.test_rows for fold in folds}, _times_tested(own, folds)
    total = np.zeros(len(times))
    for item in own:
        total[rows[item.fold_index]] += of(item)
    return total[times > 0] / times[times > 0]


def design_effect(own: Sequence[Scores], folds: Sequence[Fold]) -> float:
    """Returns by what the variance of a mean over folds is larger than were each row tested as often as the others.

    Formula:
        ``n * sum w^2 / (sum w)^2`` over the ``n`` rows that are tested, ``w`` times each.

    Source:
        Kish (1965), Survey Sampling, section 11.7, for unequal weights.
    """
    times = _times_tested(own, folds)
    return kish(times[times > 0])


def rows_of_class(of: Callable[[Scores], NDArray[np.bool_]], own: Sequence[Scores], folds: Sequence[Fold]) -> float:
    """Returns as how many rows of a class those are worth that the folds test, in a mean of its share in each fold.

    A row counts the more the fewer of its class its folds have, and the oftener it is tested.

    Formula:
        ``(sum w)^2 / sum w^2``, ``w`` the sum over the folds that test a row of one by its class's rows there.

    Source:
        As of ``design_effect``.

    Args:
        of: Which test rows are of the class.
        own: Of the folds that have some.
        folds: All of them.
    """
    rows = {fold.index: fold.test_rows for fold in folds}
    members = [rows[item.fold_index][of(item)] for item in own]
    counts = np.concatenate([np.full(len(each), 1 / max(len(each), 1)) for each in members])
    weights = np.bincount(np.concatenate(members), weights=counts)
    return float(weights.sum() ** 2 / (weights**2).sum())


def kish(times: NDArray[np.int64] | NDArray[np.float64]) -> float:
    """Returns the design effect of what counts so many ``times`` each, as of ``design_effect``.

    Example:
        >>> kish(np.array([2, 2, 2])), round(kish(np.array([1, 2, 3])), 3)
        (1.0, 1.167)
    """
    return float(len(times) * (times**2).sum() / times.sum() ** 2)


def _times_tested(own: Sequence[Scores], folds: Sequence[Fold]) -> NDArray[np.int64]:
    n_rows = len(folds[0].train_rows) + len(folds[0].test_rows)
    rows = {fold.index: fold.test_rows for fold in folds}
    return np.bincount(np.concatenate([rows[item.fold_index] for item in own]), minlength=n_rows)
