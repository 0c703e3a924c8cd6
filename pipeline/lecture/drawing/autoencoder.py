"""Digits that went through a code of two numbers, and where the code puts them."""

from typing import Any

import numpy as np

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.cells import draw_cells
from pipeline.telling.figure import Figure


def draw_autoencoder(worked: Worked) -> tuple[Figure, ...]:
    """Draws digits given back, and the codes of principal components and of the deep autoencoder."""
    return (
        _given_back(worked),
        _codes(
            worked,
            "pca",
            "Two principal components",
            "Each digit stands where its two scores put it. It is unseen: the components are those of other rows.",
        ),
        _codes(
            worked,
            "deep",
            "Two code neurons of the deep autoencoder",
            "The same digits. Nobody told the net which digit is which.",
        ),
    )


def _given_back(worked: Worked) -> Figure:
    labels = worked.arrays["labels"]
    chosen = [
        int(np.flatnonzero(labels == digit)[0]) for digit in np.unique(labels)[: worked.example.givens["n_pictured"]]
    ]
    rows = [("digit", "images"), ("two\ncomponents", "pca.images"), ("deep,\ntwo neurons", "deep.images")]
    height, width = worked.arrays["images"].shape[1:]
    across, down, left = 1.2 * width, 1.25 * height, 1.9 * width

    def paint(axes: Any) -> None:
        for line, (name, array) in enumerate(rows):
            axes.text(0, (line + 0.4) * down, name, va="center")
            for place, row in enumerate(chosen):
                draw_cells(axes, (left + place * across, line * down), 1, worked.arrays[array][row], scale=1.0)
        axes.set(xlim=(0, left + len(chosen) * across), ylim=(len(rows) * down, -0.1 * height), aspect="equal")
        axes.axis("off")

    return Figure(
        title="Through two numbers and back",
        caption="Unseen digits, and what two numbers keep of them.",
        svg=svg(
            "autoencoder-back",
            round(5.4 * (left + len(chosen) * across)),
            round(5.4 * len(rows) * down),
            "Digits and what is given back of them",
            paint,
        ),
        wide=True,
    )


def _codes(worked: Worked, name: str, title: str, caption: str) -> Figure:
    n_plotted = worked.example.givens["n_plotted"]
    codes, labels = worked.arrays[f"{name}.codes"][:n_plotted], worked.arrays["labels"][:n_plotted]

    def paint(axes: Any) -> None:
        for (x, y), label in zip(codes, labels, strict=True):
            axes.text(x, y, str(label), ha="center", va="center", fontsize=10, color=COLORS["net-1"])
        margin = 0.05 * np.ptp(codes, axis=0)
        low, high = codes.min(axis=0) - margin, codes.max(axis=0) + margin
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xticks=[], yticks=[])

    return Figure(
        title=title,
        caption=caption,
        svg=svg(f"autoencoder-{name}", 400, 360, f"{n_plotted} digits at their two code values", paint),
    )
