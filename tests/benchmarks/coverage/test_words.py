"""The fast part of the simulated words: what is far better is found, and labels by lot seldom come out as a model."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from benchmarks.coverage import cells
from benchmarks.coverage.cells import AHEAD, EQUAL, GATES, Setting, better_by, on_top
from benchmarks.coverage.problems import stratified
from benchmarks.coverage.spread import Effort, share
from benchmarks.coverage.words import told, won

ONE = Effort(processes=1)
FAR = Setting(n_rows=300, metric="accuracy", distances=(3.0, 1.0, 1.0), nets=1, splitting=stratified(5))


def test_a_net_that_is_far_better_is_found_told_and_registered():
    for setting in (FAR, replace(FAR, primary=True)):
        found = told(setting, ONE, 5)
        assert all(one.found and one.beats and one.guess and one.registered and not one.equal for one in found)


def test_a_net_that_is_far_worse_is_never_found_though_the_difference_is_told():
    found = told(replace(FAR, distances=(1.0, 4.0, 1.0), primary=True), ONE, 5)
    assert not any(one.found for one in found)
    assert all(one.primary and one.beats for one in found)


def test_labels_by_lot_seldom_make_a_champion():
    setting = replace(GATES[150][1], metric="accuracy")
    assert setting.distances == (0.0,) * 5
    found = told(setting, ONE, 16)
    assert share([one.registered for one in found]).may_be(0, 0.05)
    assert share([one.primary for one in found]).may_be(0, 0.05)


def test_where_no_fold_has_a_positive_row_no_mean_is_known_and_nothing_is_registered():
    setting = replace(GATES[150][3], n_rows=40)
    assert setting.metric == "average_precision"
    unknown = [one for one in told(setting, ONE, 24) if np.isnan(one.observed)]
    assert unknown
    assert not any(one.registered for one in unknown)


def test_equal_candidates_are_seldom_told_apart():
    wanted = {"metric": "accuracy", "nets": 4, "splitting": stratified(5)}
    setting = next(one for one in EQUAL if all(getattr(one, k) == wanted[k] for k in wanted))
    found = told(setting, ONE, 16)
    assert share([one.primary for one in found]).may_be(0, 0.05)
    assert share([one.exploratory for one in found]).may_be(0, 0.05)
    assert share([one.beats for one in found]).may_be(0, 0.05)


def test_the_winners_mean_is_too_high_and_the_corrected_one_is_not(monkeypatch):
    monkeypatch.setattr(cells, "_TRAININGS", 20)
    setting = Setting(n_rows=150, metric="accuracy", distances=(1.0,) * 6, nets=3, splitting=stratified(5))
    found = won(setting, ONE, 16)
    assert found.observed > 0.015
    assert abs(found.corrected) < found.observed / 2


def test_practically_equal_is_said_of_what_is_and_not_of_what_is_not():
    equal = Setting(
        n_rows=1000, metric="accuracy", distances=(0.0, 0.0), nets=1, shared=2.0, primary=True, equivalence=0.05
    )
    assert all(one.equal for one in told(equal, ONE, 5))
    assert not any(one.equal for one in told(replace(equal, distances=(3.0, 0.0)), ONE, 5))


@pytest.mark.parametrize(("how", "setting"), [AHEAD[0], AHEAD[2], AHEAD[4], AHEAD[6]])
def test_the_net_ahead_is_better_by_what_is_said(monkeypatch, how, setting):
    monkeypatch.setattr(cells, "_TRAININGS", 10)
    net, other = (setting.true_scores(number, np.random.default_rng(number))[1] for number in (0, setting.nets))
    assert net - other == pytest.approx(0.05, abs=0.006)
    assert setting.primary


def test_accuracy_and_distance_are_of_two_normal_clouds():
    assert stats.norm.cdf(better_by(0.05, 1.0) / 2) - stats.norm.cdf(0.5) == pytest.approx(0.05)
    assert np.hypot(3.0, on_top(3.0, 5.0)) == 5.0
