from dataclasses import fields, replace

import pytest

from experiments.bankruptcy import BANKRUPTCY
from experiments.digits import DIGITS
from experiments.language import (
    Augmentation,
    ConvNet,
    Convolution,
    DenseNet,
    Rates,
    RealMLP,
    RecurrentNet,
    TabM,
    Training,
)
from experiments.mnist_ladder import MNIST_LADDER

TRAINING = Training(epochs=7, learning_rate=0.25)
DENSE = DenseNet(name="net", hidden_units=(3,), training=TRAINING)
CONV = ConvNet(name="net", convolutions=(Convolution(feature_maps=20),), hidden_units=(5,), training=TRAINING)
RECURRENT = RecurrentNet(name="net", units=(8,), training=TRAINING)
TABM = TabM(name="net", hidden_units=(8,), training=TRAINING)
REAL = RealMLP(name="net", training=TRAINING)

CHANGES_OF_TRAINING = [
    {"epochs": 8},
    {"learning_rate": 0.5},
    {"batch_size": None},
    {"optimizer": "adam"},
    {"momentum": 0.9},
    {"optimizer": "adamw", "weight_decay": 0.1},
    {"schedule": "cosine"},
    {"schedule": "one_cycle"},
    {"schedule": "coslog4"},
    {"label_smoothing": 0.1},
    {"cost": "quadratic"},
    {"patience": 3, "validation_share": 0.2},
    {"averaging": 0.9},
    {"expansion": "one_pixel_shifts"},
    {"balanced": True},
    {"precision": "mixed_bfloat16"},
]
CHANGES_OF_STOPPING = [{"monitor": "accuracy"}, {"validation_rows": "last"}]
CHANGES_OF_RPROP = [{"slope_threshold": 0.01}]
CHANGES_OF_ADAMW = [
    {"beta_2": 0.95},
    {"decay_schedule": "flat_cosine"},
    {"decays_biases": False},
    {"rates": Rates(bias=0.1)},
    {"rates": Rates(scale=6.0)},
    {"rates": Rates(slope=0.1)},
    {"rates": Rates(embedding=0.1)},
]
CHANGES_OF_NETS = [
    (DENSE, {"hidden_units": ()}),
    (DENSE, {"activation": "tanh"}),
    (DENSE, {"inputs": "quantile_normal"}),
    (DENSE, {"inputs": "robust_clip"}),
    (DENSE, {"kernel_initializer": "he_normal"}),
    (DENSE, {"bias_initializer": "standard_normal"}),
    (DENSE, {"batch_normalization": True}),
    (DENSE, {"dropout": 0.1}),
    (DENSE, {"l2": 0.01}),
    (CONV, {"convolutions": (Convolution(feature_maps=20, padding="same"),)}),
    (CONV, {"hidden_units": ()}),
    (CONV, {"activation": "tanh"}),
    (CONV, {"batch_normalization": True}),
    (CONV, {"dropout": 0.1}),
    (CONV, {"map_dropout": 0.1}),
    (CONV, {"l2": 0.01}),
    (CONV, {"augmentation": Augmentation(shift=2.0)}),
    (CONV, {"augmentation": Augmentation(rotation=10.0)}),
    (CONV, {"augmentation": Augmentation(stretch=0.1)}),
    (CONV, {"augmentation": Augmentation(flip=True)}),
    (RECURRENT, {"units": (8, 8)}),
    (RECURRENT, {"cell": "simple"}),
    (TABM, {"hidden_units": (8, 8)}),
    (TABM, {"n_members": 4}),
    (TABM, {"adapters": "mini"}),
    (TABM, {"activation": "tanh"}),
    (TABM, {"inputs": "standardize"}),
    (TABM, {"dropout": 0.1}),
    (REAL, {"hidden_units": (8,)}),
    (REAL, {"activation": "mish"}),
    (REAL, {"inputs": "standardize"}),
    (REAL, {"n_frequencies": 8}),
    (REAL, {"n_embedded": 1}),
    (REAL, {"sigma": 0.2}),
    (REAL, {"dropout": 0.0}),
    (REAL, {"categories": "by_target"}),
]
UNTOLD = {"name", "reason", "chosen_on", "style", "training"}  # style changes no function; training has its own table


@pytest.mark.parametrize("changed", CHANGES_OF_TRAINING)
def test_no_setting_of_the_training_goes_untold(changed):
    assert DENSE.words() != replace(DENSE, training=replace(TRAINING, **changed)).words()


