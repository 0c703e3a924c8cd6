"""What the hidden units of a Boltzmann machine look for, what it dreams of, and what a stack of two is worth."""

from typing import Any

import numpy as np

from models.blackboard.trace import Array
from pipeline.lecture.values import Worked
from pipeline.telling.canvas import svg
from pipeline.telling.cells import draw_cells
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, name_line

PER_ROW = 10
N_FIELDS = 30


def draw_boltzmann(worked: Worked) -> tuple[Figure, ...]:
    """Draws dreams, receptive fields and fine-tuning."""
    steps = worked.example.givens["dream_steps"]
    return (
        _pictures(
            "boltzmann-dreams",
            "Dreams",
            f"Digits that nobody wrote: from noise, after {steps} steps there and back between the layers.",
            worked.arrays["dreams"],
            signed=False,
        ),
        _pictures(
            "boltzmann-fields",
            "What hidden units look for",
            "Weights of some hidden units to the pixels: purple counts for, ochre against.",
            worked.arrays["fields"][:N_FIELDS],
            signed=True,
        ),
        _fine_tuning(worked),
    )


def _fine_tuning(worked: Worked) -> Figure:
    ways = {"stacked": ("from the stack", LINES[0]), "random": ("from random weights", LINES[1])}

    def paint(axes: Any) -> None:
        for way, (name, line) in ways.items():
            shares = worked.curves[way]
            axes.plot(range(len(shares)), shares, **line.arguments)
            name_line(axes, len(shares) - 1, shares[-1], name, line)
        axes.set(xlabel="Epoch of fine-tuning", ylabel="Unseen digits that are right")

    return Figure(
        title="A deep belief net is fine-tuned",
        caption=f"Mean over {worked.example.givens['n_splits']} splits; both nets see the same rows in the same order.",
        svg=svg(
            "boltzmann-fine-tuning", 430, 300, "Share of right digits by epoch, from the stack and from random", paint
        ),
    )


def _pictures(name: str, title: str, caption: str, pictures: Array, *, signed: bool) -> Figure:
    height, width = pictures.shape[1:]
    n_rows = -(-len(pictures) // PER_ROW)

    def paint(axes: Any) -> None:
        for place, picture in enumerate(pictures):
            corner = (place % PER_ROW * 1.2 * width, place // PER_ROW * 1.2 * height)
            draw_cells(axes, corner, 1, picture, signed=signed, scale=float(np.abs(picture).max()))
        axes.set(xlim=(-1, PER_ROW * 1.2 * width), ylim=(n_rows * 1.2 * height, -1), aspect="equal")
        axes.axis("off")

    return Figure(
        title=title,
        caption=caption,
        svg=svg(name, 560, 58 * n_rows + 10, f"{len(pictures)} small pictures", paint),
        wide=True,
    )
