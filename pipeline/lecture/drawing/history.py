"""The lecture's history on a time line."""

from typing import Any

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure


def draw_history(worked: Worked) -> tuple[Figure, ...]:
    """Draws what came when, the slides' four periods behind it."""
    events, periods = worked.example.givens["time_line"], worked.example.givens["periods"]

    def paint(axes: Any) -> None:
        for first, last in periods[::2]:
            axes.axvspan(first, last, color=COLORS["rule"], alpha=0.35, linewidth=0)
        for row, (year, what) in enumerate(events):
            axes.plot([year], [-row], "o", color=COLORS["net-1"], markersize=6)
            right = year < 1980
            place = {"xytext": (9 if right else -9, 0), "ha": "left" if right else "right"}
            axes.annotate(f"{year}  {what}", (year, -row), textcoords="offset points", va="center", **place)
        axes.set(xlim=(periods[0][0] - 9, periods[-1][1]), ylim=(-len(events) + 0.4, 0.6), yticks=())
        axes.spines["left"].set_visible(False)
        axes.grid(axis="y", visible=False)

    return (
        Figure(
            title="Time line",
            caption="The slides' four periods, shaded by turns. The papers are in the reading list below.",
            svg=svg("history-time-line", 640, 300, "What was found when, from 1957 to 2018", paint),
            wide=True,
        ),
    )
