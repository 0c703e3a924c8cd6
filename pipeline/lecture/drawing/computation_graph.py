"""Logistic regression as a computation graph."""

from dataclasses import replace

from models.blackboard.trace import Edge
from pipeline.lecture.drawing.net import draw_graph
from pipeline.lecture.values import Worked
from pipeline.telling.figure import Figure

TITLES = {"z": "z = w1 x1 + w2 x2 + b", "a": "a = σ(z)", "L": "L(a, y)"}
FACTORS = {"w1": "x1", "w2": "x2"}  # what z multiplies a parameter with


def draw_computation_graph(worked: Worked) -> tuple[Figure, ...]:
    """Draws the graph forward with values, and backward with slopes, the local ones on its edges."""
    graph, values = worked.graphs["one_row"], worked.by_hand["graph"]
    local = {("a", "L"): values["dL_da"], ("z", "a"): values["da_dz"], ("b", "z"): 1.0}
    local |= {(name, "z"): values[factor] for name, factor in FACTORS.items()}

    def with_slope(edge: Edge) -> Edge:
        value = local.get((edge.source, edge.target))
        return edge if value is None else replace(edge, name=f"∂{edge.target}/∂{edge.source}", value=value)

    room = {"gap": 210.0, "row_height": 92.0}
    backward = replace(graph, edges=tuple(map(with_slope, graph.edges)))
    return (
        Figure(
            title="Forward",
            caption=f"The first row of example 5, y = {values['y']:g}, through the graph to its loss.",
            svg=draw_graph("graph-forward", graph, "forward", label="Values through the graph", titles=TITLES, **room),
            wide=True,
        ),
        Figure(
            title="Backward",
            caption="On each edge the local slope; below each node the slope of the loss by it, the product of the "
            "local slopes on the way back. What is known at z serves all three parameters.",
            svg=draw_graph(
                "graph-backward", backward, "backward", label="Slopes back through the graph", titles=TITLES, **room
            ),
            wide=True,
        ),
    )
