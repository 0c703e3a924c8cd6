"""Which columns go together, held against scipy and against what was built."""

import numpy as np
import pytest
from scipy import stats

from pipeline.scoring.association import association, groups_of

RANDOM = np.random.default_rng(0)
N = 2_000


def codes(n_levels, n=N):
    return RANDOM.integers(0, n_levels, n).astype(float)


def test_numbers_are_associated_by_their_ranks():
    X = RANDOM.normal(size=(N, 3)) @ RANDOM.normal(size=(3, 3))
    X[:, 2] = np.exp(5 * X[:, 2])
    expected = np.abs(stats.spearmanr(X).statistic)
    np.testing.assert_allclose(association(X, [False] * 3), expected, atol=1e-12)


def test_categories_are_associated_by_cramers_v_without_what_chance_gives():
    a, b = codes(4), codes(3)
    b = np.where(RANDOM.random(N) < 0.5, a % 3, b)
    table = np.array([[np.sum((a == i) & (b == j)) for j in range(3)] for i in range(4)])
    phi = stats.chi2_contingency(table, correction=False).statistic / N
    corrected = max(phi - 3 * 2 / (N - 1), 0)
    expected = np.sqrt(corrected / min(4 - 9 / (N - 1) - 1, 3 - 4 / (N - 1) - 1))
    assert association(np.column_stack([a, b]), [True, True])[0, 1] == pytest.approx(expected)
    drawn = [association(np.column_stack([codes(30, 300), codes(30, 300)]), [True, True])[0, 1] for _ in range(20)]
    assert np.mean(drawn) < 0.12  # 0.31 without the correction


def test_a_number_goes_with_a_category_that_tells_it():
    town = codes(20)
    height = town * 10 + RANDOM.normal(size=N)
    found = association(np.column_stack([town, height, RANDOM.normal(size=N)]), [True, False, False])
    assert found[0, 1] > 0.99
    assert found[0, 2] < 0.15
    np.testing.assert_allclose(found, found.T)


def test_a_category_inside_another_goes_with_it():
    town = codes(12)
    assert association(np.column_stack([town, town // 4]), [True, True])[0, 1] > 0.99


def test_a_gap_is_a_level_and_a_constant_column_goes_with_none():
    plan = np.where(RANDOM.random(N) < 0.3, np.nan, codes(2))
    X = np.column_stack([plan, np.isnan(plan), np.ones(N), np.ones(N), np.full(N, np.nan)])
    found = association(X, [True, True, False, True, False])
    assert found[0, 1] == pytest.approx(1, abs=1e-3)
    np.testing.assert_array_equal(found[2:], np.eye(5)[2:])


def test_groups_are_chains_of_close_columns():
    a, other = RANDOM.normal(size=N), RANDOM.normal(size=N)
    b = a + 0.3 * RANDOM.normal(size=N)
    c = b + 0.45 * RANDOM.normal(size=N)
    X = np.column_stack([a, other, c, b])
    assert abs(stats.spearmanr(a, c).statistic) < 0.9
    assert groups_of(X, [False] * 4) == ((0, 2, 3), (1,))
    assert groups_of(X, [False] * 4, close=0.99) == ((0,), (1,), (2,), (3,))


def test_noise_is_in_no_group_however_many_columns_and_levels():
    X = np.hstack([RANDOM.normal(size=(60, 200)), RANDOM.integers(0, 9, (60, 50))])
    assert len(groups_of(X, [False] * 200 + [True] * 50)) == 250
