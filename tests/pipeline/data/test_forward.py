"""Rows in the order of time: nothing is learned from the future."""

import numpy as np
import pytest
from sklearn.model_selection import TimeSeriesSplit

from pipeline.data.forward import forward, stretches


def shuffled_times(n, seed=0):
    return np.random.default_rng(seed).permutation(n)


@pytest.mark.parametrize(("n", "n_blocks"), [(60, 5), (61, 5), (103, 3), (12, 2)])
def test_without_equal_times_blocks_are_those_of_time_series_split(n, n_blocks):
    times = shuffled_times(n)
    order = np.argsort(times)
    expected = [(order[learned], order[tested]) for learned, tested in TimeSeriesSplit(n_blocks).split(order)]
    found = list(forward(times, n_blocks))
    assert len(found) == n_blocks
    for (learned, tested), (their_learned, their_tested) in zip(found, expected, strict=True):
        assert set(learned) == set(their_learned)
        assert set(tested) == set(their_tested)


@pytest.mark.parametrize("n_blocks", [1, 2, 5])
@pytest.mark.parametrize("n_times", [6, 9, 50])
def test_every_learned_row_is_strictly_before_every_tested_one(n_times, n_blocks):
    times = np.random.default_rng(n_times).integers(n_times, size=200)
    divisions = list(forward(times, n_blocks))
    for learned, tested in divisions:
        assert times[learned].max() < times[tested].min()  # so rows of one time are never divided
        assert set(learned) == set(np.flatnonzero(times < times[tested].min()))
    together = np.concatenate([tested for _, tested in divisions])
    assert len(together) == len(set(together.tolist()))
    assert set(together) == set(np.flatnonzero(times >= times[divisions[0][1]].min()))


def test_one_block_is_the_last_share_of_the_rows():
    ((learned, tested),) = forward(shuffled_times(100), 1, share=0.3)
    assert (len(learned), len(tested)) == (70, 30)


def test_a_group_of_the_tested_block_is_not_learned_from():
    times, groups = np.arange(12), np.array([0, 1, 2, 3] * 3)
    groups[8:] = [0, 1, 4, 5]
    ((learned, tested),) = forward(times, 1, groups=groups, share=4 / 12)
    assert tested.tolist() == [8, 9, 10, 11]
    assert learned.tolist() == [2, 3, 6, 7]


def test_where_every_group_is_of_all_times_both_cannot_be_kept():
    with pytest.raises(ValueError, match=r"earlier rows of other groups than a block has.*: divide by one of the two"):
        list(forward(np.arange(12), 2, groups=np.arange(12) % 2))


def test_fewer_times_than_blocks_are_refused():
    with pytest.raises(ValueError, match=r"split: expected 6 or more times\. Received: blocks=5, times=3"):
        list(forward(np.arange(30) // 10, 5))


@pytest.mark.parametrize("n_times", [1, 3, 40, 400])
def test_stretches_follow_each_other_and_never_divide_a_time(n_times):
    times = np.random.default_rng(0).integers(n_times, size=400)
    found = stretches(times, 8)
    assert len(np.unique(found)) <= min(8, n_times)
    for begin in np.unique(found):
        assert times[found == begin].min() == begin
    assert all((found[times == time] == found[times == time][0]).all() for time in np.unique(times))
    order = np.argsort(times, kind="stable")
    assert (np.diff(found[order]) >= 0).all()


def test_stretches_of_different_times_are_about_equal():
    sizes = np.unique(stretches(shuffled_times(403), 8), return_counts=True)[1]
    assert len(sizes) == 8
    assert set(sizes) <= {50, 51}
