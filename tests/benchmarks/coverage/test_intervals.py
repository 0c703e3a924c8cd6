"""The fast part of the simulated intervals: what is printed covers as is told, and a worse one would be seen."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from benchmarks.coverage.intervals import Covered, _areas, auc_coverage, coverage, coverage_of_rows
from benchmarks.coverage.problems import OTHER_CLASSIFIERS, PROBLEMS, TEST_SETS, Logistic, share_tested, stratified
from benchmarks.coverage.spread import Effort, Share, share
from pipeline.scoring.captions import SHARES_ACROSS_FOLDS

ONE = Effort(processes=1)


def problem(words):
    return next(one for one in (*PROBLEMS, *TEST_SETS, *OTHER_CLASSIFIERS) if one.words == words)


def test_intervals_over_three_folds_near_1_hold_where_plain_ones_do_not():
    found = coverage(problem("150 rows, 3 classes far apart, 3 random splits"), ONE, 60)["accuracy"]
    assert found.may_agree
    assert found.held.may_be(0.93, 1)
    assert found.narrowest > 0
    assert found.plain is not None
    assert not found.plain.may_be(0.93, 1)  # what 0.1.0 printed is told apart by so few simulations


def test_the_f1_of_a_class_that_is_hardly_found_is_held():
    hard = replace(problem("150 rows, 10 % positive, close together, 2 x 5 stratified folds"), metrics=("f1",))
    found = coverage(hard, ONE, 200)["f1"]
    assert found.may_agree
    assert found.held.count >= 182  # as of a share it was held in 168 to 174 of 200


def test_intervals_of_a_small_test_set_hold():
    found = coverage_of_rows(problem("30 test rows, 40 % positive, 2 apart"), ONE, 80)
    assert set(found) == set(problem("30 test rows, 40 % positive, 2 apart").metrics)
    assert all(one.may_agree and one.narrowest > 0 for one in found.values())


def test_the_area_of_ten_positive_rows_is_held_where_delongs_own_interval_loses_it():
    ours, delongs = auc_coverage(10, 3.0, ONE, 200)
    assert ours.may_be(0.94, 1)
    assert not delongs.may_be(0.94, 1)


def test_what_is_told_is_contradicted_by_too_few_that_hold():
    assert SHARES_ACROSS_FOLDS.covered is not None
    least, most = SHARES_ACROSS_FOLDS.covered
    count = round(1000 * (least - 0.05))
    how = {"plain": None, "width": 0.1, "narrowest": 0.1, "told": SHARES_ACROSS_FOLDS}
    assert not Covered(held=Share(count=count, n=1000), **how).agrees
    assert Covered(held=Share(count=round(500 * (least + most)), n=1000), **how).agrees


@pytest.mark.parametrize("count", [0, 3, 40])
def test_the_bounds_of_a_share_are_those_whose_tails_are_one_in_forty(count):
    low, high = share([True] * count + [False] * (40 - count)).bounds
    random = np.random.default_rng(0)
    if count:
        assert (random.binomial(40, low, 200_000) >= count).mean() == pytest.approx(0.025, abs=0.002)
    if count < 40:
        assert (random.binomial(40, high, 200_000) <= count).mean() == pytest.approx(0.025, abs=0.002)


def test_simulations_are_the_same_with_any_number_of_processes():
    simulate = partial(_areas, 10, 1.0)
    several = Effort(processes=2)
    assert ONE.spread(simulate, 60, 3) == several.spread(simulate, 60, 3)
    assert several.spent > 0
    assert len(ONE.spread(simulate, 60, 3)) == 60
    assert ONE.spread(simulate, 60, 3) != ONE.spread(simulate, 60, 4)


def test_only_the_telling_columns_say_anything_of_the_class_and_neighbors_hang_together():
    made = OTHER_CLASSIFIERS[0]
    assert isinstance(made, Logistic)
    X, y = replace(made, correlation=0.7).drawn(20_000, np.random.default_rng(0))
    assert np.corrcoef(X[:, 0], X[:, 1])[0, 1] == pytest.approx(0.7, abs=0.02)
    assert np.corrcoef(X[:, 0], X[:, 2])[0, 1] == pytest.approx(0.49, abs=0.02)
    X, y = made.drawn(20_000, np.random.default_rng(0))
    with_class = np.array([np.corrcoef(column, y)[0, 1] for column in X.T])
    assert (with_class[:4] > 0.2).all()
    assert (np.abs(with_class[4:]) < 0.03).all()


def test_a_fold_tests_what_its_splitting_says():
    assert share_tested(stratified(5, 2)) == 0.2
    assert share_tested(problem("150 rows, 3 classes far apart, 3 random splits").splitting) == 0.2
