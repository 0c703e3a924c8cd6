from dataclasses import replace
from typing import get_args

import pytest

from experiments.catalogue import COMPARISONS, LADDERS
from experiments.language import (
    KINDS,
    Augmentation,
    Baseline,
    Candidate,
    ConvNet,
    Convolution,
    DenseNet,
    Ensemble,
    Initializer,
    Net,
    RecurrentNet,
    Search,
    Splitting,
    Training,
    candidate,
    register,
    registered,
)

TRAINING = Training(epochs=1, learning_rate=0.1)
DENSE = DenseNet(name="net", hidden_units=(3,), training=TRAINING)
CONV = ConvNet(
    name="conv",
    convolutions=(Convolution(feature_maps=4, kernel_size=3),),
    augmentation=Augmentation(shift=2),
    training=TRAINING,
)
RECURRENT = RecurrentNet(name="lstm", units=(8,), training=TRAINING)


@pytest.fixture
def kinds(monkeypatch):
    """The table of kinds, put back afterwards."""
    monkeypatch.setattr(candidate, "_KINDS", dict(KINDS))
    monkeypatch.setattr(candidate, "KINDS", candidate._KINDS)
    return candidate._KINDS


def test_kinds_are_what_runs_are_logged_under():
    assert {kind: each.__name__ for kind, each in KINDS.items()} == {
        "dense_net": "DenseNet",
        "conv_net": "ConvNet",
        "recurrent_net": "RecurrentNet",
        "tabm": "TabM",
        "real_mlp": "RealMLP",
        "baseline": "Baseline",
        "ensemble": "Ensemble",
        "search": "Search",
    }
    assert all(registered(kind) is each and each.kind == kind for kind, each in KINDS.items())


def test_a_stranger_declares_and_registers_a_kind_of_net(kinds):
    class Shortcuts(Net):
        n_blocks: int

        def words(self):
            return f"{self.n_blocks} blocks with shortcuts; {self.training.words()}"

        def check(self, expect):
            super().check(expect)
            expect.least("n_blocks", 1, "One is a start.")

    register("shortcut_net", Shortcuts)
    net = registered("shortcut_net")(name="short", n_blocks=2, training=TRAINING)
    assert isinstance(net, Net)
    assert (net.family, net.inputs, net.settings) == ("net", "rescale", {"n_blocks": 2})
    assert net.parameters() | {"algorithm": "shortcut_net", "net.n_blocks": 2} == net.parameters()
    assert Ensemble(name="vote", net=net).words().endswith(net.words())
    assert Search(name="s", candidate=net, space={"n_blocks": (1, 2)}, n_trials=2).family == "net"
    with pytest.raises(ValueError, match=r"n_blocks of 1 or more\. Received: n_blocks=0"):
        Search(name="s", candidate=net, space={"n_blocks": (0, 1)}, n_trials=2)


def test_a_stranger_declares_a_kind_that_is_no_net(kinds):
    class Oracle(Candidate):
        answer: int

        family = "baseline"

        def words(self):
            return f"always {self.answer}"

        def parameters(self):
            return {"family": self.family, "algorithm": self.kind, "inputs": "raw", "reason": self.reason}

    register("oracle", Oracle)
    assert Oracle(name="delphi", answer=42).kind == "oracle"
    with pytest.raises(ValueError, match="answer as a whole number"):
        Oracle(name="delphi", answer="42")


@pytest.mark.parametrize(
    ("kind", "each", "message"),
    [
        ("dense_net", RecurrentNet, "register: expected a kind that is not taken. Received: kind='dense_net'. "),
        ("other_net", DenseNet, "expected one kind for DenseNet. Received: kind='other_net'. It is 'dense_net' alre"),
        ("Net 1", DenseNet, "a name of lower-case letters, digits and underscores. Received: name='Net 1'"),
        ("splitting", Splitting, "a class of candidates. Received: .*Let it inherit from Candidate or Net."),
    ],
)
def test_what_cannot_be_registered_is_refused(kind, each, message):
    with pytest.raises(ValueError, match=message):
        register(kind, each)


def test_a_class_that_nobody_has_registered_declares_nothing():
    class Wider(DenseNet):
        pass

    message = r"a class that is registered. Received: candidate='Wider'. Call register with a kind and Wider."
    with pytest.raises(ValueError, match=message):
        Wider(name="wider", hidden_units=(3,), training=TRAINING)


def test_an_unknown_kind_is_answered_with_the_closest():
    with pytest.raises(ValueError, match=r"a known kind. Received: kind='dens_net'. Did you mean 'dense_net'\?"):
        registered("dens_net")


