"""Intervals and tests of many columns at once, held against those of one, and how often noise is named."""

import numpy as np
import pytest

from pipeline.scoring.many_columns import Units
from pipeline.scoring.significance import corrected_interval, holm

FOLDS = Units(ratio=0.25)


def test_intervals_are_those_of_each_quantity_by_itself():
    values = np.random.default_rng(0).normal(size=(5, 3, 2))
    found = Units(ratio=20 / 80).intervals(values)
    for place in np.ndindex(3, 2):
        one = corrected_interval(values[(slice(None), *place)], n_train=80, n_test=20)
        assert (found.mean[place], found.low[place], found.high[place]) == pytest.approx((one.mean, one.low, one.high))


def test_one_unit_has_no_interval():
    found = Units(ratio=0.25).intervals(np.ones((1, 2)))
    assert found.mean.tolist() == [1, 1]
    assert np.isnan([found.low, found.high]).all()


def shuffled_losses(w, X, y, random):
    """What the squared error of ``X @ w`` loses by each column."""
    residuals = y - X @ w
    moved = random.permuted(X, axis=0) - X
    return ((residuals[:, None] - moved * w) ** 2).mean(axis=0) - (residuals**2).mean()


def on_noise(seed, n=240, n_features=20, n_folds=5):
    """Losses on test rows where no column says anything about the target."""
    random = np.random.default_rng(seed)
    X, y = random.normal(size=(n, n_features)), random.normal(size=n)
    test = []
    for fold in range(n_folds):
        rows = np.arange(n) % n_folds == fold
        w, *_ = np.linalg.lstsq(X[~rows], y[~rows])
        test.append(shuffled_losses(w, X[rows], y[rows], random))
    return np.array(test)


def beyond(losses, units=FOLDS):
    return (holm(units.p_values(losses)) < 0.05) & (losses.mean(axis=0) > 0)


def test_of_columns_of_noise_one_is_found_in_at_most_one_of_twenty_tables():
    assert np.mean([beyond(on_noise(seed)).any() for seed in range(200)]) <= 0.05


def test_a_column_that_says_something_is_found():
    losses = on_noise(0)
    losses[:, 3] += 0.3
    assert np.flatnonzero(beyond(losses)).tolist() == [3]


def test_a_column_without_spread_on_few_folds_is_not_beyond_chance():
    losses = np.random.default_rng(0).normal(scale=0.02, size=(2, 30))
    losses[:, 7] = 0.010, 0.010000001
    assert not beyond(losses).any()


def test_a_column_that_nothing_reads_loses_nothing():
    losses = np.random.default_rng(0).normal(scale=0.02, size=(5, 3))
    losses[:, 1] = 0
    assert FOLDS.p_values(losses)[1] == 1
    assert FOLDS.p_values(np.zeros((5, 2))).tolist() == [1, 1]


def test_columns_that_nothing_reads_do_not_make_the_others_sure():
    losses = np.zeros((5, 10))
    losses[:, 0] = 0.02
    losses[:, 1] = 0.1, 0.12, 0.08, 0.11, 0.09
    found, intervals = Units(ratio=0.25).p_values(losses), Units(ratio=0.25).intervals(losses)
    assert found[0] > 0.05 > found[1] > 0
    assert found[2:].tolist() == [1] * 8
    assert np.isnan([intervals.low[0], intervals.high[0]]).all()
    assert FOLDS.p_values(losses[:, :1]).tolist() == [1]


def after_one_another(share, n=2000, n_stretches=20):
    """What a column loses on stretches that share so much with the one before, by chance alone, many times."""
    random = np.random.default_rng(2)
    found = [random.normal(size=n)]
    for _ in range(n_stretches - 1):
        found.append(share * found[-1] + np.sqrt(1 - share**2) * random.normal(size=n))
    return np.stack(found)


def held(found):
    """How many intervals hold the mean that is true, 0."""
    return np.mean((found.low <= 0) & (found.high >= 0))


def test_neighbors_in_time_that_share_something_make_a_loss_less_sure():
    losses = after_one_another(0.2)
    in_time, apart = Units(in_time=True), Units()
    assert held(in_time.intervals(losses)) > 0.93
    assert held(apart.intervals(losses)) < 0.915
    assert held(in_time.intervals(after_one_another(0.5))) > 0.9
    for column in losses.T[:50]:
        own = column[:, None]
        assert in_time.p_values(own) >= apart.p_values(own)
