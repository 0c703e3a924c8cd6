import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV

from pipeline.decisions.calibration import isotonic, platt
from pipeline.decisions.recalibration import in_the_large


@pytest.fixture(scope="module")
def overconfident():
    """20,000 rows of 5 % base rate whose log odds are told twice as large as they are, and 1 too high."""
    random = np.random.default_rng(0)
    truth = random.normal(-4, 1.5, 20_000)
    return random.random(20_000) < expit(truth), expit(2 * truth + 1), expit(truth)


class Told(ClassifierMixin, BaseEstimator):
    """A classifier whose decision function is its one input."""

    def fit(self, X, y):
        self.classes_, self.fitted_ = np.array([0, 1]), True
        return self

    def decision_function(self, X):
        return X[:, 0]

    def predict(self, X):
        return (X[:, 0] > 0).astype(int)


def test_platt_is_scikit_learns(overconfident):
    frozen = pytest.importorskip("sklearn.frozen", reason="scikit-learn of 1.6 or later")
    positive, probability, _ = overconfident
    log_odds = logit(probability)[:, None]
    peer = CalibratedClassifierCV(frozen.FrozenEstimator(Told().fit(log_odds, positive)), method="sigmoid")
    expected = peer.fit(log_odds, positive.astype(int)).predict_proba(log_odds)[:, 1]
    assert platt(positive, probability)(probability) == pytest.approx(expected, abs=1e-3)


def test_platt_finds_the_true_probabilities_of_distorted_log_odds(overconfident):
    positive, probability, truth = overconfident
    assert platt(positive, probability)(probability) == pytest.approx(truth, abs=0.03)


def test_platt_stays_within_0_and_1_where_the_classes_do_not_overlap():
    calibrated = platt(np.array([False, False, True, True]), np.array([0.1, 0.2, 0.8, 0.9]))
    assert ((ends := calibrated(np.array([0.0, 1.0]))) > 0).all()
    assert (ends < 1).all()


@pytest.mark.parametrize("fit", [platt, isotonic])
def test_a_map_keeps_the_order_and_fits_other_rows(fit, overconfident):
    positive, probability, _ = overconfident
    calibrated = fit(positive, probability)(np.linspace(0, 1, 101))
    assert (np.diff(calibrated) >= 0).all()
    assert ((calibrated >= 0) & (calibrated <= 1)).all()


@pytest.mark.parametrize(("fit", "base_rate"), [(platt, 0.3), (isotonic, 0.3)])
def test_a_probability_that_says_nothing_becomes_the_base_rate(fit, base_rate):
    positive = np.arange(1000) < 300
    assert fit(positive, np.full(1000, 0.9))(np.array([0.9])) == pytest.approx(base_rate, abs=0.001)


def test_isotonic_gives_ties_their_share():
    calibrated = isotonic(np.array([False, True, True, True]), np.array([0.2, 0.2, 0.6, 0.6]))
    assert calibrated(np.array([0.2, 0.6])).tolist() == [0.5, 1.0]


def test_maps_that_were_fitted_are_right_on_the_whole(overconfident):
    positive, probability, _ = overconfident
    assert in_the_large(positive, probability).mean < -0.01
    for fit in (platt, isotonic):
        assert in_the_large(positive, fit(positive, probability)(probability)).mean == pytest.approx(0, abs=1e-4)
