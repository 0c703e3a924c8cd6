from dataclasses import astuple

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import make_moons
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.svm import SVC

from pipeline.scoring.significance import (
    Difference,
    corrected_difference,
    corrected_interval,
    holm,
    student_difference,
)

FOLDS = np.array([0.81, 0.79, 0.84, 0.80, 0.83, 0.78, 0.82])
SMALL = FOLDS - FOLDS.mean() + 0.012


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


def test_without_test_rows_the_test_is_the_plain_t_test():
    plain = stats.ttest_1samp(SMALL, 0)
    difference = corrected_difference(SMALL, n_train=70, n_test=0, equivalence=0.01)
    assert difference.p_value == pytest.approx(plain.pvalue)
    assert (difference.low, difference.high) == pytest.approx(tuple(plain.confidence_interval()))


@pytest.mark.parametrize("statistic", [corrected_interval, corrected_difference])
def test_one_fold_has_no_statistics_across_folds(statistic):
    options = {"equivalence": 0.01} if statistic is corrected_difference else {}
    with pytest.raises(ValueError, match=rf"{statistic.__name__}: expected two or more folds. Received: n=1"):
        statistic(FOLDS[:1], n_train=70, n_test=30, **options)


def test_it_gives_the_numbers_of_scikit_learns_example():
    """Statistical comparison of models using grid search: RBF against linear kernel, as its page prints them.

    The page tests one-sided.
    """
    X, y = make_moons(noise=0.352, random_state=1, n_samples=100)
    folds = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    rbf, linear = (
        cross_val_score(SVC(kernel=kernel, random_state=0), X, y, scoring="roc_auc", cv=folds)
        for kernel in ("rbf", "linear")
    )
    difference = corrected_difference(rbf - linear, n_train=90, n_test=10, equivalence=0.01)
    assert difference.p_value / 2 == pytest.approx(0.227, abs=5e-4)
    assert difference.within == pytest.approx(0.432, abs=5e-4)
    better = corrected_difference(rbf - linear, n_train=90, n_test=10, equivalence=0.0).above
    assert better == pytest.approx(0.773, abs=5e-4)


def test_the_posterior_is_that_of_a_simulation():
    """Draws the true mean as in the paper's model: precision from a gamma, then the mean around the estimate."""
    n, share = len(SMALL), 30 / 70
    random = np.random.default_rng(0)
    variance = (n - 1) * SMALL.var(ddof=1) / random.chisquare(n - 1, 400_000)
    truth = random.normal(SMALL.mean(), np.sqrt(variance * (1 / n + share)))
    difference = corrected_difference(SMALL, n_train=70, n_test=30, equivalence=0.01)
    assert difference.below == pytest.approx((truth < -0.01).mean(), abs=0.003)
    assert difference.within == pytest.approx((np.abs(truth) <= 0.01).mean(), abs=0.003)
    assert difference.above == pytest.approx((truth > 0.01).mean(), abs=0.003)
    assert (difference.low, difference.high) == pytest.approx(np.quantile(truth, [0.025, 0.975]), abs=3e-4)


def test_the_other_way_round_it_says_the_opposite():
    one, other = (corrected_difference(d, n_train=70, n_test=30, equivalence=0.01) for d in (SMALL, -SMALL))
    assert one.mean == -other.mean
    assert astuple(one.turned) == pytest.approx(astuple(other))
    assert one.turned.turned == one


@pytest.mark.parametrize("constant", [0.1, 1 / 3])
def test_without_spread_nothing_is_known_of_a_loss(constant):
    difference = corrected_difference(np.full(7, constant), n_train=70, n_test=30, equivalence=0.01)
    assert difference.mean == pytest.approx(constant)
    assert np.isnan([difference.low, difference.high, difference.p_value, difference.within]).all()


def test_what_is_the_same_on_every_fold_is_the_same():
    difference = corrected_difference(np.zeros(7), n_train=70, n_test=30, equivalence=0.01)
    assert (difference.mean, difference.within) == (0.0, 1.0)
    assert np.isnan(difference.p_value)


def test_without_spread_a_difference_of_shares_is_believed_for_the_rows_there_are():
    perfect = corrected_difference(np.full(7, 0.6), n_train=70, n_test=30, n_rows=100, equivalence=0.01)
    size = (0.6 * 100 + 1) / 102
    margin = stats.t.ppf(0.975, 6) * np.sqrt(size * (1 - size) / 100)
    assert (perfect.low, perfect.high) == pytest.approx((0.6 - margin, 0.6 + margin))
    alike = corrected_difference(np.zeros(7), n_train=70, n_test=30, n_rows=100, equivalence=0.05)
    assert alike.within > 0.99
    assert 0.02 < alike.high < 0.03


