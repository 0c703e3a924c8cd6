import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from pipeline.decisions.recalibration import in_the_large, recalibration


def drawn(seed, n=600, slope=1.0, intercept=0.0):
    """Rows whose log odds are right once they are multiplied by the slope and the intercept is added."""
    random = np.random.default_rng(seed)
    told = random.normal(-2, 1.2, n)
    return random.random(n) < expit(slope * told + intercept), expit(told)


def test_slope_and_intercept_are_a_logistic_regressions():
    positive, probability = drawn(0, slope=0.6)
    log_odds = np.log(probability / (1 - probability))
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(log_odds[:, None], positive)
    found = recalibration(positive, probability)
    assert found.slope.mean == pytest.approx(peer.coef_[0, 0], abs=1e-4)
    # With the slope held at 1 as many rows are expected as there are.
    assert expit(log_odds + found.intercept.mean).sum() == pytest.approx(positive.sum())


@pytest.mark.parametrize(("slope", "intercept"), [(0.5, 0.0), (1.6, 0.0), (1.0, 0.7)])
def test_what_is_off_is_found(slope, intercept):
    found = recalibration(*drawn(1, 4000, slope, intercept))
    assert found.slope.low < slope < found.slope.high
    assert found.p_value < 1e-4
    if slope == 1:
        assert found.intercept.low < intercept < found.intercept.high
        assert found.slope.low < 1 < found.slope.high
    else:
        assert not found.slope.low < 1 < found.slope.high


def test_intervals_cover_and_the_test_keeps_its_level():
    found = [recalibration(*drawn(seed, 300)) for seed in range(400)]
    # 0.95 is meant; with 400 draws the shares below lie outside once in a thousand times.
    assert np.mean([one.slope.low <= 1 <= one.slope.high for one in found]) == pytest.approx(0.95, abs=0.036)
    assert np.mean([one.intercept.low <= 0 <= one.intercept.high for one in found]) == pytest.approx(0.95, abs=0.036)
    assert np.mean([one.p_value < 0.05 for one in found]) == pytest.approx(0.05, abs=0.036)


def test_rows_that_do_not_tell_have_no_slope():
    positive, probability = drawn(2)
    apart, equal = recalibration(probability > 0.5, probability), recalibration(positive, np.full(600, 0.1))
    for found in (apart, equal):
        assert np.isnan([found.slope.mean, found.slope.low, found.slope.high]).all()
        assert 0 <= found.p_value <= 1
    nobody = recalibration(np.zeros(600, bool), probability)
    assert np.isnan([nobody.slope.mean, nobody.intercept.mean]).all()


def test_in_the_large_is_wilsons_interval_turned_round():
    positive, probability = np.arange(50) < 10, np.full(50, 0.3)
    found = in_the_large(positive, probability)
    assert found.mean == pytest.approx(0.1)
    assert found.low < 0 < found.high  # 0.2 [0.11, 0.33]
    assert in_the_large(positive, np.full(50, 0.5)).low > 0
