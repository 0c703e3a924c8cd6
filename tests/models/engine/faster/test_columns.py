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


def probabilities():
    """What Keras marks with the logits it was made of."""
    return dense.build((5,), 4, [6], seed=1)(ROWS)


def unmarked():
    return tf.constant(probabilities().numpy())


def logits():
    return 9 * tf.constant(ROWS[:, :4])


@pytest.mark.parametrize(
    ("said", "from_logits"), [(probabilities, False), (unmarked, False), (logits, True), (lambda: 0 * logits(), True)]
)
def test_the_loss_and_its_gradient_are_those_of_class_numbers(said, from_logits):
    usual = OfNumbers(from_logits=from_logits)
    y_pred, found = said(), []
    for loss in (usual, columns.in_columns(usual)):
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            mean = loss(CLASSES, y_pred)
        found.append((mean.numpy(), tape.gradient(mean, y_pred)))
    (own, own_gradient), (other, other_gradient) = found
    assert other == pytest.approx(own, rel=1e-6)
    assert (own_gradient is None) == (other_gradient is None)
    if own_gradient is not None:
        np.testing.assert_allclose(other_gradient, own_gradient, rtol=1e-4, atol=1e-6)


def test_classes_may_stand_in_a_column():
    loss = columns.in_columns(OfNumbers())
    assert loss(CLASSES[:, None], unmarked()) == loss(CLASSES, unmarked())


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
