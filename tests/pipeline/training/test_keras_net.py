from dataclasses import replace

import keras
import numpy as np
import pytest

from experiments.language import ConvNet, Convolution, DenseNet, Rates, Training
from experiments.language.nets.training import MOST_STEP
from models.engine.members import loss_of_answers
from models.losses import CrossEntropyCost, QuadraticCost
from models.resilient import RpropPlus
from pipeline.data.ingest import ingest
from pipeline.data.task import Classification, Regression
from pipeline.training.keras_net import core_model, loss, optimizer, row_shape

TRAINING = Training(epochs=4, learning_rate=0.2, batch_size=10)
SOFTMAX, SIGMOID = keras.activations.softmax, keras.activations.sigmoid


def net(cost):
    return DenseNet(name="net", hidden_units=(4,), training=replace(TRAINING, cost=cost))


@pytest.mark.parametrize(
    ("cost", "kind", "activation", "shape"),
    [
        ("log_likelihood", keras.losses.SparseCategoricalCrossentropy, SOFTMAX, (5,)),
        ("cross_entropy", CrossEntropyCost, SIGMOID, (5, 3)),
        ("quadratic", QuadraticCost, SIGMOID, (5, 3)),
    ],
)
def test_the_cost_says_how_a_net_ends_and_what_it_is_taught(cost, kind, activation, shape):
    iris, training = ingest("iris"), replace(TRAINING, cost=cost)
    core = core_model(net(cost), iris, (4,), seed=1)
    y = iris.task.targets(np.array([0, 2, 1, 1, 0]), cost)
    assert core.layers[-1].activation is activation
    assert type(loss(iris.task, training)) is kind
    assert y.shape == shape
    assert np.isfinite(float(loss(iris.task, training)(y, core(np.ones((5, 4))))))


@pytest.mark.parametrize(
    ("cost", "kind"),
    [
        ("log_likelihood", keras.losses.BinaryCrossentropy),
        ("cross_entropy", CrossEntropyCost),
        ("quadratic", QuadraticCost),
    ],
)
def test_two_classes_end_in_one_sigmoid_neuron(cost, kind):
    two = replace(ingest("iris"), task=Classification(class_names=("setosa", "other")))
    core = core_model(net(cost), two, (4,), seed=1)
    assert core.layers[-1].activation is SIGMOID
    assert core.output_shape == (None, 1)
    assert type(loss(two.task, net(cost).training)) is kind


def test_a_number_ends_in_one_neuron_that_squeezes_nothing():
    lengths = replace(ingest("iris"), task=Regression(unit="cm"))
    core = core_model(net("log_likelihood"), lengths, (4,), seed=1)
    assert core.layers[-1].activation is keras.activations.linear
    y, predicted = np.array([[1.0], [3.0]]), np.array([[2.0], [5.0]])
    assert float(loss(lengths.task, TRAINING)(y, predicted)) == (1**2 + 2**2) / 2


def test_a_table_is_no_picture():
    conv = ConvNet(name="conv", convolutions=(Convolution(feature_maps=2, kernel_size=2),), training=TRAINING)
    assert row_shape(net("quadratic"), ingest("digits")) == (64,)
    assert row_shape(conv, ingest("digits")) == (8, 8)
    with pytest.raises(ValueError, match=r"train 'conv': expected images for a conv_net. Received: dataset='iris'"):
        row_shape(conv, ingest("iris"))


@pytest.mark.parametrize(("schedule", "peak_at"), [("cosine", 0), ("one_cycle", 10)])
def test_a_schedule_has_its_peak_where_it_should_and_ends_at_nothing(schedule, peak_at):
    rate = optimizer(replace(TRAINING, schedule=schedule), 4, 95)._learning_rate  # 40 steps; the last batch is smaller
    rates = np.array([float(rate(step)) for step in range(41)])
    assert rates.argmax() == peak_at
    assert rates.max() == pytest.approx(0.2)
    assert rates[-1] == pytest.approx(0, abs=1e-3)
    assert (np.diff(rates[: peak_at + 1]) > 0).all()
    assert (np.diff(rates[peak_at:]) < 0).all()


def test_coslog4_is_at_its_peak_in_the_middle_of_each_octave():
    rate = optimizer(replace(TRAINING, schedule="coslog4"), 15, 100)._learning_rate  # 150 steps
    rates = np.array([float(rate(step)) for step in range(151)])
    np.testing.assert_allclose(rates[[0, 10, 30, 70, 150]], 0, atol=1e-6)  # 1 + 15 t is a power of 2
    assert [np.argmax(rates[low:high]) + low for low, high in ((0, 10), (10, 30), (30, 70), (70, 150))] == [
        round(10 * (2**turns - 1)) for turns in (0.5, 1.5, 2.5, 3.5)
    ]
    assert rates.max() == pytest.approx(0.2, rel=1e-3)


def test_rates_and_what_does_not_decay_are_those_declared():
    adamw = replace(TRAINING, optimizer="adamw", weight_decay=0.02, beta_2=0.95)
    assert type(optimizer(adamw, 4, 95)) is keras.optimizers.AdamW
    assert optimizer(adamw, 4, 95).beta_2 == 0.95
    own = optimizer(replace(adamw, rates=Rates(bias=0.1), decays_biases=False, decay_schedule="flat_cosine"), 4, 95)
    assert (own.rates, own.decays_biases, own.beta_2) == ({"bias": 0.1}, False, 0.95)
    assert [float(own.decay(step)) for step in (0, 20, 40)] == pytest.approx([0.02, 0.02, 0.0])
    assert optimizer(replace(adamw, decays_biases=False), 4, 95).decay == 0.02


def test_smoothed_labels_are_learnt_and_held_out_ones_judged_as_they_are():
    dataset = ingest("iris")
    smoothed = loss(dataset.task, replace(TRAINING, label_smoothing=0.3))
    said = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]])
    labels = 0.7 * np.eye(3)[[0, 2]] + 0.1
    assert float(smoothed(np.array([0, 2]), said)) == pytest.approx(-(labels * np.log(said)).sum() / 2, rel=1e-5)
    plain = loss(dataset.task, TRAINING)
    assert float(loss_of_answers(smoothed)(np.array([0, 2]), said)) == float(plain(np.array([0, 2]), said))


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw"])
def test_every_optimizer_can_average_weights(kind):
    averaged = optimizer(replace(TRAINING, optimizer=kind, averaging=0.9), 4, 95)
    assert (averaged.use_ema, averaged.ema_momentum) == (True, 0.9)
    assert not optimizer(replace(TRAINING, optimizer=kind), 4, 95).use_ema


def test_rprops_first_step_is_the_declared_rate():
    how = {"optimizer": "rprop", "learning_rate": 0.05, "batch_size": None, "slope_threshold": 0.001}
    own = optimizer(replace(TRAINING, **how), 4, 95)
    assert own.threshold == 0.001
    assert (type(own), own.first, own.most) == (RpropPlus, 0.05, MOST_STEP)
