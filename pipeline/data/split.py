"""A data set into folds of training and test rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import RepeatedStratifiedKFold, train_test_split

from experiments.language import Splitting
from models.checks import require
from pipeline.data.values import Dataset, Fold

Rows = NDArray[np.int64]


def split(dataset: Dataset, splitting: Splitting, *, seed: int, n_folds: int | None = None) -> tuple[Fold, ...]:
    """Divides the rows into folds; fold ``k`` has the seed ``seed + k``.

    Args:
        dataset: What is divided.
        splitting: How.
        seed: Of fold 0; with 1 and a random split it is the homework's:
            ``train_test_split(X, y, test_size=0.2, random_state=1)``, with ``stratify=y`` where that is declared. All
            dealings into parts come from this one, as in
            ``RepeatedStratifiedKFold(n_splits, n_repeats, random_state=seed)``.
        n_folds: How many instead of the declared number.

    Raises:
        ValueError: A number of folds that does not suit the kind of split, canonical test rows asked of a set that has
            none, a class of fewer rows than parts, or training rows that lack a class.

    Source: Homework Q1, "Randomly divide data into train/test as 80/20 (set.seed=1)".
    """
    splitting = splitting if n_folds is None else replace(splitting, n_folds=n_folds)
    folds = tuple(
        Fold(index=index, seed=seed + index, train_rows=train_rows, test_rows=test_rows)
        for index, (train_rows, test_rows) in enumerate(_divisions(dataset, splitting, seed))
    )
    for fold in folds:
        _require_every_class(dataset, fold)
    return folds


def inner_folds(dataset: Dataset, folds: Sequence[Fold], n_inner: int) -> tuple[Fold, ...]:
    """Divides the training rows of each fold into parts, every one held out once: as folds of their own.

    Inner fold ``k`` of fold ``i`` has the index ``i * n_inner + k`` and the seed ``seed * n_inner + k``.

    Args:
        dataset: Where the rows are.
        folds: The outer ones; no inner fold has one of their test rows.
        n_inner: How many parts.

    Raises:
        ValueError: A class has fewer training rows than there are parts.
    """
    return tuple(
        replace(inner, index=fold.index * n_inner + inner.index, seed=fold.seed * n_inner + inner.index)
        for fold in folds
        for inner in parts(dataset, fold, n_inner)
    )


def parts(dataset: Dataset, fold: Fold, n_inner: int) -> list[Fold]:
    """Returns the parts of one fold's training rows, each held out once; all with the seed of the fold.

    Raises:
        ValueError: A class has fewer training rows than there are parts.
    """
    groups = None if dataset.groups is None else dataset.groups[fold.train_rows]
    dealt = dataset.task.deal(dataset.y[fold.train_rows], n_inner, fold.seed, groups)
    return [
        Fold(index=index, seed=fold.seed, train_rows=fold.train_rows[learned], test_rows=fold.train_rows[held_out])
        for index, (learned, held_out) in enumerate(dealt)
    ]


def _divisions(dataset: Dataset, splitting: Splitting, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yields the training and the test rows of each fold."""
    rows = np.arange(dataset.n_samples)
    if splitting.kind == "canonical":
        test_rows = _canonical_test_rows(dataset)
        yield np.setdiff1d(rows, test_rows), test_rows
    elif dataset.groups is not None:
        yield from _together(dataset, splitting, seed)
    elif splitting.n_splits is not None:
        _require_enough_of_each_class(dataset, splitting.n_splits)
        n_repeats = splitting.n_folds // splitting.n_splits
        dealer = RepeatedStratifiedKFold(n_splits=splitting.n_splits, n_repeats=n_repeats, random_state=seed)
        yield from dealer.split(rows, dataset.y)
    else:
        for index in range(splitting.n_folds):
            train_rows, test_rows = train_test_split(
                rows,
                test_size=splitting.tested_share,
                random_state=seed + index,
                stratify=dataset.y if splitting.stratified else None,
            )
            yield train_rows, test_rows


def _together(dataset: Dataset, splitting: Splitting, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yields divisions that leave groups whole; a random share is the part of a dealing that comes closest to it."""
    n_parts = splitting.n_splits or max(2, round(1 / splitting.tested_share))
    for index in range(splitting.n_folds):
        repeat, part = divmod(index, n_parts) if splitting.n_splits else (index, 0)
        dealt = list(dataset.task.deal(dataset.y, n_parts, seed + repeat, dataset.groups))
        yield dealt[part]


def _canonical_test_rows(dataset: Dataset) -> Rows:
    if dataset.test_rows is None:
        raise ValueError(
            f"split: expected a data set that comes with test rows. Received: dataset={dataset.name!r}. "
            "Declare Splitting(kind='random')."
        )
    return dataset.test_rows


def _require_enough_of_each_class(dataset: Dataset, n_splits: int) -> None:
    require(
        min(dataset.class_counts.values()) >= n_splits,
        "split",
        "n_splits rows of each class or more",
        "Deal into fewer parts.",
        n_splits=n_splits,
        class_counts=dataset.class_counts,
    )


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
