"""Quantities of folds with their intervals: of shares and costs such as hold near 0 and 1, too."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm, t

from pipeline.decisions.estimates import estimates, relative_costs
from pipeline.decisions.intervals import sampling_error
from pipeline.decisions.rows_tested import RowsTested
from pipeline.scoring.few_found import corrected_error_type_interval
from pipeline.scoring.significance import corrected_interval, corrected_share_interval

SIZES = {"n_train": 80, "n_test": 20}
FOLDS = [
    SimpleNamespace(index=k, train_rows=np.arange(80), test_rows=np.arange(20 * k, 20 * k + 20), stretches=None)
    for k in range(5)
]
TESTED = RowsTested(folds=FOLDS, positive_shares=np.full(5, 0.3), n_positive=30, n_negative=70, cost_ratio=10.0)


def outcome(**values):
    """Of five folds: what is not given is alike on all."""
    alike = {"threshold": 0.2, "cost": 1.0, "type_1_error": 0.2, "type_2_error": 0.1}
    alike |= {"recall": 0.8, "precision": 0.7, "raised": 0.3}
    return [
        {"nobody": alike | {"cost": 2.0}, "everybody": alike | {"cost": 0.8}, "cheapest": alike | own}
        for own in [{name: each[k] for name, each in values.items()} for k in range(5)]
    ]


ERRORS = {"type_1_error": 0.2, "type_2_error": 0.1}


def of(quantity, by_fold, tested=TESTED, case="cheapest"):
    made = estimates({"a": by_fold}, {"a": tested})
    told = (*made, *relative_costs(made)) if quantity == "relative_cost" else made
    (found,) = [one for one in told if (one.case, one.quantity) == (case, quantity)]
    return found.mean, found.low, found.high


def benefits(case="0.0909", **values):
    """Of five folds, at the threshold of a ratio of 10."""
    alike = {"net_benefit": 0.2, "everybody": 0.23, "type_1_error": 0.3, "type_2_error": 0.1}
    return [{case: alike | {name: each[k] for name, each in values.items()}} for k in range(5)]


def test_shares_and_costs_that_are_alike_on_all_folds_have_a_width():
    """A t over folds took them for known: near 0 it held the truth in half of the simulated runs."""
    for quantity in ("cost", "relative_cost", "type_1_error", "type_2_error", "recall", "precision", "raised"):
        mean, low, high = of(quantity, outcome())
        assert low < mean < high
    none = {name: [0.0] * 5 for name in ("cost", "type_1_error", "type_2_error")}
    for quantity in (*none, "relative_cost"):
        mean, low, high = of(quantity, outcome(**none))
        assert mean == low == 0 < high


def test_each_is_made_of_the_rows_that_it_is_a_share_of():
    missed, false = np.array([0.1, 0.3, 0.2, 0.15, 0.25]), np.array([0.02, 0.05, 0.0, 0.03, 0.01])
    by_fold = outcome(type_1_error=missed, recall=1 - missed, type_2_error=false)
    expected = corrected_error_type_interval(missed, **SIZES, most=30)
    np.testing.assert_allclose(of("type_1_error", by_fold), (expected.mean, expected.low, expected.high))
    np.testing.assert_allclose(of("recall", by_fold), (1 - expected.mean, 1 - expected.high, 1 - expected.low))
    expected = corrected_share_interval(false, **SIZES, most=70)
    np.testing.assert_allclose(of("type_2_error", by_fold), (expected.mean, expected.low, expected.high))


@pytest.mark.parametrize(("quantity", "n"), [("raised", 100), ("type_2_error", 70)])
def test_what_is_raised_is_as_sure_as_the_folds_that_test_a_row_once(quantity, n):
    """By hand: repeats choose like thresholds, so that twice five folds tell what five do."""
    twice = replace(TESTED, folds=FOLDS * 2, positive_shares=np.full(10, 0.3))
    share = np.array([0.1, 0.3, 0.2, 0.4, 0.25])
    by_fold = outcome(**{quantity: share, "type_1_error": [0.2] * 5})
    false = 0.25 if quantity == "type_2_error" else 0.1
    more = (0.8 - false) ** 2 * 0.3 * 0.7 / 100 if quantity == "raised" else 0.0  # the share of the class is not known
    for tested, times in ((TESTED, 1), (twice, 2)):
        error = np.tile(share, times).std(ddof=1) * np.sqrt(1 / 5 + 1 / 4) * t.ppf(0.975, 4) / norm.ppf(0.975)
        inside = (0.25 * n + 0.5) / (n + 1)
        expected = proportion(0.25, min(inside * (1 - inside) / (error**2 + more), n))
        np.testing.assert_allclose(of(quantity, by_fold * times, tested)[1:], expected)
    mean, low, high = of(quantity, outcome(**{quantity: [0.25] * 5}))
    np.testing.assert_allclose((low, high), proportion(mean, n))


def test_what_is_raised_rightly_is_a_share_of_what_is_raised():
    expected = corrected_share_interval(np.full(5, 0.7), **SIZES, most=30)
    np.testing.assert_allclose(of("precision", outcome()), (expected.mean, expected.low, expected.high))
    few = outcome(raised=[0.001] * 5)
    expected = corrected_share_interval(np.full(5, 0.7), **SIZES, most=1)
    np.testing.assert_allclose(of("precision", few), (expected.mean, expected.low, expected.high))


def test_a_row_is_worth_one_of_a_few_values():
    """By hand, of 100 rows 4 at 10 and 20 at 1, half a row added to each of three kinds."""
    shares = np.array([4.5, 20.5]) / 101.5
    variance = 100 * shares[0] + shares[1] - (10 * shares[0] + shares[1]) ** 2
    assert sampling_error([10, 1], [0.04, 0.2], 100) == pytest.approx(np.sqrt(variance / 100))
    assert sampling_error([1, 1], [0.5, 0.5], 100) > 0  # though every row is worth the same
    shares = np.array([5, 21]) / 103
    variance = 100 * shares[0] + shares[1] - (10 * shares[0] + shares[1]) ** 2
    assert sampling_error([10, 1], [0.04, 0.2], 100, added=1) == pytest.approx(np.sqrt(variance / 100))


def test_a_cost_is_no_surer_than_its_rows():
    """By hand: 30 % are positive, and a fifth of these is missed, at 10 each; of the others a tenth is raised."""
    cost = np.array([0.5, 1.0, 0.7, 1.2, 0.6])
    for own in (cost, np.full(5, 0.8)):
        spread = corrected_interval(own, **SIZES)
        least = sampling_error([10, 1], [0.3 * 0.2, 0.7 * 0.1], 100)
        error = max((spread.high - spread.mean) / norm.ppf(0.975), least) / 10
        inside = (0.08 * 100 + 0.5) / 101
        share = proportion(0.08, inside * (1 - inside) / error**2)
        np.testing.assert_allclose(of("cost", outcome(cost=own)), [0.8, 10 * share[0], 10 * share[1]])
        np.testing.assert_allclose(of("relative_cost", outcome(cost=own)), [1.0, 12.5 * share[0], 12.5 * share[1]])


def test_a_net_benefit_is_no_surer_than_its_rows_and_is_between_what_a_row_can_be_worth():
    """By hand, at a tenth of a row a false alarm: from -0.1, all of them, to 1."""
    for own in (np.array([0.1, 0.25, 0.2, 0.3, 0.15]), np.full(5, 0.2)):
        spread = corrected_interval(own, **SIZES)
        least = sampling_error([1, -0.1], [0.3 * 0.7, 0.7 * 0.1], 100)
        error = max((spread.high - spread.mean) / norm.ppf(0.975), least) / 1.1
        inside = (0.3 / 1.1 * 100 + 0.5) / 101
        share = np.array(proportion(0.3 / 1.1, inside * (1 - inside) / error**2))
        found = of("net_benefit", benefits(net_benefit=own), case="0.0909")
        np.testing.assert_allclose(found, [0.2, *(1.1 * share - 0.1)])
    _, low, high = of("net_benefit", benefits(net_benefit=np.zeros(5), type_1_error=np.ones(5)), case="0.0909")
    assert -0.1 <= low < 0 < high


def test_raising_everybody_is_as_sure_as_the_share_of_the_class():
    share = corrected_share_interval(np.full(5, 0.3), **SIZES, most=100)
    found = of("everybody", benefits(), case="0.0909")
    np.testing.assert_allclose(found, [1.1 * each - 0.1 for each in (0.3, share.low, share.high)])


def proportion(share, n):
    """Wilson's interval."""
    z = norm.ppf(0.975)
    center, margin = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (center - margin) / (1 + z**2 / n), (center + margin) / (1 + z**2 / n)


