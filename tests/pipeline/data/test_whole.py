"""No group stands on both sides of any division, and nothing is learned from the future, at any level."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from experiments.language import Splitting
from pipeline.data.nested import part_of
from pipeline.data.split import N_STRETCHES, inner_folds, split
from pipeline.data.task import Classification, Regression
from pipeline.data.values import Dataset
from pipeline.data.watched import hold_out
from pipeline.data.whole import first_rows, in_turn

SHARES = (0.15, 0.4, 0.8)


def dataset(task, *, grouped=True, timed=False, n=400, n_groups=70):
    random = np.random.default_rng(2)
    groups = random.permutation(np.sort(random.integers(n_groups, size=n)))
    times = random.integers(90, size=n)
    if grouped and timed:
        groups = times * 3 + groups % 3  # of one day each, but for some of two
        groups[times % 10 == 1] -= 3
    return Dataset(
        name="visits",
        X=random.normal(size=(n, 2)),
        y=random.integers(2, size=n) if task == "classes" else random.normal(size=n),
        feature_names=("a", "b"),
        task=Classification(class_names=("no", "yes")) if task == "classes" else Regression(),
        source="drawn",
        citation="nobody",
        version="1",
        groups=groups if grouped else None,
        times=times if timed else None,
    )


def splittings(task, timed):
    if timed:
        return [Splitting(kind="forward", time="day", n_folds=n) for n in (1, 4)]
    dealt = Splitting(kind="stratified_k_fold" if task == "classes" else "k_fold", n_splits=5, n_folds=10)
    return [dealt, Splitting(n_folds=3)]


CASES = [
    (task, splitting, grouped, timed)
    for task in ("classes", "numbers")
    for grouped, timed in [(True, False), (False, True), (True, True)]
    for splitting in splittings(task, timed)
]


def all_levels(data, splitting):
    """Yields every pair of rows that are learned from and rows that they are judged by, inside and outside."""
    folds = split(data, splitting, seed=3)
    inner = inner_folds(data, folds, 3)
    for fold in (*folds, *inner):
        yield fold.train_rows, fold.test_rows
        yield hold_out(data, fold.train_rows, 0.2, seed=fold.seed)
    for fold in folds:
        for share in SHARES:
            yield part_of(data, fold, share).train_rows, fold.test_rows


@pytest.mark.parametrize(("task", "splitting", "grouped", "timed"), CASES)
def test_no_group_is_divided_and_nothing_is_learned_from_the_future(task, splitting, grouped, timed):
    data = dataset(task, grouped=grouped, timed=timed)
    n = 0
    for learned, judged in all_levels(data, splitting):
        assert len(learned)
        assert len(judged)
        assert not set(learned) & set(judged)
        if grouped:
            assert not set(data.groups[learned]) & set(data.groups[judged])
        if timed:
            assert data.times[learned].max() < data.times[judged].min()
        n += 1
    assert n >= 10


@pytest.mark.parametrize("task", ["classes", "numbers"])
def test_parts_of_the_rows_are_whole_groups_within_each_other(task):
    data = dataset(task)
    for fold in split(data, Splitting(n_folds=2), seed=0):
        left_over = []
        for share in SHARES:
            rows = set(part_of(data, fold, share).train_rows)
            of_these = [row for row in fold.train_rows if data.groups[row] in set(data.groups[list(rows)])]
            assert rows == set(of_these)
            assert len(rows) == pytest.approx(share * len(fold.train_rows), abs=10)
            left_over.append(rows)
        assert all(smaller <= larger for smaller, larger in pairwise(left_over))


def test_parts_of_rows_in_time_are_the_latest():
    data = dataset("classes", grouped=False, timed=True)
    (fold,) = split(data, Splitting(kind="forward", time="day", n_folds=1), seed=0)
    for share in SHARES:
        part = set(part_of(data, fold, share).train_rows)
        earliest = data.times[list(part)].min()
        assert part == {row for row in fold.train_rows if data.times[row] >= earliest}


def test_classes_keep_about_their_shares_where_groups_are_of_one_class():
    random = np.random.default_rng(0)
    groups = np.arange(600) // 3
    strata = (random.random(200) < 0.1).astype(int)[groups]
    turn = in_turn(groups, strata, np.random.default_rng(4))
    for share in SHARES:
        rows = first_rows(turn, round(share * 600))
        assert strata[rows].mean() == pytest.approx(strata.mean(), abs=0.02)


def test_each_fold_in_time_knows_its_stretches():
    data = dataset("classes", grouped=False, timed=True)
    folds = split(data, Splitting(kind="forward", time="day", n_folds=4), seed=0)
    own = [set(fold.stretches) for fold in folds]
    assert all(len(each) == N_STRETCHES // 4 for each in own)
    assert len(set.union(*own)) == N_STRETCHES  # none of two folds
    assert all(fold.stretches is None for fold in split(dataset("classes"), Splitting(n_folds=2), seed=0))


def test_every_row_is_a_test_row_once_in_each_dealing_of_groups():
    data = dataset("classes")
    folds = split(data, Splitting(kind="stratified_k_fold", n_splits=5, n_folds=10), seed=1)
    for dealing in (folds[:5], folds[5:]):
        np.testing.assert_array_equal(np.sort(np.concatenate([fold.test_rows for fold in dealing])), np.arange(400))


@pytest.mark.parametrize("task", ["classes", "numbers"])
def test_groups_are_drawn_anew_for_each_split_and_dealing_however_much_they_differ(task):
    """By their shares the same groups were test rows in all random splits, and all repeats of a dealing were one."""
    data = dataset(task)
    groups = np.arange(400) // 20
    y = (np.arange(400) % 20 < groups).astype(int) if task == "classes" else data.y
    data = replace(data, groups=groups, y=y)
    kind = "stratified_k_fold" if task == "classes" else "k_fold"
    times = np.zeros(20)
    drawn = split(data, Splitting(n_folds=200), seed=1)
    for fold in drawn:
        assert len(fold.test_rows) == 80
        times[np.unique(groups[fold.test_rows])] += 1
    assert 20 < times.min() <= times.max() < 60  # 40 are expected of each
    dealt = split(data, Splitting(kind=kind, n_splits=5, n_folds=50), seed=1)
    assert len({tuple(np.unique(groups[fold.test_rows])) for fold in dealt}) > 40


def test_rows_of_which_one_repeats_keep_the_shares_of_the_classes():
    """Rows that repeat each other are groups, and nobody asked for any."""
    y = (np.arange(400) % 30 == 0).astype(int)
    data = replace(dataset("classes"), groups=np.maximum(np.arange(400), 1), y=y)
    for splitting in (
        Splitting(kind="stratified_k_fold", n_splits=5, n_folds=10),
        Splitting(n_folds=10, stratified=True),
    ):
        folds = split(data, splitting, seed=1)
        assert {int(y[fold.test_rows].sum()) for fold in folds} <= {2, 3, 4}
        assert len({tuple(fold.test_rows) for fold in folds}) == 10
        assert all(len(fold.test_rows) == pytest.approx(80, abs=2) for fold in folds)


def test_one_large_group_is_a_test_group_as_often_as_others():
    data = replace(dataset("numbers"), groups=np.maximum(np.arange(400) // 10, 20))
    folds = split(data, Splitting(n_folds=200), seed=1)
    shares = [len(fold.test_rows) / 400 for fold in folds]
    assert min(shares) > 0.02
    tested = np.mean([20 in data.groups[fold.test_rows] for fold in folds])
    assert 0.02 < tested < 0.5


def test_groups_are_drawn_until_training_rows_have_every_class():
    y = (np.arange(400) >= 380).astype(int)
    data = replace(dataset("classes"), groups=np.arange(400) // 10, y=y)  # two groups of forty have all of a class
    for splitting in (
        Splitting(n_folds=100, test_share=0.5),
        Splitting(kind="stratified_k_fold", n_splits=2, n_folds=100),
    ):
        for fold in split(data, splitting, seed=1):
            assert y[fold.train_rows].any()
    one = replace(data, groups=np.minimum(data.groups, 38))
    with pytest.raises(ValueError, match="split: expected training rows of every class"):
        split(one, Splitting(kind="stratified_k_fold", n_splits=2, n_folds=4), seed=1)


def test_fewer_groups_than_parts_are_refused():
    for task in ("classes", "numbers"):
        few = replace(dataset(task), groups=np.arange(400) % 4)
        kind = "stratified_k_fold" if task == "classes" else "k_fold"
        with pytest.raises(
            ValueError, match=r"split: expected 5 groups or more, one for each part\. Received: groups=4"
        ):
            split(few, Splitting(kind=kind, n_splits=5, n_folds=5), seed=0)


def test_rows_with_times_are_divided_by_time_and_no_others():
    with pytest.raises(ValueError, match="blocks forward in time, and only of rows that have a time"):
        split(dataset("classes", timed=True), Splitting(n_folds=2), seed=0)
    with pytest.raises(ValueError, match="blocks forward in time, and only of rows that have a time"):
        split(dataset("classes"), Splitting(kind="forward", time="day", n_folds=2), seed=0)


def test_first_rows_that_lack_a_class_are_refused_with_what_helps():
    data = dataset("classes", grouped=False, timed=True)
    late = replace(data, y=(data.times > 60).astype(np.int64))
    with pytest.raises(
        ValueError, match=r"training rows of every class.*first rows by time lack one: take fewer folds"
    ):
        split(late, Splitting(kind="forward", time="day", n_folds=4), seed=0)


def test_one_group_of_training_rows_leaves_nothing_to_watch():
    data = replace(dataset("classes"), groups=np.zeros(400, np.int64))
    with pytest.raises(ValueError, match="two groups or more to hold one out"):
        hold_out(data, np.arange(400), 0.2, seed=0)
