import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer
from sklearn.naive_bayes import GaussianNB

from pipeline.metrics import score
from pipeline.significance import bootstrap_interval, corrected_interval

FOLDS = np.array([0.81, 0.79, 0.84, 0.80, 0.83, 0.78, 0.82])


def test_the_correction_adds_the_share_of_test_to_training_rows():
    n = len(FOLDS)
    interval = corrected_interval(FOLDS, n_train=70, n_test=30)
    plain = stats.t.interval(0.95, n - 1, FOLDS.mean(), FOLDS.std(ddof=1) / np.sqrt(n))
    widening = np.sqrt((1 / n + 30 / 70) / (1 / n))
    assert interval.mean == pytest.approx(FOLDS.mean())
    assert interval.high - interval.mean == pytest.approx((plain[1] - FOLDS.mean()) * widening)
    assert interval.mean - interval.low == pytest.approx(interval.high - interval.mean)


def test_without_test_rows_it_is_the_plain_t_interval():
    interval = corrected_interval(FOLDS, n_train=70, n_test=0)
    plain = stats.t.interval(0.95, len(FOLDS) - 1, FOLDS.mean(), stats.sem(FOLDS))
    assert (interval.low, interval.high) == pytest.approx(plain)


def test_one_fold_has_no_interval_across_folds():
    with pytest.raises(ValueError, match="Received: n=1"):
        corrected_interval(FOLDS[:1], n_train=70, n_test=30)


@pytest.fixture(scope="module")
def one_test_set():
    X, y = load_breast_cancer(return_X_y=True)
    return y[1::2], GaussianNB().fit(X[::2], y[::2]).predict_proba(X[1::2])


def test_the_bootstrap_of_an_accuracy_has_the_binomial_width(one_test_set):
    y, p = one_test_set
    interval = bootstrap_interval(lambda y, p: score("accuracy", y, p), y, p, seed=0)
    accuracy = score("accuracy", y, p)
    width = 2 * 1.96 * np.sqrt(accuracy * (1 - accuracy) / len(y))
    assert interval.mean == accuracy
    assert interval.high - interval.low == pytest.approx(width, rel=0.15)


def test_resampling_keeps_the_classes(one_test_set):
    y, p = one_test_set
    counts = []
    bootstrap_interval(lambda y, p: counts.append(y.sum()) or 0.0, y, p, seed=0, n_resamples=20)
    assert set(counts) == {y.sum()}


def test_the_same_seed_gives_the_same_bootstrap(one_test_set):
    one, again, other = (
        bootstrap_interval(lambda y, p: score("log_loss", y, p), *one_test_set, seed=seed, n_resamples=50)
        for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other
