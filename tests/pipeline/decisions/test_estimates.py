"""Quantities of folds with their intervals: of shares and costs such as hold near 0 and 1, too."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm

from pipeline.decisions.estimates import RowsTested, estimates
from pipeline.scoring.few_found import corrected_error_type_interval
from pipeline.scoring.significance import corrected_interval, corrected_share_interval

SIZES = {"n_train": 80, "n_test": 20}
FOLDS = [
    SimpleNamespace(index=k, train_rows=np.arange(80), test_rows=np.arange(20 * k, 20 * k + 20), stretches=None)
    for k in range(5)
]
TESTED = RowsTested(folds=FOLDS, n_positive=30, n_negative=70, cost_ratio=10.0)


def outcome(**values):
    """Of five folds: what is not given is alike on all."""
    alike = {"threshold": 0.2, "cost": 1.0, "relative_cost": 0.5, "type_1_error": 0.2, "type_2_error": 0.1}
    alike |= {"recall": 0.8, "precision": 0.7, "raised": 0.3}
    return [
        {"nobody": alike | {"cost": 2.0}, "everybody": alike | {"cost": 0.8}, "cheapest": alike | own}
        for own in [{name: each[k] for name, each in values.items()} for k in range(5)]
    ]


def of(quantity, by_fold, tested=TESTED):
    (found,) = [
        one for one in estimates({"a": by_fold}, {"a": tested}) if (one.case, one.quantity) == ("cheapest", quantity)
    ]
    return found.mean, found.low, found.high


def test_shares_and_costs_that_are_alike_on_all_folds_have_a_width():
    """A t over folds took them for known: near 0 it held the truth in half of the simulated runs."""
    for quantity in ("cost", "relative_cost", "type_1_error", "type_2_error", "recall", "precision", "raised"):
        mean, low, high = of(quantity, outcome())
        assert low < mean < high
    none = {name: [0.0] * 5 for name in ("cost", "relative_cost", "type_1_error", "type_2_error")}
    for quantity in none:
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


def test_a_cost_is_no_surer_than_its_rows():
    """By hand: a fifth is positive and a fifth of these is missed, at 10 each; of 0.8 the rest are false alarms."""
    cost = np.array([0.5, 1.0, 0.7, 1.2, 0.6])
    by_fold = outcome(cost=cost, relative_cost=cost / 2)
    spread = corrected_interval(cost, **SIZES)
    missed, alarms = (0.04 * 100 + 0.5) / 101, (0.4 * 100 + 0.5) / 101
    least = np.sqrt((100 * missed * (1 - missed) + alarms * (1 - alarms)) / 100)
    error = max((spread.high - spread.mean) / norm.ppf(0.975), least) / 10
    inside = (0.08 * 100 + 0.5) / 101
    share = proportion(0.08, inside * (1 - inside) / error**2)
    np.testing.assert_allclose(of("cost", by_fold), [0.8, 10 * share[0], 10 * share[1]])
    np.testing.assert_allclose(of("relative_cost", by_fold), [0.4, 5 * share[0], 5 * share[1]])


def proportion(share, n):
    """Wilson's interval."""
    z = norm.ppf(0.975)
    center, margin = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (center - margin) / (1 + z**2 / n), (center + margin) / (1 + z**2 / n)


def test_what_is_all_false_alarms_is_as_sure_as_their_share():
    """A miss costs 35 and none is missed: what it would cost does not make a share of 20 % of 6,819 rows unsure."""
    values = {"type_1_error": [0.0] * 5, "cost": [0.2] * 5, "relative_cost": [0.2] * 5}
    many = RowsTested(folds=FOLDS, n_positive=220, n_negative=6599, cost_ratio=35.0)
    _, low, high = of("cost", outcome(**values), many)
    assert high - low < 0.03
    _, low_share, high_share = of("raised", outcome(**values, raised=[0.2] * 5), many)
    assert high - low < 1.6 * (high_share - low_share)


def test_what_a_rule_does_by_definition_has_no_interval():
    by_fold = [
        {
            "nobody": {"type_1_error": 1.0, "raised": 0.0, "cost": 2.0, "relative_cost": 1.0},
            "everybody": {"type_1_error": 0.0, "raised": 1.0, "cost": 0.8, "relative_cost": 0.4},
            "cheapest": {},
        }
    ] * 5
    for one in estimates({"a": by_fold}, {"a": TESTED}):
        known = one.quantity == "cost"
        assert np.isfinite([one.low, one.high]).all() == known
        if known:
            share = corrected_share_interval(np.full(5, {"nobody": 0.2, "everybody": 0.8}[one.case]), **SIZES, most=100)
            each = {"nobody": 10, "everybody": 1}[one.case]
            np.testing.assert_allclose(
                [one.mean, one.low, one.high], np.array([share.mean, share.low, share.high]) * each
            )


def test_of_a_class_in_few_groups_nothing_is_told_of_chance():
    few = RowsTested(folds=FOLDS, n_positive=30, n_negative=70, cost_ratio=10.0, few_positive=True)
    for quantity in ("type_1_error", "recall", "precision", "cost", "relative_cost"):
        assert np.isnan(of(quantity, outcome(), few)[1])
    assert np.isfinite(of("type_2_error", outcome(), few)[1:]).all()


def test_a_threshold_has_the_t_over_folds_within_0_and_1():
    thresholds = np.array([0.02, 0.5, 0.04, 0.9, 0.1])
    found = corrected_interval(thresholds, **SIZES)
    assert found.low < 0
    assert of("threshold", outcome(threshold=thresholds)) == (found.mean, 0.0, min(found.high, 1.0))


def test_a_lift_is_as_sure_as_the_share_that_it_is_of_and_no_more_is_found_than_by_a_perfect_order():
    """Of 30 positive rows in 100 a tenth can hold a third."""
    for found in (np.array([0.25, 0.3, 0.2, 0.28, 0.22]), np.full(5, 1 / 3), np.zeros(5)):
        by_fold = [{"10%": {"found": each, "lift": each / 0.1, "added": each}} for each in found]
        made = estimates({"a": by_fold}, {"a": TESTED})
        bounds = {one.quantity: np.array([one.mean, one.low, one.high]) for one in made}
        np.testing.assert_allclose(bounds["lift"], bounds["found"] / 0.1)
        assert bounds["found"][1] < bounds["found"][2] <= 1 / 3 + 1e-12
    whole = [{"100%": {"found": 1.0, "lift": 1.0}}] * 5
    assert {(one.low, one.high) for one in estimates({"a": whole}, {"a": TESTED})} == {(1.0, 1.0)}


@pytest.mark.parametrize(
    "folds", [FOLDS[:1], [SimpleNamespace(**{**vars(one), "stretches": one.test_rows}) for one in FOLDS]]
)
def test_one_fold_and_blocks_in_time_tell_nothing_of_chance(folds):
    tested = RowsTested(folds=folds, n_positive=30, n_negative=70, cost_ratio=10.0)
    mean, low, high = of("cost", outcome()[: len(folds)], tested)
    assert mean == 1.0
    assert np.isnan([low, high]).all()