def test_what_is_all_false_alarms_is_as_sure_as_their_share():
    """A miss costs 35 and none is missed: what it would cost does not make a share of 20 % of 6,819 rows unsure."""
    values = {"type_1_error": [0.0] * 5, "type_2_error": [0.2 / 0.968] * 5, "cost": [0.2] * 5}
    shares = np.full(5, 0.032)
    many = RowsTested(folds=FOLDS, positive_shares=shares, n_positive=220, n_negative=6599, cost_ratio=35.0)
    _, low, high = of("cost", outcome(**values), many)
    assert high - low < 0.03
    _, low_share, high_share = of("raised", outcome(**values, raised=[0.2] * 5), many)
    assert high - low < 1.6 * (high_share - low_share)


def test_what_a_rule_does_by_definition_has_no_interval():
    by_fold = [
        {
            "nobody": {"threshold": 1.0, "type_1_error": 1.0, "raised": 0.0, "cost": 2.0, "precision": np.nan},
            "everybody": {"threshold": 0.0, "type_1_error": 0.0, "raised": 1.0, "cost": 0.8, "precision": 0.2},
        }
    ] * 5
    made = estimates({"a": by_fold}, {"a": TESTED})
    for one in made:
        known = one.quantity == "cost" or (one.case, one.quantity) == ("everybody", "precision")
        assert np.isfinite([one.low, one.high]).all() == known
        if known:
            share = {"nobody": 0.2, "everybody": 0.8 if one.quantity == "cost" else 0.2}[one.case]
            expected = corrected_share_interval(np.full(5, share), **SIZES, most=100)
            each = {"nobody": 10, "everybody": 1}[one.case]
            np.testing.assert_allclose(
                [one.mean, one.low, one.high], np.array([expected.mean, expected.low, expected.high]) * each
            )
    nobody, everybody = relative_costs(made)
    assert (nobody.mean, everybody.mean) == (2.5, 1)  # the cheaper of the two is 1, and the other rises as that falls
    assert np.isnan([one for each in (nobody, everybody) for one in (each.low, each.high)]).all()


