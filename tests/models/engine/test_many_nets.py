"""Replicates trained together are the nets trained alone."""

from functools import partial

import keras
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from models.engine import one_net
from models.engine.many_nets import train_replicates
from models.engine.replicable import can_replicate
from models.engine.replicates import Replicate, takes_sizes
from models.engine.steps import OwnSteps
from models.nets import dense


def how(**change):
    """Arguments; the loss is made anew, since it takes the precision of the moment."""
    loss = keras.losses.BinaryCrossentropy()
    return {"loss": loss, "epochs": 12, "batch_size": 16, "compilation": "graph", **change}


def problems(n_replicates, n_samples=90):
    """Different rows of the tumours for each replicate, each on the scale of its own rows, and row weights."""
    X, y = load_breast_cancer(return_X_y=True)
    rows = np.stack([np.random.default_rng(seed).permutation(len(X))[:n_samples] for seed in range(n_replicates)])
    X, y = X[rows], y[rows][..., None].astype(float)
    weight = np.random.default_rng(0).uniform(0.5, 2, rows.shape)
    return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True), y, weight


def nets(n_replicates, **settings):
    return [dense.build((30,), 1, [5, 4], activation="tanh", seed=seed, **settings) for seed in range(n_replicates)]


def adam():
    return keras.optimizers.Adam(0.03)


def together(models, X, y, weight, **change):
    n_train = 70
    return train_replicates(
        models,
        X[:, :n_train],
        y[:, :n_train],
        sample_weight=weight[:, :n_train],
        validation_data=(X[:, n_train:], y[:, n_train:], weight[:, n_train:]),
        seeds=range(len(models)),
        **how(**{"make_optimizer": adam, **change}),
    )


def alone(model, seed, X, y, weight, *, make_optimizer=adam, **change):
    n_train = 70
    return one_net.train(
        model,
        X[:n_train],
        y[:n_train],
        sample_weight=weight[:n_train],
        validation_data=(X[n_train:], y[n_train:], weight[n_train:]),
        seed=seed,
        optimizer=make_optimizer(),
        **how(**change),
    )


ALL = {"l2": 0.01, "dropout": 0.3, "batch_normalization": True}


@pytest.mark.parametrize(
    ("settings", "make_optimizer"),
    [
        ({}, lambda: keras.optimizers.SGD(0.1, momentum=0.9)),
        ({"l2": 0.01, "batch_normalization": True, "style": "functional"}, adam),
        ({"dropout": 0.3}, lambda: keras.optimizers.AdamW(0.03, weight_decay=0.1)),
        (ALL, adam),
    ],
    ids=["momentum", "normalized", "dropout", "all"],
)
def test_each_replicate_is_the_net_trained_alone(settings, make_optimizer, float64):
    X, y, weight = problems(3)
    stacked, single = nets(3, **settings), nets(3, **settings)
    change = {"make_optimizer": make_optimizer}
    histories = together(stacked, X, y, weight, **change)
    expected = [alone(net, seed, X[seed], y[seed], weight[seed], **change) for seed, net in enumerate(single)]
    for net, other, history, curve in zip(stacked, single, histories, expected, strict=True):
        for ours, theirs in zip(net.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)
        np.testing.assert_allclose(history.train_loss, curve.train_loss, rtol=1e-10)
        np.testing.assert_allclose(history.validation_loss, curve.validation_loss, rtol=1e-10)


OWN = ({"l2": 0.001, "dropout": 0.1}, {"l2": 0.02, "dropout": 0.4}, {"l2": 0.3, "dropout": 0.25})
# Keras rounds what a schedule says, and a decay, to float32: powers of two stay what they are.
RATES = (2**-5, 2**-8, 2**-4)
DECAYS = (2**-3, 2**-8, 2**-1)


def cosine(peak):
    return keras.optimizers.schedules.CosineDecay(peak, 40)


def adamw(rate, decay):
    return keras.optimizers.AdamW(cosine(rate), weight_decay=decay)


