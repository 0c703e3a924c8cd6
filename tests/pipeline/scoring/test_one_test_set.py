from functools import partial
from math import comb

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.naive_bayes import GaussianNB

from pipeline.scoring.metrics import score
from pipeline.scoring.one_test_set import (
    bootstrap_difference,
    bootstrap_interval,
    delong,
    mcnemar,
    resampled_scores,
    wilson_interval,
)

# Three screening tests of 43 patients with ovarian cancer: albumin, total protein, K-G score, and the indicator of
# DeLong et al. (1988), as the manual of SAS/STAT prints them in its example of PROC LOGISTIC that compares ROC curves.
PATIENTS = """
3.0 5.8 10 0  3.2 6.3  5 1  3.9 6.8  3 1  2.8 4.8  6 0  3.2 5.8  3 1  0.9 4.0  5 0  2.5 5.7  8 0
1.6 5.6  5 1  3.8 5.7  5 1  3.7 6.7  6 1  3.2 5.4  4 1  3.8 6.6  6 1  4.1 6.6  5 1  3.6 5.7  5 1
4.3 7.0  4 1  3.6 6.7  4 0  2.3 4.4  6 1  4.2 7.6  4 0  4.0 6.6  6 0  3.5 5.8  6 1  3.8 6.8  7 1
3.0 4.7  8 0  4.5 7.4  5 1  3.7 7.4  5 1  3.1 6.6  6 1  4.1 8.2  6 1  4.3 7.0  5 1  4.3 6.5  4 1
3.2 5.1  5 1  2.6 4.7  6 1  3.3 6.8  6 0  1.7 4.0  7 0  3.7 6.1  5 1  3.3 6.3  7 1  4.2 7.7  6 1
3.5 6.2  5 1  2.9 5.7  9 0  2.1 4.8  7 1  2.8 6.2  8 0  4.0 7.0  7 1  3.3 5.7  6 1  3.7 6.9  5 1
3.6 6.6  5 1
"""
ROWS = np.array(PATIENTS.split(), dtype=np.float64).reshape(-1, 4)
POSITIVE = ROWS[:, 3] == 1
ALBUMIN, TOTAL_PROTEIN, KG_SCORE = ROWS[:, 0], ROWS[:, 1], 10 - ROWS[:, 2]


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


def test_resampling_keeps_the_classes(one_test_set):
    counts = resampled_scores(lambda y, p: y.sum(), *one_test_set, seed=0, n_resamples=20)
    assert set(counts) == {one_test_set[0].sum()}


def test_the_same_seed_resamples_the_same_rows_for_every_candidate(one_test_set):
    y, _ = one_test_set
    rows = np.arange(len(y), dtype=np.float64)[:, None]
    one, again, other = (
        resampled_scores(lambda y, rows: float(rows[:, 0] @ rows[:, 0]), y, rows, seed=seed, n_resamples=50)
        for seed in (1, 1, 2)
    )
    assert (one == again).all()
    assert (one != other).any()


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


def answers(both, first_only, second_only, neither):
    counts = [both, first_only, second_only, neither]
    return np.repeat([True, True, False, False], counts), np.repeat([True, False, True, False], counts)


def test_mcnemar_counts_the_rows_on_which_one_is_right():
    """2 of 12 against 10: twice the chance of 2 or fewer heads of 12 coins."""
    expected = 2 * sum(comb(12, heads) for heads in range(3)) / 2**12
    assert mcnemar(*answers(50, 2, 10, 7)) == pytest.approx(expected)
    assert mcnemar(*answers(500, 10, 2, 70)) == pytest.approx(expected)


def test_mcnemar_comes_close_to_its_chi_square_where_rows_are_many():
    """Agresti (1990), page 350: 86 voters against 150; R's mcnemar.test prints 16.818 and 4.115e-05."""
    chi_square = (abs(86 - 150) - 1) ** 2 / (86 + 150)
    assert chi_square == pytest.approx(16.818, abs=5e-4)
    assert stats.chi2.sf(chi_square, 1) == pytest.approx(4.115e-05, rel=1e-3)
    assert mcnemar(*answers(794, 86, 150, 570)) == pytest.approx(4.115e-05, rel=0.15)