def test_where_treating_all_alike_costs_nothing_there_is_no_share_of_it():
    free = [{"nobody": {"cost": 0.0}, "everybody": {"cost": 1.0}, "cheapest": {"cost": 0.1}}] * 5
    tested = RowsTested(folds=FOLDS, positive_shares=np.zeros(5), n_positive=1, n_negative=100, cost_ratio=10.0)
    made = estimates({"a": [{case: own | ERRORS for case, own in fold.items()} for fold in free]}, {"a": tested})
    assert all(np.isnan(one.mean) for one in relative_costs(made))


def test_a_share_is_of_those_folds_that_have_such_rows():
    """Of a fold without rows that are raised no precision is known: the others tell it, as that many folds."""
    precision = np.array([0.8, np.nan, 0.6, 0.7, 0.9])
    raised = np.array([0.3, 0.0, 0.2, 0.4, 0.3])
    made = estimates({"a": outcome(precision=precision, raised=raised)}, {"a": TESTED})
    (found,) = [one for one in made if (one.case, one.quantity) == ("cheapest", "precision")]
    expected = corrected_share_interval(precision[[0, 2, 3, 4]], **SIZES, most=0.3 * 80)
    assert (found.mean, found.low, found.high) == pytest.approx((0.75, expected.low, expected.high))
    assert found.n == 4
    no_class = np.array([0.3, 0.0, 0.3, 0.3, 0.6])
    uneven = RowsTested(folds=FOLDS, positive_shares=no_class, n_positive=30, n_negative=70, cost_ratio=10.0)
    missed = np.array([0.1, np.nan, 0.3, 0.2, 0.2])
    expected = corrected_error_type_interval(missed[[0, 2, 3, 4]], **SIZES, most=30)
    found = of("type_1_error", outcome(type_1_error=missed), uneven)
    np.testing.assert_allclose(found, (expected.mean, expected.low, expected.high))


