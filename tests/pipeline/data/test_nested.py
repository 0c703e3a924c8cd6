"""Parts of the training rows."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.language import Splitting
from pipeline.data.nested import fewest, part_of
from pipeline.data.split import split
from pipeline.data.task import Classification, Regression
from pipeline.data.values import Dataset

SHARES = (0.1, 0.25, 0.33, 0.5, 0.75, 0.9)


@pytest.fixture(scope="module")
def rare():
    """200 rows of three classes, one of them of 13 rows."""
    y = np.repeat([0, 1, 2], [120, 67, 13]).astype(np.int64)
    return Dataset(
        name="rare",
        X=np.arange(200.0)[:, None],
        y=y,
        feature_names=("a",),
        task=Classification(class_names=("a", "b", "c")),
        source="drawn",
        citation="nobody",
        version="1",
    )


@pytest.fixture(scope="module")
def folds(rare):
    return split(rare, Splitting(n_folds=4), seed=3)


def test_smaller_parts_lie_within_larger_ones_in_the_order_of_the_fold(rare, folds):
    for fold in folds:
        before = set()
        for share in (*SHARES, 1.0):
            part = part_of(rare, fold, share)
            assert before <= set(part.train_rows)
            assert [row for row in fold.train_rows if row in set(part.train_rows)] == part.train_rows.tolist()
            before = set(part.train_rows)
            assert (part.seed, part.index) == (fold.seed, fold.index)
            assert part.test_rows is fold.test_rows or (part.test_rows == fold.test_rows).all()
        assert (part.train_rows == fold.train_rows).all()


def test_a_part_has_its_share_of_all_rows_and_of_each_class(rare, folds):
    for fold in folds:
        of_class = np.bincount(rare.y[fold.train_rows])
        for share in SHARES:
            part = part_of(rare, fold, share)
            assert len(part.train_rows) == round(share * len(fold.train_rows))
            assert (abs(np.bincount(rare.y[part.train_rows], minlength=3) - share * of_class) <= 1).all()


def test_folds_draw_by_their_own_seed(rare, folds):
    one = part_of(rare, folds[0], 0.5)
    assert (part_of(rare, folds[0], 0.5).train_rows == one.train_rows).all()
    other = part_of(rare, replace(folds[0], seed=77), 0.5)
    assert set(other.train_rows) != set(one.train_rows)


def test_the_fewest_are_those_of_the_rarest_class_on_the_worst_fold(rare, folds):
    counts = [np.bincount(rare.y[part_of(rare, fold, 0.25).train_rows], minlength=3) for fold in folds]
    assert fewest(rare, folds, 0.25) == min(count[2] for count in counts)
    assert fewest(rare, folds, 0.02) == 0


def test_numbers_have_no_classes(rare, folds):
    numbers = replace(rare, y=np.arange(200.0), task=Regression())
    assert len(part_of(numbers, folds[0], 0.25).train_rows) == 40
    assert fewest(numbers, folds, 0.25) == 40
