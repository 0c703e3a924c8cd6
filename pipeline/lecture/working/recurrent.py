"""Recurrent nets by hand against Keras and the tape, and a neuron that fires and becomes quiet.

Drawn from the result: ``arrays["pulse"]``, ``(times,)``, ``arrays["loop.<u>"]`` for each loop weight, and
``arrays["lstm"]``, what the neurons and an LSTM cell say after the pulse.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from experiments.language.printed import WorkedExample
from models.blackboard import recurrent_by_hand as by_hand
from models.blackboard.trace import Array
from pipeline.lecture.values import Agreement, Worked

ALLOWED = 1e-10
NAMES = ("the inputs", "the kernel", "the loop", "the bias")
OPEN, SHUT = 4.0, -4.0  # what makes a gate's sigmoid nearly 1, nearly 0


def work_recurrent(example: WorkedExample) -> Worked:
    """Rolls neurons out in time, and compares every value and slope of random layers with Keras."""
    g = example.givens
    pulse = np.zeros(g["times"])
    pulse[list(g["pulse_at"])] = 1.0
    heard = pulse[None, :, None]
    weight = np.array([[g["input_weight"]]])
    said = {
        f"loop.{loop:g}": by_hand.simple_rnn(heard, weight, np.array([[loop]]), np.zeros(1))[0, :, 0]
        for loop in g["loops"]
    }
    return Worked(
        example=example,
        by_hand={},
        arrays={"pulse": pulse, **said, "lstm": _holding_cell(heard)},
        agreements=(*_simple_rnn(g), *_lstm(g)),
    )


def _holding_cell(heard: Array) -> Array:
    """An LSTM cell whose input gate opens to a pulse and whose forget gate stays nearly open."""
    kernel = np.array([[OPEN - SHUT, 0.0, 2.0, 0.0]])
    bias = np.array([SHUT, OPEN, 0.0, OPEN])
    return by_hand.lstm(heard, kernel, np.zeros((1, 4)), bias).h[0, :, 0]


def _random(g: Any, n_gates: int) -> tuple[Array, Array, Array, Array, Array]:
    """Rows, kernel, loop, bias, and what is wanted of the last moment."""
    generator = np.random.default_rng(g["seed"])
    units = g["n_units"]
    shapes = (
        (g["n_rows"], g["times"], g["n_inputs"]),
        (g["n_inputs"], n_gates * units),
        (units, n_gates * units),
        (n_gates * units,),
        (g["n_rows"], units),
    )
    X, kernel, loop, bias, wanted = (generator.normal(size=shape) for shape in shapes)
    return X, kernel / np.sqrt(g["n_inputs"]), loop / np.sqrt(units), bias, np.tanh(wanted)


def _simple_rnn(g: Any) -> list[Agreement]:
    X, kernel, loop, bias, wanted = _random(g, 1)
    h = by_hand.simple_rnn(X, kernel, loop, bias)
    dh = np.zeros_like(h)
    dh[:, -1] = (h[:, -1] - wanted) / len(X)
    ours = by_hand.simple_rnn_back(X, h, kernel, loop, dh)
    layer = keras.layers.SimpleRNN(len(bias), return_sequences=True, dtype="float64")
    layer.build(X.shape)
    layer.set_weights([kernel, loop, bias])
    watched = tf.constant(X)
    with tf.GradientTape() as recorded:
        recorded.watch(watched)
        theirs = layer(watched)
        cost = tf.reduce_sum((theirs[:, -1] - wanted) ** 2) / (2 * len(X))
    weights = [variable.value for variable in layer.trainable_variables]
    slopes = [slope.numpy() for slope in recorded.gradient(cost, [watched, *weights])]
    pairs = zip(NAMES, (ours.dX, ours.dkernel, ours.dloop, ours.dbias), slopes, strict=True)
    return [
        _agreement("a simple recurrent layer at every time", "Keras's SimpleRNN", h, theirs.numpy()),
        *(_agreement(f"slopes by {name} through time", "the tape", own, other) for name, own, other in pairs),
    ]


def _lstm(g: Any) -> list[Agreement]:
    X, kernel, loop, bias, wanted = _random(g, 4)
    ours = by_hand.lstm(X, kernel, loop, bias)
    dh = np.zeros_like(ours.h)
    dh[:, -1] = (ours.h[:, -1] - wanted) / len(X)
    slopes = by_hand.lstm_back(X, ours, kernel, loop, dh)
    layer = keras.layers.LSTM(loop.shape[0], return_sequences=True, return_state=True, dtype="float64")
    layer.build(X.shape)
    layer.set_weights([kernel, loop, bias])
    watched = tf.constant(X)
    with tf.GradientTape() as recorded:
        recorded.watch(watched)
        h, last, c = layer(watched)
        cost = tf.reduce_sum((last - wanted) ** 2) / (2 * len(X))
    weights = [variable.value for variable in layer.trainable_variables]
    theirs = [slope.numpy() for slope in recorded.gradient(cost, [watched, *weights])]
    pairs = zip(NAMES, (slopes.dX, slopes.dkernel, slopes.dloop, slopes.dbias), theirs, strict=True)
    return [
        _agreement("LSTM cells at every time", "Keras's LSTM", ours.h, h.numpy()),
        _agreement("the LSTM cells' last memory", "Keras's LSTM", ours.c[:, -1], c.numpy()),
        *(_agreement(f"slopes by {name} through LSTM cells", "the tape", own, other) for name, own, other in pairs),
    ]


def _agreement(what: str, peer: str, ours: Array, theirs: Array) -> Agreement:
    return Agreement(what=what, peer=peer, difference=float(np.abs(ours - theirs).max()), allowed=ALLOWED)
