"""A neuron that fires and becomes quiet, by the strength of its loop."""

from itertools import pairwise
from typing import Any

import numpy as np

from pipeline.lecture.drawing.schematic import arrow, blank, hears_itself, neuron, write
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
        _rolled_out(),
        Figure(
            title="It fires, then becomes quiet",
            caption="Gray: a short input. Without a loop the neuron is silent as soon as the input is; the stronger "
            "the loop, the longer it goes on. The LSTM cell's gates keep what came in.",
            svg=svg("recurrent-pulse", 520, 290, "Output of recurrent neurons after a short pulse", paint),
            wide=True,
        ),
    )


def _rolled_out() -> Figure:
    def paint(axes: Any) -> None:
        blank(axes, 9.4, 4.0)
        folded, moments = (1.2, 2.0), [(4.4, 2.0), (6.2, 2.0), (8.0, 2.0)]
        hears_itself(axes, folded, "U")
        for place, time in zip((folded, *moments), ("t", "t−1", "t", "t+1"), strict=True):
            neuron(axes, place)
            below, above = (place[0], 0.5), (place[0], 3.5)
            arrow(axes, below, place)
            arrow(axes, place, above)
            write(axes, (place[0], 0.3), f"x({time})")
            write(axes, (place[0] + 0.3, 1.15), "W", color="muted", fontsize=11)
            write(axes, (place[0], 3.7), f"h({time})")
        write(axes, (2.85, 2.0), "=", fontsize=16)
        for start, end in pairwise([(3.1, 2.0), *moments, (9.3, 2.0)]):
            arrow(axes, start, end, color="net-2")
            write(axes, ((start[0] + end[0]) / 2, 2.22), "U", color="net-2", fontsize=11)

    return Figure(
        title="The loop, rolled out in time",
        caption="At the left a neuron that hears itself; at the right the same neuron at one moment after the other, "
        "a deep net whose layers share W and U.",
        svg=svg("recurrent-loop", 560, 240, "A neuron with a loop, and the same rolled out over three moments", paint),
        wide=True,
    )
