from dataclasses import replace

from experiments.iris import IRIS
from experiments.language import Search
from experiments.mnist import MNIST
from pipeline.comparison.limits import limits, too_small
from pipeline.scoring.power import Findable


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


FOUND = Findable(
    candidate="sigmoid_10",
    reference="decision_tree",
    metric="accuracy",
    difference=0.0512,
    level=0.01,
    n_pairs=21,
    n_folds=10,
    n_rows=30.0,
)


def test_what_is_too_small_to_be_found_is_said():
    assert too_small(FOUND) == (
        "With 10 folds of 30 test rows each, a difference in accuracy between sigmoid 10 and decision tree, one of 21 "
        "pairs that are tested together, is found in three of four such runs only from about 0.051 on: "
        "smaller ones may be missed.",
    )
    (told,) = too_small(replace(FOUND, n_pairs=1, n_rows=43.7, of="bankrupt", n_folds=1))
    assert told.startswith("With about 44 bankrupt test rows, a difference in accuracy between sigmoid 10 and decision")
    assert "pairs" not in told


def test_where_no_difference_is_large_enough_that_is_said():
    assert "no difference in accuracy" in too_small(replace(FOUND, difference=1.2))[0]
    assert "from about 1.2 on" in too_small(replace(FOUND, difference=1.2, metric="log_loss"))[0]
    assert too_small(None) == too_small(replace(FOUND, difference=float("nan"))) == ()


def test_several_trainings_are_told_apart_elsewhere():
    assert "were not told apart" in " ".join(limits(IRIS, n_folds=10))
    told = " ".join(limits(replace(IRIS, n_seeds=3), n_folds=10))
    assert "rest on one training of each candidate on each fold" in told
    assert "were not told apart" not in told
