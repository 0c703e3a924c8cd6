"""Batch, mini-batch and stochastic descent: cost by epoch and by rows seen, and their paths."""

from typing import Any

import numpy as np

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, name_line

STYLES = {"stochastic": LINES[2], "mini_batch": LINES[1], "batch": LINES[0]}


def draw_descent_flavours(worked: Worked) -> tuple[Figure, ...]:
    """Draws the cost of the three flavours at equal epochs and at equal rows seen, and their paths."""
    return (_by_epoch(worked), _by_rows(worked), _paths(worked))


def _by_epoch(worked: Worked) -> Figure:
    def paint(axes: Any) -> None:
        for flavour, line in STYLES.items():
            cost = worked.curves[f"{flavour}.cost_by_epoch"]
            axes.plot(cost, **line.arguments)
            name_line(axes, len(cost) - 1, cost[-1], _name(flavour), line)
        axes.set(xlabel="Epoch", ylabel="Cost on all rows", xlim=(0, len(cost) - 1))
        axes.set_ylim(bottom=0)

    return Figure(
        title="Cost by epoch",
        caption="After the same number of passes the flavours of more updates are lower: at this one learning rate, "
        "which suits them; batch could take a larger one.",
        svg=svg("flavours-epochs", 440, 300, "Cost of three flavours by epoch", paint),
    )


def _by_rows(worked: Worked) -> Figure:
    rows_of_an_epoch = worked.arrays["batch.rows_seen"][1]

    def paint(axes: Any) -> None:
        for flavour, line in STYLES.items():
            rows, cost = worked.arrays[f"{flavour}.rows_seen"], worked.arrays[f"{flavour}.cost"]
            seen = rows <= 4 * rows_of_an_epoch
            axes.step(rows[seen], cost[seen], where="post", **line.arguments | {"linewidth": 1.5})
        axes.set(xlabel="Rows seen", ylabel="Cost on all rows", xlim=(0, 4 * rows_of_an_epoch))
        axes.set_xticks(rows_of_an_epoch * np.arange(5))

    return Figure(
        title="Cost by rows seen",
        caption=f"The first four epochs, {rows_of_an_epoch} rows each, update by update: batch waits for all rows "
        "(solid), mini-batch moves after a few (dashed), stochastic after each (dotted), not always downhill.",
        svg=svg("flavours-rows", 400, 300, "Cost of three flavours by rows seen", paint),
    )


def _paths(worked: Worked) -> Figure:
    def paint(axes: Any) -> None:
        for flavour, line in STYLES.items():
            path = worked.arrays[f"{flavour}.path"]
            thin = {"linewidth": 0.7 if flavour == "stochastic" else 1.8, "linestyle": "solid"}
            axes.plot(path[:, 0], path[:, 1], label=_name(flavour), **line.arguments | thin)
            axes.plot(*path[-1, :2], "o", color=COLORS[line.color], markersize=6)
        axes.plot(*path[0, :2], "o", color=COLORS["ink"], markersize=9, markerfacecolor="none")
        axes.set(xlabel="w1", ylabel="w2")
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))

    return Figure(
        title="Paths of the weights",
        caption="From the same start, the ring, to the dots in the same number of epochs: the fewer rows for an "
        "update, the longer and the less steady the way.",
        svg=svg("flavours-paths", 460, 300, "Paths of two weights in three flavours", paint),
    )


def _name(flavour: str) -> str:
    return flavour.replace("_", "-")
