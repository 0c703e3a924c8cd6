import keras
import numpy as np
import pytest
import tensorflow as tf

from models.blackboard import by_hand
from models.losses import (
    LOSSES,
    CrossEntropyCost,
    QuadraticCost,
    SmoothedLoss,
    half_squared_error,
    summed_cross_entropy,
)


def _outputs(n_outputs):
    generator = np.random.default_rng(n_outputs)
    return generator.uniform(0.1, 0.9, size=(7, n_outputs)), generator.uniform(0.1, 0.9, size=(7, n_outputs))


@pytest.mark.parametrize("n_outputs", [1, 2, 5])
@pytest.mark.parametrize("cost", list(LOSSES))
def test_the_mean_over_rows_is_the_cost_by_hand(cost, n_outputs):
    y, a = _outputs(n_outputs)

    assert float(tf.reduce_mean(LOSSES[cost](y, a))) == pytest.approx(by_hand.cost_of(cost, y, a), abs=1e-14)


@pytest.mark.parametrize("n_outputs", [1, 2, 5])
def test_keras_mse_is_two_kths_of_the_half_squared_error(n_outputs):
    y, a = _outputs(n_outputs)

    ours = half_squared_error(y, a).numpy()

    np.testing.assert_allclose(keras.losses.mean_squared_error(y, a), ours * 2 / n_outputs, atol=1e-14)


@pytest.mark.parametrize("n_outputs", [1, 2, 5])
def test_keras_binary_crossentropy_is_one_kth_of_the_summed(n_outputs):
    y, a = _outputs(n_outputs)

    ours = summed_cross_entropy(y, a).numpy()

    np.testing.assert_allclose(keras.losses.binary_crossentropy(y, a), ours / n_outputs, atol=1e-6)  # Keras clips


def test_a_certain_and_right_answer_costs_nothing():
    assert summed_cross_entropy([[0.0, 1.0]], tf.constant([[0.0, 1.0]])).numpy().tolist() == [0.0]


@pytest.mark.parametrize("loss", LOSSES.values())
def test_a_missing_column_is_refused_before_it_broadcasts(loss):
    with pytest.raises(
        ValueError, match=r"expected y_true and y_pred of one shape. Received: y_true=\(3,\), y_pred=\(3, 1\)"
    ):
        loss(np.zeros(3), np.full((3, 1), 0.5))


@pytest.mark.parametrize("n_outputs", [1, 2, 5])
@pytest.mark.parametrize(("loss", "cost"), [(QuadraticCost, "quadratic"), (CrossEntropyCost, "cross_entropy")])
def test_a_cost_as_keras_loss_is_the_cost_by_hand(loss, cost, n_outputs, float64):
    y, a = _outputs(n_outputs)

    assert float(loss()(y, a)) == pytest.approx(by_hand.cost_of(cost, y, a), abs=1e-12)


def test_a_net_that_is_surely_wrong_has_a_finite_loss():
    assert np.isfinite(float(CrossEntropyCost()(np.zeros((1, 2)), np.ones((1, 2)))))


@pytest.mark.parametrize(
    ("loss", "share", "message"),
    [
        (keras.losses.MeanSquaredError(), 0.1, "a cross-entropy of class numbers.*Received: of_one='MeanSquaredError'"),
        (keras.losses.Huber(), 0.1, "A number has no classes"),
        (keras.losses.BinaryCrossentropy(), 0.0, "a share between 0 and 1"),
        (keras.losses.BinaryCrossentropy(), 1.0, "a share between 0 and 1"),
    ],
)
def test_only_labels_are_smoothed(loss, share, message):
    with pytest.raises(ValueError, match=message):
        SmoothedLoss(loss, share=share, n_classes=2)
