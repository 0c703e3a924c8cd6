import numpy as np
import pytest
from sklearn.metrics import auc, roc_auc_score

from pipeline.decisions.gains import cumulative_gains, lift

SHARES = np.linspace(0, 1, 11)


@pytest.mark.parametrize("decimals", [1, 9])
def test_the_area_under_the_gains_is_that_under_the_roc_curve_moved_by_the_base_rate(decimals):
    random = np.random.default_rng(0)
    positive = random.random(400) < 0.1
    probability = np.round(random.normal(positive, 1), decimals)  # with many ties, and with none
    shares = np.arange(401) / 400
    area = auc(shares, cumulative_gains(positive, probability, shares))
    base_rate = positive.mean()
    assert area == pytest.approx(base_rate / 2 + (1 - base_rate) * roc_auc_score(positive, probability))


def test_equal_probabilities_gain_what_chance_does():
    gains = cumulative_gains(np.arange(30) < 10, np.full(30, 0.2), SHARES)
    assert gains == pytest.approx(SHARES)
    assert lift(gains[1:], SHARES[1:]) == pytest.approx(np.ones(10))


def test_a_perfect_ranking_finds_all_at_the_base_rate():
    positive = np.arange(100) < 20
    gains = cumulative_gains(positive, positive.astype(float), SHARES)
    assert gains[:4] == pytest.approx([0, 0.5, 1, 1])
    assert lift(gains[1:3], SHARES[1:3]) == pytest.approx([5, 5])


def test_without_positive_rows_there_is_nothing_to_gain():
    assert np.isnan(cumulative_gains(np.zeros(5, bool), np.arange(5) / 5, SHARES)).all()
