import numpy as np
import pytest

from models.blackboard.dropout import drop, every_way


@pytest.mark.parametrize("rate", [0.0, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("units", [1, 3, 5])
def test_the_mean_over_all_ways_is_as_if_nobody_stayed_away(units, rate):
    a = np.random.default_rng(units).normal(size=(1, units))
    ways, chances = every_way(units, rate)

    assert len({tuple(way) for way in ways.tolist()}) == 2**units
    assert chances.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(chances @ drop(np.repeat(a, len(ways), axis=0), ways, rate=rate), a[0], atol=1e-14)
