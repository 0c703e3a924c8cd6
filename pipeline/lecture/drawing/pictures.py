"""Small pictures side by side: what a generative model draws, what hidden units look for."""

from typing import Any

import numpy as np

from models.blackboard.trace import Array
from pipeline.telling.canvas import svg
from pipeline.telling.cells import draw_cells
from pipeline.telling.figure import Figure


def small_pictures(
    name: str, title: str, caption: str, pictures: Array, *, signed: bool = False, per_row: int = 10
) -> Figure:
    """Draws pictures side by side, all by the same scale.

    Args:
        name: Of the drawing.
        title: Of the figure.
        caption: Below it.
        pictures: ``(n, height, width)``.
        signed: Whether values have a sign to show.
        per_row: Pictures in a row.
    """
    height, width = pictures.shape[1:]
    n_rows, scale = -(-len(pictures) // per_row), float(np.abs(pictures).max())

    def paint(axes: Any) -> None:
        for place, picture in enumerate(pictures):
            corner = (place % per_row * 1.2 * width, place // per_row * 1.2 * height)
            draw_cells(axes, corner, 1, picture, signed=signed, scale=scale)
        axes.set(xlim=(-1, per_row * 1.2 * width), ylim=(n_rows * 1.2 * height, -1), aspect="equal")
        axes.axis("off")

    return Figure(
        title=title,
        caption=caption,
        svg=svg(name, 56 * per_row, 58 * n_rows + 10, f"{len(pictures)} small pictures", paint),
        wide=True,
    )
