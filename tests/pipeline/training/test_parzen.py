"""Optuna's estimator proposes combinations of a space, none twice, and learns from what it is told."""

import math

import numpy as np
import pytest

from experiments.language import Baseline, Search
from pipeline.training.parzen import Parzen
from pipeline.training.proposers import RandomDraws, proposer_of

SPACE = {
    "settings.learning_rate": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
    "settings.max_leaf_nodes": (4, 8, 16, 32, 64, 128),
    "settings.l2_regularization": (0.0, 1.0, 5.0, 20.0),
    "inputs": ("raw", "standardize"),
}
TREES = Baseline(name="trees", algorithm="hist_gradient_boosting")


def search(n_trials=40, **change):
    told = {"name": "searched", "candidate": TREES, "space": SPACE, "proposer": "tpe", "at_once": 5}
    return Search(n_trials=n_trials, **{**told, **change})


def loss(settings):
    """Least at a rate of 0.03 and 16 leaves of raw inputs; the penalty changes nothing."""
    rate, leaves = settings.get("settings.learning_rate", 0.03), settings["settings.max_leaf_nodes"]
    return abs(math.log10(rate / 0.03)) + abs(math.log2(leaves / 16)) + (settings["inputs"] != "raw")


def tried(proposer, score=loss, at_once=5):
    found = []
    while asked := proposer.ask(at_once):
        assert len(asked) <= at_once
        for settings in asked:
            found.append(settings)
            proposer.tell(settings, score(settings))
    return found


def test_a_whole_space_is_tried_to_its_end():
    space = {path: SPACE[path] for path in ("settings.max_leaf_nodes", "inputs")}
    found = tried(Parzen(search(6 * 2, space=space), lower_is_better=True))
    assert len({tuple(one.values()) for one in found}) == 6 * 2


@pytest.mark.parametrize("n_trials", [2, 40])
def test_as_many_are_tried_as_declared_and_none_twice(n_trials):
    found = tried(Parzen(search(n_trials), lower_is_better=True))
    assert len(found) == len({tuple(one.values()) for one in found}) == n_trials
    for settings in found:
        assert list(settings) == list(SPACE)
        assert all(value in SPACE[path] for path, value in settings.items())


@pytest.mark.parametrize("lower_is_better", [True, False])
def test_it_comes_nearer_to_the_best_than_draws_do_whichever_way_is_better(lower_is_better):
    sign = 1 if lower_is_better else -1
    learnt = [
        loss(one) for one in tried(Parzen(search(), lower_is_better=lower_is_better), lambda one: sign * loss(one))
    ]
    drawn = [loss(one) for one in tried(RandomDraws(search(proposer="random", at_once=None)))]
    assert np.mean(learnt[20:]) < np.mean(drawn[20:]) - 0.5
    assert min(learnt) <= min(drawn)


def test_the_same_scores_lead_to_the_same_proposals_and_others_to_others():
    one, again = (tried(Parzen(search(), lower_is_better=True)) for _ in range(2))
    assert one == again
    other = tried(Parzen(search(), lower_is_better=True), lambda settings: -loss(settings))
    assert other[:10] == one[:10]  # drawn before anything is learned
    assert other != one


def test_what_diverged_and_what_was_dropped_is_heard_and_kept_away_from():
    proposer, worth = Parzen(search(60), lower_is_better=True), []
    while asked := proposer.ask(5):
        for settings in asked:
            if settings["settings.learning_rate"] > 0.05:
                proposer.tell(settings, float("nan"))
            elif settings["settings.max_leaf_nodes"] > 32:
                proposer.tell(settings, loss(settings), dropped_after=1)
            else:
                proposer.tell(settings, loss(settings))
            worth.append(settings["settings.max_leaf_nodes"] <= 32)
    assert np.mean(worth[30:]) > np.mean(worth[:10])


def test_a_search_is_proposed_for_as_it_declares():
    assert isinstance(proposer_of(search(), lower_is_better=True), Parzen)
    assert isinstance(proposer_of(search(proposer="random", at_once=None), lower_is_better=True), RandomDraws)
