import pytest

from experiments.language import Baseline, DenseNet, Ensemble, Search, Training

NET = DenseNet(name="net", hidden_units=(4,), training=Training(epochs=1, learning_rate=0.1))


def search(**changes):
    fields = {"name": "searched", "candidate": NET, "space": {"l2": (0.0, 0.1), "dropout": (0.0, 0.5)}, "n_trials": 3}
    return Search(**{**fields, **changes})


def test_settings_reach_the_field_that_their_path_names():
    net = search().with_settings({"l2": 0.1, "training.learning_rate": 0.5})
    assert (net.name, net.l2, net.training.learning_rate, net.dropout) == ("searched", 0.1, 0.5, 0.0)
    ensemble = search(candidate=Ensemble(name="voters", net=NET), space={"net.l2": (0.0, 0.1)}, n_trials=2)
    assert ensemble.with_settings({"net.l2": 0.1}).members[0].l2 == 0.1
    assert ensemble.family == "net"


def test_the_searched_declaration_itself_stays_as_it_is():
    baseline = Baseline(name="logistic", algorithm="logistic_regression", settings={"C": 1.0})
    searched = search(candidate=baseline, space={"settings.C": (0.1, 10.0)}, n_trials=2)
    assert searched.with_settings({"settings.C": 10.0}).settings == {"C": 10.0}
    assert baseline.settings == {"C": 1.0}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"space": {"l3": (0.0, 0.1)}, "n_trials": 2}, "path of a setting. Received: path='l3'. Did you mean"),
        ({"space": {"training.rate": (0.1, 0.2)}, "n_trials": 2}, "path='rate'"),
        ({"space": {"l2.much": (0.1, 0.2)}, "n_trials": 2}, "path='much'"),
        ({"space": {"l2": (0.1, -0.1)}, "n_trials": 2}, "l2 of 0 or more. Received: l2=-0.1"),
        ({"n_trials": 5}, "n_trials=5, n_combinations=4"),
        ({"n_trials": 1}, "n_trials=1"),
        ({"space": {}}, "n_combinations=1"),
        ({"n_inner": 1}, "n_inner=1"),
    ],
)
def test_mistakes_are_told(changes, message):
    with pytest.raises(ValueError, match=message):
        search(**changes)


def test_a_vote_needs_two():
    with pytest.raises(ValueError, match=r"n_members of 2 or more\. Received: n_members=1"):
        Ensemble(name="alone", net=NET, n_members=1)
