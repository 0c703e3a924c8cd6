"""A candidate that was written is the same when it is read; what cannot be is refused."""

import json

import pytest

from experiments.catalogue import COMPARISONS
from experiments.language import Baseline, DenseNet, Ensemble, Search, Training
from experiments.language.written import read, written

NET = DenseNet(name="net", hidden_units=(4, 3), training=Training(epochs=3, learning_rate=0.1, batch_size=None))


@pytest.mark.parametrize("name", sorted(COMPARISONS))
def test_every_candidate_of_the_catalogue_is_read_as_it_was_written(name):
    for candidate in COMPARISONS[name].candidates:
        again = read(written(candidate))
        assert again == candidate
        assert type(again) is type(candidate)


def test_parts_and_settings_are_of_the_same_kinds():
    searched = Search(
        name="searched",
        candidate=Ensemble(name="vote", net=NET),
        space={"net.training.learning_rate": (0.1, 1.0), "net.hidden_units": ((4,), (8, 8))},
        n_trials=3,
    )
    trees = Baseline(name="trees", algorithm="random_forest", settings={"max_depth": None, "sizes": [1, 2]})
    for candidate in (searched, trees):
        again = read(written(candidate))
        assert again == candidate
        assert repr(again) == repr(candidate)


def test_a_mapping_keeps_what_it_is_by():
    forest = Baseline(name="forest", algorithm="random_forest", settings={"class_weight": {0: 1, 1: 35}})
    assert read(written(forest)) == forest


def test_a_default_that_changes_later_changes_nothing_that_was_written(monkeypatch):
    text = written(NET)
    monkeypatch.setitem(DenseNet.__init__.__wrapped__.__kwdefaults__, "activation", "relu")
    assert DenseNet(name="net", hidden_units=(4,), training=NET.training).activation == "relu"
    assert read(text).activation == "sigmoid"


def test_what_is_no_plain_value_is_not_written():
    with pytest.raises(ValueError, match="written: expected plain values"):
        written(Baseline(name="nearest", algorithm="k_nearest_neighbors", settings={"weights": len}))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text[:-1], "read: expected a candidate as it was written"),
        (lambda text: "[1]", "read: expected a candidate"),
        (lambda text: '{"fields": {}}', "read: expected a candidate as it was written"),
        (lambda text: text.replace("DenseNet", "DensNet"), "Did you mean 'DenseNet'?"),
        (lambda text: text.replace('"hidden_units"', '"hidden"'), "expected a known field"),
        (lambda text: text.replace("[4, 3]", "[4, 0]"), "expected hidden_units of 1 or more each"),
        (lambda text: json.dumps(json.loads(text)["fields"]["training"]), "read: expected a candidate"),
    ],
)
def test_what_this_program_cannot_declare_is_refused(change, told):
    with pytest.raises(ValueError, match="expected") as error:
        read(change(written(NET)))
    assert told in str(error.value)
