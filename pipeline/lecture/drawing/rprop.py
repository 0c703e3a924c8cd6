"""How rprop+ and gradient descent lose the error of example 9's nets and of lab 1."""

from typing import Any

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, logarithmic, name_line, thinned

WAYS = {"rprop": ("rprop+", LINES[0]), "descent": ("gradient descent", LINES[1])}


def draw_rprop(worked: Worked) -> tuple[Figure, ...]:
    """Draws the error of every net by step, in both ways."""
    return tuple(_errors(worked, name) for name in dict.fromkeys(curve.split(".")[0] for curve in worked.curves))


def _errors(worked: Worked, net: str) -> Figure:
    def paint(axes: Any) -> None:
        for way, (name, line) in WAYS.items():
            errors = worked.curves[f"{net}.{way}"]
            steps = thinned(len(errors))
            axes.plot(steps + 1, errors[steps], **line.arguments)
            name_line(axes, steps[-1] + 1, errors[steps[-1]], name, line)
        logarithmic(axes.xaxis)
        logarithmic(axes.yaxis)
        axes.set(xlabel="Step", ylabel="Error")

    n_steps = len(worked.curves[f"{net}.rprop"]) - 1
    return Figure(
        title=f"{net}: rprop+ and gradient descent",
        caption=f"Half the sum of squared errors over {n_steps:,} steps from the same weights, both axes logarithmic.",
        svg=svg(f"rprop-{net}", 430, 300, f"Error of the net {net} by step in two ways", paint),
    )
