"""On a GPU class numbers are learned as columns: the same loss and the same net, without a step for each row."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.engine import one_net
from models.engine.faster import columns
from models.engine.faster.reworking import Case
from models.losses import MembersLoss, SmoothedLoss
from models.nets import dense

ROOT = Path(__file__).parents[4]
ROWS = np.random.default_rng(0).normal(size=(24, 5)).astype(np.float32)
CLASSES = np.arange(24) % 4
OfNumbers = keras.losses.SparseCategoricalCrossentropy


def unmarked():
    return tf.constant(dense.build((5,), 4, [6], seed=1)(ROWS).numpy())


def net_of(activation):
    """A net whose outputs are those of an activation; of Keras's softmax they are marked with their logits."""
    keras.utils.set_random_seed(1)
    out = keras.layers.Dense(4, activation, kernel_initializer=keras.initializers.RandomNormal(stddev=1.0))
    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(6, "tanh"), out])


OUTPUTS = {
    "softmax": (lambda: "softmax", False),
    "softmax of TensorFlow": (lambda: tf.nn.softmax, False),
    "unmarked": (lambda: lambda x: tf.exp(x) / tf.reduce_sum(tf.exp(x), axis=-1, keepdims=True), False),
    "sigmoid": (lambda: "sigmoid", False),
    "softplus": (lambda: "softplus", False),
    "relu": (lambda: "relu", False),
    "linear": (lambda: "linear", False),
    "all zero": (lambda: lambda x: 0 * x, False),
    "logits": (lambda: "linear", True),
    "logits far apart": (lambda: lambda x: 9 * x, True),
    "equal logits": (lambda: lambda x: 0 * x, True),
}


@pytest.mark.parametrize("as_graph", [False, True])
@pytest.mark.parametrize("what", OUTPUTS)
def test_the_loss_and_its_gradient_are_those_of_class_numbers(what, as_graph):
    activation, from_logits = OUTPUTS[what]
    net, usual, found = net_of(activation()), OfNumbers(from_logits=from_logits), []
    for loss in (usual, columns.in_columns(usual)):

        def slopes(loss=loss):
            with tf.GradientTape() as tape:
                mean = loss(CLASSES, net(ROWS))
            return mean, tape.gradient(mean, net.trainable_variables)

        found.append(tf.function(slopes, autograph=False)() if as_graph else slopes())
    (own, own_slopes), (other, other_slopes) = found
    assert other.numpy() == pytest.approx(own.numpy(), rel=1e-6)
    assert len(own_slopes) == 4
    for own_slope, other_slope in zip(own_slopes, other_slopes, strict=True):
        np.testing.assert_allclose(other_slope, own_slope, rtol=1e-4, atol=2e-6)


def test_classes_may_stand_in_a_column():
    loss = columns.in_columns(OfNumbers())
    expected = OfNumbers()(CLASSES[:, None], unmarked()).numpy()
    assert loss(CLASSES[:, None], unmarked()).numpy() == pytest.approx(expected, rel=1e-6)


def with_a_call_of_its_own():
    loss = OfNumbers()
    loss.call = lambda y_true, y_pred: tf.zeros(len(y_true))
    return loss


def test_members_and_smoothed_labels_have_theirs_inside():
    said = tf.stack([unmarked(), unmarked()[::-1]], axis=1)
    for usual, y_pred in (
        (MembersLoss(OfNumbers()), said),
        (SmoothedLoss(OfNumbers(), share=0.2, n_classes=4), unmarked()),
    ):
        other = columns.in_columns(usual)
        assert type(other) is type(usual)
        assert isinstance(other.of_one, columns.ColumnsLoss)
        assert other(CLASSES, y_pred).numpy() == pytest.approx(usual(CLASSES, y_pred).numpy(), rel=1e-6)


@pytest.mark.parametrize(
    "loss",
    [
        OfNumbers(ignore_class=2),
        OfNumbers(axis=1),
        with_a_call_of_its_own(),
        keras.losses.CategoricalCrossentropy(),
        keras.losses.BinaryCrossentropy(),
        MembersLoss(keras.losses.MeanSquaredError()),
        SmoothedLoss(keras.losses.BinaryCrossentropy(), share=0.1, n_classes=2),
    ],
)
def test_any_other_loss_stays_as_it_is(loss):
    assert columns.in_columns(loss) is loss


def trained():
    net = dense.build((5,), 4, [6], seed=1)
    loss, optimizer = OfNumbers(), keras.optimizers.SGD(0.5)
    return net, one_net.train(net, ROWS, CLASSES, loss=loss, optimizer=optimizer, epochs=8, batch_size=5, seed=0)


def test_a_net_comes_to_the_same_on_what_is_no_processor(monkeypatch):
    usual, usual_history = trained()
    assert columns.NAME not in usual_history.engine
    monkeypatch.setattr(Case, "on_cpu", False)
    net, history = trained()
    assert history.engine == f"compiled epochs, {columns.NAME}"
    np.testing.assert_allclose(history.train_loss, usual_history.train_loss, rtol=1e-5)
    for own, other in zip(usual.get_weights(), net.get_weights(), strict=True):
        np.testing.assert_allclose(other, own, atol=1e-5)


_COUNTS = """
import keras, tensorflow as tf
from models.engine.faster.columns import in_columns
from models.nets import dense

tf.random.set_seed(0)
tf.config.experimental.enable_op_determinism()
net = dense.build((5,), 4, [6], seed=1)
rows, classes = tf.ones((8, 5)), tf.zeros((8,), tf.int64)
for loss in (keras.losses.SparseCategoricalCrossentropy(), in_columns(keras.losses.SparseCategoricalCrossentropy())):
    @tf.function(jit_compile=True, autograph=False)
    def gradients(rows, classes):
        with tf.GradientTape() as tape:
            mean = loss(classes, net(rows, training=True))
        return tape.gradient(mean, net.trainable_variables)
    print(gradients.experimental_get_compiler_ir(rows, classes)(stage="hlo").count(" scatter("))
"""


def test_what_repeats_its_bits_puts_no_gradient_together_row_by_row():
    """A GPU goes through a scatter one row after the other where its bits are to repeat."""
    told = subprocess.run(
        [sys.executable, "-c", _COUNTS], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert told.stdout.split() == ["1", "0"]