@pytest.mark.parametrize("changed", CHANGES_OF_STOPPING)
def test_no_setting_of_early_stopping_goes_untold(changed):
    stopping = replace(TRAINING, patience=3, validation_share=0.2)
    assert stopping.words() != replace(stopping, **changed).words()


@pytest.mark.parametrize("changed", CHANGES_OF_RPROP)
def test_no_setting_of_rprop_goes_untold(changed):
    rprop = replace(TRAINING, optimizer="rprop", learning_rate=0.1, batch_size=None)
    assert rprop.words() != replace(rprop, **changed).words()


@pytest.mark.parametrize("changed", CHANGES_OF_ADAMW)
def test_no_setting_of_adamw_goes_untold_and_no_two_alike(changed):
    adamw = replace(TRAINING, optimizer="adamw", weight_decay=0.1)
    told = [replace(adamw, **other).words() for other in CHANGES_OF_ADAMW if other != changed]
    assert replace(adamw, **changed).words() not in [adamw.words(), *told]


@pytest.mark.parametrize(("net", "changed"), CHANGES_OF_NETS)
def test_no_setting_of_a_net_goes_untold_and_no_two_alike(net, changed):
    others = [replace(net, **other).words() for which, other in CHANGES_OF_NETS if which is net and other != changed]
    assert replace(net, **changed).words() not in [net.words(), *others]


def test_the_tables_above_name_every_setting():
    changes = CHANGES_OF_TRAINING + CHANGES_OF_STOPPING + CHANGES_OF_RPROP + CHANGES_OF_ADAMW
    told = {name for changed in changes for name in changed}
    assert told == {field.name for field in fields(Training)}
    for net in (DENSE, CONV, RECURRENT, TABM, REAL):
        told = {name for which, changed in CHANGES_OF_NETS if which is net for name in changed}
        assert told == {field.name for field in fields(net)} - UNTOLD


def test_convolutions_are_told_in_order_with_their_pooling():
    layers = (Convolution(feature_maps=20), Convolution(feature_maps=40, kernel_size=3, pool_size=1))
    told = ConvNet(name="net", convolutions=layers, training=TRAINING).words()
    assert told.startswith(
        "20 maps of 5 × 5 pixels (valid), max pooling 2 × 2; 40 maps of 3 × 3 pixels (valid); no dense"
    )


def test_declared_nets_read_as_sentences():
    deep = next(candidate for candidate in BANKRUPTCY.candidates if candidate.name == "deep_sigmoid")
    conv = next(candidate for candidate in DIGITS.candidates if candidate.name == "conv_16_32")
    first, last = MNIST_LADDER.rungs[0].net, MNIST_LADDER.rungs[-1].net

    assert deep.words() == (
        "hidden layers of 32, 16 and 8 sigmoid neurons; each input mapped to normal quantiles; glorot uniform kernels; "
        "L2 penalty 0.0003; adam at rate 0.01 falling to 0 along a cosine; batches of 128; 60 epochs"
    )
    assert conv.words() == (
        "16 maps of 3 × 3 pixels (same), max pooling 2 × 2; 32 maps of 3 × 3 pixels (same), max pooling 2 × 2; "
        "hidden layer of 64 relu neurons; dropout 0.25; adam at rate 0.003; batches of 32; up to 40 epochs, stopped "
        "after 8 without a better loss on 10 % of the training rows"
    )
    assert first.words() == (
        "hidden layer of 30 sigmoid neurons; pixels divided by the largest value; scaled normal kernels; standard "
        "normal biases; sgd at rate 3; quadratic cost, summed over sigmoid outputs; batches of 10; up to 30 epochs, "
        "stopped after 30 without a better accuracy on the last 16.7 % of the training rows"
    )
    assert last.words() == (
        "20 maps of 5 × 5 pixels (valid), max pooling 2 × 2; 40 maps of 5 × 5 pixels (valid), max pooling 2 × 2; "
        "hidden layers of 1000 and 1000 relu neurons; dropout 0.5 of maps; dropout 0.5; sgd at rate 0.3 rising over a "
        "quarter of the steps, then falling to 0 along a cosine; batches of 100; up to 16 epochs, stopped after 16 "
        "without a better accuracy on the last 16.7 % of the training rows; every training image also moved by a pixel "
        "up, down, left and right"
    )
