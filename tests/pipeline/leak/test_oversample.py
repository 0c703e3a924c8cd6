from dataclasses import replace

import numpy as np
import pytest

from experiments.language import Splitting
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.leak.oversample import before_splitting, inside_training_rows

SPLITTING = Splitting(n_folds=2)


@pytest.fixture(scope="module")
def rare():
    """Iris with 20 flowers of the third species."""
    iris = ingest("iris")
    kept = np.flatnonzero((iris.y < 2) | (np.cumsum(iris.y == 2) <= 20))
    return replace(iris, X=iris.X[kept], y=iris.y[kept])


@pytest.fixture(scope="module")
def folds(rare):
    return split(rare, SPLITTING, seed=1)


def test_inside_the_training_rows_test_rows_stay_as_they_are(rare, folds):
    dataset, oversampled = inside_training_rows(rare, folds)
    np.testing.assert_array_equal(dataset.X[: rare.n_samples], rare.X)
    for fold, own in zip(folds, oversampled, strict=True):
        np.testing.assert_array_equal(own.test_rows, fold.test_rows)
        np.testing.assert_array_equal(own.train_rows[: len(fold.train_rows)], fold.train_rows)
        assert (own.train_rows[len(fold.train_rows) :] >= rare.n_samples).all()
        assert len(set(np.bincount(dataset.y[own.train_rows]))) == 1


def test_inside_the_training_rows_nothing_is_made_from_test_rows(rare, folds):
    X = rare.X.copy()
    X[folds[0].test_rows] *= 1e3
    one, other = (inside_training_rows(data, folds[:1]) for data in (rare, replace(rare, X=X)))
    rows = one[1][0].train_rows
    np.testing.assert_array_equal(rows, other[1][0].train_rows)
    np.testing.assert_array_equal(one[0].X[rows], other[0].X[rows])


def test_no_fold_gets_what_was_made_for_another(rare, folds):
    _, (first, second) = inside_training_rows(rare, folds)
    made_up = [set(fold.train_rows[fold.train_rows >= rare.n_samples]) for fold in (first, second)]
    assert all(made_up)
    assert not made_up[0] & made_up[1]


def test_before_splitting_training_rows_are_made_from_test_rows(rare):
    dataset, (fold, _) = before_splitting(rare, SPLITTING, seed=1, n_folds=2)
    assert len(set(np.bincount(dataset.y))) == 1
    X = rare.X.copy()
    X[fold.test_rows[fold.test_rows < rare.n_samples]] += 100
    other, (same, _) = before_splitting(replace(rare, X=X), SPLITTING, seed=1, n_folds=2)
    np.testing.assert_array_equal(fold.train_rows, same.train_rows)
    assert (dataset.X[fold.train_rows] != other.X[same.train_rows]).any()


def test_what_is_made_up_lies_between_rows_of_its_class(rare, folds):
    dataset, (fold, _) = inside_training_rows(rare, folds)
    real = rare.X[folds[0].train_rows][rare.y[folds[0].train_rows] == 2]
    made_up = dataset.X[fold.train_rows[dataset.y[fold.train_rows] == 2]][len(real) :]
    assert (made_up >= real.min(axis=0)).all()
    assert (made_up <= real.max(axis=0)).all()
