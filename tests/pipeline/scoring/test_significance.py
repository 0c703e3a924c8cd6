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
    corrected_f1_difference,
    corrected_f1_interval,
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


SIZES = {"n_train": 120, "n_test": 30}


@pytest.mark.parametrize("most", [10, 30, 90, 400])
@pytest.mark.parametrize("n_folds", [5, 10])
def test_an_f1_is_above_guessing_just_where_its_own_interval_begins_above_0(n_folds, most):
    """Of folds without a spread: guessing finds none, so the difference is the F1 itself."""
    begins = []
    for f1 in np.linspace(0.02, 0.9, 89):
        of = np.full(n_folds, f1)
        own = corrected_f1_interval(of, most=most, **SIZES)
        found = corrected_f1_difference(of, np.zeros(n_folds), most=most, equivalence=0.01, **SIZES)
        assert (found.low > 0) == (own.low > 0) == (found.p_value < 0.05)
        assert found.high >= own.high
        begins.append(own.low > 0)
    assert len(set(begins)) == 2


def test_five_folds_that_find_one_row_of_three_each_are_not_surely_better_than_guessing():
    found = corrected_f1_difference(np.full(5, 2 / 9), np.zeros(5), most=30, equivalence=0.01, **SIZES)
    assert found.low < 0 < found.high
    assert found.p_value > 0.1


@pytest.mark.parametrize(
    ("one", "other", "most", "worth"),
    [(0.4, 0.0, 30, 30), (0.7, 0.0, 30, 30), (0.5, 0.2, 90, 150), (0.2, 0.5, 90, 150)],
)
def test_a_difference_begins_where_the_interval_of_an_f1_does_that_is_worth_as_much(one, other, most, worth):
    """Of the better one, ``most * p`` rows: times ``p / |d|`` for the smaller variance of a difference."""
    own = corrected_f1_interval(np.full(5, abs(one - other)), most=worth, **SIZES)
    found = corrected_f1_difference(np.full(5, one), np.full(5, other), most=most, equivalence=0.01, **SIZES)
    assert min(abs(found.low), abs(found.high)) == pytest.approx(own.low, abs=1e-12)
    assert own.low > 0


def test_the_difference_of_usual_f1_is_that_of_any_shares_to_the_bit():
    """But for tables whose spread happens to be small; what is found stays the same."""
    random, the_same, sizes = np.random.default_rng(0), 0, {"n_train": 240, "n_test": 60, "equivalence": 0.01}
    for _ in range(100):
        both = random.normal(0.7, 0.04, 10)
        one, other = both + random.normal(0.05, 0.03, 10), both + random.normal(0, 0.03, 10)
        found = corrected_f1_difference(one, other, most=300, **sizes)
        shares = corrected_difference(one - other, n_rows=300, **sizes)
        the_same += found == shares
        assert (found.p_value < 0.05) == (shares.p_value < 0.05)
        assert found.p_value >= shares.p_value
    assert the_same >= 95


def test_what_few_found_rows_tell_of_two_is_the_less_the_fewer_the_better_one_finds():
    def width(one, other):
        found = corrected_f1_difference(np.full(5, one), np.full(5, other), most=30, equivalence=0.01, **SIZES)
        turned = corrected_f1_difference(np.full(5, other), np.full(5, one), most=30, equivalence=0.01, **SIZES)
        assert (found.low, found.p_value) == pytest.approx((-turned.high, turned.p_value))
        return found.high - found.low

    assert width(0.3, 0.1) > width(0.4, 0.2) > width(0.6, 0.4)
    share = corrected_difference(np.full(5, 0.2), n_rows=30, equivalence=0.01, **SIZES)
    assert width(0.3, 0.1) > share.high - share.low


def test_two_that_find_none_are_no_surer_apart_than_an_f1_of_0_is():
    found = corrected_f1_difference(np.zeros(5), np.zeros(5), most=30, equivalence=0.01, **SIZES)
    assert found.high >= corrected_f1_interval(np.zeros(5), most=30, **SIZES).high
    assert found.within < 0.5


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
