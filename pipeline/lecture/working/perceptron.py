"""Example 1: decision tables, Rosenblatt's rule, and why perceptrons cannot be trained by small changes.

Drawn from the result: ``tables["decisions"]`` (all inputs), ``tables["exclusive_or"]`` (two layers, every neuron),
``tables["learning"]`` (epochs, mistakes), ``curves["<data>.mistakes"]`` and ``arrays["<data>.path"]`` (weights and
bias) by epoch, ``arrays["small_change"]`` (change of w1, perceptron's output, sigmoid's) and
``curves["exclusive_or.cost"]`` of the net that learns it; data are ``festival`` and ``exclusive_or``.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

import keras
import numpy as np
import pandas as pd

from experiments.language.printed import WorkedExample
from models.blackboard import by_hand
from models.blackboard.activations import sigmoid, step_function
from models.blackboard.perceptron import learn_perceptron, perceptron
from models.blackboard.trace import Array, Descent, initialize
from pipeline.lecture.values import Agreement, Worked

EXCLUSIVE_OR = np.array([0.0, 1.0, 1.0, 0.0])
NEURONS = (
    ("dendrites: what other neurons tell it", "inputs $x$"),
    ("synapses: how much each of them counts", "weights $w$"),
    ("cell body: adds up what arrives", r"$w \cdot x + b$"),
    ("fires above a threshold, or does not fire", r"1 if $w \cdot x + b > 0$, else 0"),
    ("axon: one output, to many other neurons", "one output, drawn with several arrows"),
)
STEEPEST_BEND = 1 / (6 * np.sqrt(3))
"""Largest absolute second derivative of the sigmoid."""


def work_perceptron(example: WorkedExample) -> Worked:
    """Decides all cases of example 1, learns them, and fails to learn exclusive or without a second layer."""
    g = example.givens
    w, bias = np.array(g["w"]), -g["threshold"]
    cases, pairs = _all_inputs(len(w)), _all_inputs(2)
    decisions = perceptron(w, bias, cases)
    layers = _two_layers(g, pairs)
    learned = {
        name: learn_perceptron(X, y, learning_rate=g["alpha"], max_epochs=g["max_epochs"])
        for name, X, y in (("festival", cases, decisions), ("exclusive_or", pairs, EXCLUSIVE_OR))
    }
    answers, costs = _trained_net(g, pairs)
    change = _small_change(w, bias, np.array(g["case_1"], dtype=np.float64))
    return Worked(
        example=example,
        by_hand=_printed_cases(g, w, bias),
        by_library={"sigmoid": {"output": _by_keras(w, bias, np.array([g["case_1"]]))}},
        libraries={"sigmoid": "Keras"},
        curves={f"{name}.mistakes": mistakes for name, (_, mistakes) in learned.items()} | {"exclusive_or.cost": costs},
        arrays={f"{name}.path": path for name, (path, _) in learned.items()} | {"small_change": change},
        tables={
            "neurons": pd.DataFrame(NEURONS, columns=["biological_neuron", "perceptron"]),
            "decisions": _decision_table(cases, w, g["threshold"], decisions),
            "exclusive_or": layers.assign(net=answers.round(4)),
            "learning": _learning_table(learned),
        },
        captions={
            "neurons": "A biological neuron beside the perceptron that simplifies it.",
            "decisions": "All eight cases of example 1.",
            "exclusive_or": "Exclusive or, decided by two layers of perceptrons and by a trained net.",
        },
        agreements=(
            *_agreements_on_festival(decisions, cases @ w > g["threshold"], _decide(learned["festival"][0][-1], cases)),
            *_agreements_on_exclusive_or(layers, answers),
            _smoothness(change),
        ),
    )


def _printed_cases(g: Mapping[str, Any], w: Array, bias: float) -> dict[str, dict[str, Any]]:
    """The two cases that the lecture decides, and the first by a sigmoid neuron."""
    return {
        "example1": {
            "case_1": float(perceptron(w, bias, np.array(g["case_1"]))),
            "case_2": float(perceptron(w, bias, np.array(g["case_2"]))),
        },
        "sigmoid": {"w_x": w * np.array(g["case_1"]), "b": bias, "output": sigmoid(w @ g["case_1"] + bias)},
    }


def _by_keras(w: Array, bias: float, X: Array) -> Array:
    """One sigmoid neuron as a Keras layer."""
    neuron = keras.layers.Dense(1, activation="sigmoid", dtype="float64")
    neuron.build(X.shape)
    neuron.set_weights([w[:, None], np.array([bias])])
    return neuron(X).numpy().ravel()


def _trained_net(g: Mapping[str, Any], X: Array) -> tuple[Array, Array]:
    """What a net with a hidden layer answers after it learned exclusive or, and the cost that each update saw."""
    net, costs = by_hand.train(
        initialize(g["net_layers"], seed=g["net_seed"]),
        X,
        EXCLUSIVE_OR[:, None],
        Descent(cost="cross_entropy", learning_rate=g["net_alpha"], epochs=g["net_epochs"]),
    )
    return by_hand.forward(net, X)[1][-1][:, 0], costs


def _all_inputs(n: int) -> Array:
    return np.array(list(product((0.0, 1.0), repeat=n)))


def _decide(weights_and_bias: Array, X: Array) -> Array:
    return perceptron(weights_and_bias[:-1], weights_and_bias[-1], X)


def _decision_table(cases: Array, w: Array, threshold: float, decisions: Array) -> pd.DataFrame:
    table = pd.DataFrame(cases.astype(int), columns=["weather", "friends", "close"][: len(w)])
    return table.assign(evidence=cases @ w, threshold=threshold, go=decisions.astype(int))


def _learning_table(learned: Mapping[str, tuple[Array, Array]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, len(mistakes), mistakes[-1]) for name, (_, mistakes) in learned.items()],
        columns=["data", "epochs", "mistakes_in_last_epoch"],
    )


def _two_layers(g: Any, X: Array) -> pd.DataFrame:
    """Every perceptron's one output: the first layer weighs the evidence, the second the results of the first."""
    first = np.column_stack(
        [
            perceptron(np.array(w), -threshold, X)
            for w, threshold in zip(g["first_layer_w"], g["first_layer_threshold"], strict=True)
        ]
    )
    second = perceptron(np.array(g["second_layer_w"][0]), -g["second_layer_threshold"][0], first)
    columns = {f"first_{i}": first[:, i - 1] for i in range(1, first.shape[1] + 1)}
    return pd.DataFrame({"x1": X[:, 0], "x2": X[:, 1], **columns, "second_1": second}).astype(int)


