"""What can be walked through, equation by equation in the slides' order: examples 6, 7, 8, the graph, the descent.

The page's own arithmetic evaluates these equations; the tests hold it against the examples worked by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from experiments.worked.backpropagation import BACKPROPAGATION
from experiments.worked.computation_graph import COMPUTATION_GRAPH

Place = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A computation that is walked through.

    Attributes:
        name: In the page's address.
        title: On its tab.
        cost: The value that is to become small.
        givens: Name -> number to start from; all can be changed.
        equations: ``"name = expression"``, in the slides' order; ``<parameter>_new`` is what an update makes of it.
        nodes: Name of a circle -> its place, 0 to 100 across and down; ``1`` at its end is a bias.
        shows: Name of a circle -> the values written in it as they become known.
        edges: ``(from, to, parameter)``; the parameter may be empty.
        spelled: Symbol -> how it is written, where its name does not say so.
        item: Of the ledger's rows that are printed beside the steps.
    """

    name: str
    title: str
    cost: str
    givens: Mapping[str, float]
    equations: tuple[str, ...]
    nodes: Mapping[str, Place] = field(default_factory=dict)
    shows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    edges: tuple[tuple[str, str, str], ...] = ()
    spelled: Mapping[str, str] = field(default_factory=dict)
    item: str = ""


def _sigmoid(a: str, z: str) -> str:
    return f"{a} = 1 / (1 + exp(-{z}))"


def _update(parameter: str, slope: str) -> str:
    return f"{parameter}_new = {parameter} - alpha * {slope}"


_G = BACKPROPAGATION.givens
_ONE_ROW = {"x1": _G["x"][0], "x2": _G["x"][1]}
_FIRST = {"w11_1": _G["w1"], "w12_1": _G["w2"], "b1_1": _G["b1"]}

EXAMPLE_6 = Walk(
    name="example6",
    title="Example 6",
    cost="L",
    givens={**_ONE_ROW, "y": _G["y"][0], **_FIRST, "alpha": _G["alpha"]},
    equations=(
        "z = w11_1 * x1 + w12_1 * x2 + b1_1",
        _sigmoid("a", "z"),
        "L = 1/2 * (a - y)^2",
        "dL_da = a - y",
        "da_dz = a * (1 - a)",
        "dz_dw11_1 = x1",
        "dw11_1 = dL_da * da_dz * dz_dw11_1",
        _update("w11_1", "dw11_1"),
        "dz_dw12_1 = x2",
        "dw12_1 = dL_da * da_dz * dz_dw12_1",
        _update("w12_1", "dw12_1"),
        "db1_1 = dL_da * da_dz",
        _update("b1_1", "db1_1"),
    ),
    nodes={"x1": (10, 22), "x2": (10, 78), "b:1": (30, 92), "n": (54, 50), "L": (90, 50)},
    shows={"x1": ("x1",), "x2": ("x2",), "n": ("z", "a"), "L": ("L",)},
    edges=(("x1", "n", "w11_1"), ("x2", "n", "w12_1"), ("b:1", "n", "b1_1"), ("n", "L", "")),
    item="example6",
)

