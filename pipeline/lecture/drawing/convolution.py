"""Example 10: the lecture's sizes, then convolution and pooling of a real digit."""

from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from pipeline.lecture.drawing.feature_maps import draw_kernels, draw_neuron
from pipeline.lecture.values import Worked
from pipeline.lecture.working.convolution import EDGES
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure

CORNER = (6, 8)  # row and column of the neuron that is followed, in the feature map


def draw_convolution(worked: Worked) -> tuple[Figure, ...]:
    """Draws the lecture's sizes, one neuron by its numbers, and what made and learnt kernels find in a real digit."""
    n_maps = worked.arrays["learnt.kernels"].shape[-1]
    return (
        _sizes(worked),
        draw_neuron(worked),
        draw_kernels(
            worked,
            "edges",
            [f"{edge} edge" for edge in EDGES],
            title="Four kernels made to find edges",
            caption="The same digit: each map answers where its edge of a stroke is.",
        ),
        draw_kernels(
            worked,
            "learnt",
            [str(number) for number in range(1, n_maps + 1)],
            title="Learnt kernels",
            caption=f"By gradient descent by hand, {len(worked.curves['learnt.cost'])} updates from random numbers. "
            f"Of the digits held out, this net reads {worked.by_hand['digits']['accuracy']:.0%} rightly.",
        ),
    )


def _sizes(worked: Worked) -> Figure:
    g = worked.example.givens
    picture, field, pool = g["input"], g["receptive_field"], g["pool"]
    feature_map, pooled = (worked.by_hand["example10"][name].astype(int) for name in ("feature_map", "pooled"))
    sizes = [np.array(picture), feature_map, pooled]
    below = (CORNER[0] // pool[0], CORNER[1] // pool[1])
    marks = [  # of each grid: where, how large, in which color
        [(CORNER, field, "net-1")],
        [(CORNER, pool, "baseline-1"), (CORNER, (1, 1), "net-1")],
        [(below, (1, 1), "baseline-1")],
    ]
    names = ["input neurons", "feature map", "after max pooling"]
    starts = np.cumsum([0, *(size[1] + 8 for size in sizes[:-1])])

    def paint(axes: Any) -> None:
        for start, (rows, columns), name, mark in zip(starts, sizes, names, marks, strict=True):
            axes.vlines(start + np.arange(columns + 1), 0, rows, color=COLORS["reference"], linewidth=0.4)
            axes.hlines(np.arange(rows + 1), start, start + columns, color=COLORS["reference"], linewidth=0.4)
            axes.text(start + columns / 2, rows + 0.8, f"{name}, {rows} × {columns}", ha="center", va="top")
            for (row, column), (high, wide), ink in mark:
                color = COLORS[ink]
                axes.add_patch(Rectangle((start + column, row), wide, high, color=color, alpha=0.45))
        _rays(axes, (starts[0], *CORNER), field, (starts[1], *CORNER), "net-1")
        _rays(axes, (starts[1], *CORNER), pool, (starts[2], *below), "baseline-1")
        axes.set(xlim=(-0.5, starts[-1] + sizes[-1][1] + 3), ylim=(picture[0] + 3, -0.5), aspect="equal")
        axes.axis("off")

    shape = f"{field[0]} × {field[1]}"
    return Figure(
        title="Local receptive field, feature map, pooling",
        caption=f"A neuron of the feature map sees {shape} input neurons (blue), through the same {shape} weights "
        f"and bias as every other one; pooling keeps the largest of {pool[0]} × {pool[1]} neurons (orange). "
        "The lecture's sizes, by count; the pictures that follow are of a real digit.",
        svg=svg("convolution", 760, 330, "Picture, feature map and pooled map with one neuron's way", paint),
        wide=True,
    )


def _rays(axes: Any, source: Any, size: Any, target: Any, ink: str) -> None:
    """Lines from the upper and lower right corner of a field to the neuron that looks at it."""
    start, row, column = source
    end, to_row, to_column = target
    for down in (0, 1):
        axes.plot(
            [start + column + size[1], end + to_column],
            [row + down * size[0], to_row + down],
            color=COLORS[ink],
            linewidth=1,
        )
