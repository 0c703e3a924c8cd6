from dataclasses import fields, replace
from typing import get_args

import pytest

from experiments.language import (
    Augmentation,
    Baseline,
    ConvNet,
    Convolution,
    DenseNet,
    Ensemble,
    Metric,
    Search,
    Training,
)
from pipeline.scoring.metrics import METRIC_MEANINGS, METRIC_NAMES
from pipeline.words.declarations import describe
from pipeline.words.names import listing

TRAINING = Training(epochs=7, learning_rate=0.25)


def test_every_metric_has_a_name_and_a_meaning():
    assert set(METRIC_NAMES) == set(METRIC_MEANINGS) == set(get_args(Metric))


@pytest.mark.parametrize(("words", "sentence"), [([], ""), (["a"], "a"), (["a", "b"], "a and b")])
def test_lists_read_as_in_a_sentence(words, sentence):
    assert listing(words) == sentence


@pytest.mark.parametrize(
    "changed",
    [
        {"epochs": 8},
        {"learning_rate": 0.5},
        {"batch_size": None},
        {"optimizer": "adam"},
        {"momentum": 0.9},
        {"optimizer": "adamw", "weight_decay": 0.1},
        {"schedule": "cosine"},
        {"schedule": "one_cycle"},
        {"cost": "quadratic"},
        {"patience": 3, "validation_share": 0.2},
        {"averaging": 0.9},
        {"expansion": "one_pixel_shifts"},
        {"balanced": True},
        {"precision": "mixed_bfloat16"},
    ],
)
def test_no_setting_of_the_training_goes_untold(changed):
    net = DenseNet(name="net", hidden_units=(3,), training=TRAINING)
    assert describe(net) != describe(replace(net, training=replace(TRAINING, **changed)))


@pytest.mark.parametrize("changed", [{"monitor": "accuracy"}, {"validation_rows": "last"}])
def test_no_setting_of_early_stopping_goes_untold(changed):
    net = DenseNet(name="net", hidden_units=(3,), training=replace(TRAINING, patience=3, validation_share=0.2))
    assert describe(net) != describe(replace(net, training=replace(net.training, **changed)))


def test_the_tables_above_name_every_setting_of_the_training():
    told = (test_no_setting_of_the_training_goes_untold, test_no_setting_of_early_stopping_goes_untold)
    named = {name for test in told for changed in test.pytestmark[0].args[1] for name in changed}
    assert named == {field.name for field in fields(Training)}


@pytest.mark.parametrize("changed", [{"shift": 2.0}, {"rotation": 10.0}, {"stretch": 0.1}])
def test_every_change_of_images_is_told(changed):
    net = ConvNet(name="net", convolutions=(Convolution(feature_maps=20),), training=TRAINING)
    assert describe(net) != describe(replace(net, augmentation=Augmentation(**changed)))


@pytest.mark.parametrize(
    "changed",
    [
        {"hidden_units": ()},
        {"activation": "tanh"},
        {"inputs": "quantile_normal"},
        {"kernel_initializer": "he_normal"},
        {"bias_initializer": "standard_normal"},
        {"batch_normalization": True},
        {"dropout": 0.1},
        {"l2": 0.01},
    ],
)
def test_no_setting_of_the_net_goes_untold(changed):
    net = DenseNet(name="net", hidden_units=(3,), training=TRAINING)
    assert describe(net) != describe(replace(net, **changed))


def test_dropout_of_maps_is_told_apart_from_that_of_neurons():
    net = ConvNet(name="net", convolutions=(Convolution(feature_maps=20),), hidden_units=(5,), training=TRAINING)
    told = [describe(replace(net, **changed)) for changed in ({}, {"dropout": 0.5}, {"map_dropout": 0.5})]
    assert len(set(told)) == 3


def test_convolutions_are_told_in_order_with_their_pooling():
    layers = (Convolution(feature_maps=20), Convolution(feature_maps=40, kernel_size=3, pool_size=1))
    told = describe(ConvNet(name="net", convolutions=layers, training=TRAINING))
    assert told.startswith(
        "20 maps of 5 × 5 pixels (valid), max pooling 2 × 2; 40 maps of 3 × 3 pixels (valid); no dense"
    )


def test_a_baseline_tells_its_arguments():
    baseline = Baseline(name="trees", algorithm="random_forest", settings={"n_estimators": 300})
    assert describe(baseline) == "random forest; inputs as they come; n_estimators = 300"


def test_a_vote_and_a_search_tell_what_they_are_made_of():
    net = DenseNet(name="net", hidden_units=(5,), training=TRAINING)
    assert describe(Ensemble(name="vote", net=net, n_members=4)) == (
        f"mean probability of 4 nets of different seeds, each: {describe(net)}"
    )
    told = describe(Search(name="search", candidate=net, space={"l2": (0.1, 0.2, 0.3)}, n_trials=2, n_inner=4))
    for part in ("best of 2 ", "l2 (0.1, 0.2 and 0.3)", "4-fold", describe(net)):
        assert part in told
