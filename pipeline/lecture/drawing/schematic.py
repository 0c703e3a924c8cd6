"""Neurons and arrows as a teacher sketches them, where no number flows."""

from collections.abc import Sequence
from math import hypot
from typing import Any

from matplotlib.patches import Circle, FancyArrowPatch

from pipeline.telling.canvas import COLORS

Place = tuple[float, float]
RADIUS = 0.3


def blank(axes: Any, width: float, height: float) -> None:
    """Makes axes a sheet of paper of so many units, as wide as they are high."""
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.set_axis_off()


def neuron(axes: Any, place: Place, text: str = "", *, color: str = "net-1", radius: float = RADIUS) -> None:
    """Draws a neuron with what is written in it."""
    axes.add_patch(Circle(place, radius, facecolor="none", edgecolor=COLORS[color], linewidth=1.8))
    write(axes, place, text)


def arrow(axes: Any, start: Place, end: Place, *, gap: float = RADIUS, bend: float = 0.0, color: str = "muted") -> None:
    """Draws an arrow from one place to another that ends before what stands there.

    Args:
        axes: To draw on.
        start: Middle of what it leaves.
        end: Middle of what it reaches.
        gap: What is left free at both ends, in the axes' units.
        bend: 0 is straight; larger is rounder, to the left of its way.
        color: Name in ``COLORS``.
    """
    (x1, y1), (x2, y2) = start, end
    share = gap / hypot(x2 - x1, y2 - y1)
    ends = (x1 + share * (x2 - x1), y1 + share * (y2 - y1)), (x2 - share * (x2 - x1), y2 - share * (y2 - y1))
    style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 11, "connectionstyle": f"arc3,rad={bend}"}
    axes.add_patch(FancyArrowPatch(*ends, color=COLORS[color], linewidth=1.3, shrinkA=0, shrinkB=0, **style))


def hears_itself(axes: Any, place: Place, text: str, *, color: str = "net-2") -> None:
    """Draws an arrow from a neuron back to itself, at its right."""
    x, y = place
    style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 12, "connectionstyle": "arc3,rad=-2.2"}
    ends = (x + 0.26, y + 0.16), (x + 0.26, y - 0.16)
    axes.add_patch(FancyArrowPatch(*ends, color=COLORS[color], linewidth=1.5, shrinkA=0, shrinkB=0, **style))
    write(axes, (x + 1.0, y), text, color=color, fontsize=11)


def column(x: float, n: int, *, middle: float, step: float) -> list[Place]:
    """Returns the places of neurons one below the other.

    Example:
        >>> column(1.0, 3, middle=2.0, step=1.0)
        [(1.0, 3.0), (1.0, 2.0), (1.0, 1.0)]
    """
    return [(x, middle + step * ((n - 1) / 2 - k)) for k in range(n)]


def all_to_all(axes: Any, left: Sequence[Place], right: Sequence[Place]) -> None:
    """Draws an arrow from each neuron of a layer to each of the next one."""
    for start in left:
        for end in right:
            arrow(axes, start, end)


def write(axes: Any, place: Place, text: str, *, color: str = "ink", **how: Any) -> None:
    """Writes a text around a place."""
    axes.text(*place, text, **{"ha": "center", "va": "center", "color": COLORS[color]} | how)
