import numpy as np
import pytest
from sklearn.datasets import load_iris

from pipeline.data import repeats as module
from pipeline.data.repeats import are_by_chance, repeats


def by_pairs(X, y) -> list[int]:
    """The first equal row of each, by looking at every pair."""

    def equal(one: int, other: int) -> bool:
        return y[one] == y[other] and np.array_equal(X[one], X[other], equal_nan=True)

    return [next(first for first in range(row + 1) if equal(first, row)) for row in range(len(y))]


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (200, 3)).astype(float)
    X[X == 2] = np.nan
    X[::7] *= -1
    return X, rng.integers(0, 2, 200)


def test_the_first_equal_row_is_found_and_a_gap_equals_a_gap(table):
    X, y = table
    assert repeats(X, y).tolist() == by_pairs(X, y)


def test_two_different_rows_of_one_sum_are_told_apart(table, monkeypatch):
    X, y = table
    monkeypatch.setattr(module, "_mixed", lambda columns: np.zeros(len(columns[0]), np.uint64))
    assert repeats(X, y).tolist() == by_pairs(X, y)


def test_the_order_of_cells_and_the_target_count():
    X = np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0], [1.0, 2.0]])
    assert repeats(X, np.array([0, 0, 1, 0])).tolist() == [0, 1, 2, 0]


def test_iris_has_one_flower_twice():
    X, y = load_iris(return_X_y=True)
    (row,) = np.flatnonzero(repeats(X, y) != np.arange(150))
    assert (row, repeats(X, y)[row]) == (142, 101)


def test_pictures_repeat_as_rows_do():
    X = np.random.default_rng(0).integers(0, 255, (5, 4, 4), np.uint8)
    assert repeats(X[[0, 1, 1]], np.zeros(3)).tolist() == [0, 1, 1]


def test_copies_of_a_measured_row_are_no_chance_and_rows_of_few_values_are():
    rng = np.random.default_rng(0)
    measured, y = rng.normal(size=(300, 3)), rng.integers(0, 2, 300)
    copied = np.r_[np.arange(300), np.arange(300), np.arange(300)]
    assert not are_by_chance(repeats(measured[copied], y[copied]), measured[copied], y[copied])
    few = rng.integers(0, 3, (300, 3))
    assert are_by_chance(repeats(few, y), few, y)