@pytest.mark.parametrize(
    "make",
    [
        adamw,
        lambda rate, decay: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
        lambda rate, decay: keras.optimizers.RMSprop(0.3 * rate, momentum=0.5),
    ],
    ids=["adamw", "momentum", "rmsprop"],
)
def test_replicates_of_other_rates_decays_penalties_and_dropout_are_the_nets_trained_alone(make, float64):
    X, y, weight = problems(3)
    stacked, single = ([nets(number + 1, **own)[-1] for number, own in enumerate(OWN)] for _ in range(2))
    is_decayed = isinstance(make(0.1, 0.1), keras.optimizers.AdamW)
    steps = OwnSteps(rates=tuple(rate / RATES[0] for rate in RATES), decays=DECAYS if is_decayed else None)
    first = partial(make, RATES[0], DECAYS[0])
    together(stacked, X, y, weight, make_optimizer=first, steps=steps, patience=3)
    for number, net in enumerate(single):
        own = partial(make, RATES[number], DECAYS[number])
        alone(net, number, X[number], y[number], weight[number], make_optimizer=own, patience=3)
        for ours, theirs in zip(stacked[number].get_weights(), net.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_a_replicate_that_xla_compiles_is_the_net_trained_alone_likewise(float64):
    """XLA draws otherwise what is dropped. It compiles for seconds, so one net stands for all."""
    X, y, weight = problems(3)
    stacked, single = ([nets(number + 1, **ALL | own)[-1] for number, own in enumerate(OWN)] for _ in range(2))
    steps = OwnSteps(rates=tuple(rate / RATES[0] for rate in RATES), decays=DECAYS)
    change = {"compilation": "xla", "patience": 3}
    first, last = (partial(adamw, RATES[number], DECAYS[number]) for number in (0, 2))
    *_, history = together(stacked, X, y, weight, make_optimizer=first, steps=steps, **change)
    curve = alone(single[2], 2, X[2], y[2], weight[2], make_optimizer=last, **change)
    for ours, theirs in zip(stacked[2].get_weights(), single[2].get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)
    np.testing.assert_allclose(history.train_loss, curve.train_loss, rtol=1e-10)
    np.testing.assert_allclose(history.validation_loss, curve.validation_loss, rtol=1e-10)


def test_nets_that_share_a_model_and_rows_are_to_the_bit_those_that_have_their_own():
    """Models are built and rows laid out once, for all that differ in sizes, rates or seeds alone."""
    X, y, weight = problems(2)
    blocks, steps = [1, 0, 1], OwnSteps(rates=(1.0, 0.5, 0.1))
    own = [nets(block + 1, **sizes)[-1] for block, sizes in zip(blocks, OWN, strict=True)]
    change = {"steps": steps, "patience": 3}
    told = together(own, X[blocks], y[blocks], weight[blocks], **change)
    shared = nets(2, l2=0.1, dropout=0.2)
    before = [net.get_weights() for net in shared]
    replicates = [Replicate(model=shared[block], **sizes) for block, sizes in zip(blocks, OWN, strict=True)]
    again = together(replicates, X, y, weight, blocks=blocks, **change)
    for net, replicate in zip(own, replicates, strict=True):
        for ours, theirs in zip(replicate.trained, net.variables, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert [one.validation_loss.tolist() for one in told] == [one.validation_loss.tolist() for one in again]
    for net, weights in zip(shared, before, strict=True):
        assert all(np.array_equal(*pair) for pair in zip(net.get_weights(), weights, strict=True))


def test_sizes_take_the_place_of_those_that_a_model_was_declared_with_or_none():
    (net,) = nets(1, l2=0.1, dropout=0.2)
    assert takes_sizes(net, l2=0.1, dropout=0.2)
    assert not takes_sizes(net, l2=0.2, dropout=0.2)
    assert not takes_sizes(net, l2=0.1, dropout=0.1)
    assert takes_sizes(*nets(1), l2=None, dropout=0.0)


@pytest.mark.parametrize(
    ("steps", "make_optimizer", "expected"),
    [
        (OwnSteps(rates=(1.0, 2.0, 3.0)), adam, "2 of each, one for a net"),
        (OwnSteps(rates=(1.0, 1.0), decays=(0.1, 0.2)), adam, "decays with AdamW only"),
    ],
)
def test_steps_that_do_not_fit_are_refused(steps, make_optimizer, expected):
    with pytest.raises(ValueError, match=expected):
        together(nets(2), *problems(2), make_optimizer=make_optimizer, steps=steps)


def test_steps_of_an_optimizer_that_are_not_as_long_as_its_rate_says_are_refused():
    with pytest.raises(ValueError, match="steps are as long as its rate says"):
        OwnSteps(rates=(1.0, 2.0)).require_fits(keras.optimizers.Lion(), 2)


def test_replicates_that_are_sure_of_what_is_wrong_still_are_the_nets_trained_alone(float64):
    """Keras takes the loss of the logits, where a probability would be cut off at 1e-7."""
    X, y, weight = problems(2)
    X, flipped = 20 * X, y.copy()
    flipped[:, :6] = 1 - flipped[:, :6]
    settings = {"activation": "relu"}
    stacked, single = ([dense.build((30,), 1, [8], seed=seed, **settings) for seed in range(2)] for _ in range(2))
    together(stacked, X, flipped, weight, epochs=6)
    for seed, net in enumerate(single):
        alone(net, seed, X[seed], flipped[seed], weight[seed], epochs=6)
        for ours, theirs in zip(stacked[seed].get_weights(), net.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_each_replicate_stops_at_its_own_epoch_with_its_own_best_weights():
    X, y, weight = problems(4)
    stacked, single = nets(4), nets(4)
    change = {"epochs": 200, "patience": 2}
    histories = together(stacked, X, y, weight, **change)
    expected = [alone(net, seed, X[seed], y[seed], weight[seed], **change) for seed, net in enumerate(single)]
    lengths = [len(history.train_loss) for history in histories]
    assert lengths == [len(history.train_loss) for history in expected]
    assert len(set(lengths)) > 1
    assert [history.best_epoch for history in histories] == [history.best_epoch for history in expected]
    for net, other in zip(stacked, single, strict=True):
        for ours, theirs in zip(net.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)


def test_accuracy_chooses_an_epoch_for_each_replicate():
    X, y, weight = problems(3)
    change = {"epochs": 20, "patience": 20, "monitor": "accuracy"}
    histories = together(nets(3), X, y, weight, **change)
    expected = [alone(net, seed, X[seed], y[seed], weight[seed], **change) for seed, net in enumerate(nets(3))]
    for history, curve in zip(histories, expected, strict=True):
        np.testing.assert_allclose(history.validation_accuracy, curve.validation_accuracy, atol=1e-6)
        assert history.best_epoch == curve.best_epoch == history.validation_accuracy.argmax()


def test_a_replicate_does_not_feel_the_others_nor_their_number():
    X, y, weight = problems(5)
    few, many = nets(2), nets(5)
    X[2:] *= 1e6  # the others are lost, one even to NaN
    X[4] = np.nan
    together(few, X[:2], y[:2], weight[:2])
    together(many, X, y, weight)
    assert np.isnan(many[4].get_weights()[0]).all()
    for one, other in zip(few, many[:2], strict=True):
        for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("compilation", "settings"), [("graph", {"dropout": 0.2}), ("xla", {})])
def test_same_seeds_give_the_same_bits(compilation, settings):
    X, y, weight = problems(3)
    first, second = nets(3, **settings), nets(3, **settings)
    for models in (first, second):
        together(models, X, y, weight, compilation=compilation)
    for one, other in zip(first, second, strict=True):
        for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_a_replicate_is_an_ordinary_model_that_can_be_saved(tmp_path):
    X, y, weight = problems(2)
    models = nets(2)
    together(models, X, y, weight)
    models[1].save(tmp_path / "net.keras")
    loaded = keras.models.load_model(tmp_path / "net.keras")
    np.testing.assert_array_equal(loaded.predict(X[1], verbose=0), models[1].predict(X[1], verbose=0))


def test_what_cannot_be_stacked_is_refused():
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(4)(inputs)
    skipping = keras.Model(inputs, keras.layers.Add()([inputs, hidden]))
    conv = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten()])
    l1 = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_regularizer="l1")])
    assert can_replicate(nets(1, batch_normalization=True, dropout=0.1, l2=0.1)[0])
    assert not any(can_replicate(model) for model in (skipping, conv, l1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"make_optimizer": lambda: keras.optimizers.Adam(clipnorm=1.0)}, "would couple the replicates"),
        ({"make_optimizer": keras.optimizers.Lamb}, "would couple the replicates"),
        ({"loss": keras.losses.BinaryCrossentropy(reduction="sum")}, "expected a loss that is a mean over rows"),
        ({"patience": 2, "validation_data": None}, "expected validation_data with patience"),
        ({"seeds": [0]}, "expected as many models as seeds"),
    ],
)
def test_what_does_not_fit_is_told(change, message):
    X, y, _ = problems(2)
    arguments = how(**{"make_optimizer": adam, "seeds": [0, 1], **change})
    with pytest.raises(ValueError, match=message):
        train_replicates(nets(2), X, y, **arguments)


def test_nets_of_different_architecture_are_refused():
    X, y, _ = problems(2)
    with pytest.raises(ValueError, match=r"expected models alike but for weights and seeds. Received: unlike=\[1\]"):
        train_replicates([*nets(1), *nets(1, l2=0.1)], X, y, **how(), make_optimizer=adam, seeds=[0, 1])
