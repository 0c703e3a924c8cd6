from functools import partial

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import average_precision_score
from sklearn.naive_bayes import GaussianNB

from pipeline.scoring.metrics import score
from pipeline.scoring.one_test_set import (
    bootstrap_difference,
    bootstrap_interval,
    wilson_interval,
)
from pipeline.scoring.resampling import draws


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_intervals_that_newcombe_prints(successes, trials, low, high):
    """Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3."""
    interval = wilson_interval(successes, trials)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)
    assert interval.mean == successes / trials


def test_the_bounds_of_wilson_solve_its_equation():
    interval = wilson_interval(7, 31, confidence=0.9)
    z = stats.norm.ppf(0.95)
    for p in (interval.low, interval.high):
        assert abs(7 / 31 - p) == pytest.approx(z * np.sqrt(p * (1 - p) / 31))


def resampled_scores(of, y, p, *, seed, n_resamples=1000):
    counts = np.hstack([*draws(y, seed=seed, n_resamples=n_resamples)])
    return np.array([of(y[rows], p[rows]) for rows in (np.repeat(np.arange(len(y)), own) for own in counts.T)])


@pytest.fixture(scope="module")
def one_test_set():
    X, y = load_breast_cancer(return_X_y=True)
    return y[1::2], GaussianNB().fit(X[::2], y[::2]).predict_proba(X[1::2])


def test_the_bootstrap_of_an_accuracy_has_the_binomial_width(one_test_set):
    accuracy = score("accuracy", *one_test_set)
    resampled = resampled_scores(partial(score, "accuracy"), *one_test_set, seed=0)
    interval = bootstrap_interval(accuracy, resampled)
    width = 2 * 1.96 * np.sqrt(accuracy * (1 - accuracy) / len(one_test_set[0]))
    assert interval.mean == accuracy
    assert interval.high - interval.low == pytest.approx(width, rel=0.15)


def squared_errors(y, random):
    """Of two classifiers that see the same hidden state of each row, the second through more noise: ``(n, 2)``."""
    state = random.normal(2 * y - 1, 1.0)
    seen = np.stack([state, state + random.normal(0, 0.7, len(y))], axis=1)
    return (y[:, None] - 1 / (1 + np.exp(-2 * seen))) ** 2


def test_bootstrap_intervals_of_95_percent_cover_92_to_97_percent():
    """Of a Brier score and of a paired difference, on rows drawn anew in each trial; what is true takes a million."""
    n_trials, n_negative, n_positive = 400, 60, 35
    y = np.repeat([0, 1], [n_negative, n_positive])
    truth = squared_errors(np.repeat(y, 10_000), np.random.default_rng(0)).mean(axis=0)
    covered = np.zeros((n_trials, 2))
    for trial in range(n_trials):
        errors = squared_errors(y, np.random.default_rng([1, trial]))
        one, other = (
            resampled_scores(lambda y, p: p.mean(), y, each, seed=trial, n_resamples=250) for each in errors.T
        )
        interval = bootstrap_interval(errors[:, 0].mean(), one)
        difference = bootstrap_difference((errors[:, 0] - errors[:, 1]).mean(), one - other, equivalence=0.01)
        covered[trial] = (
            interval.low <= truth[0] <= interval.high,
            difference.low <= truth[0] - truth[1] <= difference.high,
        )
    assert (covered.mean(axis=0) >= 0.92).all()
    assert (covered.mean(axis=0) <= 0.97).all()


def average_precision(y, p):
    """Precision at each positive row, averaged; quick, where no row of the other class has the same probability."""
    positive = y[np.argsort(-p)] == 1
    return (np.cumsum(positive) / np.arange(1, len(y) + 1))[positive].mean()


def test_bootstrap_intervals_of_an_average_precision_cover_92_to_97_percent():
    """Of 30 positive rows among 230, drawn anew in each trial."""
    y = np.repeat([0, 1], [200, 30])
    state = np.random.default_rng(0).normal(2 * np.repeat(y, 5_000) - 1, 1.0)
    truth = average_precision(np.repeat(y, 5_000), state)
    covered = []
    for trial in range(400):
        state = np.random.default_rng([1, trial]).normal(2 * y - 1, 1.0)
        resampled = resampled_scores(average_precision, y, state, seed=trial, n_resamples=250)
        interval = bootstrap_interval(average_precision(y, state), resampled)
        covered.append(interval.low <= truth <= interval.high)
    assert average_precision(y, state) == pytest.approx(average_precision_score(y, state))
    assert 0.92 <= np.mean(covered) <= 0.97


def test_the_bootstrap_of_a_difference_says_how_its_resamples_lie():
    resampled = np.array([-0.02, -0.005, 0.0, 0.005, 0.02, 0.03, 0.04, 0.05, 0.06])
    difference = bootstrap_difference(0.02, resampled, equivalence=0.01)
    assert (difference.below, difference.within, difference.above) == pytest.approx((1 / 9, 3 / 9, 5 / 9))
    assert difference.p_value == pytest.approx(2 * (3 + 1) / (9 + 1))
    assert bootstrap_difference(0.0, np.zeros(9), equivalence=0.01).p_value == 1.0
    assert bootstrap_difference(0.0, np.zeros(9), equivalence=0.01).within == 1.0


def test_the_bootstrap_of_a_missing_score_knows_nothing():
    nan = float("nan")
    assert np.isnan(bootstrap_difference(nan, np.full(9, nan), equivalence=0.01).p_value)
