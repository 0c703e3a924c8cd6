"""Rows that hang together or count unequally."""

import numpy as np
import pytest

from pipeline.scoring.clusters import cluster_draws, effective_rows, loss_interval_of, mean_error, n_clusters
from pipeline.scoring.row_intervals import loss_interval

GROUPS = np.repeat(np.arange(30), 4)
RANDOM = np.random.default_rng(0)
LOSSES = RANDOM.exponential(size=30)[GROUPS] + RANDOM.exponential(size=120)


def all_draws(clusterings, n=400):
    return np.hstack(list(cluster_draws(clusterings, seed=1, n_resamples=n)))


def test_whole_groups_are_drawn():
    counts = all_draws([GROUPS])
    assert counts.shape == (120, 400)
    for group in range(30):
        own = counts[group == GROUPS]
        assert (own == own[0]).all()
    np.testing.assert_array_equal(counts[::4].sum(axis=0), 30)
    assert counts.std() > 0.5


def test_the_shares_of_the_classes_vary_as_groups_do():
    of_class = GROUPS % 3 == 0
    counts = all_draws([GROUPS], n=4000)[of_class].sum(axis=0) / 4
    assert counts.mean() == pytest.approx(10, abs=0.2)
    assert counts.std() == pytest.approx(np.sqrt(30 * 1 / 3 * 2 / 3), rel=0.05)


def test_of_two_clusterings_each_is_drawn_by_itself():
    months = np.tile(np.arange(4), 30)
    counts = all_draws([months, GROUPS], n=50)
    table = counts.reshape(30, 4, 50)
    for one in np.moveaxis(table, -1, 0):
        assert np.linalg.matrix_rank(one) <= 1  # the product of how often a person and a month were drawn


def test_the_same_seed_draws_the_same():
    np.testing.assert_array_equal(*(all_draws([GROUPS], n=20) for _ in range(2)))


def test_the_error_of_independent_rows_is_the_usual_one():
    assert mean_error(LOSSES) == pytest.approx(LOSSES.std(ddof=1) / np.sqrt(120))
    assert mean_error(LOSSES, np.full(120, 3.0)) == pytest.approx(mean_error(LOSSES))


def test_the_error_of_groups_is_that_of_their_means_where_they_are_alike_in_size():
    means = LOSSES.reshape(30, 4).mean(axis=1)
    assert mean_error(LOSSES, None, [GROUPS]) == pytest.approx(means.std(ddof=1) / np.sqrt(30))


def test_the_error_is_the_spread_of_redrawn_means():
    weights = RANDOM.exponential(size=120)
    counts = all_draws([GROUPS], n=4000) * weights[:, None]
    redrawn = (LOSSES[:, None] * counts).sum(axis=0) / counts.sum(axis=0)
    assert mean_error(LOSSES, weights, [GROUPS]) == pytest.approx(redrawn.std(), rel=0.08)


def test_rows_are_worth_what_kish_says():
    assert effective_rows(LOSSES) == 120
    assert effective_rows(LOSSES, np.repeat([1.0, 3.0], 60)) == pytest.approx(120 * 4 / 5)
    repeated = np.repeat(RANDOM.normal(size=30), 4)
    assert effective_rows(repeated, None, [GROUPS]) == pytest.approx(30, rel=0.04)
    apart = RANDOM.normal(size=120)
    assert effective_rows(apart, None, [np.arange(120)]) == pytest.approx(120)
    assert effective_rows(np.zeros(120), None, [GROUPS]) == 30
    assert 30 < effective_rows(LOSSES, None, [GROUPS]) < 120


def test_the_interval_of_a_loss_is_the_usual_one_of_independent_rows():
    usual = loss_interval(LOSSES, 9.0)
    found = loss_interval_of(LOSSES.mean(), mean_error(LOSSES), n_rows=120, degrees=119, largest=9.0)
    assert (found.low, found.high) == pytest.approx((usual.low, usual.high), abs=1e-12)


def test_units_are_counted():
    assert n_clusters([], 120) == 120
    assert n_clusters([GROUPS], 120) == 30
    assert n_clusters([GROUPS, np.arange(120) % 7], 120) == 7
