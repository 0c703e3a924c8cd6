from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold, train_test_split

from experiments.language import Splitting
from pipeline.data.ingest import ingest
from pipeline.data.split import inner_folds, parts, split
from pipeline.data.task import Classification, Regression


@pytest.fixture(scope="module")
def iris():
    return ingest("iris")


def test_fold_0_is_the_homeworks_split_and_fold_k_takes_the_next_seeds(iris):
    for fold in split(iris, Splitting(n_folds=3), seed=1):
        _, X_test, _, y_test = train_test_split(iris.X, iris.y, test_size=0.2, random_state=1 + fold.index)
        np.testing.assert_array_equal(iris.X[fold.test_rows], X_test)
        np.testing.assert_array_equal(iris.y[fold.test_rows], y_test)


def test_a_stratified_split_is_the_commonest_line_of_public_notebooks(iris):
    """``train_test_split(X, y, test_size=0.3, stratify=y, random_state=42)``."""
    (fold,) = split(iris, Splitting(n_folds=1, test_share=0.3, stratified=True), seed=42)
    _, X_test, _, y_test = train_test_split(iris.X, iris.y, test_size=0.3, stratify=iris.y, random_state=42)
    np.testing.assert_array_equal(iris.X[fold.test_rows], X_test)
    assert np.bincount(y_test).tolist() == np.bincount(iris.y[fold.test_rows]).tolist() == [15, 15, 15]


def test_rows_are_drawn_as_r_draws_them(iris):
    """R prints 9 4 7 1 2 5 3 10 6 8 for ``set.seed(1); sample(10)``, and 1 5 10 8 2 4 6 9 7 3 from seed 42."""
    ten = replace(iris, X=iris.X[::15], y=iris.y[::15])
    drawn = Splitting(drawn_by="r", n_folds=1)
    for seed, order in ((1, [9, 4, 7, 1, 2, 5, 3, 10]), (42, [1, 5, 10, 8, 2, 4, 6, 9])):
        (fold,) = split(ten, drawn, seed=seed)
        assert (fold.train_rows + 1).tolist() == order
        assert sorted([*fold.train_rows, *fold.test_rows]) == list(range(10))
    assert [fold.seed for fold in split(iris, replace(drawn, n_folds=2), seed=7)] == [7, 8]
    assert {len(fold.train_rows) for fold in split(iris, replace(drawn, n_folds=2), seed=7)} == {120}


def test_what_r_cannot_keep_together_is_refused():
    for wrong in ({"stratified": True}, {"group": "patient"}, {"kind": "canonical", "n_folds": 1}):
        with pytest.raises(ValueError, match="expected drawn_by r with random splits of single rows only"):
            Splitting(drawn_by="r", **wrong)


def test_every_row_is_in_exactly_one_part(iris):
    for fold in split(iris, Splitting(n_folds=5), seed=4):
        assert sorted([*fold.train_rows, *fold.test_rows]) == list(range(150))


def test_the_homeworks_test_rows_hold_50_bankrupt_companies(real_data_dir):
    bankruptcy = ingest("bankruptcy", data_dir=real_data_dir)
    (fold,) = split(bankruptcy, Splitting(n_folds=1), seed=1)
    assert len(fold.test_rows) == 1364
    assert bankruptcy.y[fold.test_rows].sum() == 50


def test_canonical_test_rows_are_the_sets_own(real_data_dir):
    mnist = ingest("mnist", data_dir=real_data_dir)
    (fold,) = split(mnist, Splitting(kind="canonical", n_folds=1), seed=1)
    assert (len(fold.train_rows), len(fold.test_rows)) == (60_000, 10_000)
    np.testing.assert_array_equal(fold.test_rows, mnist.test_rows)


def test_dealings_are_scikit_learns_repeated_stratified_k_fold(iris):
    theirs = RepeatedStratifiedKFold(n_splits=3, n_repeats=3, random_state=42).split(iris.X, iris.y)
    ours = split(iris, Splitting(kind="stratified_k_fold", n_splits=3, n_folds=9), seed=42)
    for fold, (train_rows, test_rows) in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(fold.train_rows, train_rows)
        np.testing.assert_array_equal(fold.test_rows, test_rows)
        assert fold.seed == 42 + fold.index


@pytest.mark.parametrize("task", [Classification(class_names=("a", "b", "c")), Regression()])
def test_dealings_of_all_rows_alike_are_scikit_learns_repeated_k_fold(iris, task):
    dataset = replace(iris, task=task, y=iris.y if task.has_classes else iris.X[:, 0])
    theirs = RepeatedKFold(n_splits=5, n_repeats=2, random_state=7).split(iris.X)
    ours = split(dataset, Splitting(kind="k_fold", n_splits=5, n_folds=10), seed=7)
    for fold, (train_rows, test_rows) in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(fold.train_rows, train_rows)
        np.testing.assert_array_equal(fold.test_rows, test_rows)


