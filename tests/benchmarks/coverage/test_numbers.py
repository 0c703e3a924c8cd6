"""The fast part of what is simulated of predicted numbers."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.coverage.numbers import (
    CALIBRATED,
    EQUALS,
    FAR_OFF,
    FOLDS,
    METRICS,
    NOISE,
    TEST_SETS,
    WILD,
    Problem,
    coverage,
    coverage_of_rows,
    held,
    parts,
    told_apart,
)
from benchmarks.coverage.parts import PARTS
from benchmarks.coverage.spread import Effort

ONE = Effort(processes=1)


def test_intervals_over_folds_of_few_rows_hold():
    found = coverage(Problem(n_rows=60, noise="normal", splitting=parts(5)), ONE, 60)
    assert set(found) == set(METRICS)
    assert all(one.may_agree and one.narrowest > 0 and one.plain is not None for one in found.values())


@pytest.mark.parametrize("noise", ["normal", "uneven"])
def test_intervals_of_a_small_test_set_hold(noise):
    found = coverage_of_rows(Problem(n_rows=30, noise=noise), ONE, 80)
    assert all(one.may_agree and one.plain is None for one in found.values())


def test_where_few_rows_make_nearly_all_of_the_error_fewer_hold():
    found = coverage_of_rows(Problem(n_rows=30, noise=WILD), ONE, 120)["rmse"]
    assert not found.may_agree
    assert found.held.bounds[1] < 0.88
    assert found.told.fewer


def test_over_folds_they_hold_there_too():
    """What comes from the training is counted: without it the mean absolute error held in 83 of these 100."""
    found = coverage(Problem(n_rows=500, noise=WILD, splitting=parts(5)), ONE, 100)
    assert all(one.may_agree for one in found.values())
    assert found["mae"].held.count >= 88


@pytest.mark.parametrize("splitting", [None, parts(5)])
def test_equals_are_told_apart_in_about_one_of_twenty(splitting):
    found = told_apart(Problem(n_rows=60, noise="normal", splitting=splitting), ONE, 60)
    assert all(one.may_be(0, 0.05) for one in found.values())


def test_split_conformal_holds_what_it_promises():
    found = held(Problem(n_rows=100, noise="t of 3"), ONE, 60)
    assert found.split == pytest.approx(0.9, abs=0.03)
    assert found.served >= 0.9 - 2 * found.error
    too_few = Problem(n_rows=40, noise="normal")  # eight to calibrate on
    with pytest.raises(ValueError, match="9 calibration rows or more"):
        held(too_few, ONE, 1)


def test_errors_have_the_size_that_the_page_tells():
    X = np.random.default_rng(0).normal(size=(200_000, 4))
    for name, of in NOISE.items():
        size = of(X, np.random.default_rng(1)).std()
        assert size == pytest.approx(0.2 if name == "small" else 1, rel=0.05), name


def test_each_problem_is_called_by_another_name():
    for problems in (FOLDS, TEST_SETS, FAR_OFF, EQUALS, CALIBRATED):
        assert len({one.words for one in problems}) == len(problems)
    assert replace(FOLDS[0], noise=WILD).words.startswith("100 rows, log-normal target, 2 x 5 parts")
    assert "numbers" in PARTS
