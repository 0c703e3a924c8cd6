"""Logistic regression as a graph: slopes backward for one row and for a batch.

Drawn from the result: ``graphs["one_row"]``; ``tables["steps"]`` (symbol, formula, by hand, by tape, in the slides'
order); ``tables["batch"]`` (parameter, by hand, by tape).
"""

from collections.abc import Mapping
from math import exp, log
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from experiments.language.printed import WorkedExample
from experiments.worked.logistic_regression import LOGISTIC_REGRESSION
from models.blackboard import by_hand, tape
from models.blackboard.trace import Array, Edge, Graph, Net, Node
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working.data import example_5

STEPS = {
    "z": "$w_1 x_1 + w_2 x_2 + b$",
    "a": r"$\sigma(z)$",
    "L": r"$-y \log a - (1 - y) \log(1 - a)$",
    "dL_da": "$-y / a + (1 - y) / (1 - a)$",
    "da_dz": r"$a \, (1 - a)$",
    "dz": r"$\frac{\partial L}{\partial a} \, \frac{\partial a}{\partial z} = a - y$",
    "dw1": r"$x_1 \, \partial z$",
    "dw2": r"$x_2 \, \partial z$",
    "db": r"$\partial z$",
}


def work_computation_graph(example: WorkedExample) -> Worked:
    """Computes every value and slope of the graph for example 5's first row, and the mean slopes for all rows."""
    X, y = example_5(LOGISTIC_REGRESSION.givens)
    givens = {**example.givens, "x1": X[0, 0], "x2": X[0, 1], "y": y[0, 0]}
    hand, taped = one_row(givens), _one_row_by_tape(givens)
    batch, batch_by_tape = _batch(example.givens, X, y)
    differences = [abs(hand[symbol] - taped[symbol]) for symbol in STEPS]
    return Worked(
        example=example,
        by_hand={"graph": givens | hand},
        by_tape={"graph": taped},
        graphs={"one_row": _graph(givens | hand)},
        tables={
            "steps": pd.DataFrame(
                [(symbol, formula, hand[symbol], taped[symbol]) for symbol, formula in STEPS.items()],
                columns=["symbol", "formula", "by_hand", "by_tape"],
            ),
            "batch": pd.DataFrame({"parameter": ["dw1", "dw2", "db"], "by_hand": batch, "by_tape": batch_by_tape}),
        },
        captions={
            "steps": "One row, step by step.",
            "batch": "All rows: mean slopes.",
        },
        agreements=(
            Agreement(what="every step for one row", peer="the tape", difference=max(differences), allowed=1e-12),
            Agreement(
                what="mean slopes for all rows",
                peer="the tape",
                difference=float(np.abs(batch - batch_by_tape).max()),
                allowed=1e-12,
            ),
        ),
    )


def one_row(g: Mapping[str, float]) -> dict[str, float]:
    """Returns every value and slope of the graph for one row, by hand."""
    z = g["w1"] * g["x1"] + g["w2"] * g["x2"] + g["b"]
    a = 1 / (1 + exp(-z))
    loss = -g["y"] * log(a) - (1 - g["y"]) * log(1 - a)
    dL_da = -g["y"] / a + (1 - g["y"]) / (1 - a)
    da_dz = a * (1 - a)
    dz = dL_da * da_dz
    slopes = {"dL_da": dL_da, "da_dz": da_dz, "dz": dz, "dw1": g["x1"] * dz, "dw2": g["x2"] * dz, "db": dz}
    return {"z": z, "a": a, "L": loss, **slopes}


def _one_row_by_tape(givens: Mapping[str, float]) -> dict[str, float]:
    def forward(v: dict[str, Any]) -> dict[str, Any]:
        v["z"] = v["w1"] * v["x1"] + v["w2"] * v["x2"] + v["b"]
        v["a"] = tf.sigmoid(v["z"])
        v["L"] = -v["y"] * tf.math.log(v["a"]) - (1 - v["y"]) * tf.math.log(1 - v["a"])
        return v

    chain = tape.Partials(forward, givens)
    slopes = {"dL_da": ("L", "a"), "da_dz": ("a", "z"), "dz": ("L", "z")}
    slopes |= {f"d{name}": ("L", name) for name in ("w1", "w2", "b")}
    values = {name: chain.value(name) for name in ("z", "a", "L")}
    return values | {name: chain.derivative(of, by) for name, (of, by) in slopes.items()}


def _batch(g: Mapping[str, float], X: Array, y: Array) -> tuple[Array, Array]:
    net = Net(weights=(np.array([[g["w1"], g["w2"]]]),), biases=(np.array([g["b"]]),), activations=("sigmoid",))
    made = by_hand.step(net, X, y, cost="cross_entropy", learning_rate=1.0)
    taped = tape.step(net, X, y, cost="cross_entropy", learning_rate=1.0)
    return np.append(made.dw[0], made.db[0]), np.append(taped.dw[0], taped.db[0])


def _graph(v: Mapping[str, float]) -> Graph:
    """Inputs and parameters at the left, then z, a and the loss."""
    leaves = [("x1", None), ("w1", v["dw1"]), ("x2", None), ("w2", v["dw2"]), ("b", v["db"])]
    nodes = [
        Node(name=name, column=0, row=row, values=((name, v[name]),), gradient=gradient)
        for row, (name, gradient) in enumerate(leaves)
    ]
    inner = [("z", v["dz"]), ("a", v["dL_da"]), ("L", 1.0)]
    nodes += [
        Node(name=name, column=column, row=0, values=((name, v[name]),), gradient=gradient)
        for column, (name, gradient) in enumerate(inner, 1)
    ]
    edges = [Edge(source=name, target="z") for name, _ in leaves]
    return Graph(nodes=tuple(nodes), edges=(*edges, Edge(source="z", target="a"), Edge(source="a", target="L")))
