"""A learning curve of three sizes of nets, as the slide on scale draws it."""

from typing import Any

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, logarithmic, name_line


def draw_scale(worked: Worked) -> tuple[Figure, ...]:
    """Draws the share of unseen rows that are right over the number of rows, a line for each size."""
    table, sizes = worked.tables["scale"], worked.example.givens["hidden_units"]

    def paint(axes: Any) -> None:
        for place, (units, line) in enumerate(zip(sizes, LINES, strict=False)):
            own = table[table["hidden neurons"] == units]
            axes.plot(own["rows"], own["mean"], **line.arguments)
            beside = own["rows"] * 1.04 ** (place - len(sizes) // 2)  # so that no bar hides another
            axes.vlines(beside, own["low"], own["high"], color=COLORS[line.color], linewidth=1, alpha=0.6)
            apart = 0.035 * (place - len(sizes) // 2)  # the larger ones end close together
            last = own.iloc[-1]
            name_line(axes, last["rows"], last["mean"] + apart, f"{units} hidden neurons", line)
        logarithmic(axes.xaxis)
        axes.set(xlabel="Rows that were learned from", ylabel="Unseen digits that are right", ylim=(0, 1.05))

    return (
        Figure(
            title="Scale drives progress",
            caption="Mean over splits; the thin bars are 95 % intervals, wide where few rows were learned from.",
            svg=svg("scale", 560, 360, "Share of right digits by rows, for three sizes of nets", paint),
        ),
    )
