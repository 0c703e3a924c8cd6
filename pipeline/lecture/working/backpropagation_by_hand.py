"""Examples 6, 7 and 8 as on the slides: plain numbers, one line for each line of the lecture.

``backpropagation_by_tape`` has the same functions with TensorFlow's derivatives.
"""

from collections.abc import Iterator, Mapping
from itertools import count
from math import exp

PARAMETERS = ("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "b1", "b2")
"""Of example 8: all that an update changes."""

FACTORS = (
    "dL_da2",
    "da2_dz2",
    "dz2_da1",
    "da2_da1",
    "dL_da1",
    "da1_da1",
    "da1_dz1",
    "dz1_dw11_1",
    "dz1_dw12_1",
    "dz1_db1_1",
    "da1_db1_1",
)
"""Of example 7's chains, right ones and slips."""


def _sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def example_6(g: Mapping[str, float]) -> dict[str, float]:
    """One neuron; its weights are example 8's w1, w2, b1."""
    v = {"x1": g["x1"], "x2": g["x2"], "y": g["y1"], "alpha": g["alpha"]}
    v |= {"w11_1": g["w1"], "w12_1": g["w2"], "b1_1": g["b1"]}
    v["z"] = v["w11_1"] * v["x1"] + v["w12_1"] * v["x2"] + v["b1_1"]
    v["a"] = _sigmoid(v["z"])
    v["L"] = (v["a"] - v["y"]) ** 2 / 2

    dz = (v["a"] - v["y"]) * v["a"] * (1 - v["a"])
    v["dw11_1"] = dz * v["x1"]
    v["dw12_1"] = dz * v["x2"]
    v["db1_1"] = dz
    return v


def example_7(g: Mapping[str, float]) -> dict[str, float]:
    """One hidden neuron, one output; the path of example 8 along h1 and o1. Every factor of the slides' chains."""
    v = {"x1": g["x1"], "x2": g["x2"], "y": g["y1"], "alpha": g["alpha"]}
    v |= {"w11_1": g["w1"], "w12_1": g["w2"], "b1_1": g["b1"], "w11_2": g["w5"], "b1_2": g["b2"]}
    v["z1"] = v["w11_1"] * v["x1"] + v["w12_1"] * v["x2"] + v["b1_1"]
    v["a1"] = _sigmoid(v["z1"])
    v["z2"] = v["w11_2"] * v["a1"] + v["b1_2"]
    v["a2"] = _sigmoid(v["z2"])
    v["L"] = (v["a2"] - v["y"]) ** 2 / 2

    v["dL_da2"] = v["a2"] - v["y"]
    v["da2_dz2"] = v["a2"] * (1 - v["a2"])
    v["dz2_da1"] = v["w11_2"]
    v["da2_da1"] = v["da2_dz2"] * v["dz2_da1"]
    v["dL_da1"] = v["dL_da2"] * v["da2_da1"]
    v["da1_da1"] = 1.0
    v["da1_dz1"] = v["a1"] * (1 - v["a1"])
    v["dz1_dw11_1"] = v["x1"]
    v["dz1_dw12_1"] = v["x2"]
    v["dz1_db1_1"] = 1.0
    v["da1_db1_1"] = v["da1_dz1"] * v["dz1_db1_1"]

    dz2 = v["dL_da2"] * v["da2_dz2"]
    dz1 = dz2 * v["w11_2"] * v["a1"] * (1 - v["a1"])
    v["dw11_2"] = dz2 * v["a1"]
    v["db1_2"] = dz2
    v["dw11_1"] = dz1 * v["x1"]
    v["dw12_1"] = dz1 * v["x2"]
    v["db1_1"] = dz1
    return v


def example_8(g: Mapping[str, float]) -> dict[str, float]:
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


def updates(g: Mapping[str, float]) -> Iterator[dict[str, float]]:
    """Yields every value of example 8's first update, of its second, and so on without end."""
    for _ in count():
        values = example_8(g)
        yield values
        g = {**g, **{name: values[f"{name}_new"] for name in PARAMETERS}}
