from dataclasses import replace

import keras
import numpy as np
import pytest

from experiments.language import DenseNet, Training
from models.losses import CrossEntropyCost, QuadraticCost
from pipeline.data.ingest import ingest
from pipeline.training.keras_net import core_model, loss, optimizer, targets

TRAINING = Training(epochs=4, learning_rate=0.2, batch_size=10)
SOFTMAX, SIGMOID = keras.activations.softmax, keras.activations.sigmoid


@pytest.mark.parametrize(
    ("cost", "kind", "activation", "shape"),
    [
        ("log_likelihood", keras.losses.SparseCategoricalCrossentropy, SOFTMAX, (5,)),
        ("cross_entropy", CrossEntropyCost, SIGMOID, (5, 3)),
        ("quadratic", QuadraticCost, SIGMOID, (5, 3)),
    ],
)
def test_the_cost_says_how_a_net_ends_and_what_it_is_taught(cost, kind, activation, shape):
    training = replace(TRAINING, cost=cost)
    net = DenseNet(name="net", hidden_units=(4,), training=training)
    core = core_model(net, ingest("iris"), (4,), seed=1)
    y = targets(np.array([0, 2, 1, 1, 0]), 3, training)
    assert core.layers[-1].activation is activation
    assert type(loss(core, training)) is kind
    assert y.shape == shape
    assert np.isfinite(float(loss(core, training)(y, core(np.ones((5, 4))))))


@pytest.mark.parametrize("cost", ["log_likelihood", "cross_entropy", "quadratic"])
def test_two_classes_end_in_one_sigmoid_neuron(cost):
    y = targets(np.array([0, 1, 1]), 2, replace(TRAINING, cost=cost))
    np.testing.assert_array_equal(y, [[0], [1], [1]])


@pytest.mark.parametrize(("schedule", "peak_at"), [("cosine", 0), ("one_cycle", 10)])
def test_a_schedule_has_its_peak_where_it_should_and_ends_at_nothing(schedule, peak_at):
    rate = optimizer(replace(TRAINING, schedule=schedule), 4, 95)._learning_rate  # 40 steps; the last batch is smaller
    rates = np.array([float(rate(step)) for step in range(41)])
    assert rates.argmax() == peak_at
    assert rates.max() == pytest.approx(0.2)
    assert rates[-1] == pytest.approx(0, abs=1e-3)
    assert (np.diff(rates[: peak_at + 1]) > 0).all()
    assert (np.diff(rates[peak_at:]) < 0).all()


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw"])
def test_every_optimizer_can_average_weights(kind):
    averaged = optimizer(replace(TRAINING, optimizer=kind, averaging=0.9), 4, 95)
    assert (averaged.use_ema, averaged.ema_momentum) == (True, 0.9)
    assert not optimizer(replace(TRAINING, optimizer=kind), 4, 95).use_ema
