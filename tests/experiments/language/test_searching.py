"""What a search declares of its budget: refused where it has no effect, told and logged where it departs."""

import re

import pytest

from experiments.language import Baseline, Search

TREES = Baseline(name="trees", algorithm="decision_tree")


def search(**change):
    told = {"name": "s", "candidate": TREES, "space": {"settings.max_depth": (1, 2, 4, 8)}, "n_trials": 4}
    return Search(**told | change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at_once": 2}, "expected at_once where something is learned, dropped or timed. Received: at_once=2"),
        ({"at_once": 0, "proposer": "tpe"}, "expected at_once of 1 or more, or None"),
        ({"rungs": (3,)}, "expected ascending rungs below n_inner"),
        ({"rungs": (0,)}, "expected ascending rungs below n_inner"),
        ({"rungs": (2, 1)}, "expected ascending rungs below n_inner"),
        ({"keep": 0.25}, "expected keep with rungs. Received: keep=0.25"),
        ({"keep": 1.0, "rungs": (1,)}, "expected keep within 0 and 1"),
        ({"seconds": 0.0}, "expected positive seconds"),
        ({"proposer": "tep"}, "Did you mean 'tpe'?"),
        ({"choose": "simple"}, "Did you mean 'simplest'?"),
    ],
)
def test_a_budget_that_cannot_be_meant_is_refused(change, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        search(**change)


def test_a_search_that_says_nothing_of_it_is_told_and_logged_as_ever():
    words = (
        "the best of 4 drawn combinations of settings.max_depth (1, 2, 4 and 8) by 3-fold cross-validation inside the "
        "training rows of each fold; else decision tree; inputs as they come"
    )
    assert search().words() == words
    logged = {name for name in search().parameters() if name.startswith("search.")}
    assert logged == {"search.n_trials", "search.n_inner", "search.settings.max_depth"}
    assert search().n_together == 4


def test_what_departs_is_told_and_logged():
    whole = search(proposer="tpe", at_once=2, rungs=(1, 2), seconds=60.0, choose="simplest")
    assert whole.words().startswith(
        "the simplest within a standard error of the best of as many as 60 seconds of training on a fold take, at most "
        "4, combinations, 2 at a time by Optuna's TPE, of settings.max_depth"
    )
    assert ", 50 % of each 2 kept after 1 and 2 parts; else" in whole.words()
    logged = whole.parameters()
    assert {name: logged[f"search.{name}"] for name in ("proposer", "at_once", "rungs", "seconds", "choose")} == {
        "proposer": "tpe",
        "at_once": 2,
        "rungs": (1, 2),
        "seconds": 60.0,
        "choose": "simplest",
    }


def test_ten_are_asked_for_at_once_where_something_is_learned_or_timed():
    assert search(proposer="tpe").n_together == search(seconds=5.0).n_together == 4
    many = {"settings.max_depth": tuple(range(1, 31))}
    assert search(proposer="tpe", space=many, n_trials=30).n_together == 10
    assert search(space=many, n_trials=30, rungs=(1,)).n_together == 30
