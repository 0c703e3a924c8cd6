"""A grid of numbers as shaded cells, for maps and kernels."""

from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from models.blackboard.trace import Array
from pipeline.telling.canvas import COLORS

_CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))


def draw_cells(
    axes: Any,
    corner: tuple[float, float],
    side: float,
    values: Array,
    *,
    fullest: float = 0.95,
    signed: bool = False,
    scale: float | None = None,
) -> None:
    """Draws values as framed squares, the fuller the larger: ink, or purple for positive and ochre for negative ones.

    Args:
        axes: To draw on, y downwards.
        corner: Left and top.
        side: Of a square.
        values: ``(rows, columns)``.
        fullest: Opacity of the largest value.
        signed: Whether values have a sign to show.
        scale: The value that is drawn fullest; ``None`` takes the largest.
    """
    x, y = corner
    rows, columns = values.shape
    squares, colors = [], []
    for (j, k), value in np.ndenumerate(values):
        share = float(fullest * abs(value) / (np.abs(values).max() if scale is None else scale))
        if share > 0.01:
            ink = ("net-3" if value > 0 else "baseline-2") if signed else "ink"
            squares.append([(x + side * (k + right), y + side * (j + down)) for right, down in _CORNERS])
            colors.append(to_rgba(COLORS[ink], share))
    axes.add_collection(PolyCollection(squares, facecolors=colors, edgecolors="none"))
    frame(axes, corner, (side * rows, side * columns), "reference", 0.8)


def frame(axes: Any, corner: tuple[float, float], size: tuple[float, float], ink: str, linewidth: float) -> None:
    """Draws a frame; ``size`` is height and width."""
    axes.add_patch(Rectangle(corner, size[1], size[0], fill=False, edgecolor=COLORS[ink], linewidth=linewidth))