def test_settings_are_what_a_builder_takes_as_plain_values():
    assert DENSE.settings == {
        "hidden_units": (3,),
        "activation": "sigmoid",
        "kernel_initializer": "glorot_uniform",
        "bias_initializer": "zeros",
        "batch_normalization": False,
        "dropout": 0.0,
        "l2": 0.0,
        "style": "sequential",
    }
    assert CONV.settings == {
        "convolutions": ({"feature_maps": 4, "kernel_size": 3, "pool_size": 2, "padding": "valid"},),
        "hidden_units": (),
        "activation": "relu",
        "batch_normalization": False,
        "dropout": 0.0,
        "map_dropout": 0.0,
        "l2": 0.0,
        "augmentation": {"shift": 2, "rotation": 0.0, "stretch": 0.0, "flip": False},
        "style": "functional",
    }
    assert RECURRENT.settings == {"units": (8,), "cell": "lstm", "style": "functional"}


def test_images_are_flattened_for_dense_nets_and_divided_by_their_maximum_for_the_others():
    assert [net.flattens for net in (DENSE, CONV, RECURRENT)] == [True, False, False]
    assert [net.inputs for net in (DENSE, CONV, RECURRENT)] == ["standardize", "rescale", "rescale"]


def test_every_declared_candidate_tells_itself():
    candidates = [item for comparison in COMPARISONS.values() for item in comparison.candidates]
    candidates += [rung.net for ladder in LADDERS.values() for rung in ladder.rungs]
    for item in candidates:
        assert item.words()
        assert {"algorithm", "family", "inputs", "reason"} <= set(item.parameters())
        assert item.family in ("net", "baseline")


def test_a_vote_and_a_search_tell_what_they_are_made_of():
    assert Ensemble(name="vote", net=DENSE, n_members=4).words() == (
        f"mean of 4 nets of different seeds, each: {DENSE.words()}"
    )
    assert Ensemble(name="vote", net=DENSE, n_members=4, column_share=0.5, bagging=True).words() == (
        "mean of 4 nets of different seeds, 50 % of the inputs drawn for each, rows drawn with replacement for each, "
        f"each: {DENSE.words()}"
    )
    assert Search(name="s", candidate=DENSE, space={"l2": (0.1, 0.2, 0.3)}, n_trials=2, n_inner=4).words() == (
        "the best of 2 drawn combinations of l2 (0.1, 0.2 and 0.3) by 4-fold cross-validation inside the training rows "
        f"of each fold; else {DENSE.words()}"
    )


def test_parameters_are_flat_and_by_their_logged_names():
    baseline = Baseline(name="trees", algorithm="random_forest", settings={"n_estimators": 300}, reason="Many.")
    assert baseline.parameters() == {
        "algorithm": "random_forest",
        "family": "baseline",
        "inputs": "raw",
        "reason": "Many.",
        "settings.n_estimators": 300,
    }
    search = Search(name="s", candidate=baseline, space={"settings.max_depth": (2, 3)}, n_trials=2, reason="Both.")
    assert search.parameters() == {
        **baseline.parameters(),
        "reason": "Both.",
        "search.n_trials": 2,
        "search.n_inner": 3,
        "search.settings.max_depth": (2, 3),
    }
    vote = Ensemble(name="vote", net=DENSE, n_members=3).parameters()
    assert (vote["algorithm"], vote["n_members"], vote["net.hidden_units"], vote["training.epochs"]) == (
        "ensemble",
        3,
        (3,),
        1,
    )


def test_every_initializer_makes_weights_and_every_one_of_keras_is_known():
    keras = pytest.importorskip("keras")
    from models.nets.weights import seeded

    for name in get_args(Initializer):
        assert seeded(name, 0, 0)((4, 4)).shape == (4, 4)
    functions = {name for name in dir(keras.initializers) if name[0].islower()}
    others = {"get", "serialize", "deserialize", "stft", "constant"}  # a filter bank for sound; one that needs a value
    assert functions - others == set(get_args(Initializer)) - {"standard_normal", "scaled_normal", "steep_uniform"}


def test_where_settings_were_chosen_is_told_of_every_candidate():
    net = DenseNet(name="net", hidden_units=(3,), training=TRAINING)
    assert net.chosen_in_words == "on which rows its settings were chosen is not said"
    assert "by scores on these test rows, which flatters" in replace(net, chosen_on="tested_rows").chosen_in_words
    plain = Baseline(name="trees", algorithm="random_forest")
    assert plain.chosen_in_words == "nothing was chosen: scikit-learn's own settings"
    assert replace(plain, settings={"max_depth": 2}).chosen_in_words == net.chosen_in_words
    search = Search(name="s", candidate=plain, space={"settings.max_depth": (2, 3)}, n_trials=2)
    assert search.chosen_in_words == "its settings are chosen inside the training rows of each fold anew"
    with pytest.raises(ValueError, match="chosen_on"):
        replace(net, chosen_on="somewhere")


def test_where_settings_were_chosen_builds_no_other_net():
    net = DenseNet(name="net", hidden_units=(3,), training=TRAINING)
    assert replace(net, chosen_on="training_rows").settings == net.settings
