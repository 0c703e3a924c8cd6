"""Intervals of the rows of one test set: by their formulas, at the ends, and held against known truths."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from pipeline.scoring.metrics import confusion, score
from pipeline.scoring.one_test_set import auc_interval, wilson_interval
from pipeline.scoring.row_intervals import (
    average_precision_influence,
    average_precision_interval,
    balanced_accuracy_interval,
    f1_interval,
    loss_interval,
    mean_auc_interval,
    mean_average_precision_interval,
    mean_f1_interval,
    share_of_rows,
)


def bounds(interval):
    return interval.low, interval.high


def drawn(n_classes, n_rows=80, seed=0, skill=1.5):
    """Labels and the probabilities that belong to normal scores around one center a class."""
    random = np.random.default_rng(seed)
    y = np.arange(n_rows) % n_classes
    odds = np.exp(skill * random.normal(skill * np.eye(n_classes)[y]))
    return y, odds / odds.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("n", [10, 30, 44, 200])
@pytest.mark.parametrize("truth", [0.5, 0.9, 0.97, 0.99, 0.995])
def test_a_share_is_held_whatever_it_is_and_wilsons_own_is_not(n, truth):
    """Summed over all that can happen, nothing is drawn: the binomial chance of the counts that hold the truth."""
    chances = stats.binom.pmf(np.arange(n + 1), n, truth)
    held = np.array([one.low <= truth <= one.high for one in (share_of_rows(k, n) for k in range(n + 1))])
    assert chances[held].sum() > 0.918
    if (n, truth) == (30, 0.995):
        wilson = np.array([one.low <= truth <= one.high for one in (wilson_interval(k, n) for k in range(n + 1))])
        assert chances[wilson].sum() < 0.87


@pytest.mark.parametrize(("n_successes", "n"), [(0, 30), (30, 30), (10, 30), (5, 200)])
def test_away_from_a_few_rows_at_an_end_it_is_wilsons(n_successes, n):
    assert bounds(share_of_rows(n_successes, n)) == pytest.approx(bounds(wilson_interval(n_successes, n)), abs=1e-12)


def test_one_row_from_an_end_the_bound_is_that_of_a_rare_event():
    """Of one success the lower bound solves ``exp(-n p) = 0.95``: no success was to be expected at most so often."""
    assert share_of_rows(1, 30).low == pytest.approx(-np.log(0.95) / 30)
    assert share_of_rows(29, 30).high == pytest.approx(1 + np.log(0.95) / 30)


def test_a_third_row_counts_as_few_only_among_more_than_fifty():
    assert share_of_rows(3, 50).low == pytest.approx(wilson_interval(3, 50).low)
    assert share_of_rows(3, 51).low == pytest.approx(stats.chi2.ppf(0.05, 6) / 102)


def test_f1_has_the_bounds_of_the_share_that_is_both():
    counts = np.array([[50, 7], [4, 12]])
    found, share = f1_interval(counts, 1), share_of_rows(12, 23)
    assert found.mean == pytest.approx(24 / 35)
    assert bounds(found) == pytest.approx([2 * bound / (1 + bound) for bound in bounds(share)])


def test_nothing_found_and_everything_found_have_a_width():
    nothing, everything = f1_interval(np.array([[50, 0], [6, 0]]), 1), f1_interval(np.diag([50, 6]), 1)
    assert (nothing.mean, everything.mean) == (0, 1)
    assert nothing.low == 0 < nothing.high < 0.6
    assert 0.7 < everything.low < everything.high == 1


def test_the_mean_f1_of_two_classes_has_the_mean_of_their_bounds():
    counts = np.array([[50, 7], [4, 12]])
    own, found = [f1_interval(counts, k) for k in range(2)], mean_f1_interval(counts)
    assert bounds(found) == pytest.approx(np.mean([bounds(one) for one in own], axis=0))


def test_the_mean_f1_of_many_classes_is_surer_than_theirs():
    y, p = drawn(5, n_rows=400)
    counts = confusion(y, p)
    found = mean_f1_interval(counts)
    assert found.mean == pytest.approx(f1_score(y, p.argmax(axis=1), average="macro"))
    widths = [np.diff(bounds(f1_interval(counts, k)))[0] for k in range(5)]
    assert min(widths) / np.sqrt(5) < found.high - found.low < np.mean(widths)


def test_the_mean_f1_varies_as_the_bootstrap_says():
    y, p = drawn(3, n_rows=600)
    found, random = mean_f1_interval(confusion(y, p)), np.random.default_rng(0)
    rows = random.integers(len(y), size=(400, len(y)))
    spread = np.std([score("f1", y[own], p[own]) for own in rows])
    assert found.high - found.low == pytest.approx(2 * 1.96 * spread, rel=0.12)


def test_balanced_accuracy_of_two_classes_is_newcombes_sum():
    counts = np.array([[40, 10], [3, 12]])
    one, other = share_of_rows(40, 50), share_of_rows(12, 15)
    found = balanced_accuracy_interval(counts)
    assert found.mean == pytest.approx((0.8 + 0.8) / 2)
    assert found.low == pytest.approx(0.8 - np.hypot(0.8 - one.low, 0.8 - other.low) / 2)
    assert found.high == pytest.approx(0.8 + np.hypot(one.high - 0.8, other.high - 0.8) / 2)


def test_a_class_without_rows_does_not_count_and_perfection_has_a_width():
    found = balanced_accuracy_interval(np.diag([10, 0, 20]))
    assert found.mean == found.high == 1
    assert found.low < 0.95


def test_the_mean_auc_is_scikit_learns_and_of_two_classes_that_of_one():
    y, p = drawn(3)
    found = mean_auc_interval(y, p)
    assert found.mean == pytest.approx(roc_auc_score(y, p, multi_class="ovr"))
    assert found.low < found.mean < found.high
    y, p = drawn(2, n_rows=400)
    of_one = auc_interval(y == 1, p[:, 1])  # each row counts in both rankings, and both are the same
    assert bounds(mean_auc_interval(y, p)) == pytest.approx(bounds(of_one), abs=1e-9)


@pytest.mark.parametrize("decimals", [15, 1])
def test_the_influence_is_the_slope_of_the_average_precision_in_a_rows_weight(decimals):
    y, p = drawn(2, n_rows=60)
    positive, ranked, step = y == 1, np.round(p[:, 1], decimals), 1e-6
    value, influence = average_precision_influence(positive, ranked)
    assert value == pytest.approx(average_precision_score(positive, ranked))
    for row in range(len(y)):
        weights = np.ones(len(y))
        weights[row] += step
        slope = (average_precision_score(positive, ranked, sample_weight=weights) - value) / step
        assert influence[row] == pytest.approx(slope, abs=1e-5)
    assert influence.sum() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("n_positive", "distance"), [(5, 1.0), (5, 3.0), (20, 1.0), (44, 2.0)])
def test_an_average_precision_is_held_with_few_positive_rows(n_positive, distance):
    """The truth is that of 400,000 rows; the binomial test allows for 400 draws."""

    def scored(n_positive, n_negative, seed):
        positive = np.arange(n_positive + n_negative) < n_positive
        return positive, np.random.default_rng(seed).normal(distance * positive)

    truth, _ = average_precision_influence(*scored(40_000, 360_000, 0))
    found = [average_precision_interval(*scored(n_positive, 9 * n_positive, [1, trial])) for trial in range(400)]
    held = sum(one.low <= truth <= one.high for one in found)
    assert stats.binomtest(held, 400, 0.95, alternative="less").pvalue > 0.001
    assert min(one.high - one.low for one in found) > 0


def test_the_mean_average_precision_is_scikit_learns():
    y, p = drawn(4)
    found = mean_average_precision_interval(y, p)
    assert found.mean == pytest.approx(average_precision_score(y, p))
    assert found.low < found.mean < found.high


def test_a_loss_has_students_lower_bound_and_an_upper_one_that_a_sure_error_would_have_moved():
    losses = np.random.default_rng(0).exponential(0.3, 40)
    t, error = stats.t.ppf(0.975, 39), losses.std(ddof=1) / np.sqrt(40)
    found = loss_interval(losses, 3.0)
    assert found.low == pytest.approx(losses.mean() - t * error)
    more = np.append(losses, 3.0)
    assert found.high == pytest.approx(more.mean() + t * more.std(ddof=1) / np.sqrt(41))
    assert loss_interval(losses, 0.0).high == pytest.approx(losses.mean() + t * error)


@pytest.mark.parametrize("n", [30, 200])
def test_rare_sure_errors_are_allowed_for(n):
    """One row of 50 costs 4, the others next to nothing: of 30 rows most test sets show no error at all."""
    held = plain = 0
    for trial in range(400):
        losses = np.where(np.random.default_rng([2, trial]).random(n) < 0.02, 4.0, 0.01)
        found = loss_interval(losses, 4.0)
        held += found.low <= 0.02 * 4 + 0.98 * 0.01 <= found.high
        plain += losses.mean() + 2 * losses.std(ddof=1) / np.sqrt(n) >= 0.02 * 4
    assert held / 400 > 0.93
    assert plain < held
