"""Random draws are those of scikit-learn, the same for every search of the same space."""

from dataclasses import replace
from itertools import chain, islice

import pytest
from sklearn.model_selection import ParameterSampler

from experiments.language import Baseline, Search
from pipeline.training.proposers import RandomDraws

SPACE = {"settings.C": (0.1, 1.0, 10.0), "settings.max_iter": (50, 100, 200)}
SEARCH = Search(
    name="searched",
    candidate=Baseline(name="logistic", algorithm="logistic_regression"),
    space=SPACE,
    n_trials=5,
)


def asked(proposer):
    """All that it proposes, with a limit far beyond what was declared."""
    return list(islice(chain.from_iterable(iter(lambda: proposer.ask(4), [])), 100))


@pytest.mark.parametrize("n_trials", [2, 5, 9])
def test_as_many_combinations_are_drawn_as_declared_and_none_twice(n_trials):
    drawn = asked(RandomDraws(replace(SEARCH, n_trials=n_trials)))
    assert len(drawn) == len({tuple(settings.items()) for settings in drawn}) == n_trials
    for settings in drawn:
        assert settings.keys() == SPACE.keys()
        assert all(value in SPACE[path] for path, value in settings.items())


def test_they_are_scikit_learns():
    assert asked(RandomDraws(SEARCH)) == list(ParameterSampler(SPACE, 5, random_state=0))


def test_every_search_of_the_same_space_tries_the_same():
    assert asked(RandomDraws(SEARCH)) == asked(RandomDraws(replace(SEARCH, name="other", n_inner=5)))


def test_what_it_is_told_changes_nothing():
    proposer, drawn = RandomDraws(SEARCH), []
    while batch := proposer.ask(2):
        for settings in batch:
            proposer.tell(settings, float("nan") if len(drawn) % 2 else 1.0)
            drawn.append(settings)
    assert drawn == asked(RandomDraws(SEARCH))
    assert proposer.ask(2) == []
