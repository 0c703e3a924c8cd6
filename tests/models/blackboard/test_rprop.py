"""rprop+ against a reference that is written weight by weight, as the paper and neuralnet's source have it."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_iris

from models.blackboard import rprop
from models.blackboard.rprop import Rprop
from models.blackboard.trace import initialize

SMALL = Rprop(threshold=1e-9, max_steps=150)


class Weight:
    """One weight of the reference: its step, and the sign of the slope that moved it last."""

    def __init__(self, value):
        self.value, self.step, self.before = value, 0.1, 0.0

    def follow(self, slope):
        sign = float(np.sign(slope))
        if self.before * sign > 0:
            self.step = min(self.step * 1.2, 0.1)
            self.value -= sign * self.step
            self.before = sign
        elif self.before * sign < 0:
            self.value += self.before * self.step  # back to where it was
            self.step = max(self.step * 0.5, 1e-10)
            self.before = 0
        else:
            self.value -= sign * self.step
            self.before = sign


def slopes_by_tape(net, values, X, y):
    """Half the sum of squared errors and its slopes, by TensorFlow alone."""
    shapes = [w.shape for w in (*net.weights, *net.biases)]
    parts, place = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        parts.append(tf.constant(np.reshape(values[place : place + size], shape)))
        place += size
    n = len(net.weights)
    with tf.GradientTape() as recorded:
        recorded.watch(parts)
        a = tf.constant(X)
        for w, b in zip(parts[:n], parts[n:], strict=True):
            a = tf.sigmoid(tf.matmul(a, w, transpose_b=True) + b)
        error = tf.reduce_sum((a - y) ** 2) / 2
    return float(error), np.concatenate([g.numpy().ravel() for g in recorded.gradient(error, parts)])


@pytest.mark.parametrize("sizes", [(4, 10, 3), (4, 5, 3, 3)])
def test_every_step_is_that_of_the_reference(sizes):
    X, kinds = load_iris(return_X_y=True)
    y, net = np.eye(3)[kinds], initialize(sizes, seed=2)
    reference = [Weight(value) for value in np.concatenate([w.ravel() for w in (*net.weights, *net.biases)])]
    errors = []
    for _ in range(SMALL.max_steps):
        error, slopes = slopes_by_tape(net, [weight.value for weight in reference], X, y)
        errors.append(error)
        for weight, slope in zip(reference, slopes, strict=True):
            weight.follow(slope)

    trained, ours, converged = rprop.train(net, X, y, SMALL)

    np.testing.assert_allclose(ours[:-1], errors, rtol=1e-9)
    flat = np.concatenate([w.ravel() for w in (*trained.weights, *trained.biases)])
    np.testing.assert_allclose(flat, [weight.value for weight in reference], atol=1e-9)
    assert not converged


def test_a_turned_slope_takes_the_last_step_back_and_halves_it():
    w, steps, memory = np.array([1.0]), np.array([0.1]), np.array([0.0])

    w, steps, memory = rprop.one_step(w, np.array([5.0]), steps, memory, Rprop())
    assert (w[0], steps[0], memory[0]) == (0.9, 0.1, 1.0)
    w, steps, memory = rprop.one_step(w, np.array([-0.001]), steps, memory, Rprop())
    assert (w[0], steps[0], memory[0]) == (1.0, 0.05, 0.0)
    w, steps, memory = rprop.one_step(w, np.array([7.0]), steps, memory, Rprop())
    assert (w[0], steps[0], memory[0]) == (0.95, 0.05, 1.0)
    w, steps, memory = rprop.one_step(w, np.array([0.2]), steps, memory, Rprop())
    assert (w[0], steps[0]) == pytest.approx((0.95 - 0.06, 0.06))


def test_it_stops_when_the_largest_slope_is_below_the_threshold():
    # One sigmoid neuron and one row: E = (a - .5)² / 2 is least at z = 0, and rprop+ gets there.
    net = initialize((1, 1), seed=3)

    trained, errors, converged = rprop.train(net, np.array([[1.0]]), np.array([[0.5]]), Rprop(threshold=1e-6))

    assert converged
    assert len(errors) < 200
    z = trained.weights[0][0, 0] + trained.biases[0][0]
    assert abs(z / 16) < 1e-6 * 1.1  # the slope of E near 0: (a - .5) a (1 - a) = z / 16


@pytest.mark.parametrize(
    "wrong", [{"shrink": 1.5}, {"first": 1.0}, {"grow": 1.0}, {"threshold": 0.0}, {"max_steps": 0}]
)
def test_what_neuralnet_would_not_take_is_refused(wrong):
    with pytest.raises(ValueError, match=r"Rprop: expected .* Received: .* neuralnet takes"):
        Rprop(**wrong)
