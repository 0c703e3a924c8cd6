"""What a variational autoencoder draws, and where it puts digits that it has not seen."""

from typing import Any

import numpy as np

from pipeline.lecture.drawing.pictures import small_pictures
from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure


def draw_generative(worked: Worked) -> tuple[Figure, ...]:
    """Draws digits from random points, the whole plane, and the codes of unseen digits."""
    return (
        small_pictures(
            "generative-drawn",
            "Digits that nobody wrote",
            "Each from a point drawn at random from the round cloud.",
            worked.arrays["drawn"],
        ),
        small_pictures(
            "generative-plane",
            "The plane, drawn",
            "What the decoder makes of points across the plane; as many digits are expected between any two neighbors.",
            worked.arrays["plane"],
            per_row=worked.example.givens["n_side"],
        ),
        _codes(worked),
    )


def _codes(worked: Worked) -> Figure:
    codes, answers = worked.arrays["codes"], worked.arrays["answers"]

    def paint(axes: Any) -> None:
        for (x, y), answer in zip(codes, answers, strict=True):
            axes.text(x, y, str(answer), ha="center", va="center", fontsize=10, color=COLORS["net-1"])
        low, high = codes.min(axis=0) - 0.05 * np.ptp(codes, axis=0), codes.max(axis=0) + 0.05 * np.ptp(codes, axis=0)
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xticks=[], yticks=[])

    return Figure(
        title="Where unseen digits lie",
        caption="The middles of their clouds. Nobody told the net which digit is which.",
        svg=svg("generative-codes", 430, 400, f"{len(codes)} unseen digits at the middles of their clouds", paint),
    )
