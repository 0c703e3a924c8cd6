import numpy as np
import pytest
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss

from pipeline.decisions.reliability import reliability


def drawn(seed, n=600, by=lambda odds: odds):
    """Rows of 12 % base rate, with probabilities that can be taken at their word unless ``by`` distorts them."""
    random = np.random.default_rng(seed)
    odds = random.normal(-2.5, 1.2, n)
    return random.random(n) < expit(odds), expit(by(odds))


def test_the_curve_is_scikit_learns_and_the_parts_are_scores():
    positive, probability = drawn(0)
    probability = probability.round(2)  # many ties
    found = reliability(positive, probability, seed=0)
    fitted = IsotonicRegression().fit(probability, positive)
    assert found.recalibrated == pytest.approx(fitted.predict(found.probability))
    between = np.interp(probability, found.probability, found.recalibrated)
    assert between == pytest.approx(fitted.predict(probability))
    score, curves = brier_score_loss(positive, probability), brier_score_loss(positive, fitted.predict(probability))
    base = brier_score_loss(positive, np.full(len(positive), positive.mean()))
    assert found.score == pytest.approx(score)
    assert found.miscalibration == pytest.approx(score - curves)
    assert found.discrimination == pytest.approx(base - curves)
    assert found.score == pytest.approx(found.miscalibration - found.discrimination + found.uncertainty)


def test_probabilities_at_their_word_are_rarely_beyond_chance():
    found = [reliability(*drawn(seed, n=150), seed=seed) for seed in range(30)]
    p_values = np.array([one.p_value for one in found])
    assert (p_values < 0.05).sum() <= 5  # 0.05 is meant; 6 or more of 30 happen once in 300 times
    assert 0.35 < p_values.mean() < 0.65
    assert all(one.miscalibration > 0 for one in found)  # what a curve fitted to the rows always finds
    outside = [np.interp(one.at, one.probability, one.recalibrated) for one in found]
    pairs = list(zip(outside, found, strict=True))
    share = np.mean([((curve < one.low) | (curve > one.high)).mean() for curve, one in pairs])
    assert share == pytest.approx(0.05, abs=0.025)


@pytest.mark.parametrize("by", [lambda odds: 2 * odds, lambda odds: odds + 1, lambda odds: 0.4 * odds - 2])
def test_distorted_probabilities_are_beyond_chance(by):
    found = reliability(*drawn(0, 1500, by), seed=0)
    assert found.p_value < 0.01
    assert found.miscalibration > found.by_chance
    curve = np.interp(found.at, found.probability, found.recalibrated)
    assert ((curve < found.low) | (curve > found.high)).mean() > 0.2


def test_a_constant_that_is_the_base_rate_has_nothing_but_uncertainty():
    found = reliability(np.arange(100) < 20, np.full(100, 0.2), seed=0)
    assert (found.miscalibration, found.discrimination) == (pytest.approx(0), pytest.approx(0))
    assert found.uncertainty == pytest.approx(0.16)
    assert found.recalibrated.tolist() == [0.2]
    assert found.p_value > 0.9


def test_the_same_seed_gives_the_same_band():
    one, same, other = (reliability(*drawn(0), seed=seed) for seed in (1, 1, 2))
    assert one.low.tolist() == same.low.tolist() != other.low.tolist()
