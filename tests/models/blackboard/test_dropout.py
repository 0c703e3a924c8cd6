import numpy as np
import pytest

from models.blackboard.dropout import drop, drop_back, every_way


@pytest.mark.parametrize("rate", [0.0, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("units", [1, 3, 5])
def test_the_mean_over_all_ways_is_as_if_nobody_stayed_away(units, rate):
    a = np.random.default_rng(units).normal(size=(1, units))
    ways, chances = every_way(units, rate)

    assert len({tuple(way) for way in ways.tolist()}) == 2**units
    assert chances.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(chances @ drop(np.repeat(a, len(ways), axis=0), ways, rate=rate), a[0], atol=1e-14)


@pytest.mark.parametrize("rate", [0.0, 0.25, 0.5])
def test_slopes_are_those_of_a_difference_quotient_in_every_way(rate):
    """Also where a neuron stayed away: none comes back to it."""
    a, weights = np.random.default_rng(1).normal(size=(2, 4))
    ways, _ = every_way(4, rate)

    def said(values):
        return drop(np.tile(values, (len(ways), 1)), ways, rate=rate) @ weights

    by_quotient = np.column_stack([(said(a + nudge) - said(a - nudge)) / 2e-6 for nudge in 1e-6 * np.eye(4)])
    slopes = drop_back(np.tile(weights, (len(ways), 1)), ways, rate=rate)
    np.testing.assert_allclose(slopes, by_quotient, atol=1e-9)
    assert (slopes[~ways] == 0).all()