def test_a_score_that_is_missing_is_not_invented():
    difference = corrected_difference(np.append(SMALL, np.nan), n_train=70, n_test=30, equivalence=0.01)
    assert np.isnan([difference.mean, difference.low, difference.p_value, difference.above]).all()


def test_infinite_degrees_of_freedom_are_normal():
    difference = student_difference(0.02, 0.01, np.inf, equivalence=0.01)
    assert difference.p_value == pytest.approx(2 * stats.norm.sf(2))
    assert isinstance(difference, Difference)
    assert difference.within == pytest.approx(stats.norm.cdf(-1) - stats.norm.cdf(-3))


def nearest_centroid(X, y, train):
    """Whether each row is told right, for each fold: ``(n_folds, n_samples)``."""
    centroids = [(train * (y == k)) @ X / (train * (y == k)).sum(axis=1, keepdims=True) for k in (0, 1)]
    distances = [(c**2).sum(axis=1)[:, None] - 2 * c @ X.T for c in centroids]
    return (distances[1] < distances[0]) == y


def random_splits(random):
    """12 times a fifth of 120 rows."""
    return random.permuted(np.tile(np.arange(120) < 24, (12, 1)), axis=1)


def repeated_folds(random):
    """4 dealings of 120 rows into 3 parts."""
    return np.concatenate([random.permutation(120) % 3 == np.arange(3)[:, None] for _ in range(4)])


@pytest.mark.parametrize("test_rows", [random_splits, repeated_folds])
def test_without_a_difference_the_corrected_test_rejects_in_5_of_100_trials_and_the_plain_one_far_more_often(test_rows):
    """Two learners of equal worth: the same method on three columns each of six that are alike, over 12 folds."""
    rejected = np.zeros((1500, 2), dtype=bool)
    for trial in range(len(rejected)):
        random = np.random.default_rng(trial)
        y = random.integers(0, 2, 120).astype(bool)
        X = random.normal(size=(120, 6)) + 0.5 * y[:, None]
        test = test_rows(random)
        n_test = test[0].sum()
        right = [nearest_centroid(columns, y, ~test) for columns in (X[:, :3], X[:, 3:])]
        differences = ((right[0].astype(float) - right[1]) * test).sum(axis=1) / n_test
        corrected = corrected_difference(differences, n_train=120 - n_test, n_test=n_test, equivalence=0.01)
        rejected[trial] = corrected.p_value < 0.05, stats.ttest_1samp(differences, 0).pvalue < 0.05
    ours, plain = rejected.mean(axis=0)
    assert 0.03 <= ours <= 0.07
    assert plain > 0.2


def test_holm_is_a_sequence_of_bonferroni_tests():
    """At each level it rejects what stepping down rejects: the smallest at level / m, the next at level / (m - 1)."""
    p_values = np.random.default_rng(3).random(9) ** 3
    corrected = holm(p_values)
    for level in (0.01, 0.05, 0.2, 0.5):
        rejected = set()
        for step, index in enumerate(np.argsort(p_values)):
            if p_values[index] > level / (len(p_values) - step):
                break
            rejected.add(int(index))
        assert set(np.flatnonzero(corrected <= level).tolist()) == rejected


def test_holm_neither_loses_nor_counts_what_is_not_a_test():
    assert holm(np.array([0.04, np.nan, 0.01])).tolist() == pytest.approx([0.04, np.nan, 0.02], nan_ok=True)
    assert holm(np.array([0.6, 0.7])).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("degrees", [1, 2, 9, 29.7, 1e5, np.inf])
@pytest.mark.parametrize("size", [1e-6, 0.02, 30.0])
def test_a_difference_is_read_off_students_t_to_the_bit(degrees, size):
    random = np.random.default_rng(0)
    for mean, error in zip(random.normal(scale=size, size=40), 10 ** random.uniform(-10, 2, 40), strict=True):
        truth = stats.t(degrees, loc=mean, scale=error)
        found = student_difference(mean, error, degrees, equivalence=0.01)
        assert (found.low, found.high) == truth.interval(0.95)
        assert (found.below, found.above) == (truth.cdf(-0.01), truth.sf(0.01))
        assert found.p_value == 2 * min(truth.cdf(0), truth.sf(0))
    unknown = student_difference(float("nan"), 1.0, degrees, equivalence=0.01)
    assert np.isnan([unknown.low, unknown.high, unknown.p_value, unknown.below, unknown.within, unknown.above]).all()