def _small_change(w: Array, bias: float, x: Array) -> Array:
    """What both neurons answer while the first weight is changed, ``(n, 3)``."""
    changes = np.linspace(-6.0, 6.0, 481)
    z = (w @ x + bias) + changes * x[0]
    return np.column_stack([changes, step_function(z), sigmoid(z)])


def _agreements_on_festival(decisions: Array, by_threshold: Array, learned: Array) -> tuple[Agreement, ...]:
    return (
        Agreement(
            what="the festival's eight decisions",
            peer="the same rule with a threshold",
            difference=float(np.abs(decisions - by_threshold).max()),
            allowed=0.0,
        ),
        Agreement(
            what="the festival's eight decisions",
            peer="weights that Rosenblatt's rule learned",
            difference=float(np.abs(decisions - learned).max()),
            allowed=0.0,
        ),
    )


def _agreements_on_exclusive_or(layers: pd.DataFrame, answers: Array) -> tuple[Agreement, ...]:
    return (
        Agreement(
            what="exclusive or",
            peer="two layers of perceptrons",
            difference=float(np.abs(layers["second_1"] - EXCLUSIVE_OR).max()),
            allowed=0.0,
        ),
        Agreement(
            what="exclusive or",
            peer="a hidden layer of sigmoids, trained",
            difference=float(np.abs(answers - EXCLUSIVE_OR).max()),
            allowed=0.05,
        ),
    )


def _smoothness(change: Array) -> Agreement:
    """Between two neighboring weights the sigmoid moves by its slope, up to the bend; the perceptron by 0 or by 1."""
    delta = np.diff(change[:, 0])
    a = change[:-1, 2]
    moved = np.diff(change[:, 2])
    return Agreement(
        what="the sigmoid's answer to a small change of w1",
        peer="its slope times the change",
        difference=float(np.abs(moved - a * (1 - a) * delta).max()),
        allowed=float(STEEPEST_BEND / 2 * delta.max() ** 2),
    )
