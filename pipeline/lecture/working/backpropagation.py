"""Examples 6, 7 and 8 by hand and by tape, and example 8's update repeated until the error has vanished.

Drawn from the result: ``graphs["example6"]`` and ``graphs["example7"]`` (the nets of one path of example 8),
``graphs["example8"]`` and ``graphs["example8.last"]`` (the first update and the last, in the
slides' symbols), ``curves["E_total"]`` (the error that each update saw), ``tables["updates"]`` (parameter, before,
gradient, after) and ``traces["example8"]`` (the first update by the net of any sizes: one bias for each neuron).
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from experiments.language.printed import WorkedExample
from models.blackboard import by_hand, tape
from models.blackboard.trace import Activation, Array, Edge, Graph, Net, Node, Step, Trace, graph
from pipeline.lecture.values import Agreement, Worked
from pipeline.lecture.working import backpropagation_by_hand as hand
from pipeline.lecture.working import backpropagation_by_tape as taped

N_UPDATES = 10_000
_EDGES = (
    ("i1", "h1", "w1"),
    ("i2", "h1", "w2"),
    ("1(0)", "h1", "b1"),
    ("i1", "h2", "w3"),
    ("i2", "h2", "w4"),
    ("1(0)", "h2", "b1"),
    ("h1", "o1", "w5"),
    ("h2", "o1", "w6"),
    ("1(1)", "o1", "b2"),
    ("h1", "o2", "w7"),
    ("h2", "o2", "w8"),
    ("1(1)", "o2", "b2"),
)


def work_backpropagation(example: WorkedExample) -> Worked:
    """Computes examples 6, 7 and 8 by hand and by tape, and repeats example 8's update many times."""
    g = _scalars(example.givens)
    all_updates = list(islice(hand.updates(g), N_UPDATES))
    first, last = all_updates[0], all_updates[-1]
    step_by_hand, step_by_tape = _first_steps(g)
    seventh, taped_seventh = hand.example_7(g), taped.example_7(g)
    weights = np.array([first[f"w{i}_new"] for i in range(1, 9)])
    finally_by_hand = np.array([last[f"{name}_new"] for name in hand.PARAMETERS])
    return Worked(
        example=example,
        by_hand={"example6": hand.example_6(g), "example7": seventh, "example8": first},
        by_tape={"example6": taped.example_6(g), "example7": taped_seventh, "example8": taped.example_8(g)},
        traces={"example8": Trace(steps=(step_by_hand,))},
        graphs={
            "example6": _path(g, outer=False),
            "example7": _path(g, outer=True),
            "example8": _graph(first),
            "example8.last": _graph(last),
        },
        curves={"E_total": np.array([values["E_total"] for values in all_updates])},
        tables={
            "updates": pd.DataFrame(
                [(name, g[name], first[f"dE_d{name}"], first[f"{name}_new"]) for name in hand.PARAMETERS],
                columns=["parameter", "before", "gradient", "after"],
            )
        },
        captions={
            "updates": "Example 8: the first update of all parameters.",
        },
        agreements=(
            Agreement(
                what="example 7: every factor of its chains",
                peer="the tape",
                difference=max(abs(seventh[name] - taped_seventh[name]) for name in hand.FACTORS),
                allowed=1e-12,
            ),
            _agreement(
                "the eight new weights", "the net of any sizes in models.by_hand", weights - _weights(step_by_hand)
            ),
            _agreement(
                "the eight new weights", "the net of any sizes in models.tape", weights - _weights(step_by_tape)
            ),
            _agreement(
                f"all parameters after {N_UPDATES} updates",
                "the tape",
                finally_by_hand - taped.parameters_after(g, N_UPDATES),
            ),
        ),
    )


def _scalars(givens: Mapping[str, Any]) -> dict[str, float]:
    """Each component of x and y by its own name."""
    vectors = {f"{name}{i}": value for name in ("x", "y") for i, value in enumerate(givens[name], 1)}
    return {name: value for name, value in givens.items() if name not in ("x", "y")} | vectors


def _first_steps(g: Mapping[str, float]) -> tuple[Step, Step]:
    """Example 8's first update by the nets of any sizes, by hand and by tape."""
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


def _path(g: Mapping[str, float], *, outer: bool) -> Graph:
    """Example 6's neuron, or example 7's two, one behind the other; the slides call the loss L."""
    weights, biases = (
        (np.array([[g["w1"], g["w2"]]]), np.array([[g["w5"]]])),
        (np.array([g["b1"]]), np.array([g["b2"]])),
    )
    n_layers = 2 if outer else 1
    activations: tuple[Activation, ...] = ("sigmoid", "sigmoid")
    net = Net(weights=weights[:n_layers], biases=biases[:n_layers], activations=activations[:n_layers])
    X, y = np.array([[g["x1"], g["x2"]]]), np.array([[g["y1"]]])
    drawn = graph(by_hand.step(net, X, y, cost="quadratic", learning_rate=g["alpha"]))
    return Graph(
        nodes=tuple(replace(n, name="L", values=(("L", n.values[0][1]),)) if n.name == "C" else n for n in drawn.nodes),
        edges=tuple(replace(edge, target="L") if edge.target == "C" else edge for edge in drawn.edges),
    )


def _weights(step: Step) -> Array:
    return np.concatenate([weights.ravel() for weights in step.after.weights])


def _agreement(what: str, peer: str, difference: Array) -> Agreement:
    return Agreement(what=f"example 8: {what}", peer=peer, difference=float(np.abs(difference).max()), allowed=1e-12)


def _graph(v: Mapping[str, float]) -> Graph:
    """The slides' picture; each bias belongs to two neurons, and its slope is the sum of theirs."""
    slopes = {
        "h1": v["dE_total_da_h1"],
        "h2": v["dE_total_da_h2"],
        "o1": v["dE_da_o1"],
        "o2": v["dE_da_o2"],
    }
    nodes = [Node(name=f"i{j}", column=0, row=j - 1, values=((f"x{j}", v[f"x{j}"]),)) for j in (1, 2)]
    nodes += [
        Node(
            name=name,
            column=1 if name.startswith("h") else 2,
            row=int(name[1]) - 1,
            values=((f"z_{name}", v[f"z_{name}"]), (f"a_{name}", v[f"a_{name}"])),
            gradient=slope,
        )
        for name, slope in slopes.items()
    ]
    nodes += [Node(name=f"1({column})", column=column, row=2, values=(("1", 1.0),)) for column in (0, 1)]
    nodes.append(Node(name="E_total", column=3, row=0, values=(("E_total", v["E_total"]),), gradient=1.0))
    edges = [
        Edge(
            source=source, target=target, name=name, value=v[name], gradient=v[f"dE_d{name}"], updated=v[f"{name}_new"]
        )
        for source, target, name in _EDGES
    ]
    edges += [Edge(source=name, target="E_total") for name in ("o1", "o2")]
    return Graph(nodes=tuple(nodes), edges=tuple(edges))