def test_of_a_class_in_few_groups_nothing_is_told_of_chance():
    both = ("threshold", "raised", "precision", "cost", "relative_cost")
    for few, unknown, known in (
        ({"few_positive": True}, ("type_1_error", "recall"), "type_2_error"),
        ({"few_negative": True}, ("type_2_error",), "type_1_error"),
    ):
        tested = replace(TESTED, **few)
        for quantity in (*both, *unknown):
            assert np.isnan(of(quantity, outcome(), tested)[1])
        for quantity in ("net_benefit", "everybody"):
            assert np.isnan(of(quantity, benefits(), tested, case="0.0909")[1])
        assert np.isfinite(of(known, outcome(), tested)[1:]).all()


def test_a_threshold_has_the_t_over_folds_within_0_and_1():
    """Of twice five folds that of five; of one that all folds have there is none."""
    thresholds = np.array([0.02, 0.5, 0.04, 0.9, 0.1])
    found = corrected_interval(thresholds, **SIZES)
    assert found.low < 0
    expected = (found.mean, 0.0, min(found.high, 1.0))
    assert of("threshold", outcome(threshold=thresholds)) == pytest.approx(expected)
    thresholds = np.array([0.2, 0.3, 0.25, 0.4, 0.22])
    twice = replace(TESTED, folds=FOLDS * 2, positive_shares=np.full(10, 0.3))
    margin = t.ppf(0.975, 4) * np.tile(thresholds, 2).std(ddof=1) * np.sqrt(1 / 5 + 1 / 4)
    mean = thresholds.mean()
    found = of("threshold", outcome(threshold=thresholds) * 2, twice)
    assert found == pytest.approx((mean, max(mean - margin, 0), mean + margin))
    assert np.isnan(of("threshold", outcome())[1:]).all()


def test_a_lift_is_as_sure_as_the_share_that_it_is_of():
    for found in (np.array([0.25, 0.3, 0.2, 0.28, 0.22]), np.full(5, 1 / 3), np.zeros(5)):
        by_fold = [{"10%": {"found": each, "lift": each / 0.1, "added": each}} for each in found]
        made = estimates({"a": by_fold}, {"a": TESTED})
        bounds = {one.quantity: np.array([one.mean, one.low, one.high]) for one in made}
        np.testing.assert_allclose(bounds["lift"], bounds["found"] / 0.1)
        np.testing.assert_allclose(bounds["added"], bounds["found"])
        missed = corrected_error_type_interval(1 - found, **SIZES, most=30)
        np.testing.assert_allclose(bounds["found"][1], 1 - missed.high, atol=1e-12)
    whole = [{"100%": {"found": 1.0, "lift": 1.0}}] * 5
    assert np.isnan([one.low for one in estimates({"a": whole}, {"a": TESTED})]).all()


def test_no_more_is_found_than_by_a_perfect_order_of_as_few_rows_of_the_class_as_there_may_be():
    """A tenth holds a third of 30 rows in 100; yet of all rows the class may be a fifth, of which it holds half.

    Bounded by the third, intervals held the truth in half of the simulated runs.
    """
    by_fold = [{"10%": {"found": 1 / 3, "lift": 10 / 3}}] * 5
    few = RowsTested(folds=FOLDS, positive_shares=np.full(5, 0.3), n_positive=3, n_negative=7, cost_ratio=10.0)
    for tested in (TESTED, few):
        rarest = proportion(0.3, tested.n)[0]
        (found, _) = estimates({"a": by_fold}, {"a": tested})
        missed = corrected_error_type_interval(np.full(5, 2 / 3), **SIZES, most=tested.n_positive)
        assert found.high == pytest.approx(min(1 - missed.low, 0.1 / rarest))
        assert found.high > 0.4


@pytest.mark.parametrize(
    "folds", [FOLDS[:1], [SimpleNamespace(**{**vars(one), "stretches": one.test_rows}) for one in FOLDS]]
)
def test_one_fold_and_blocks_in_time_tell_nothing_of_chance(folds):
    shares = np.full(len(folds), 0.3)
    tested = RowsTested(folds=folds, positive_shares=shares, n_positive=30, n_negative=70, cost_ratio=10.0)
    mean, low, high = of("cost", outcome()[: len(folds)], tested)
    assert mean == 1.0
    assert np.isnan([low, high]).all()
