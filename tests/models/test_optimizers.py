"""Rates by layer and schedules: against NumPy, against Keras where they do nothing, and many nets at once."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_breast_cancer

from models.engine import one_net
from models.engine.many_nets import train_replicates
from models.nets import dense
from models.optimizers import AdamByLayer, CosLog, FlatCosine

BETA_1, BETA_2, EPSILON = 0.9, 0.95, 1e-7


def by_hand(weight, gradients, rates, decays):
    """Adam as its paper has it, after what decays."""
    m = v = np.zeros_like(weight)
    for step, (gradient, rate, decay) in enumerate(zip(gradients, rates, decays, strict=True), 1):
        weight = weight - rate * decay * weight
        m = BETA_1 * m + (1 - BETA_1) * gradient
        v = BETA_2 * v + (1 - BETA_2) * gradient**2
        # Keras adds epsilon to the root before it is corrected, as the paper's section 2 proposes.
        alpha = rate * np.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
        weight = weight - alpha * m / (np.sqrt(v) + EPSILON)
    return weight


def test_each_weight_goes_by_its_own_rate_and_decay(float64):
    random = np.random.default_rng(0)
    names = ["kernel", "bias", "scale", "embedding_bias"]
    starts = [random.normal(size=4) for _ in names]
    weights = [keras.Variable(start, name=name) for start, name in zip(starts, names, strict=True)]
    gradients = random.normal(size=(6, len(names), 4))
    optimizer = AdamByLayer(
        CosLog(0.1, 6),
        rates={"bias": 0.1, "scale": 6.0, "embedding": 0.5},
        decay=FlatCosine(0.3, 6),
        decays_biases=False,
        beta_2=BETA_2,
    )
    for step in gradients:
        optimizer.apply([tf.constant(one) for one in step], weights)
    t = np.arange(6) / 6
    rates = 0.1 * 0.5 * (1 - np.cos(2 * np.pi * np.log2(1 + 15 * t)))
    decays = 0.3 * np.where(t < 0.5, 1, 0.5 * (1 + np.cos(np.pi * (2 * t - 1))))
    factors = {"kernel": (1, 1), "bias": (0.1, 0), "scale": (6, 1), "embedding_bias": (0.5, 1)}
    for place, (name, start) in enumerate(zip(names, starts, strict=True)):
        rate, decay = factors[name]
        expected = by_hand(start, gradients[:, place], rates * rate, decays * decay)
        np.testing.assert_allclose(weights[place], expected, rtol=1e-5, atol=1e-6)  # Keras keeps schedules in float32


def test_without_factors_it_is_adamw(float64):
    random = np.random.default_rng(1)
    start, gradients = random.normal(size=5), random.normal(size=(7, 5))
    ours, theirs = (keras.Variable(start, name="bias") for _ in range(2))
    one, other = AdamByLayer(0.03, rates={}, decay=0.2), keras.optimizers.AdamW(0.03, weight_decay=0.2)
    for gradient in gradients:
        one.apply([tf.constant(gradient)], [ours])
        other.apply([tf.constant(gradient)], [theirs])
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def make_optimizer():
    return AdamByLayer(CosLog(0.1, 15), rates={"bias": 0.1}, decay=FlatCosine(0.1, 15), decays_biases=False)


def test_nets_trained_together_by_rates_are_those_trained_alone(float64):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = ((X - X.mean(axis=0)) / X.std(axis=0))[:80], y[:80, None].astype(float)
    stacked, single = ([dense.build((30,), 1, [4], activation="tanh", seed=s) for s in (0, 1)] for _ in range(2))
    how = {"loss": keras.losses.BinaryCrossentropy(), "epochs": 3, "batch_size": 16, "compilation": "graph"}
    train_replicates(stacked, np.stack([X, X]), np.stack([y, y]), make_optimizer=make_optimizer, seeds=(0, 1), **how)
    for seed, net in enumerate(single):
        one_net.train(net, X, y, optimizer=make_optimizer(), seed=seed, **how)
        for ours, theirs in zip(stacked[seed].get_weights(), net.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_a_rate_of_weights_that_are_not_there_is_refused():
    message = r"AdamByLayer: expected rates of weights that the net has. Received: rate='scale'. It has: bias, kernel."
    with pytest.raises(ValueError, match=message):
        AdamByLayer(0.1, rates={"scale": 6.0}).build(dense.build((3,), 1, [2]).trainable_variables)


def test_it_is_written_down_with_all_that_it_does():
    again = AdamByLayer.from_config(make_optimizer().get_config())
    assert {**again.get_config(), "name": ""} == {**make_optimizer().get_config(), "name": ""}
    assert isinstance(again.decay, FlatCosine)


def test_a_training_of_one_step_learns():
    """The first step of coslog4 is at rate 0, and where there is no other nothing would be learnt, without a word."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    before = model.get_weights()[0]
    model.compile(keras.optimizers.SGD(CosLog(0.1, 1)), "mse")
    model.fit(np.ones((3, 2)), np.full((3, 1), 9.0), verbose=0)
    assert np.abs(model.get_weights()[0] - before).min() > 0
    assert [float(CosLog(0.1, 2)(step)) > 0 for step in (0, 1)] == [False, True]


@pytest.mark.parametrize("change", [{"n_steps": 0}, {"n_steps": 1.5}, {"n_cycles": 0}])
def test_a_schedule_without_steps_is_refused(change):
    with pytest.raises(ValueError, match="CosLog: expected n_"):
        CosLog(0.1, **{"n_steps": 5, **change})
