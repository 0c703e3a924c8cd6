"""Quick tries: less than is declared, or other, under a name that says so."""

from dataclasses import replace

import pytest

from experiments import tries
from experiments.bankruptcy import BANKRUPTCY
from experiments.iris import IRIS
from experiments.language import Search
from experiments.tries import available, tried
from experiments.usual import ON_REQUEST
from models import checks


def names(comparison):
    return [candidate.name for candidate in comparison.candidates]


def test_as_declared_it_stays_what_it_is():
    assert tried(IRIS) == IRIS


def test_only_those_that_are_named_are_run_beside_the_majority_class():
    comparison = tried(IRIS, only=["sigmoid_10", "linear_discriminant"])
    assert names(comparison) == ["sigmoid_10", "majority_class", "linear_discriminant"]
    assert comparison.tried.words == "3 of 11 declared candidates were run"
    assert comparison.gate == IRIS.gate
    assert comparison.tried.options == "--candidates sigmoid_10,linear_discriminant"


def test_what_is_asked_of_others_is_left_out_with_them():
    comparison = tried(BANKRUPTCY, skip=["logistic_regression", "gradient_boosting"])
    assert comparison.gate is None
    assert comparison.decision.candidates == ("sigmoid_30",)
    alone = tried(BANKRUPTCY, only=["decision_tree"])
    assert alone.decision is None
    asked = replace(IRIS, primary=("sigmoid_10", "random_forest"))
    assert tried(asked, skip=["random_forest"]).primary is None


def test_another_setting_has_another_name_and_its_reason_says_what_was_changed():
    comparison = tried(
        IRIS,
        only=["sigmoid_10", "gradient_boosting"],
        settings=["sigmoid_10.hidden_units=8,4", "gradient_boosting.settings.max_iter=20"],
    )
    net, _, boosting = comparison.candidates
    assert (net.name, net.hidden_units) == ("sigmoid_10_hidden_units_8_4", (8, 4))
    assert net.reason.startswith("Not as declared: hidden_units is (8, 4), declared (10,). ")
    assert (boosting.name, boosting.settings["max_iter"]) == ("gradient_boosting_max_iter_20", 20)
    assert comparison.tried.words == (
        "3 of 11 declared candidates were run, sigmoid_10_hidden_units_8_4 is not as declared and "
        "gradient_boosting_max_iter_20 is not as declared"
    )


def test_settings_of_one_candidate_add_up():
    comparison = tried(IRIS, settings=["sigmoid_10.l2=0.1", "sigmoid_10.training.learning_rate=0.5"])
    net = comparison.candidates[0]
    assert (net.l2, net.training.learning_rate) == (0.1, 0.5)
    assert net.name == "sigmoid_10_l2_0_1_learning_rate_0_5"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only": ["sigmoid_1"]}, "a candidate of the comparison. Received: candidate='sigmoid_1'. Did you mean"),
        ({"skip": ["forest"]}, "Did you mean 'random_forest'?"),
        ({"only": ["majority_class"]}, "a candidate beside the one that guesses"),
        ({"settings": ["sigmoid_10"]}, "CANDIDATE.SETTING=VALUE"),
        ({"settings": ["sigmoid_10.hiden_units=3"]}, "Did you mean 'hidden_units'?"),
        ({"settings": ["sigmoid_10.hidden_units=2.5"]}, "hidden_units"),
        ({"settings": ["sigmoid_10.training.epochs=0"]}, "epochs of 1 or more"),
        ({"settings": ["sigmoid_10.reason=better"]}, "It changes nothing that is trained"),
    ],
)
def test_what_makes_no_sense_is_refused(options, message):
    with pytest.raises(ValueError, match="expected") as error:
        tried(IRIS, **options)
    assert message in str(error.value)


@pytest.fixture
def without_lightgbm(monkeypatch):
    for module in (checks, tries):
        monkeypatch.setattr(module, "is_installed", lambda name: name != "lightgbm")


LIGHT = replace(IRIS, candidates=(*IRIS.candidates, ON_REQUEST["lightgbm"]), primary=("sigmoid_10", "lightgbm"))


def test_without_its_library_a_declared_candidate_is_left_out_and_the_notes_say_so(without_lightgbm):
    comparison, lines = available(LIGHT)
    assert names(comparison) == names(IRIS)
    assert lines == ("lightgbm is left out: lightgbm is not installed. Call: pip install 'chalktape[boosting]'.",)
    assert comparison.notes.endswith(lines[0])
    assert comparison.primary is None
    assert comparison.gate == IRIS.gate
    assert available(IRIS) == (IRIS, ())


def test_a_search_needs_what_any_of_its_trials_needs(without_lightgbm):
    search = Search(
        name="searched",
        candidate=ON_REQUEST["xgboost"],
        space={"algorithm": ("xgboost", "lightgbm"), "settings.learning_rate": (0.1, 0.2)},
        n_trials=2,
    )
    assert search.needs == ("xgboost", "lightgbm")
    assert available(replace(IRIS, candidates=(*IRIS.candidates, search)))[1][0].startswith("searched is left out")


def test_a_candidate_that_was_named_is_refused_without_its_library(without_lightgbm):
    with pytest.raises(ValueError, match=r"candidate 'lightgbm': expected a library that is installed.*\[boosting\]"):
        available(LIGHT, named=["lightgbm"])
    with pytest.raises(ValueError, match="a candidate beside the one that guesses whose library is installed"):
        available(replace(LIGHT, candidates=(IRIS.candidates[3], ON_REQUEST["lightgbm"]), gate=None, primary=None))


def test_where_it_is_installed_everything_stays(monkeypatch):
    monkeypatch.setattr(tries, "is_installed", lambda name: True)
    assert available(LIGHT, named=["lightgbm"]) == (LIGHT, ())
