"""Training rows divided once more, where some part would learn from rows that lack a class."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.language import Search, Splitting
from pipeline.comparison.inside import inside
from pipeline.data.split import inner_folds, split

IN_TIME = Splitting(kind="forward", time="day", n_folds=3)


@pytest.fixture
def in_time(tumors):
    """One after the other, and none of the first hundred malignant."""
    order = np.argsort(tumors.y[: len(tumors.y) // 2], kind="stable")
    rows = np.concatenate([order[:100], np.setdiff1d(np.arange(len(tumors.y)), order[:100])])
    return replace(tumors, X=tumors.X[rows], y=tumors.y[rows], times=np.arange(len(rows)))


def test_folds_of_a_decision_are_those_of_its_inner_parts(tumors, tumors_comparison):
    folds = split(tumors, Splitting(n_folds=2), seed=1)
    found = inside(tumors_comparison, tumors, folds)
    expected = inner_folds(tumors, folds, tumors_comparison.decision.n_inner)
    assert [fold.index for fold in found] == [fold.index for fold in expected]
    assert inside(replace(tumors_comparison, decision=None), tumors, folds) == ()


def test_a_decision_whose_first_part_lacks_a_class_is_refused(in_time, tumors_comparison):
    folds = split(in_time, IN_TIME, seed=1)
    with pytest.raises(ValueError, match=r"a decision: expected every class .* fold=0, part=0.*'malignant': 0"):
        inside(replace(tumors_comparison, splitting=IN_TIME), in_time, folds)


def test_so_is_a_search_by_its_name(in_time, tumors_comparison):
    logistic = next(one for one in tumors_comparison.candidates if one.name == "logistic_regression")
    search = Search(name="searched", candidate=logistic, space={"settings.C": (0.1, 1.0)}, n_trials=2, n_inner=4)
    candidates = (*tumors_comparison.candidates, search)
    comparison = replace(tumors_comparison, splitting=IN_TIME, decision=None, candidates=candidates)
    folds = split(in_time, IN_TIME, seed=1)
    with pytest.raises(ValueError, match=r"searched: expected every class .* fold=0, part=0"):
        inside(comparison, in_time, folds)


def test_so_is_one_that_is_decided_by_inside_the_parts_of_the_decision(tumors, tumors_comparison):
    """Its own parts have both classes, those of its parts have not."""
    late = np.flatnonzero(tumors.y == 1)[:8]
    rows = np.concatenate([np.setdiff1d(np.arange(len(tumors.y)), late)[:15], late, np.arange(len(tumors.y))])
    dataset = replace(
        tumors, X=tumors.X[rows], y=tumors.y[rows] * (np.arange(len(rows)) >= 15), times=np.arange(len(rows))
    )
    logistic = next(one for one in tumors_comparison.candidates if one.name == "logistic_regression")
    search = Search(name="searched", candidate=logistic, space={"settings.C": (0.1, 1.0)}, n_trials=2, n_inner=3)
    decision = replace(tumors_comparison.decision, candidates=("searched",), n_inner=5)
    folds = split(dataset, IN_TIME, seed=1)
    comparison = replace(
        tumors_comparison, splitting=IN_TIME, candidates=(*tumors_comparison.candidates, search), decision=decision
    )
    with pytest.raises(ValueError, match=r"searched in a decision: expected every class .* fold=0, part=0"):
        inside(comparison, dataset, folds)
