from dataclasses import FrozenInstanceError, replace

import pytest

from experiments.catalogue import COMPARISONS
from experiments.language import (
    Augmentation,
    Baseline,
    Comparison,
    ConvNet,
    Convolution,
    DenseNet,
    Ladder,
    Net,
    Rates,
    Rung,
    Splitting,
    Training,
)

TRAINING = Training(epochs=1, learning_rate=0.1)
NET = DenseNet(name="net", hidden_units=(3,), training=TRAINING)
RUNG = Rung(net=NET, figure="95.42", where="Chapter 1", n_seeds=1)
MAJORITY = Baseline(name="majority_class", algorithm="majority_class")


def comparison(**changes):
    fields = {
        "name": "small",
        "title": "Small",
        "where": "nowhere",
        "data": "iris",
        "splitting": Splitting(n_folds=2),
        "candidates": (MAJORITY,),
        "metrics": ("accuracy",),
        "primary_metric": "accuracy",
    }
    return Comparison(**{**fields, **changes})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Training(epochs=0, learning_rate=0.1), "epochs of 1 or more. Received: epochs=0"),
        (lambda: Training(epochs=1, learning_rate=0), "learning_rate=0"),
        (lambda: Training(epochs=1, learning_rate=float("inf")), "learning_rate=inf"),
        (lambda: Training(epochs=1, learning_rate=0.1, batch_size=0), "batch_size=0"),
        (lambda: Training(epochs=1, learning_rate=0.1, optimizer="adma"), "Did you mean 'adam'"),
        (lambda: Training(epochs=1, learning_rate=0.1, optimizer="adam", momentum=0.9), "no effect"),
        (lambda: Training(epochs=1, learning_rate=0.1, weight_decay=0.1), "no effect"),
        (lambda: Training(epochs=1, learning_rate=0.1, decay_schedule="flat_cosine"), "no effect"),
        (lambda: Training(epochs=1, learning_rate=0.1, optimizer="adam", decays_biases=False), "no effect"),
        (lambda: Training(epochs=1, learning_rate=0.1, rates=Rates(bias=0.1)), "one rate for all weights"),
        (lambda: Training(epochs=1, learning_rate=0.1, beta_2=0.9), "no squared gradients"),
        (lambda: Training(epochs=1, learning_rate=0.1, optimizer="adam", beta_2=1.0), "beta_2 within 0 and 1"),
        (lambda: Training(epochs=1, learning_rate=0.1, optimizer="rprop"), "all rows in one batch.*batch_size=32"),
        (lambda: Training(epochs=1, learning_rate=0.2, batch_size=None, optimizer="rprop"), "learning_rate=0.2"),
        (lambda: Training(epochs=1, learning_rate=0.1, slope_threshold=0.01), "slope_threshold with rprop.*'sgd'"),
        (
            lambda: Training(epochs=1, learning_rate=0.1, batch_size=None, optimizer="rprop", schedule="cosine"),
            "a constant schedule",
        ),
        (
            lambda: Training(epochs=1, learning_rate=0.1, batch_size=None, optimizer="rprop", beta_2=0.9),
            "beta_2 within 0 and 1 with adam or adamw",
        ),
        (lambda: Training(epochs=1, learning_rate=0.1, label_smoothing=1.0), "label_smoothing within 0 and 1"),
        (
            lambda: Training(epochs=1, learning_rate=0.1, label_smoothing=0.1, cost="quadratic"),
            "of the cost log_likelihood",
        ),
        (lambda: Rates(scale=-1.0), "scale of 0 or more"),
        (lambda: Training(epochs=1, learning_rate=0.1, patience=0, validation_share=0.1), "patience=0"),
        (lambda: Training(epochs=1, learning_rate=0.1, patience=3), "Early stopping needs both"),
        (lambda: Training(epochs=1, learning_rate=0.1, validation_share=0.1), "Early stopping needs both"),
        (lambda: Training(epochs=1, learning_rate=0.1, monitor="accuracy"), "patience with monitor"),
        (lambda: Training(epochs=1, learning_rate=0.1, validation_rows="last"), "patience with monitor"),
        (
            lambda: Training(epochs=1, learning_rate=0.1, patience=1, validation_share=0.1, averaging=0.9),
            "averaging within 0 and 1, without patience",
        ),
        (lambda: Training(epochs=1, learning_rate=0.1, cost="quadratc"), "Did you mean 'quadratic'"),
        (lambda: Augmentation(), "not all 0"),
        (lambda: Rung(net=NET, figure="95,42", where="", n_seeds=1), "figures in percent"),
        (lambda: Rung(net=NET, figure="95.42", where="", n_seeds=1, vote="96"), "several seeds for a vote"),
        (
            lambda: Rung(net=NET, figure="95.42", where="", n_seeds=1, measured_on="validation"),
            "patience with a figure",
        ),
        (lambda: Ladder(name="two", title="", where="", data="mnist", rungs=(RUNG, RUNG)), "nets of different names"),
        (lambda: DenseNet(name="Net 1", hidden_units=(3,), training=TRAINING), "Rename it"),
        (lambda: DenseNet(name="net", hidden_units=(3, 0), training=TRAINING), r"hidden_units=\(3, 0\)"),
        (
            lambda: DenseNet(name="net", hidden_units=(3,), training=TRAINING, activation="sigmoidal"),
            "Did you mean 'sigmoid'",
        ),
        (lambda: DenseNet(name="net", hidden_units=(3,), training=TRAINING, dropout=1.0), "dropout=1.0"),
        (lambda: DenseNet(name="net", hidden_units=(3,), training=TRAINING, l2=-1.0), "l2=-1.0"),
        (lambda: ConvNet(name="net", convolutions=(), training=TRAINING), "at least one Convolution"),
        (lambda: ConvNet(name="net", convolutions=(), training=TRAINING, map_dropout=-0.1), "map_dropout=-0.1"),
        (lambda: Convolution(feature_maps=20, pool_size=0), "pool_size=0"),
        (lambda: Baseline(name="forest", algorithm="random_forrest"), "Did you mean 'random_forest'"),
        (lambda: Splitting(test_share=1.0), "test_share=1.0"),
        (lambda: Splitting(kind="canonical", n_folds=3), "only one such split"),
        (lambda: Splitting(kind="stratified_kfold"), "Did you mean 'stratified_k_fold'"),
        (lambda: Splitting(kind="stratified_k_fold"), "n_splits=None"),
        (lambda: Splitting(n_splits=3), "n_splits of 2 or more with stratified_k_fold or k_fold, and only there"),
        (lambda: Splitting(kind="stratified_k_fold", n_splits=3, n_folds=10), "multiple of n_splits"),
        (lambda: comparison(candidates=()), "one majority_class"),
        (lambda: comparison(candidates=(MAJORITY, MAJORITY)), "different names"),
        (lambda: comparison(metrics=("accurracy",)), "Did you mean 'accuracy'"),
        (lambda: comparison(primary_metric="f1"), "primary_metric among the metrics"),
        (lambda: comparison(metrics=("accuracy", "type_1_error")), "positive_class with error types"),
        (
            lambda: comparison(practical_equivalence=0),
            "within 0 and 1, of numbers above 0. Received: practical_equivalence=0",
        ),
        (lambda: comparison(n_seeds=0), "n_seeds of 1 or more. Received: n_seeds=0"),
        (lambda: comparison(n_seeds=2), "n_seeds above 1 with a net. Received: n_seeds=2"),
        (lambda: comparison(candidates=(NET, MAJORITY), learning_curve=(0.5, 0.25)), "ascending shares within 0 and 1"),
        (lambda: comparison(candidates=(NET, MAJORITY), learning_curve=(0.5, 1.0)), "ascending shares within 0 and 1"),
        (lambda: comparison(candidates=(NET, MAJORITY), learning_curve=(0.0, 0.5)), "ascending shares within 0 and 1"),
        (lambda: comparison(learning_curve=(0.5,)), "learning_curve with a candidate that looks at the inputs"),
    ],
)
def test_a_wrong_declaration_is_refused_where_it_is_written(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_changed_copy_is_checked_again():
    with pytest.raises(ValueError, match="epochs=0"):
        replace(TRAINING, epochs=0)


def test_declarations_are_frozen():
    with pytest.raises(FrozenInstanceError):
        TRAINING.epochs = 5


def test_the_homework_has_its_nets_and_at_least_seven_baselines():
    bankruptcy = COMPARISONS["bankruptcy"]
    assert bankruptcy.nets[0].hidden_units == (30,)
    assert len(bankruptcy.nets[1].hidden_units) > 1
    assert {net.activation for net in bankruptcy.nets[:2]} == {"sigmoid"}
    assert len(bankruptcy.candidates) - len(bankruptcy.nets) >= 8


def test_example_9_has_the_lectures_two_nets_and_one_of_our_own():
    assert [net.hidden_units for net in COMPARISONS["iris"].nets][:2] == [(10,), (5, 3)]
    assert len(COMPARISONS["iris"].nets) == 3


def test_keys_of_the_catalogue_are_the_names_of_the_declarations():
    assert all(name == item.name for name, item in COMPARISONS.items())


def test_some_net_is_sequential_and_some_functional():
    nets = [net for item in COMPARISONS.values() for net in item.nets if isinstance(net, Net)]
    assert {net.style for net in nets} == {"sequential", "functional"}
