import numpy as np
import pytest

from models.encoding.levels import CommonLevels, LevelNumbers


def rows(*counts):
    """Each code so many times."""
    return np.repeat(np.arange(len(counts), dtype=float), counts)[:, None]


def test_rare_and_unseen_levels_are_one_other_and_gaps_stay_gaps():
    levels = CommonLevels().fit(rows(1000, 9, 0, 10))
    coded = levels.transform(np.array([[0.0], [1.0], [2.0], [3.0], [7.0], [-1.0], [np.nan]]))
    np.testing.assert_array_equal(coded.ravel(), [0, 2, 2, 1, 2, 2, np.nan])


@pytest.mark.parametrize(("n_rows", "fewest"), [(50, 1), (300, 3), (5000, 10), (100_000, 10)])
def test_rare_is_what_fewer_than_ten_rows_and_less_than_a_hundredth_have(n_rows, fewest):
    fitted = CommonLevels().fit(rows(n_rows - 2 * fewest + 1, fewest, fewest - 1))
    assert fitted.common_[0].tolist() == [0, 1]


def test_the_most_common_keep_their_codes():
    assert CommonLevels(at_most=2).fit(rows(20, 40, 30)).common_[0].tolist() == [1, 2]


def test_columns_are_counted_by_themselves():
    X = np.column_stack([rows(30, 20)[:, 0], np.full(50, np.nan)])
    fitted = CommonLevels().fit(X)
    assert [common.tolist() for common in fitted.common_] == [[0, 1], []]
    np.testing.assert_array_equal(fitted.transform(np.array([[1.0, 0.0]])), [[1, 0]])


def test_numbers_begin_with_a_gap_and_other_and_the_common_levels_follow_in_their_order():
    numbers = LevelNumbers().fit(rows(1000, 9, 0, 10))
    placed = numbers.transform(np.array([[0.0], [1.0], [2.0], [3.0], [7.0], [-1.0], [np.nan]]))
    np.testing.assert_array_equal(placed.ravel(), [2, 1, 1, 3, 1, 1, 0])


def test_numbers_of_a_level_hang_on_no_other_row_than_those_they_were_fitted_on():
    """Also of columns of which one has a level more."""
    X = np.column_stack([rows(30, 20, 10)[:, 0], rows(0, 20, 40)[:, 0]])
    numbers = LevelNumbers().fit(X)
    np.testing.assert_array_equal(
        numbers.transform(np.array([[0.0, 0.0], [2.0, 2.0], [3.0, 1.0]])), [[2, 1], [4, 3], [1, 2]]
    )
