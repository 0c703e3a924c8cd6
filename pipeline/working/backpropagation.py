"""Examples 6, 7 and 8: the slides' chain of derivatives, and TensorFlow's, line by line.

Drawn from the result: ``traces["example8"]`` and ``graphs["example8"]`` (the first update, one bias for each neuron),
``curves["E_total"]`` (the error until convergence, by update), ``tables["updates"]`` (parameter, before, gradient,
after).
"""

from collections.abc import Mapping
from math import exp
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from experiments.printed import WorkedExample
from models import by_hand, tape
from models.trace import Net, Trace, graph
from pipeline.values import Agreement, Worked

N_UPDATES = 10_000
PARAMETERS = ("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "b1", "b2")


def work_backpropagation(example: WorkedExample) -> Worked:
    """Computes examples 6, 7 and 8 by hand and by tape, and repeats example 8's update until the error has vanished."""
    givens = _scalars(example.givens)
    hand = {"example6": _example_6(givens), "example7": _example_7(givens), "example8": _example_8(givens)}
    taped = {
        "example6": _example_6_by_tape(givens),
        "example7": _example_7_by_tape(givens),
        "example8": _example_8_by_tape(givens),
    }
    first, by_tape_first = _first_updates(givens)
    values = hand["example8"]
    updates = pd.DataFrame(
        [(name, givens[name], values[f"dE_d{name}"], values[f"{name}_new"]) for name in PARAMETERS],
        columns=["parameter", "before", "gradient", "after"],
    )
    return Worked(
        example=example,
        by_hand=hand,
        by_tape=taped,
        traces={"example8": Trace(steps=(first,))},
        graphs={"example8": graph(first)},
        curves={"E_total": _until_convergence(givens)},
        tables={"updates": updates},
        agreements=(
            Agreement(
                what="example 8's eight new weights, symbol by symbol",
                peer="the net of any sizes in models.by_hand",
                difference=_largest_difference(values, first.after),
                allowed=1e-12,
            ),
            Agreement(
                what="example 8's eight new weights, symbol by symbol",
                peer="the net of any sizes in models.tape",
                difference=_largest_difference(values, by_tape_first.after),
                allowed=1e-12,
            ),
        ),
    )


def _scalars(givens: Mapping[str, Any]) -> dict[str, float]:
    return {
        **givens,
        **dict(zip(("x1", "x2"), givens["x"], strict=True)),
        **dict(zip(("y1", "y2"), givens["y"], strict=True)),
    }


def _sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def _example_6(g: Mapping[str, float]) -> dict[str, float]:
    """One neuron; its weights are example 8's w1, w2, b1."""
    x1, x2, y, alpha = g["x1"], g["x2"], g["y1"], g["alpha"]
    w11_1, w12_1, b1_1 = g["w1"], g["w2"], g["b1"]
    z = w11_1 * x1 + w12_1 * x2 + b1_1
    a = _sigmoid(z)
    dz = (a - y) * a * (1 - a)
    values = {"x1": x1, "x2": x2, "y": y, "alpha": alpha, "w11_1": w11_1, "w12_1": w12_1, "b1_1": b1_1, "z": z, "a": a}
    return values | {"L": (a - y) ** 2 / 2, "dw11_1": dz * x1, "dw12_1": dz * x2, "db1_1": dz}


def _example_7(g: Mapping[str, float]) -> dict[str, float]:
    """One hidden neuron, one output; the path of example 8 along h1 and o1."""
    x1, x2, y, alpha = g["x1"], g["x2"], g["y1"], g["alpha"]
    w11_1, w12_1, b1_1, w11_2, b1_2 = g["w1"], g["w2"], g["b1"], g["w5"], g["b2"]
    z1 = w11_1 * x1 + w12_1 * x2 + b1_1
    a1 = _sigmoid(z1)
    z2 = w11_2 * a1 + b1_2
    a2 = _sigmoid(z2)
    dz2 = (a2 - y) * a2 * (1 - a2)
    dz1 = dz2 * w11_2 * a1 * (1 - a1)
    values = {"x1": x1, "x2": x2, "y": y, "alpha": alpha, "w11_1": w11_1, "w12_1": w12_1, "b1_1": b1_1}
    values |= {"w11_2": w11_2, "b1_2": b1_2, "z1": z1, "a1": a1, "z2": z2, "a2": a2, "L": (a2 - y) ** 2 / 2}
    return values | {"dw11_2": dz2 * a1, "db1_2": dz2, "dw11_1": dz1 * x1, "dw12_1": dz1 * x2, "db1_1": dz1}


def _example_8(g: Mapping[str, float]) -> dict[str, float]:
    """The slides' steps 2 to 6, in their order; b1 and b2 are each shared by two neurons, so their slopes add."""
    v = dict(g)
    v["z_h1"] = g["w1"] * g["x1"] + g["w2"] * g["x2"] + g["b1"]
    v["a_h1"] = _sigmoid(v["z_h1"])
    v["z_h2"] = g["w3"] * g["x1"] + g["w4"] * g["x2"] + g["b1"]
    v["a_h2"] = _sigmoid(v["z_h2"])
    v["z_o1"] = g["w5"] * v["a_h1"] + g["w6"] * v["a_h2"] + g["b2"]
    v["a_o1"] = _sigmoid(v["z_o1"])
    v["z_o2"] = g["w7"] * v["a_h1"] + g["w8"] * v["a_h2"] + g["b2"]
    v["a_o2"] = _sigmoid(v["z_o2"])

    v["E_o1"] = (g["y1"] - v["a_o1"]) ** 2 / 2
    v["E_o2"] = (g["y2"] - v["a_o2"]) ** 2 / 2
    v["E_total"] = v["E_o1"] + v["E_o2"]

    v["dE_da_o1"] = -(g["y1"] - v["a_o1"])
    v["da_o1_dz_o1"] = v["a_o1"] * (1 - v["a_o1"])
    v["dz_o1_dw5"] = v["a_h1"]
    v["dE_dw5"] = v["dE_da_o1"] * v["da_o1_dz_o1"] * v["dz_o1_dw5"]
    v["dE_da_o2"] = -(g["y2"] - v["a_o2"])
    v["da_o2_dz_o2"] = v["a_o2"] * (1 - v["a_o2"])

    v["dE_o1_dz_o1"] = v["dE_da_o1"] * v["da_o1_dz_o1"]
    v["dE_o2_dz_o2"] = v["dE_da_o2"] * v["da_o2_dz_o2"]
    v["dE_dw6"] = v["dE_o1_dz_o1"] * v["a_h2"]
    v["dE_dw7"] = v["dE_o2_dz_o2"] * v["a_h1"]
    v["dE_dw8"] = v["dE_o2_dz_o2"] * v["a_h2"]
    v["dE_db2"] = v["dE_o1_dz_o1"] + v["dE_o2_dz_o2"]

    v["dz_o1_da_h1"] = g["w5"]
    v["dE_o1_da_h1"] = v["dE_o1_dz_o1"] * v["dz_o1_da_h1"]
    v["dE_o2_da_h1"] = v["dE_o2_dz_o2"] * g["w7"]
    v["dE_total_da_h1"] = v["dE_o1_da_h1"] + v["dE_o2_da_h1"]
    v["da_h1_dz_h1"] = v["a_h1"] * (1 - v["a_h1"])
    v["dz_h1_dw1"] = g["x1"]
    v["dE_dw1"] = v["dE_total_da_h1"] * v["da_h1_dz_h1"] * v["dz_h1_dw1"]
    v["dE_dw2"] = v["dE_total_da_h1"] * v["da_h1_dz_h1"] * g["x2"]
    v["dE_total_da_h2"] = v["dE_o1_dz_o1"] * g["w6"] + v["dE_o2_dz_o2"] * g["w8"]
    v["da_h2_dz_h2"] = v["a_h2"] * (1 - v["a_h2"])
    v["dE_dw3"] = v["dE_total_da_h2"] * v["da_h2_dz_h2"] * g["x1"]
    v["dE_dw4"] = v["dE_total_da_h2"] * v["da_h2_dz_h2"] * g["x2"]
    v["dE_db1"] = v["dE_total_da_h1"] * v["da_h1_dz_h1"] + v["dE_total_da_h2"] * v["da_h2_dz_h2"]

    return v | {f"{name}_new": g[name] - g["alpha"] * v[f"dE_d{name}"] for name in PARAMETERS}


def _example_6_by_tape(g: Mapping[str, float]) -> dict[str, float]:
    names = {"w11_1": "w1", "w12_1": "w2", "b1_1": "b1"}

    def forward(v: dict[str, Any]) -> dict[str, Any]:
        a = tf.sigmoid(v["w1"] * v["x1"] + v["w2"] * v["x2"] + v["b1"])
        return {"L": (a - v["y1"]) ** 2 / 2}

    return _derivatives(tape.Partials(forward, _numbers_of(g)), names, g)


def _example_7_by_tape(g: Mapping[str, float]) -> dict[str, float]:
    names = {"w11_1": "w1", "w12_1": "w2", "b1_1": "b1", "w11_2": "w5", "b1_2": "b2"}

    def forward(v: dict[str, Any]) -> dict[str, Any]:
        a1 = tf.sigmoid(v["w1"] * v["x1"] + v["w2"] * v["x2"] + v["b1"])
        a2 = tf.sigmoid(v["w5"] * a1 + v["b2"])
        return {"L": (a2 - v["y1"]) ** 2 / 2}

    return _derivatives(tape.Partials(forward, _numbers_of(g)), names, g)


def _derivatives(chain: tape.Partials, names: Mapping[str, str], g: Mapping[str, float]) -> dict[str, float]:
    slopes = {name: chain.derivative("L", given) for name, given in names.items()}
    updates = {f"{name}_new": g[given] - g["alpha"] * slopes[name] for name, given in names.items()}
    return {f"d{name}": value for name, value in slopes.items()} | updates


def _example_8_by_tape(g: Mapping[str, float]) -> dict[str, float]:
    def forward(v: dict[str, Any]) -> dict[str, Any]:
        v["z_h1"] = v["w1"] * v["x1"] + v["w2"] * v["x2"] + v["b1"]
        v["a_h1"] = tf.sigmoid(v["z_h1"])
        v["z_h2"] = v["w3"] * v["x1"] + v["w4"] * v["x2"] + v["b1"]
        v["a_h2"] = tf.sigmoid(v["z_h2"])
        v["z_o1"] = v["w5"] * v["a_h1"] + v["w6"] * v["a_h2"] + v["b2"]
        v["a_o1"] = tf.sigmoid(v["z_o1"])
        v["z_o2"] = v["w7"] * v["a_h1"] + v["w8"] * v["a_h2"] + v["b2"]
        v["a_o2"] = tf.sigmoid(v["z_o2"])
        v["E_o1"] = (v["y1"] - v["a_o1"]) ** 2 / 2
        v["E_o2"] = (v["y2"] - v["a_o2"]) ** 2 / 2
        v["E_total"] = v["E_o1"] + v["E_o2"]
        return v

    chain = tape.Partials(forward, _numbers_of(g))
    computed = ("z_h1", "a_h1", "z_h2", "a_h2", "z_o1", "a_o1", "z_o2", "a_o2", "E_o1", "E_o2", "E_total")
    v = {name: chain.value(name) for name in computed}
    v["dE_da_o1"] = chain.derivative("E_total", "a_o1")
    v["da_o1_dz_o1"] = chain.derivative("a_o1", "z_o1")
    v["dz_o1_dw5"] = chain.derivative("z_o1", "w5")
    v["dE_o1_dz_o1"] = chain.derivative("E_o1", "z_o1")
    v["dz_o1_da_h1"] = chain.derivative("z_o1", "a_h1")
    v["dE_o1_da_h1"] = chain.derivative("E_o1", "a_h1")
    v["dE_o2_da_h1"] = chain.derivative("E_o2", "a_h1")
    v["dE_total_da_h1"] = chain.derivative("E_total", "a_h1")
    v["da_h1_dz_h1"] = chain.derivative("a_h1", "z_h1")
    v["dz_h1_dw1"] = chain.derivative("z_h1", "w1")
    v |= {f"dE_d{name}": chain.derivative("E_total", name) for name in PARAMETERS}
    return v | {f"{name}_new": g[name] - g["alpha"] * v[f"dE_d{name}"] for name in PARAMETERS}


def _numbers_of(g: Mapping[str, Any]) -> dict[str, float]:
    return {name: value for name, value in g.items() if isinstance(value, int | float)}


def _first_updates(g: Mapping[str, float]) -> tuple[Any, Any]:
    """Example 8's first update by the nets of any sizes."""
    net = Net(
        weights=(
            np.array([[g["w1"], g["w2"]], [g["w3"], g["w4"]]]),
            np.array([[g["w5"], g["w6"]], [g["w7"], g["w8"]]]),
        ),
        biases=(np.full(2, g["b1"]), np.full(2, g["b2"])),
        activations=("sigmoid", "sigmoid"),
    )
    X, y = np.array([[g["x1"], g["x2"]]]), np.array([[g["y1"], g["y2"]]])
    return (
        by_hand.step(net, X, y, cost="quadratic", learning_rate=g["alpha"]),
        tape.step(net, X, y, cost="quadratic", learning_rate=g["alpha"]),
    )


def _largest_difference(values: Mapping[str, float], after: Net) -> float:
    weights = np.concatenate([weight.ravel() for weight in after.weights])
    return float(np.abs(weights - [values[f"w{i}_new"] for i in range(1, 9)]).max())


def _until_convergence(g: Mapping[str, float]) -> np.ndarray:
    """Step 6: the error that each of many updates saw."""
    errors = np.empty(N_UPDATES)
    current = dict(g)
    for i in range(N_UPDATES):
        values = _example_8(current)
        errors[i] = values["E_total"]
        current |= {name: values[f"{name}_new"] for name in PARAMETERS}
    return errors
