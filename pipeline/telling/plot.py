"""What several drawings of curves share."""

from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from pipeline.telling.canvas import COLORS, Line

# One for each of a few runs or groups: told apart by color, by dashes and by marker.
LINES = (
    Line(color="net-1"),
    Line(color="baseline-1", dashes=(7, 3)),
    Line(color="net-3", dashes=(2, 3)),
    Line(color="baseline-2", dashes=(9, 3, 2, 3)),
)
MARKERS = ("o", "s", "^", "D")


def logarithmic(axis: Any) -> None:
    """Makes an axis logarithmic, its numbers written as 0.001, 1 and 10,000."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_locator(LogLocator(numticks=6))
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:.9f}".rstrip("0"))
    )
    axis.set_minor_formatter(NullFormatter())


def thinned(n: int, most: int = 240) -> NDArray[np.int64]:
    """Returns indices 0 to ``n - 1``, at most ``most``, dense at the start, for a logarithmic axis."""
    return np.unique(np.geomspace(1, n, min(n, most)).round().astype(np.int64)) - 1


def name_line(axes: Any, x: float, y: float, text: str, line: Line, **how: Any) -> None:
    """Writes a line's name beside it, in its color."""
    how = {"xytext": (6, 0), "va": "center", "annotation_clip": False} | how
    axes.annotate(text, (x, y), textcoords="offset points", color=COLORS[line.color], **how)


def bare(axes: Any) -> None:
    """Takes the walls of three-dimensional axes away."""
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.pane.set_visible(False)
