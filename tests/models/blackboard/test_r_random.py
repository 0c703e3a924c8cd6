"""R's generator, against what R prints: every R course knows these numbers."""

import numpy as np
import pytest

from models.blackboard.r_random import RRandom


@pytest.mark.parametrize(
    ("seed", "printed"),
    [(1, [-0.6264538, 0.1836433, -0.8356286]), (42, [1.37095845, -0.56469817, 0.36312841])],
)
def test_normal_numbers_are_those_that_r_prints(seed, printed):
    np.testing.assert_allclose(RRandom(seed).normal(3), printed, atol=5e-8)


def test_uniform_numbers_are_those_that_r_prints():
    np.testing.assert_allclose(RRandom(123).uniform(3), [0.2875775, 0.7883051, 0.4089769], atol=5e-8)


@pytest.mark.parametrize(
    ("seed", "printed"),
    [(1, [9, 4, 7, 1, 2, 5, 3, 10, 6, 8]), (42, [1, 5, 10, 8, 2, 4, 6, 9, 7, 3])],
)
def test_a_permutation_is_the_one_that_r_prints(seed, printed):
    assert (1 + RRandom(seed).sample(10, 10)).tolist() == printed


def test_each_call_goes_on_where_the_last_one_ended():
    whole, parts = RRandom(5).normal(7), RRandom(5)

    np.testing.assert_array_equal(np.concatenate([parts.normal(3), parts.normal(4)]), whole)


def test_a_sample_takes_every_row_at_most_once():
    drawn = RRandom(1).sample(6819, 5455)

    assert len(set(drawn.tolist())) == 5455
    assert drawn.min() >= 0
    assert drawn.max() < 6819


def test_more_than_there_is_cannot_be_drawn():
    with pytest.raises(ValueError, match=r"sample: expected no more than there is. Received: n=3, size=4"):
        RRandom(1).sample(3, 4)


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_of_all_is_all_in_another_order(seed):
    drawn = RRandom(seed).sample(50, 50).tolist()

    assert sorted(drawn) == list(range(50))
    assert drawn != sorted(drawn)
