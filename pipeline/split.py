"""Stage 2: a data set into folds of training and test rows."""

import numpy as np
from sklearn.model_selection import train_test_split

from experiments.checks import require
from experiments.spec import Splitting
from pipeline.values import Dataset, Fold


def split(dataset: Dataset, splitting: Splitting, *, seed: int, n_folds: int | None = None) -> tuple[Fold, ...]:
    """Divides the rows into folds; fold ``k`` has the seed ``seed + k``.

    Args:
        dataset: What is divided.
        splitting: How.
        seed: Of fold 0; with 1 and a random split it is the homework's:
            ``train_test_split(X, y, test_size=0.2, random_state=1)``.
        n_folds: How many instead of the declared number.

    Raises:
        ValueError: Canonical test rows asked of a set that has none, more than one canonical fold, or training rows
            that lack a class.

    Source: Homework Q1, "Randomly divide data into train/test as 80/20 (set.seed=1)".
    """
    n_folds = splitting.n_folds if n_folds is None else n_folds
    if splitting.kind == "canonical":
        return (_canonical_fold(dataset, seed, n_folds),)
    rows = np.arange(dataset.n_samples)
    folds = []
    for index in range(n_folds):
        train_rows, test_rows = train_test_split(rows, test_size=splitting.test_share, random_state=seed + index)
        folds.append(Fold(index=index, seed=seed + index, train_rows=train_rows, test_rows=test_rows))
        _require_every_class(dataset, folds[-1])
    return tuple(folds)


def _canonical_fold(dataset: Dataset, seed: int, n_folds: int) -> Fold:
    require(n_folds == 1, "split", "one fold with canonical test rows", "Leave --folds out.", n_folds=n_folds)
    if dataset.test_rows is None:
        raise ValueError(
            f"split: expected a data set that comes with test rows. Received: dataset={dataset.name!r}. "
            "Declare Splitting(kind='random')."
        )
    train_rows = np.setdiff1d(np.arange(dataset.n_samples), dataset.test_rows)
    return Fold(index=0, seed=seed, train_rows=train_rows, test_rows=dataset.test_rows)


def _require_every_class(dataset: Dataset, fold: Fold) -> None:
    present = np.unique(dataset.y[fold.train_rows])
    require(
        len(present) == dataset.n_classes,
        "split",
        "training rows of every class",
        "The set is too small for this split: give it more rows or a smaller test_share.",
        dataset=dataset.name,
        fold=fold.index,
        class_counts=dataset.class_counts,
    )
