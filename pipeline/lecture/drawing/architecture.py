"""Example 2: every weight, bias, value and slope of a small net by its name."""

from collections.abc import Mapping
from typing import Any

from pipeline.lecture.drawing.net import draw_graph
from pipeline.lecture.values import Worked
from pipeline.telling.figure import Figure


def draw_architecture(worked: Worked) -> tuple[Figure, ...]:
    """Draws the small net forward and backward, and one of two hidden layers."""
    graph = worked.graphs["example2"]
    n_parameters = int(worked.by_hand["example2"]["n_parameters"])
    sizes, deep = ("-".join(map(str, worked.example.givens[name])) for name in ("drawn_layers", "deep_layers"))
    how: Mapping[str, Any] = {"gap": 275.0, "row_height": 165.0}
    return (
        Figure(
            title="Layers 0, 1, 2 by name",
            caption=f"A {sizes} net with its {n_parameters} parameters: on each edge a weight w, from each dashed 1 a "
            "bias b; in each neuron the value z and the activation value a. Thick edges: large weights.",
            svg=draw_graph("architecture-forward", graph, "forward", label=f"A {sizes} net, values forward", **how),
            wide=True,
        ),
        Figure(
            title="The same net, backward",
            caption="On each edge the slope of the cost C by its weight, and what one update with learning rate 1 "
            "makes of it; below each neuron the slope by its activation value.",
            svg=draw_graph("architecture-backward", graph, "backward", label=f"A {sizes} net, slopes backward", **how),
            wide=True,
        ),
        Figure(
            title="Two hidden layers",
            caption=f"A {deep} net: what one hidden layer hands on is what the next one looks at.",
            svg=draw_graph("architecture-deep", worked.graphs["deep"], "forward", label=f"A {deep} net", **how),
            wide=True,
        ),
    )