EXAMPLE_7 = Walk(
    name="example7",
    title="Example 7",
    cost="L",
    givens={
        **_ONE_ROW,
        "y": _G["y"][0],
        **_FIRST,
        "w11_2": _G["w5"],
        "b1_2": _G["b2"],
        "alpha": _G["alpha"],
    },
    equations=(
        "z1 = w11_1 * x1 + w12_1 * x2 + b1_1",
        _sigmoid("a1", "z1"),
        "z2 = w11_2 * a1 + b1_2",
        _sigmoid("a2", "z2"),
        "L = 1/2 * (a2 - y)^2",
        "dL_da2 = a2 - y",
        "da2_dz2 = a2 * (1 - a2)",
        "dz2_dw11_2 = a1",
        "dw11_2 = dL_da2 * da2_dz2 * dz2_dw11_2",
        _update("w11_2", "dw11_2"),
        "db1_2 = dL_da2 * da2_dz2",
        _update("b1_2", "db1_2"),
        "dz2_da1 = w11_2",
        "da1_dz1 = a1 * (1 - a1)",
        "dz1_dw11_1 = x1",
        "dw11_1 = dL_da2 * da2_dz2 * dz2_da1 * da1_dz1 * dz1_dw11_1",
        _update("w11_1", "dw11_1"),
        "dz1_dw12_1 = x2",
        "dw12_1 = dL_da2 * da2_dz2 * dz2_da1 * da1_dz1 * dz1_dw12_1",
        _update("w12_1", "dw12_1"),
        "db1_1 = dL_da2 * da2_dz2 * dz2_da1 * da1_dz1",
        _update("b1_1", "db1_1"),
    ),
    nodes={
        "x1": (8, 22),
        "x2": (8, 78),
        "b:1": (22, 92),
        "h": (38, 50),
        "c:1": (52, 92),
        "o": (66, 50),
        "L": (92, 50),
    },
    shows={"x1": ("x1",), "x2": ("x2",), "h": ("z1", "a1"), "o": ("z2", "a2"), "L": ("L",)},
    edges=(
        ("x1", "h", "w11_1"),
        ("x2", "h", "w12_1"),
        ("b:1", "h", "b1_1"),
        ("h", "o", "w11_2"),
        ("c:1", "o", "b1_2"),
        ("o", "L", ""),
    ),
    spelled={f"{letter}{layer}": f"{letter}<sup>({layer})</sup>" for letter in "za" for layer in (1, 2)},
    item="example7",
)

_OUTPUTS = {"o1": ("w5", "w6", "y1"), "o2": ("w7", "w8", "y2")}
_HIDDEN = {"h1": ("w1", "w2"), "h2": ("w3", "w4")}


def _equations_8() -> tuple[str, ...]:
    """The slides' order: forward, error, w5 in three factors, its companions, then h1 by two paths and w1 to w4."""
    lines = []
    for h, (first, second) in _HIDDEN.items():
        lines += [f"z_{h} = {first} * x1 + {second} * x2 + b1", _sigmoid(f"a_{h}", f"z_{h}")]
    for o, (first, second, _) in _OUTPUTS.items():
        lines += [f"z_{o} = {first} * a_h1 + {second} * a_h2 + b2", _sigmoid(f"a_{o}", f"z_{o}")]
    lines += [f"E_{o} = 1/2 * ({y} - a_{o})^2" for o, (_, _, y) in _OUTPUTS.items()]
    lines.append("E_total = E_o1 + E_o2")
    lines += ["dE_da_o1 = -(y1 - a_o1)", "da_o1_dz_o1 = a_o1 * (1 - a_o1)", "dz_o1_dw5 = a_h1"]
    lines += ["dE_dw5 = dE_da_o1 * da_o1_dz_o1 * dz_o1_dw5", _update("w5", "dE_dw5")]
    lines += ["dE_o1_dz_o1 = dE_da_o1 * da_o1_dz_o1", "dE_dw6 = dE_o1_dz_o1 * a_h2", _update("w6", "dE_dw6")]
    lines += ["dE_da_o2 = -(y2 - a_o2)", "da_o2_dz_o2 = a_o2 * (1 - a_o2)", "dE_o2_dz_o2 = dE_da_o2 * da_o2_dz_o2"]
    lines += ["dE_dw7 = dE_o2_dz_o2 * a_h1", _update("w7", "dE_dw7")]
    lines += ["dE_dw8 = dE_o2_dz_o2 * a_h2", _update("w8", "dE_dw8")]
    lines += ["dE_db2 = dE_o1_dz_o1 + dE_o2_dz_o2", _update("b2", "dE_db2")]
    lines += ["dz_o1_da_h1 = w5", "dE_o1_da_h1 = dE_o1_dz_o1 * dz_o1_da_h1", "dE_o2_da_h1 = dE_o2_dz_o2 * w7"]
    lines += ["dE_total_da_h1 = dE_o1_da_h1 + dE_o2_da_h1", "da_h1_dz_h1 = a_h1 * (1 - a_h1)", "dz_h1_dw1 = x1"]
    lines += ["dE_dw1 = dE_total_da_h1 * da_h1_dz_h1 * dz_h1_dw1", _update("w1", "dE_dw1")]
    lines += ["dE_dw2 = dE_total_da_h1 * da_h1_dz_h1 * x2", _update("w2", "dE_dw2")]
    lines += ["dE_total_da_h2 = dE_o1_dz_o1 * w6 + dE_o2_dz_o2 * w8", "da_h2_dz_h2 = a_h2 * (1 - a_h2)"]
    lines += ["dE_dw3 = dE_total_da_h2 * da_h2_dz_h2 * x1", _update("w3", "dE_dw3")]
    lines += ["dE_dw4 = dE_total_da_h2 * da_h2_dz_h2 * x2", _update("w4", "dE_dw4")]
    lines += ["dE_db1 = dE_total_da_h1 * da_h1_dz_h1 + dE_total_da_h2 * da_h2_dz_h2", _update("b1", "dE_db1")]
    return tuple(lines)


