"""Examples 6, 7 and 8 with every derivative from a tape; the same functions as ``backpropagation_by_hand``."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from models.blackboard import tape
from models.blackboard.trace import Array
from pipeline.lecture.working.backpropagation_by_hand import FACTORS, PARAMETERS


def example_6(g: Mapping[str, float]) -> dict[str, float]:
    """One neuron."""
    names = {"w11_1": "w1", "w12_1": "w2", "b1_1": "b1"}

    def forward(v: dict[str, Any]) -> dict[str, Any]:
        z = v["w1"] * v["x1"] + v["w2"] * v["x2"] + v["b1"]
        a = tf.sigmoid(z)
        return {"z": z, "a": a, "L": (a - v["y1"]) ** 2 / 2}

    chain = tape.Partials(forward, g)
    return {name: chain.value(name) for name in ("z", "a", "L")} | _derivatives(chain, names, g)


def example_7(g: Mapping[str, float]) -> dict[str, float]:
    """One hidden neuron, one output; every factor of the slides' chains."""
    names = {"w11_1": "w1", "w12_1": "w2", "b1_1": "b1", "w11_2": "w5", "b1_2": "b2"}

    def forward(v: dict[str, Any]) -> dict[str, Any]:
        z1 = v["w1"] * v["x1"] + v["w2"] * v["x2"] + v["b1"]
        a1 = tf.sigmoid(z1)
        z2 = v["w5"] * a1 + v["b2"]
        a2 = tf.sigmoid(z2)
        return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "L": (a2 - v["y1"]) ** 2 / 2}

    chain = tape.Partials(forward, g)
    values = {name: chain.value(name) for name in ("z1", "a1", "z2", "a2", "L")}
    factors = {
        f"d{of}_d{by}": chain.derivative(of, names.get(by, by))
        for of, by in (factor[1:].split("_d", 1) for factor in FACTORS)
    }
    return values | factors | _derivatives(chain, names, g)


def _derivatives(chain: tape.Partials, names: Mapping[str, str], g: Mapping[str, float]) -> dict[str, float]:
    slopes = {name: chain.derivative("L", given) for name, given in names.items()}
    updates = {f"{name}_new": g[given] - g["alpha"] * slopes[name] for name, given in names.items()}
    return {f"d{name}": value for name, value in slopes.items()} | updates


def example_8(g: Mapping[str, float]) -> dict[str, float]:
    """The slides' values and derivatives of steps 2 to 6."""
    chain = tape.Partials(_forward_8, g)
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


def parameters_after(g: Mapping[str, float], n_updates: int) -> Array:
    """Returns example 8's parameters after many updates, in the order of ``PARAMETERS``."""

    def error(parameters: Any) -> Any:
        values = {**g, **{name: parameters[i] for i, name in enumerate(PARAMETERS)}}
        return _forward_8(values)["E_total"]

    start = np.array([g[name] for name in PARAMETERS])
    return tape.gradient_descent(error, start, learning_rate=g["alpha"], n_steps=n_updates)[-1]


def _forward_8(v: dict[str, Any]) -> dict[str, Any]:
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
