"""How the labs' net learns, update by update."""

from typing import Any

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import logarithmic, thinned


def draw_labs(worked: Worked) -> tuple[Figure, ...]:
    """Draws the cost that each update of lab 2 saw, on its own batch; the other labs draw the same line."""
    cost = worked.curves["by_hand.cost"]

    def paint(axes: Any) -> None:
        updates = thinned(len(cost))
        axes.plot(updates + 1, cost[updates], color=COLORS["net-1"], linewidth=1.2)
        logarithmic(axes.xaxis)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("Update")
        axes.set_ylabel("Cost of its batch")

    n_rows = worked.example.givens["batch_size"]
    return (
        Figure(
            title="One line for all labs",
            caption=f"The quadratic cost of {n_rows} images before each update; the same in every lab.",
            svg=svg(f"{worked.example.name}-cost", 400, 280, "Cost by update", paint),
        ),
    )
