"""Examples 6, 7 and 8 as on their slides: the nets forward and backward, and the error until convergence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.blackboard.trace import Graph
from pipeline.lecture.drawing.net import Direction, draw_graph
from pipeline.lecture.values import Worked
from pipeline.telling.canvas import svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, logarithmic, thinned

GAP = 235.0


def draw_backpropagation(worked: Worked) -> tuple[Figure, ...]:
    """Draws examples 6 and 7, example 8's first update, the error of those that follow, and where they end."""
    first = _with_errors(worked.graphs["example8"], worked.example.givens["y"])
    last = _with_errors(worked.graphs["example8.last"], worked.example.givens["y"])
    titles = {name: name for name in ("i1", "i2", "h1", "h2")}
    titles |= {f"o{i}": f"o{i}, should be {target:g}" for i, target in enumerate(worked.example.givens["y"], 1)}
    how: Mapping[str, Any] = {"titles": titles, "gap": GAP}
    n_updates = f"{len(worked.curves['E_total']):,}"
    return (
        *_on_one_path(worked),
        Figure(
            title="Example 8, forward",
            caption="Steps 1 to 3: each neuron adds up what arrives, z, and hands on the sigmoid of it, a. The thicker "
            "the edge, the larger its weight.",
            svg=draw_graph("example8-forward", first, "forward", label="Example 8, values forward", **how),
            wide=True,
        ),
        Figure(
            title="Example 8, backward",
            caption="Steps 4 to 6: on each edge the slope of the error by its weight and, below, the update; below "
            "each neuron the slope by its activation value. Two neurons share each bias: both edges say the sum.",
            svg=draw_graph("example8-backward", first, "backward", label="Example 8, slopes backward", **how),
            wide=True,
        ),
        _error(worked),
        Figure(
            title=f"Update {n_updates}",
            caption="The same net at the end: the outputs are nearly what they should be.",
            svg=draw_graph("example8-last", last, "forward", label=f"Example 8 at update {n_updates}", **how),
            wide=True,
        ),
    )


def _on_one_path(worked: Worked) -> tuple[Figure, ...]:
    """One neuron, and two, one behind the other: example 8's numbers along x1, x2, h1 and o1."""
    told = {
        "forward": "The sum z, the sigmoid of it, a, and the loss L of example 8's numbers.",
        "backward": "On each edge the slope of the loss by its weight and, below, the update.",
    }
    directions: tuple[Direction, Direction] = ("forward", "backward")
    return tuple(
        Figure(
            title=f"Example {number}, {direction}",
            caption=told[direction],
            svg=draw_graph(
                f"example{number}-{direction}",
                worked.graphs[f"example{number}"],
                direction,
                label=f"Example {number}, {'values' if direction == 'forward' else 'slopes'} {direction}",
                gap=GAP,
            ),
            wide=True,
        )
        for number in (6, 7)
        for direction in directions
    )


def _with_errors(graph: Graph, targets: tuple[float, ...]) -> Graph:
    """Writes each output's share of the error, half its squared distance from the target, on the edge to the total."""
    outputs = {f"o{i}": target for i, target in enumerate(targets, 1)}
    a = {node.name: node.values[-1][1] for node in graph.nodes}
    edges = tuple(
        replace(edge, name=f"E_{edge.source}", value=(a[edge.source] - outputs[edge.source]) ** 2 / 2)
        if edge.source in outputs
        else edge
        for edge in graph.edges
    )
    return replace(graph, edges=edges)


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
