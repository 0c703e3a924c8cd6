"""Quantities of folds with their intervals: of shares and costs such as hold near 0 and 1, too."""

from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.decisions.estimates import RowsTested, estimates
from pipeline.scoring.few_found import corrected_error_type_interval
from pipeline.scoring.significance import corrected_interval, corrected_share_interval

SIZES = {"n_train": 80, "n_test": 20}
FOLDS = [
    SimpleNamespace(index=k, train_rows=np.arange(80), test_rows=np.arange(20 * k, 20 * k + 20), stretches=None)
    for k in range(5)
]
TESTED = RowsTested(folds=FOLDS, n_positive=30, n_negative=70, dearest=10.0)


def outcome(**values):
    """Of five folds: what is not given is alike on all."""
    alike = {"threshold": 0.2, "cost": 1.0, "relative_cost": 0.5, "type_1_error": 0.2, "type_2_error": 0.1}
    alike |= {"recall": 0.8, "precision": 0.7, "raised": 0.3}
    return [
        {"nobody": alike | {"cost": 2.0}, "everybody": alike | {"cost": 3.0}, "cheapest": alike | own}
        for own in [{name: each[k] for name, each in values.items()} for k in range(5)]
    ]


def of(quantity, by_fold, tested=TESTED):
    (found,) = [one for one in estimates({"a": by_fold}, tested) if (one.case, one.quantity) == ("cheapest", quantity)]
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


def test_a_cost_is_a_share_of_the_dearest_row_and_of_treating_all_alike():
    cost = np.array([0.5, 1.0, 0.7, 1.2, 0.6])
    by_fold = outcome(cost=cost, relative_cost=cost / 2)
    share = corrected_share_interval(cost / 10, **SIZES, most=100)
    expected = np.array([share.mean, share.low, share.high]) * 10
    np.testing.assert_allclose(of("cost", by_fold), expected)
    np.testing.assert_allclose(of("relative_cost", by_fold), expected / 2)  # raising nobody costs 2


def test_a_threshold_has_the_t_over_folds_within_0_and_1():
    thresholds = np.array([0.02, 0.5, 0.04, 0.9, 0.1])
    found = corrected_interval(thresholds, **SIZES)
    assert found.low < 0
    assert of("threshold", outcome(threshold=thresholds)) == (found.mean, 0.0, min(found.high, 1.0))


def test_a_lift_is_as_sure_as_the_share_that_it_is_of():
    found = np.array([0.5, 0.6, 0.4, 0.55, 0.45])
    by_fold = [{"10%": {"found": each, "lift": each / 0.1, "added": each}} for each in found]
    made = {one.quantity: np.array([one.mean, one.low, one.high]) for one in estimates({"a": by_fold}, TESTED)}
    np.testing.assert_allclose(made["lift"], made["found"] / 0.1)


@pytest.mark.parametrize(
    "folds", [FOLDS[:1], [SimpleNamespace(**{**vars(one), "stretches": one.test_rows}) for one in FOLDS]]
)
def test_one_fold_and_blocks_in_time_tell_nothing_of_chance(folds):
    tested = RowsTested(folds=folds, n_positive=30, n_negative=70, dearest=10.0)
    mean, low, high = of("cost", outcome()[: len(folds)], tested)
    assert mean == 1.0
    assert np.isnan([low, high]).all()