def test_mcnemar_of_equal_answers_is_1():
    assert mcnemar(*answers(5, 0, 0, 3)) == 1.0


def test_delong_gives_the_numbers_of_the_sas_manual():
    """Table "ROC Contrast Estimation and Testing Results by Row": estimate, bounds and p-value of two contrasts."""
    albumin = delong(POSITIVE, ALBUMIN, KG_SCORE, equivalence=0.01)
    assert albumin.mean == pytest.approx(0.0108, abs=5e-5)
    assert (albumin.low, albumin.high) == pytest.approx((-0.1761, 0.1976), abs=5e-5)
    assert albumin.p_value == pytest.approx(0.9102, abs=5e-5)
    protein = delong(POSITIVE, TOTAL_PROTEIN, KG_SCORE, equivalence=0.01)
    assert protein.mean == pytest.approx(-0.0780, abs=5e-5)
    assert (protein.low, protein.high) == pytest.approx((-0.2830, 0.1271), abs=5e-5)
    assert protein.p_value == pytest.approx(0.4561, abs=5e-5)


def test_midranks_give_what_counting_all_pairs_gives():
    """DeLong's components by definition: 1 for a pair in order, 1/2 for a tie."""
    kernels = []
    for scores in (TOTAL_PROTEIN, KG_SCORE):
        ahead = scores[POSITIVE][:, None] - scores[~POSITIVE]
        kernels.append((ahead > 0) + 0.5 * (ahead == 0))
    pairs = kernels[0] - kernels[1]
    variances = [pairs.mean(axis=axis).var(ddof=1) / pairs.shape[1 - axis] for axis in (0, 1)]
    difference = delong(POSITIVE, TOTAL_PROTEIN, KG_SCORE, equivalence=0.01)
    assert difference.mean == pytest.approx(pairs.mean())
    assert difference.high - difference.mean == pytest.approx(stats.norm.ppf(0.975) * np.sqrt(sum(variances)))


def test_delong_is_the_difference_of_scikit_learns_areas(one_test_set):
    y, p = one_test_set
    noisy = p[:, 1] + np.random.default_rng(0).normal(0, 0.3, len(y))
    difference = delong(y == 1, p[:, 1], noisy, equivalence=0.01)
    assert difference.mean == pytest.approx(roc_auc_score(y, p[:, 1]) - roc_auc_score(y, noisy))


def test_delong_agrees_with_the_bootstrap(one_test_set):
    y, p = one_test_set
    noisy = np.clip(p + np.random.default_rng(0).normal(0, 0.3, p.shape), 0, 1)
    auc = partial(score, "roc_auc", positive_class=1)
    one, other = (resampled_scores(auc, y, each, seed=0, n_resamples=500) for each in (p, noisy))
    bootstrap = bootstrap_difference(auc(y, p) - auc(y, noisy), one - other, equivalence=0.01)
    exact = delong(y == 1, p[:, 1], noisy[:, 1], equivalence=0.01)
    assert exact.high - exact.low == pytest.approx(bootstrap.high - bootstrap.low, rel=0.15)
    assert exact.mean == pytest.approx(bootstrap.mean)


def test_without_a_difference_delong_rejects_in_5_of_100_trials():
    positive = np.arange(110) < 40
    random = np.random.default_rng(0)
    rejected = [
        delong(positive, *(random.normal(size=(2, 110)) + positive), equivalence=0.01).p_value < 0.05
        for _ in range(1000)
    ]
    assert 0.03 <= np.mean(rejected) <= 0.07


def test_equal_rankings_leave_nothing_to_judge_by():
    difference = delong(POSITIVE, ALBUMIN, 2 * ALBUMIN, equivalence=0.01)
    assert difference.mean == 0
    assert np.isnan(difference.p_value)
