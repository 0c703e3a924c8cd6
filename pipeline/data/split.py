"""A data set into folds of training and test rows."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold, train_test_split

from experiments.language import Splitting
from models.blackboard.r_random import RRandom
from models.checks import require
from pipeline.data.forward import forward, stretches
from pipeline.data.task import Division, Regression
from pipeline.data.values import Dataset, Fold
from pipeline.data.watched import strata_of
from pipeline.data.whole import first_rows, in_turn

Rows = NDArray[np.int64]
_TRIES = 100
_ROUNDING = 1e-9  # of a share: 0.8 of 10 rows are 8
N_STRETCHES = 20
"""Of the test rows of all folds together, where rows are divided by time: intervals rest on how these differ."""


def split(dataset: Dataset, splitting: Splitting, *, seed: int, n_folds: int | None = None) -> tuple[Fold, ...]:
    """Divides the rows into folds; fold ``k`` has the seed ``seed + k``.

    Args:
        dataset: What is divided.
        splitting: How.
        seed: Of fold 0; with 1 and a random split it is the homework's:
            ``train_test_split(X, y, test_size=0.2, random_state=1)``, with ``stratify=y`` where that is declared. All
            dealings into parts come from this one, as in
            ``RepeatedStratifiedKFold(n_splits, n_repeats, random_state=seed)``, or ``RepeatedKFold``. Blocks forward in
            time draw nothing.
        n_folds: How many instead of the declared number.

    Raises:
        ValueError: A number of folds that does not suit the kind of split, canonical test rows asked of a set that has
            none, a class of fewer rows than parts, fewer groups or times than it takes, or training rows that lack a
            class.

    Source: Homework Q1, "Randomly divide data into train/test as 80/20 (set.seed=1)".
    """
    splitting = splitting if n_folds is None else replace(splitting, n_folds=n_folds)
    _require_suited(dataset, splitting)
    folds = tuple(
        Fold(
            index=index,
            seed=seed + index,
            train_rows=train_rows,
            test_rows=test_rows,
            stretches=_stretches(dataset, splitting, test_rows),
        )
        for index, (train_rows, test_rows) in enumerate(_divisions(dataset, splitting, seed))
    )
    for fold in folds:
        _require_every_class(dataset, fold, splitting)
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

    Of rows that have a time, each part is held out of what was before it, and the first rows are only learned from.

    Raises:
        ValueError: A class has fewer training rows than there are parts, or they are of fewer groups or times.
    """
    groups = dataset.groups_of(fold.train_rows)
    if dataset.times is not None:
        dealt = forward(dataset.times[fold.train_rows], n_inner, groups=groups)
    else:
        dealt = dataset.task.deal(dataset.y[fold.train_rows], n_inner, fold.seed, groups)
    return [
        Fold(index=index, seed=fold.seed, train_rows=fold.train_rows[learned], test_rows=fold.train_rows[held_out])
        for index, (learned, held_out) in enumerate(dealt)
    ]


def _divisions(dataset: Dataset, splitting: Splitting, seed: int) -> Iterator[Division]:
    """Yields the training and the test rows of each fold."""
    rows = np.arange(dataset.n_samples)
    if splitting.kind == "canonical":
        test_rows = _canonical_test_rows(dataset)
        yield np.setdiff1d(rows, test_rows), test_rows
    elif dataset.times is not None:
        yield from forward(
            dataset.times, splitting.n_folds, groups=dataset.groups, share=splitting.tested_share, owner="split"
        )
    elif dataset.groups is not None:
        yield from _together(dataset, splitting, seed)
    elif splitting.drawn_by == "r":
        yield from _drawn_by_r(dataset.n_samples, splitting, seed)
    elif splitting.n_splits is not None:
        n_repeats = splitting.n_folds // splitting.n_splits
        dealer = RepeatedStratifiedKFold if splitting.keeps_shares else RepeatedKFold
        dealt = dealer(n_splits=splitting.n_splits, n_repeats=n_repeats, random_state=seed)
        yield from dealt.split(rows, dataset.y)
    else:
        for index in range(splitting.n_folds):
            train_rows, test_rows = train_test_split(
                rows,
                test_size=splitting.tested_share,
                random_state=seed + index,
                stratify=dataset.y if splitting.stratified else None,
            )
            yield train_rows, test_rows


def _drawn_by_r(n: int, splitting: Splitting, seed: int) -> Iterator[Division]:
    """Yields divisions as R draws them; ``sample`` takes the whole part of a size, as R does.

    Formula:
        set.seed(seed); train <- sample(n, n * share).
    """
    n_train = math.floor(n * (1 - splitting.tested_share) + _ROUNDING)
    for index in range(splitting.n_folds):
        train_rows = RRandom(seed + index).sample(n, n_train)
        yield train_rows, np.setdiff1d(np.arange(n), train_rows)