EXAMPLE_8 = Walk(
    name="example8",
    title="Example 8",
    cost="E_total",
    givens={
        **_ONE_ROW,
        "y1": _G["y"][0],
        "y2": _G["y"][1],
        **{name: value for name, value in _G.items() if name not in ("x", "y", "alpha")},
        "alpha": _G["alpha"],
    },
    equations=_equations_8(),
    nodes={
        "i1": (8, 18),
        "i2": (8, 64),
        "b:1": (8, 93),
        "h1": (39, 18),
        "h2": (39, 64),
        "c:1": (39, 93),
        "o1": (70, 18),
        "o2": (70, 64),
        "E": (93, 41),
    },
    shows={
        "i1": ("x1",),
        "i2": ("x2",),
        "h1": ("z_h1", "a_h1"),
        "h2": ("z_h2", "a_h2"),
        "o1": ("z_o1", "a_o1"),
        "o2": ("z_o2", "a_o2"),
        "E": ("E_total",),
    },
    edges=(
        ("i1", "h1", "w1"),
        ("i2", "h1", "w2"),
        ("i1", "h2", "w3"),
        ("i2", "h2", "w4"),
        ("b:1", "h1", "b1"),
        ("b:1", "h2", "b1"),
        ("h1", "o1", "w5"),
        ("h2", "o1", "w6"),
        ("h1", "o2", "w7"),
        ("h2", "o2", "w8"),
        ("c:1", "o1", "b2"),
        ("c:1", "o2", "b2"),
        ("o1", "E", ""),
        ("o2", "E", ""),
    ),
    item="example8",
)

GRAPH = Walk(
    name="graph",
    title="Computation graph",
    cost="L",
    givens={**COMPUTATION_GRAPH.givens, "x1": 1.1031, "x2": -3.8383, "y": 1.0, "alpha": 0.5},
    equations=(
        "z = w1 * x1 + w2 * x2 + b",
        _sigmoid("a", "z"),
        "L = -y * log(a) - (1 - y) * log(1 - a)",
        "dL_da = -y / a + (1 - y) / (1 - a)",
        "da_dz = a * (1 - a)",
        "dL_dz = dL_da * da_dz",
        "dw1 = x1 * dL_dz",
        "dw2 = x2 * dL_dz",
        "db = dL_dz",
        _update("w1", "dw1"),
        _update("w2", "dw2"),
        _update("b", "db"),
    ),
    nodes={
        "x1": (9, 12),
        "w1": (9, 31),
        "x2": (9, 50),
        "w2": (9, 69),
        "b": (9, 88),
        "z": (40, 50),
        "a": (66, 50),
        "L": (92, 50),
    },
    shows={name: (name,) for name in ("x1", "w1", "x2", "w2", "b", "z", "a", "L")},
    edges=(
        ("x1", "z", ""),
        ("w1", "z", ""),
        ("x2", "z", ""),
        ("w2", "z", ""),
        ("b", "z", ""),
        ("z", "a", ""),
        ("a", "L", ""),
    ),
    item="graph",
)

DESCENT = Walk(
    name="descent",
    title="Gradient descent",
    cost="f",
    givens={"x": 3.0, "alpha": 0.2},
    equations=(
        "f = x^4 / 16 - x^2 / 2 + x / 4",
        "df_dx = x^3 / 4 - x + 1 / 4",
        _update("x", "df_dx"),
    ),
)

WALKS = (EXAMPLE_6, EXAMPLE_7, EXAMPLE_8, GRAPH, DESCENT)
