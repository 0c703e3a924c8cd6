"""Kernels and feature maps of a real digit: one neuron by its numbers, then what every kernel finds."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from models.blackboard.trace import Array
from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.cells import draw_cells, frame
from pipeline.telling.figure import Figure

MOST_WRITTEN = 12  # columns of a picture whose numbers are still legible
PER_BLOCK = 4  # kernels side by side on a phone


def draw_neuron(worked: Worked) -> Figure:
    """Draws the digit, the first kernel, its feature map and the pooled map, with the strongest neuron followed."""
    digit, field, pool = worked.arrays["digit"], worked.example.givens["pictured_field"], worked.example.givens["pool"]
    kernel, feature_map, pooled = (worked.arrays[f"edges.{name}"][..., 0] for name in ("kernels", "maps", "pooled"))
    row, column = _strongest(feature_map, pooled, pool)
    seen = digit[row : row + field[0], column : column + field[1]]
    square = (row // pool[0], column // pool[1])
    grids = [
        ("digit", digit, [((row, column), field, "net-1")]),
        ("kernel", kernel, []),
        (
            "feature map",
            feature_map,
            [((row, column), (1, 1), "net-1"), (np.multiply(square, pool), pool, "baseline-1")],
        ),
        ("after pooling", pooled, [(square, (1, 1), "baseline-1")]),
    ]
    starts = np.cumsum([0, *(values.shape[1] + 2 for _, values, _ in grids)])
    numbers = digit.shape[1] <= MOST_WRITTEN
    cell = 25 if numbers else 9
    pixels = " × ".join(map(str, digit.shape))
    return Figure(
        title="One neuron by hand",
        caption=f"A real digit of {pixels} pixels, its receptive field {field[0]} × {field[1]} in blue: pixels times "
        f"weights, {_terms(seen, kernel)} = {feature_map[row, column]:g}. A negative sum becomes 0, ReLU; of the "
        f"orange {pool[0]} × {pool[1]} neurons the largest stays.",
        svg=svg(
            "convolution-neuron",
            int(cell * starts[-1]),
            cell * (len(digit) + 2),
            "Digit, kernel, feature map",
            partial(_paint_grids, grids=grids, starts=starts, numbers=numbers),
        ),
        wide=True,
    )


def draw_kernels(worked: Worked, name: str, columns: Sequence[str], *, title: str, caption: str) -> Figure:
    """Draws every kernel over its feature map and its pooled map.

    Args:
        worked: With ``arrays["<name>.kernels"]``, ``maps`` and ``pooled``.
        name: Whose kernels.
        columns: What to write above each.
        title: Of the figure.
        caption: What to see, before the colors are explained.
    """
    kernels, maps, pooled = (worked.arrays[f"{name}.{what}"] for what in ("kernels", "maps", "pooled"))
    height, width = maps.shape[:2]
    zoom = height / 2 / len(kernels)
    tops = np.cumsum([0, height / 2 + 0.12 * height, 1.12 * height])  # of kernel, map and pooled map
    block = tops[-1] + len(pooled) + 0.55 * height
    pitch, n_blocks = 1.25 * width, -(-len(columns) // PER_BLOCK)

    def paint(axes: Any) -> None:
        for index, text in enumerate(columns):
            left, top = index % PER_BLOCK * pitch, index // PER_BLOCK * block
            axes.text(left, top - 0.05 * height, text, va="bottom")
            draw_cells(axes, (left, top), zoom, kernels[..., index], signed=True, scale=np.abs(kernels).max())
            draw_cells(axes, (left, top + tops[1]), 1, maps[..., index], scale=maps.max())
            draw_cells(axes, (left, top + tops[2]), 1, pooled[..., index], scale=maps.max())
        for top in block * np.arange(n_blocks):
            for label, down in zip(("kernel", "feature\nmap", "after\npooling"), tops, strict=True):
                axes.text(-0.15 * width, top + down, label, ha="right", va="top", color=COLORS["muted"])
        axes.set(
            xlim=(-width, PER_BLOCK * pitch), ylim=(n_blocks * block - 0.5 * height, -0.35 * height), aspect="equal"
        )
        axes.axis("off")

    pixels = 66 / width
    return Figure(
        title=title,
        caption=f"{caption} Purple weights count for, ochre ones against.",
        svg=svg(
            f"convolution-{name}",
            round(pixels * (PER_BLOCK * pitch + width)),
            round(pixels * (n_blocks * block - 0.15 * height)),
            f"{len(columns)} kernels with their feature maps and pooled maps",
            paint,
        ),
    )


def _strongest(feature_map: Array, pooled: Array, pool: tuple[int, int]) -> tuple[np.intp, ...]:
    """Row and column of the largest value that a pooled square can see."""
    kept = feature_map[: pool[0] * pooled.shape[0], : pool[1] * pooled.shape[1]]  # the rest fills no square
    return np.unravel_index(kept.argmax(), kept.shape)


def _terms(seen: Array, kernel: Array) -> str:
    """The sum over a receptive field, written out; weights are 1, 0 and -1."""
    signs = (("+", seen[kernel > 0]), ("−", seen[kernel < 0]))
    return " ".join(f"{sign} {value:g}" for sign, values in signs for value in values).removeprefix("+ ")


def _paint_grids(axes: Any, *, grids: Sequence[tuple[str, Array, Any]], starts: Array, numbers: bool) -> None:
    """Paints grids of cells side by side, each with its name and its marked squares."""
    for start, (name, values, marks) in zip(starts, grids, strict=False):
        draw_cells(axes, (start, 0), 1, values, fullest=0.35 if numbers else 0.9, signed=name == "kernel")
        axes.text(start + values.shape[1] / 2, -0.5, name, ha="center", va="bottom")
        if numbers:
            _write_numbers(axes, start, values)
        for (top, left), size, ink in marks:
            frame(axes, (start + left, top), size, ink, 2.2)
    height = max(len(values) for _, values, _ in grids)
    axes.set(xlim=(-0.6, starts[-1] - 1), ylim=(height + 0.3, -1.6), aspect="equal")
    axes.axis("off")


def _write_numbers(axes: Any, start: float, values: Array) -> None:
    for (j, k), value in np.ndenumerate(values):
        text = f"{value:g}".replace("-", "−")
        axes.text(start + k + 0.5, j + 0.5, text, ha="center", va="center", fontsize=11)
