from dataclasses import replace

from experiments.iris import IRIS
from experiments.mnist import MNIST
from pipeline.limits import limits


def test_a_run_as_declared_was_not_cut_short():
    told = " ".join(limits(IRIS, n_folds=10))
    assert "declared" not in told
    assert "once on each fold" in told
    assert "another place was not tried" in told


def test_fewer_folds_and_other_epochs_are_admitted():
    told = limits(replace(IRIS, name="flowers"), n_folds=2, epochs=3)
    assert "Of the 10 declared folds 2 were run." in told
    assert told[0] == "Nets were not trained for their declared epochs but for 3 at the most."


def test_one_test_set_says_what_its_intervals_leave_out():
    assert "another seed would change is not in the intervals" in " ".join(limits(MNIST, n_folds=1))
