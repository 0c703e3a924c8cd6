"""The parts of rows and of training in the spread of scores."""

import numpy as np
import pytest
from scipy import stats

from pipeline.scoring.components import components


def drawn(random, n_splits, n_seeds, of_split, of_seed):
    """Scores whose parts are known."""
    rows = random.normal(0.8, of_split, (n_splits, 1))
    return rows + random.normal(0.0, of_seed, (n_splits, n_seeds))


def test_the_parts_are_right_on_the_average():
    """Also where there is no spread by rows at all: then the estimate is as often below 0."""
    random = np.random.default_rng(0)
    for of_split in (0.03, 0.0):
        found = [components(drawn(random, 5, 3, of_split, 0.02)) for _ in range(4000)]
        assert np.mean([one.of_seed for one in found]) == pytest.approx(0.02**2, rel=0.03)
        assert np.mean([one.of_split for one in found]) == pytest.approx(of_split**2, abs=0.00003)
    assert min(one.of_split for one in found) < 0


def test_the_interval_of_the_share_holds_it_in_95_of_100_runs():
    random, n = np.random.default_rng(1), 2000
    for of_split in (0.03, 0.005):
        share = 0.02**2 / (0.02**2 + of_split**2)
        found = [components(drawn(random, 10, 3, of_split, 0.02)) for _ in range(n)]
        held = stats.binomtest(sum(one.low <= share <= one.high for one in found), n).proportion_ci(0.99)
        assert held.low <= 0.95 <= held.high


def test_the_mean_of_several_trainings_varies_as_is_told():
    random = np.random.default_rng(2)
    values = drawn(random, 20_000, 5, 0.03, 0.02)
    told = components(values[:, :2])
    assert told.deviation() == pytest.approx(values[:, 4].std(), rel=0.02)
    assert told.deviation(3) == pytest.approx(values[:, 2:].mean(axis=1).std(), rel=0.02)
    assert told.seed_deviation == pytest.approx(0.02, rel=0.02)
    assert told.split_deviation == pytest.approx(0.03, rel=0.02)


def test_one_fold_tells_of_the_training_alone():
    found = components(np.array([[0.7, 0.8, 0.9]]))
    assert found.of_seed == pytest.approx(0.01)
    assert np.isnan([found.of_split, found.split_deviation, found.share_of_seed]).all()
    assert not found.has_interval
    assert found.deviation(4) == pytest.approx(0.05)


def test_trainings_that_all_come_to_the_same_have_no_part():
    found = components(np.array([[0.7, 0.7], [0.8, 0.8]]))
    assert (found.of_seed, found.share_of_seed, found.has_interval) == (0.0, 0.0, False)
    nothing = components(np.full((3, 2), 0.7))
    assert np.isnan(nothing.share_of_seed)


def test_one_training_a_fold_tells_no_parts():
    with pytest.raises(ValueError, match="two seeds or more a fold"):
        components(np.array([[0.7], [0.8]]))
