"""Intervals of scores between 0 and 1: by their formula, at the ends, and by simulation."""

import numpy as np
import pytest
from scipy import stats

from pipeline.scoring.one_test_set import auc_interval, wilson_interval
from pipeline.scoring.significance import (
    corrected_interval,
    corrected_share_interval,
    share_interval,
)


@pytest.mark.parametrize(("n_right", "n"), [(30, 30), (0, 17), (41, 50), (1, 12)])
def test_without_a_spread_it_is_wilsons_interval_of_all_rows(n_right, n):
    wilson, found = wilson_interval(n_right, n), share_interval(n_right / n, 0.0, n_rows=n)
    assert (found.low, found.high) == pytest.approx((wilson.low, wilson.high), abs=1e-12)


def test_it_is_wilsons_interval_of_as_many_rows_as_the_spread_is_worth():
    values, n_train, n_test = np.array([0.9, 0.92, 0.94]), 800, 200
    error = 0.02 * np.sqrt(1 / 3 + 200 / 800)
    inside = (0.92 * 1000 + 0.5) / 1001
    n = inside * (1 - inside) / error**2 * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 2)) ** 2
    found = corrected_share_interval(values, n_train=n_train, n_test=n_test)
    for bound in (found.low, found.high):  # Wilson's bounds solve |mean - p| = z sqrt(p (1 - p) / n)
        assert abs(0.92 - bound) == pytest.approx(stats.norm.ppf(0.975) * np.sqrt(bound * (1 - bound) / n))
    assert found.low < 0.92 < found.high


def test_in_the_middle_it_is_the_usual_interval_but_for_a_little():
    values = np.random.default_rng(0).normal(0.5, 0.06, 30)
    usual, found = (of(values, n_train=800, n_test=200) for of in (corrected_interval, corrected_share_interval))
    assert (found.low, found.high) == pytest.approx((usual.low, usual.high), abs=0.001)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_equal_folds_at_an_end_have_a_width_and_hold_the_end(value):
    found = corrected_share_interval(np.full(5, value), n_train=120, n_test=30)
    assert found.low < found.high
    assert value in (found.low, found.high)


def test_what_could_not_be_measured_has_no_interval():
    found = corrected_share_interval(np.array([0.5, np.nan, 0.6]), n_train=80, n_test=20)
    assert np.isnan([found.mean, found.low, found.high]).all()


def test_a_perfect_order_of_few_rows_is_no_certainty():
    positive = np.arange(100) < 5
    found = auc_interval(positive, positive.astype(float))
    assert found.mean == found.high == 1.0
    assert found.low < 0.85


@pytest.mark.parametrize(("n_positive", "distance"), [(3, 2.0), (10, 1.0), (10, 3.0), (44, 2.0)])
def test_the_auc_of_few_positive_rows_is_covered(n_positive, distance):
    random, truth, n = np.random.default_rng(1), stats.norm.cdf(distance / np.sqrt(2)), 600
    positive = np.arange(500) < n_positive
    held = 0
    for _ in range(n):
        found = auc_interval(positive, random.normal(distance * positive))
        held += found.low <= truth <= found.high
    assert stats.binomtest(held, n, 0.95, alternative="less").pvalue > 0.001
