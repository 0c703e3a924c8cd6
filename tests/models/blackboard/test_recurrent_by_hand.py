import keras
import numpy as np
import pytest
import tensorflow as tf

from models.blackboard import recurrent_by_hand as by_hand

SIZES = [(2, 5, 3, 4), (1, 1, 1, 1), (3, 12, 2, 6)]


def arrays(sizes, n_gates, seed=0):
    n, times, inputs, units = sizes
    generator = np.random.default_rng(seed)
    shapes = ((n, times, inputs), (inputs, n_gates * units), (units, n_gates * units), (n_gates * units,))
    return [generator.normal(size=shape) for shape in shapes]


def layer_of(kind, X, kernel, loop, bias):
    layer = kind(loop.shape[0], return_sequences=True, dtype="float64")
    layer.build(X.shape)
    layer.set_weights([kernel, loop, bias])
    return layer


@pytest.mark.parametrize("sizes", SIZES)
def test_every_moment_and_every_slope_are_keras_and_the_tape(sizes):
    X, kernel, loop, bias = arrays(sizes, 1)
    layer, looked_at = layer_of(keras.layers.SimpleRNN, X, kernel, loop, bias), np.random.default_rng(1)
    h = by_hand.simple_rnn(X, kernel, loop, bias)
    dh = looked_at.normal(size=h.shape)  # a cost that looks at every moment

    watched = tf.constant(X)
    with tf.GradientTape() as recorded:
        recorded.watch(watched)
        theirs = layer(watched)
        cost = tf.reduce_sum(theirs * dh)
    slopes = by_hand.simple_rnn_back(X, h, kernel, loop, dh)

    np.testing.assert_allclose(h, theirs, atol=1e-10)
    weights = [variable.value for variable in layer.trainable_variables]
    ours = (slopes.dX, slopes.dkernel, slopes.dloop, slopes.dbias)
    for own, other in zip(ours, recorded.gradient(cost, [watched, *weights]), strict=True):
        np.testing.assert_allclose(own, other, atol=1e-10)


@pytest.mark.parametrize("sizes", SIZES)
def test_lstm_cells_are_keras(sizes):
    X, kernel, loop, bias = arrays(sizes, 4)

    ours = by_hand.lstm(X, kernel, loop, bias)

    np.testing.assert_allclose(ours.h, layer_of(keras.layers.LSTM, X, kernel, loop, bias)(tf.constant(X)), atol=1e-10)


@pytest.mark.parametrize("sizes", SIZES)
def test_slopes_through_lstm_cells_are_the_tapes(sizes):
    X, kernel, loop, bias = arrays(sizes, 4)
    layer, cells = layer_of(keras.layers.LSTM, X, kernel, loop, bias), by_hand.lstm(X, kernel, loop, bias)
    dh = np.random.default_rng(1).normal(size=cells.h.shape)  # a cost that looks at every moment

    watched = tf.constant(X)
    with tf.GradientTape() as recorded:
        recorded.watch(watched)
        cost = tf.reduce_sum(layer(watched) * dh)
    slopes = by_hand.lstm_back(X, cells, kernel, loop, dh)

    weights = [variable.value for variable in layer.trainable_variables]
    ours = (slopes.dX, slopes.dkernel, slopes.dloop, slopes.dbias)
    for own, other in zip(ours, recorded.gradient(cost, [watched, *weights]), strict=True):
        np.testing.assert_allclose(own, other, atol=1e-10)


def test_an_open_forget_gate_lets_the_slope_live_where_a_loop_lets_it_fade():
    X, moments = np.zeros((1, 40, 1)), np.zeros((1, 40, 1))
    moments[0, -1] = 1  # the cost looks at the last moment only
    kernel, bias = np.array([[0.0, 0.0, 1.0, 0.0]]), np.array([0.0, 4.0, 0.0, 4.0])
    cells = by_hand.lstm(X, kernel, np.zeros((1, 4)), bias)
    kept = by_hand.lstm_back(X, cells, kernel, np.zeros((1, 4)), moments).dX[0, 0, 0]
    h = by_hand.simple_rnn(X, np.ones((1, 1)), np.array([[0.5]]), np.zeros(1))
    faded = by_hand.simple_rnn_back(X, h, np.ones((1, 1)), np.array([[0.5]]), moments).dX[0, 0, 0]

    open_gate = 1 / (1 + np.exp(-4))
    assert kept == pytest.approx(open_gate**39 * 0.5 * open_gate)  # f at every moment, i once, o at the end
    assert faded == pytest.approx(0.5**39)


def test_two_moments_that_can_be_done_in_the_head():
    # h1 = tanh(1), h2 = tanh(0 + 2 h1); C = h2: dz2 = 1 - h2², dz1 = 2 dz2 (1 - h1²), and only the first input was 1.
    X = np.array([[[1.0], [0.0]]])
    h = by_hand.simple_rnn(X, np.ones((1, 1)), np.array([[2.0]]), np.zeros(1))

    slopes = by_hand.simple_rnn_back(X, h, np.ones((1, 1)), np.array([[2.0]]), np.array([[[0.0], [1.0]]]))

    h1, h2 = np.tanh(1), np.tanh(2 * np.tanh(1))
    np.testing.assert_allclose(h[0, :, 0], [h1, h2])
    assert slopes.dkernel[0, 0] == pytest.approx(2 * (1 - h2**2) * (1 - h1**2))
    assert slopes.dloop[0, 0] == pytest.approx(h1 * (1 - h2**2))


def test_open_and_shut_gates_keep_and_forget():
    X = np.ones((1, 3, 1))
    kept = by_hand.lstm(X, np.zeros((1, 4)), np.zeros((1, 4)), np.array([0.0, 100.0, 1.0, 100.0]))
    forgotten = by_hand.lstm(X, np.zeros((1, 4)), np.zeros((1, 4)), np.array([0.0, -100.0, 1.0, 100.0]))

    np.testing.assert_allclose(kept.c[0, :, 0], 0.5 * np.tanh(1) * np.array([1, 2, 3]))
    np.testing.assert_allclose(forgotten.c[0, :, 0], 0.5 * np.tanh(1))