def test_a_random_split_of_numbers_is_train_test_split(iris):
    lengths = replace(iris, task=Regression(), y=iris.X[:, 0])
    (fold,) = split(lengths, Splitting(n_folds=1), seed=3)
    _, _, _, y_test = train_test_split(iris.X, lengths.y, test_size=0.2, random_state=3)
    np.testing.assert_array_equal(lengths.y[fold.test_rows], y_test)


@pytest.mark.parametrize(
    "splitting",
    [
        Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5),
        Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5, group="plant"),
        Splitting(stratified=True),
    ],
)
def test_numbers_have_no_shares_to_keep(iris, splitting):
    lengths = replace(iris, task=Regression(), y=iris.X[:, 0], groups=np.arange(150) // 2)
    with pytest.raises(ValueError, match=r"split: expected classes to keep their shares.*Declare kind='k_fold'"):
        split(lengths, splitting, seed=1)


def test_whole_groups_of_numbers_are_dealt(iris):
    lengths = replace(iris, task=Regression(), y=iris.X[:, 0], groups=np.arange(150) // 3)
    folds = split(lengths, Splitting(kind="k_fold", n_splits=5, n_folds=5, group="plant"), seed=1)
    assert sorted(np.concatenate([fold.test_rows for fold in folds])) == list(range(150))
    for fold in (*folds, *inner_folds(lengths, folds, 3)):
        assert not set(lengths.groups[fold.train_rows]) & set(lengths.groups[fold.test_rows])


def test_in_every_dealing_each_row_is_a_test_row_once(iris):
    folds = split(iris, Splitting(kind="stratified_k_fold", n_splits=5, n_folds=10), seed=1)
    for dealing in (folds[:5], folds[5:]):
        assert sorted(np.concatenate([fold.test_rows for fold in dealing])) == list(range(150))


def test_only_whole_dealings_can_be_asked_for(iris):
    dealt = Splitting(kind="stratified_k_fold", n_splits=3, n_folds=9)
    assert len(split(iris, dealt, seed=1, n_folds=6)) == 6
    with pytest.raises(ValueError, match="expected n_folds to be a multiple of n_splits"):
        split(iris, dealt, seed=1, n_folds=10)


def test_a_class_of_fewer_rows_than_parts_is_refused(iris):
    y = np.repeat([0, 1, 2], [100, 48, 2])
    with pytest.raises(ValueError, match="expected n_splits rows of each class or more"):
        split(replace(iris, y=y), Splitting(kind="stratified_k_fold", n_splits=3, n_folds=3), seed=1)


def test_the_number_of_folds_can_be_given(iris):
    assert len(split(iris, Splitting(n_folds=10), seed=1, n_folds=2)) == 2


def test_canonical_rows_are_asked_only_of_sets_that_have_them(iris):
    with pytest.raises(ValueError, match="expected a data set that comes with test rows"):
        split(iris, Splitting(kind="canonical", n_folds=1), seed=1)


def test_a_class_without_training_rows_is_refused(iris):
    y = np.zeros(150, np.int64)
    y[[0, 1]] = 1, 2
    rare = replace(iris, y=y)
    with pytest.raises(ValueError, match="expected training rows of every class"):
        split(rare, Splitting(n_folds=10), seed=1)


def test_rows_of_a_fold_cannot_be_changed(iris):
    (fold,) = split(iris, Splitting(n_folds=1), seed=1)
    with pytest.raises(ValueError, match="read-only"):
        fold.test_rows[0] = 5


def test_inner_folds_hold_every_training_row_out_once_and_no_test_row(iris):
    folds = split(iris, Splitting(n_folds=3), seed=5)
    inner = inner_folds(iris, folds, 4)
    assert [fold.index for fold in inner] == list(range(12))
    assert [fold.seed for fold in inner] == list(range(5 * 4, 8 * 4))
    for fold in folds:
        own = inner[4 * fold.index : 4 * fold.index + 4]
        assert sorted(np.concatenate([one.test_rows for one in own])) == sorted(fold.train_rows)
        for one in own:
            assert not set(one.train_rows) & set(one.test_rows)
            assert set(one.train_rows) | set(one.test_rows) == set(fold.train_rows)
            shares = np.bincount(iris.y[one.test_rows]) / np.bincount(iris.y[fold.train_rows])
            np.testing.assert_allclose(shares, 1 / 4, atol=0.03)


def test_parts_are_the_inner_folds_of_one_fold_by_its_own_seed(iris):
    (fold,) = split(iris, Splitting(n_folds=1), seed=5)
    found = parts(iris, fold, 4)
    assert [(part.index, part.seed) for part in found] == [(index, 5) for index in range(4)]
    for part, inner in zip(found, inner_folds(iris, [fold], 4), strict=True):
        np.testing.assert_array_equal(part.test_rows, inner.test_rows)


def test_too_few_training_rows_of_a_class_for_inner_folds_are_told(iris):
    (fold,) = split(iris, Splitting(n_folds=1), seed=1)
    fewest = np.bincount(iris.y[fold.train_rows]).min()
    with pytest.raises(ValueError, match=f"n_inner training rows of every class or more.* n_inner=45, fewest={fewest}"):
        inner_folds(iris, [fold], 45)
