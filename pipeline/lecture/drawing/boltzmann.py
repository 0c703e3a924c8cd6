"""What the hidden units of a Boltzmann machine look for, what it dreams of, and what a stack of two is worth."""

from typing import Any

from pipeline.lecture.drawing.pictures import small_pictures
from pipeline.lecture.values import Worked
from pipeline.telling.canvas import svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, name_line

N_FIELDS = 30


def draw_boltzmann(worked: Worked) -> tuple[Figure, ...]:
    """Draws dreams, receptive fields and fine-tuning."""
    steps = worked.example.givens["dream_steps"]
    return (
        small_pictures(
            "boltzmann-dreams",
            "Dreams",
            f"Digits that nobody wrote: from noise, after {steps} steps there and back between the layers.",
            worked.arrays["dreams"],
            signed=False,
        ),
        small_pictures(
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
            apart = 0.03 if way == "stacked" else -0.03  # they end at nearly the same place
            name_line(axes, len(shares) - 1, shares[-1] + apart, name, line)
        axes.set(xlabel="Epoch of fine-tuning", ylabel="Unseen digits that are right")

    return Figure(
        title="A deep belief net is fine-tuned",
        caption=f"Mean over {worked.example.givens['n_splits']} splits; both nets see the same rows in the same order.",
        svg=svg(
            "boltzmann-fine-tuning", 430, 300, "Share of right digits by epoch, from the stack and from random", paint
        ),
    )
