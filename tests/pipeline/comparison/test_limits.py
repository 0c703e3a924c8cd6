from dataclasses import replace

from experiments.iris import IRIS
from experiments.language import Search
from experiments.mnist import MNIST
from pipeline.comparison.limits import limits


def test_a_run_as_declared_was_not_cut_short():
    told = " ".join(limits(IRIS, n_folds=10))
    assert "declared folds" not in told
    assert "epochs" not in told
    assert "once on each fold" in told
    assert "another place was not tried" in told


def test_fewer_folds_and_other_epochs_are_admitted():
    told = limits(replace(IRIS, name="flowers"), n_folds=2, epochs=3)
    assert "Of the 10 declared folds 2 were run." in told
    assert told[0] == "Nets were not trained for their declared epochs but for 3 at the most."


def test_one_test_set_says_what_its_intervals_leave_out():
    assert "another seed would change is not in the intervals" in " ".join(limits(MNIST, n_folds=1))


def test_who_searched_is_named():
    assert "No settings were searched in this run: all are as declared." in limits(IRIS, n_folds=10)
    forest = next(candidate for candidate in IRIS.candidates if candidate.name == "random_forest")
    space = {"settings.min_samples_leaf": (1, 5)}
    search = Search(name="searched_forest", candidate=forest, space=space, n_trials=2)
    with_search = replace(IRIS, candidates=(*IRIS.candidates, search))
    assert "Settings were searched by searched forest alone; all others are as declared." in limits(
        with_search, n_folds=10
    )
