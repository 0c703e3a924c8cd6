"""F1 and error types over folds where few of a class are found: by their formulas, and one against the other."""

import numpy as np
import pytest
from scipy import stats

from pipeline.scoring.few_found import (
    DIFFERENCES,
    INTERVALS,
    corrected_error_type_difference,
    corrected_error_type_interval,
    corrected_f1_difference,
    corrected_f1_interval,
)
from pipeline.scoring.significance import corrected_difference, corrected_share_interval

SIZES = {"n_train": 120, "n_test": 30}


@pytest.mark.parametrize(("mean", "most"), [(0.1, 30), (0.24, 30), (0.5, 12)])
def test_an_f1_is_worth_the_fewer_rows_the_lower_it_is(mean, most):
    """The bounds solve ``(mean - p)^2 = z^2 p (1 - p) / (most p)``, where those of a share are not farther."""
    found = corrected_f1_interval(np.full(5, mean), n_train=120, n_test=30, most=most)
    share = corrected_share_interval(np.full(5, mean), n_train=120, n_test=30, most=most)
    own = stats.norm.ppf(0.975) ** 2 / most
    low, high = np.sort(np.roots([1, own - 2 * mean, mean**2 - own]))
    assert found.low == pytest.approx(max(min(low, share.low), 0), abs=1e-12)
    assert found.high == pytest.approx(high, abs=1e-12)
    assert found.low <= share.low < mean < share.high < found.high


def test_an_f1_of_all_that_are_found_has_the_interval_of_a_share():
    values, sizes = np.array([0.95, 1.0, 0.97, 1.0, 0.98]), {"n_train": 400, "n_test": 100}
    assert corrected_f1_interval(values, most=200, **sizes) == corrected_share_interval(values, most=200, **sizes)


@pytest.mark.parametrize(
    ("error", "most", "farther"), [(0.9, 15, (False, True)), (0.95, 200, (True, True)), (0.3, 200, (False, False))]
)
def test_an_error_type_has_the_farther_bounds_of_a_share_and_of_an_f1_without_false_alarms(error, most, farther):
    sizes = {"n_train": 120, "n_test": 30}
    found = corrected_error_type_interval(np.full(5, error), most=most, **sizes)
    share = corrected_share_interval(np.full(5, error), most=most, **sizes)
    f1, own = 2 * (1 - error) / (2 - error), stats.norm.ppf(0.975) ** 2 / (2 * most)
    low, high = np.clip(np.sort(np.roots([1, own - 2 * f1, f1**2 - own])), 0, 1)
    assert found.low == pytest.approx(min(1 - high / (2 - high), share.low), abs=1e-12)
    assert found.high == pytest.approx(max(1 - low / (2 - low), share.high), abs=1e-12)
    assert (found.low < share.low, found.high > share.high) == farther


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


@pytest.mark.parametrize("most", [5, 15, 45])
@pytest.mark.parametrize("n_folds", [5, 10])
def test_without_false_alarms_an_f1_and_an_error_type_tell_alike_whether_any_is_found(n_folds, most):
    """Of folds without a spread: guessing has an F1 of 0 and misses the whole class."""
    told = []
    for share in np.linspace(0.02, 0.9, 89):
        of, f1 = np.full(n_folds, 1 - share), np.full(n_folds, 2 * share / (1 + share))
        guessed, none, how = np.ones(n_folds), np.zeros(n_folds), {"equivalence": 0.01, **SIZES}
        own = corrected_error_type_interval(of, most=most, **SIZES)
        found = corrected_error_type_difference(of, guessed, most=most, **how)
        its, its_own = (
            corrected_f1_difference(f1, none, most=2 * most, **how),
            corrected_f1_interval(f1, most=2 * most, **SIZES),
        )
        assert (own.high < 1) == (its_own.low > 0)
        assert (found.high < 0) == (found.p_value < 0.05)
        assert own.high < 1 or not found.high < 0
        assert its.low > 0 or not found.high < 0  # a share of few rows has a least error of its own
        assert found.mean == pytest.approx(-share)
        told.append((own.high < 1, found.high < 0))
        turned = corrected_error_type_difference(guessed, of, most=most, **how)
        assert (turned.low, turned.high, turned.p_value) == pytest.approx((-found.high, -found.low, found.p_value))
    assert {(False, False), (True, True)} <= set(told)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("share", [0.04, 0.1])
def test_a_difference_of_error_types_begins_where_the_share_that_is_found_does(share, confidence):
    """Of so few that are found that their share of the rows, by itself, would be surer."""
    of, guessed, how = np.full(10, 1 - share), np.ones(10), {"equivalence": 0.01, "confidence": confidence, **SIZES}
    found = corrected_error_type_difference(of, guessed, most=100, **how)
    f1, z = 2 * share / (1 + share), stats.norm.ppf((1 + confidence) / 2) ** 2 / 200
    low = np.roots([1, z - 2 * f1, f1**2 - z]).min()
    begins = low / (2 - low) if low > 0 else share - np.sqrt(z) * (1 + share) / 2
    assert found.high == pytest.approx(-begins)
    assert corrected_difference(of - guessed, n_rows=100, **how).high < found.high


@pytest.mark.parametrize("of_better", [0.2, 0.5, 0.8])
def test_what_a_difference_of_error_types_is_worth_is_told_by_the_better_one(of_better):
    """Which finds enough; the other one, which hardly finds any, makes nothing less sure."""
    better, other, how = np.full(5, 1 - of_better), np.full(5, 0.95), {"equivalence": 0.01, **SIZES}
    for one, its in ((better, other), (other, better)):
        found = corrected_error_type_difference(one, its, most=100, **how)
        assert found == corrected_difference(one - its, n_rows=100, **how)


def test_two_that_miss_all_are_no_surer_apart_than_one_is_of_missing_all():
    found = corrected_error_type_difference(np.ones(5), np.ones(5), most=15, equivalence=0.01, **SIZES)
    few = corrected_error_type_difference(np.ones(5), np.ones(5), most=5, equivalence=0.01, **SIZES)
    assert few.high > found.high > 0.1
    assert found.within < 0.5


def test_the_difference_of_usual_error_types_is_that_of_any_shares_to_the_bit():
    random, the_same, how = np.random.default_rng(0), 0, {"n_train": 240, "n_test": 60, "equivalence": 0.01}
    for _ in range(100):
        both = random.normal(0.2, 0.04, 10)
        one, other = both + random.normal(0.05, 0.03, 10), both + random.normal(0, 0.03, 10)
        found = corrected_error_type_difference(one, other, most=150, **how)
        the_same += found == corrected_difference(one - other, n_rows=150, **how)
    assert the_same >= 95


def test_each_metric_of_few_that_are_found_has_an_interval_and_a_difference():
    assert {
        "f1": corrected_f1_interval,
        "type_1_error": corrected_error_type_interval,
        "type_2_error": corrected_error_type_interval,
    } == INTERVALS
    assert {
        "f1": corrected_f1_difference,
        "type_1_error": corrected_error_type_difference,
        "type_2_error": corrected_error_type_difference,
    } == DIFFERENCES
