"""A neuron that fires and becomes quiet, by the strength of its loop."""

from typing import Any

import numpy as np

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES


def draw_recurrent(worked: Worked) -> tuple[Figure, ...]:
    """Draws what neurons of several loops, and an LSTM cell, say after a short pulse."""
    pulse, loops = worked.arrays["pulse"], worked.example.givens["loops"]
    times = np.arange(1, len(pulse) + 1)

    def paint(axes: Any) -> None:
        axes.bar(times, pulse, width=0.9, color=COLORS["rule"], label="input")
        for loop, line in zip(loops, LINES, strict=False):
            axes.plot(times, worked.arrays[f"loop.{loop:g}"], label=f"loop {loop:g}", **line.arguments)
        axes.plot(times, worked.arrays["lstm"], label="LSTM cell", **LINES[3].arguments)
        axes.set(xlabel="Time", ylabel="What the neuron says", ylim=(0, 1.08))
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))

    return (
        Figure(
            title="It fires, then becomes quiet",
            caption="Gray: a short input. Without a loop the neuron is silent as soon as the input is; the stronger "
            "the loop, the longer it goes on. The LSTM cell's gates keep what came in.",
            svg=svg("recurrent-pulse", 520, 290, "Output of recurrent neurons after a short pulse", paint),
            wide=True,
        ),
    )