def _together(dataset: Dataset, splitting: Splitting, seed: int) -> Iterator[Division]:
    """Yields divisions that leave groups whole, with about the shares of the classes that there are.

    One dealing is scikit-learn's. Where several divisions are drawn it would not do: it takes groups in the order of
    how they differ, and hardly another one for another seed. So groups are put in an order by lot that keeps classes in
    their shares, which begins anywhere: a random split tests the first of it, a dealing parts of equally many.
    """
    n_parts = splitting.n_splits
    if n_parts is not None and splitting.n_folds <= n_parts:
        task = Regression() if splitting.kind == "k_fold" else dataset.task  # which deals all rows alike
        yield from islice(task.deal(dataset.y, n_parts, seed, dataset.groups), splitting.n_folds)
        return
    for index in range(splitting.n_folds if n_parts is None else splitting.n_folds // n_parts):
        orders = (_in_order(dataset, splitting, np.random.default_rng([seed, index, again])) for again in range(_TRIES))
        yield from _first_whole(dataset, (_cut(order, dataset.n_samples, splitting) for order in orders))


def _in_order(dataset: Dataset, splitting: Splitting, random: np.random.Generator) -> list[Rows]:
    """Returns the rows of each group, in an order by lot that keeps classes in their shares, from anywhere on."""
    rows = np.arange(dataset.n_samples)
    strata = np.zeros_like(rows) if splitting.kind == "k_fold" else strata_of(dataset, rows)
    order = in_turn(np.asarray(dataset.groups), strata, random)
    least = splitting.n_splits or 2
    remedy = "Deal into fewer parts, or divide by a finer column."
    require(len(order) >= least, "split", f"{least} groups or more, one for each part", remedy, groups=len(order))
    begin = int(random.integers(len(order)))
    return order[begin:] + order[:begin]


def _cut(order: list[Rows], n_samples: int, splitting: Splitting) -> list[Division]:
    """Returns the division, or those of a dealing, of groups in an order."""
    rows = np.arange(n_samples)
    if splitting.n_splits is None:
        tested = [first_rows(order[:-1], round(splitting.tested_share * n_samples))]
    else:
        bounds = np.linspace(0, len(order), splitting.n_splits + 1).round().astype(int)
        tested = [np.sort(np.concatenate(order[low:high])) for low, high in pairwise(bounds)]
    return [(np.delete(rows, own), own) for own in tested]


def _first_whole(dataset: Dataset, dealings: Iterable[list[Division]]) -> list[Division]:
    """Returns the first of several dealings that have every class on both sides; else in all training rows."""
    found, learned = [], None
    for found in dealings:
        if all(_has_every_class(dataset, rows) for rows, _ in found):
            learned = learned or found
            if all(_has_every_class(dataset, rows) for _, rows in found):
                return found
    return learned or found


def _has_every_class(dataset: Dataset, rows: Rows) -> bool:
    return not dataset.task.has_classes or len(np.unique(dataset.y[rows])) == dataset.n_classes


def _stretches(dataset: Dataset, splitting: Splitting, test_rows: Rows) -> Rows | None:
    """Returns the stretch of time of each test row, where rows are divided by time."""
    if splitting.kind != "forward" or dataset.times is None:
        return None
    return stretches(dataset.times[test_rows], max(2, round(N_STRETCHES / splitting.n_folds)))


def _canonical_test_rows(dataset: Dataset) -> Rows:
    if dataset.test_rows is None:
        raise ValueError(
            f"split: expected a data set that comes with test rows. Received: dataset={dataset.name!r}. "
            "Declare Splitting(kind='random')."
        )
    return dataset.test_rows


def _require_suited(dataset: Dataset, splitting: Splitting) -> None:
    """Checks that the rows can be divided so."""
    in_time = splitting.kind == "forward"
    remedy = (
        "Declare kind='forward', or leave the times out." if not in_time else "Say when each row was, or divide else."
    )
    suits = in_time == (dataset.times is not None) or splitting.kind == "canonical"
    require(suits, "split", "blocks forward in time, and only of rows that have a time", remedy, kind=splitting.kind)
    if splitting.stratified or splitting.kind == "stratified_k_fold":
        remedy = "Declare kind='k_fold', or a random split that is not stratified."
        kept = "classes to keep their shares"
        require(dataset.task.has_classes, "split", kept, remedy, dataset=dataset.name, kind=splitting.kind)
    n_splits = splitting.n_splits
    if n_splits is None:
        return
    enough = dataset.n_samples >= n_splits
    require(enough, "split", "n_splits rows or more", "Deal into fewer parts.", n_splits=n_splits, n=dataset.n_samples)
    if splitting.keeps_shares and dataset.groups is None:
        require(
            min(dataset.class_counts.values()) >= n_splits,
            "split",
            "n_splits rows of each class or more",
            "Deal into fewer parts.",
            n_splits=n_splits,
            class_counts=dataset.class_counts,
        )


def _require_every_class(dataset: Dataset, fold: Fold, splitting: Splitting) -> None:
    remedy = "Groups are too few, or too unequal: divide into fewer parts."
    rows = {"train": len(fold.train_rows), "test": len(fold.test_rows)}
    require(min(rows.values()) > 0, "split", "training and test rows in each fold", remedy, fold=fold.index, **rows)
    if not dataset.task.has_classes:
        return
    require(
        _has_every_class(dataset, fold.train_rows),
        "split",
        "training rows of every class",
        {
            True: "The first rows by time lack one: take fewer folds.",
            False: "The set is too small for this split: give it more rows or a smaller test_share.",
        }[splitting.kind == "forward"],
        dataset=dataset.name,
        fold=fold.index,
        class_counts=dataset.class_counts,
    )
