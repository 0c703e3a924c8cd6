import pytest

from experiments.catalogue import COMPARISONS, EXPERIMENTS, LADDERS, STANDARD, by_name
from experiments.iris import IRIS
from experiments.lecture import EXAMPLES, ON_REQUEST


def test_keys_are_the_names_of_the_declarations():
    assert all(name == experiment.name for name, experiment in EXPERIMENTS.items())


def test_every_experiment_is_of_one_kind():
    examples = [example.name for example in (*EXAMPLES, *ON_REQUEST)]
    assert sorted([*examples, *COMPARISONS, *LADDERS]) == sorted(EXPERIMENTS)


def test_a_run_without_names_takes_the_lecture_and_the_four_sets():
    assert list(STANDARD) == [*(example.name for example in EXAMPLES), "iris", "digits", "mnist", "bankruptcy"]


def test_no_two_have_the_same_name():
    with pytest.raises(ValueError, match=r"catalogue: expected a name that is not taken. Received: name='iris'"):
        by_name(IRIS, IRIS)
