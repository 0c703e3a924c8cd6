"""Dropout on one small net: every way to stay away, its chance and what it says.

Shown from the result: ``tables["ways"]`` (who stays, chance, output), the likeliest first.
"""

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray

from experiments.language.printed import WorkedExample
from models.blackboard import by_hand
from models.blackboard.dropout import drop, drop_back, every_way
from models.blackboard.trace import Array, Net, initialize
from pipeline.lecture.values import Agreement, Worked

N_DRAWN = 4000  # neurons that Keras's layer drops, to see which values it makes


def work_dropout(example: WorkedExample) -> Worked:
    """Lets the hidden neurons stay away in every way and compares the mean with the whole net."""
    g = example.givens
    net = initialize(g["layers"], seed=g["seed"], output="identity")
    _, (_, hidden, whole) = by_hand.forward(net, np.array([g["x"]]))
    ways, chances = every_way(g["layers"][1], g["rate"])
    dropped = drop(np.repeat(hidden, len(ways), axis=0), ways, rate=g["rate"])
    outputs = (dropped @ net.weights[1].T + net.biases[1])[:, 0]
    return Worked(
        example=example,
        by_hand={"dropout": {"whole": float(whole[0, 0]), "mean": float(chances @ outputs)}},
        tables={"ways": _table(ways, chances, outputs)},
        captions={"ways": f"Every way to stay away; without dropout the output is {whole[0, 0]:.6f}."},
        agreements=(
            Agreement(
                what="mean output over all ways to stay away",
                peer="the whole net without dropout",
                difference=float(abs(chances @ outputs - whole[0, 0])),
                allowed=1e-12,
            ),
            _slopes(net, hidden, ways, g["rate"]),
            _rest(g["rate"], g["seed"]),
        ),
    )


def _table(ways: NDArray[np.bool_], chances: Array, outputs: Array) -> pd.DataFrame:
    """Every way, the likeliest first."""
    order = np.argsort(-chances, kind="stable")
    return pd.DataFrame(
        {
            "hidden_neurons_that_stay": [_named(way) for way in ways[order]],
            "chance": chances[order],
            "output": outputs[order],
        }
    )


def _slopes(net: Net, hidden: Array, ways: NDArray[np.bool_], rate: float) -> Agreement:
    """The slopes by the rule against those of the tape."""
    watched = tf.constant(np.repeat(hidden, len(ways), axis=0))
    with tf.GradientTape() as recorded:
        recorded.watch(watched)
        said = tf.matmul(tf.where(ways, watched / (1 - rate), 0.0), net.weights[1].T)
    slopes = drop_back(np.repeat(net.weights[1], len(ways), axis=0), ways, rate=rate)
    return Agreement(
        what="slopes by the hidden neurons, in every way",
        peer="the tape",
        difference=float(np.abs(recorded.gradient(said, watched).numpy() - slopes).max()),
        allowed=1e-12,
    )


def _rest(rate: float, seed: int) -> Agreement:
    """What the rule leaves of a neuron against what Keras's layer leaves."""
    by_keras = np.unique(keras.layers.Dropout(rate, seed=seed)(np.ones((1, N_DRAWN)), training=True))
    by_rule = np.unique(drop(np.ones((1, 2)), np.array([[True, False]]), rate=rate))
    return Agreement(
        what="what is left of a neuron that says 1",
        peer="Keras's Dropout, in single precision",
        difference=float(np.abs(by_keras - by_rule).max()),
        allowed=1e-6,
    )


def _named(way: np.ndarray) -> str:
    return ", ".join(str(unit) for unit, stays in enumerate(way, 1) if stays) or "none"
