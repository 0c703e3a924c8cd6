"""Example 8 as on its slides: the net forward, the net backward, and the error until convergence."""

from dataclasses import replace
from typing import Any

from models.trace import Edge, Graph, Node
from pipeline.drawing.figure import Figure
from pipeline.drawing.net import draw_graph
from pipeline.drawing.plot import LINES, logarithmic, thinned
from pipeline.figures import svg
from pipeline.values import Worked

NEURONS = {"a1(1)": "h1", "a2(1)": "h2", "a1(2)": "o1", "a2(2)": "o2", "C": "E"}
PARAMETERS = {
    **{"w11(1)": "w1", "w12(1)": "w2", "w21(1)": "w3", "w22(1)": "w4"},
    **{"w11(2)": "w5", "w12(2)": "w6", "w21(2)": "w7", "w22(2)": "w8"},
    **{"b1(1)": "b1", "b2(1)": "b1", "b1(2)": "b2", "b2(2)": "b2"},
}


def draw_backpropagation(worked: Worked) -> tuple[Figure, ...]:
    """Draws example 8's first update in the slides' symbols, and the error of the updates that follow."""
    graph = _in_the_slides_symbols(worked)
    targets = worked.example.givens["y"]
    titles = {name: name for name in ("h1", "h2")}
    titles |= {f"o{i}": f"o{i}, should be {target:g}" for i, target in enumerate(targets, 1)} | {"E": "error"}
    return (
        Figure(
            title="Example 8, forward",
            caption="Steps 1 to 3: each neuron adds up what arrives, z, and hands on the sigmoid of it, a. The thicker "
            "the edge, the larger its weight.",
            svg=draw_graph("example8-forward", graph, "forward", label="Example 8, values forward", titles=titles),
            wide=True,
        ),
        Figure(
            title="Example 8, backward",
            caption="Steps 4 to 6: on each edge the slope of the error by its weight and, below, the update; below "
            "each neuron the slope by its activation value. Two neurons share a bias: the slopes on its edges add up.",
            svg=draw_graph("example8-backward", graph, "backward", label="Example 8, slopes backward", titles=titles),
            wide=True,
        ),
        _error(worked),
    )


def _in_the_slides_symbols(worked: Worked) -> Graph:
    graph, values = worked.graphs["example8"], worked.by_hand["example8"]

    def node(old: Node) -> Node:
        name = NEURONS.get(old.name, old.name)
        if len(old.values) == 2:
            (_, z), (_, a) = old.values
            return replace(old, name=name, values=((f"z_{name}", z), (f"a_{name}", a)))
        return replace(old, name=name, values=(("E_total", old.values[0][1]),)) if name == "E" else old

    def edge(old: Edge) -> Edge:
        source, target = NEURONS.get(old.source, old.source), NEURONS.get(old.target, old.target)
        if target == "E":
            return replace(old, source=source, target=target, name=f"E_{source}", value=values[f"E_{source}"])
        name = PARAMETERS[old.name]
        return replace(old, source=source, target=target, name=name, updated=values[f"{name}_new"])

    return Graph(nodes=tuple(map(node, graph.nodes)), edges=tuple(map(edge, graph.edges)))


def _error(worked: Worked) -> Figure:
    error = worked.curves["E_total"]
    updates = thinned(len(error))

    def paint(axes: Any) -> None:
        axes.plot(updates + 1, error[updates], **LINES[0].arguments)
        logarithmic(axes.xaxis)
        logarithmic(axes.yaxis)
        axes.set(xlabel="Update", ylabel="E total")

    return Figure(
        title="Repeated until convergence",
        caption=f"The error that each update saw: from {error[0]:.4f} at the first to {error[-1]:.2g} at number "
        f"{len(error):,}, both axes logarithmic.",
        svg=svg("example8-error", 460, 310, "Total error by update", paint),
    )
