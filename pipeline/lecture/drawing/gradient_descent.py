"""Examples 3 and 4: the paths of gradient descent on curve, surface and contours."""

from typing import Any

import numpy as np

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, bare, logarithmic, name_line


def draw_gradient_descent(worked: Worked) -> tuple[Figure, ...]:
    """Draws every run of both examples, side by side by learning rate, and the surface."""
    rates = worked.example.givens["learning_rates"]
    return (
        *(_on_curve(worked, rate) for rate in rates),
        *(_on_contours(worked, rate) for rate in rates),
        _surface(worked),
        _values(worked),
    )


def _runs(worked: Worked, item: str, rate: float) -> Any:
    table = worked.tables[item]
    return table[table["learning_rate"] == rate]


def _on_curve(worked: Worked, rate: float) -> Figure:
    x, y = worked.arrays["example3.line"]
    runs = _runs(worked, "example3", rate)
    behavior = runs["behavior"].iloc[0]

    def paint(axes: Any) -> None:
        axes.plot(x, y, color=COLORS["reference"], linewidth=1.2)
        for run, line in zip(runs["run"], LINES, strict=False):
            how = line.arguments | {"linewidth": 1.1, "linestyle": "solid"}
            path, heights = worked.arrays[f"example3.{run}"][:, 0], worked.curves[f"example3.{run}"]
            axes.plot(path, heights, marker="o", markersize=3.5, **how)
            axes.plot(path[0], heights[0], "o", markersize=9, markerfacecolor="none", color=COLORS[line.color])
        axes.set(xlabel="x", ylabel="f(x)", xlim=(x[0], x[-1]), ylim=(-0.04 * y.max(), y.max()))

    return Figure(
        title=f"Example 3, α = {rate:g}: {behavior}",
        caption=f"From {_both(worked.example.givens['starts3'])}, the rings: each step multiplies x by "
        f"{signed(_factor(worked, runs))}.",
        svg=svg(f"descent-curve-{_id(rate)}", 276, 240, f"Descent on x squared at rate {rate:g}, {behavior}", paint),
    )


def _surface(worked: Worked) -> Figure:
    surface = worked.arrays["example4.surface"]
    inside = np.hypot(surface[0], surface[1]) <= surface[0].max()
    heights = np.where(inside, surface[2], np.nan)
    rate = _converging(worked)
    runs = _runs(worked, "example4", rate)

    def paint(axes: Any) -> None:
        axes.plot_wireframe(
            surface[0], surface[1], heights, rcount=22, ccount=22, color=COLORS["reference"], linewidth=0.6
        )
        for run, line in zip(runs["run"], LINES, strict=False):
            path = worked.arrays[f"example4.{run}"]
            how = line.arguments | {"linestyle": "solid"}
            axes.plot(*path.T, worked.curves[f"example4.{run}"], marker="o", markersize=4, zorder=5, **how)
        axes.set(xlabel="x1", ylabel="x2", zlabel="f")
        bare(axes)
        axes.view_init(38, -58)

    return Figure(
        title="Example 4: the surface",
        caption=f"x1² + x2² with the descents at α = {rate:g}: the ball rolls down the valley from both starts.",
        svg=svg(
            "descent-surface",
            480,
            400,
            "Surface of x1 squared plus x2 squared with two descents",
            paint,
            projection="3d",
        ),
    )


def _on_contours(worked: Worked, rate: float) -> Figure:
    x1, x2, f = worked.arrays["example4.surface"][:, ::2, ::2]
    runs = _runs(worked, "example4", rate)
    behavior = runs["behavior"].iloc[0]

    def paint(axes: Any) -> None:
        axes.contour(x1, x2, f, levels=np.linspace(0, f.max(), 11)[1:], colors=[COLORS["rule"]], linewidths=1)
        for run, line in zip(runs["run"], LINES, strict=False):
            path = worked.arrays[f"example4.{run}"]
            axes.plot(
                *path.T, marker="o", markersize=3.5, **(line.arguments | {"linewidth": 1.1, "linestyle": "solid"})
            )
            axes.plot(*path[0], "o", markersize=9, markerfacecolor="none", color=COLORS[line.color])
        axes.plot(0, 0, "+", markersize=11, color=COLORS["ink"])
        axes.set(xlabel="x1", ylabel="x2", xlim=(x1.min(), x1.max()), ylim=(x2.min(), x2.max()), aspect="equal")
        axes.grid(visible=False)

    return Figure(
        title=f"Example 4, α = {rate:g}: {behavior}",
        caption=f"Seen from above: {worked.example.givens['n_steps']} steps towards the cross, or away.",
        svg=svg(
            f"descent-contours-{_id(rate)}", 276, 270, f"Descent over contours at rate {rate:g}, {behavior}", paint
        ),
    )


def _values(worked: Worked) -> Figure:
    table = worked.tables["example4"]
    first = table[table["start"] == table["start"].iloc[0]]

    def paint(axes: Any) -> None:
        for (_, row), line in zip(first.iterrows(), LINES, strict=False):
            f = worked.curves[f"example4.{row['run']}"]
            axes.plot(f, **line.arguments)
            above = 10 if row["behavior"] == "oscillating" else -10 if row["behavior"] == "converging" else 0
            name_line(axes, len(f) - 1, f[-1], f"{row['learning_rate']:g}, {row['behavior']}", line, xytext=(6, above))
        logarithmic(axes.yaxis)
        axes.set(xlabel="Step", ylabel="f", xlim=(0, len(f) - 1))

    return Figure(
        title="What the learning rate does",
        caption="Example 4 from its first start: f by step, its axis logarithmic. An oscillating descent may fall as "
        "fast as a converging one, but from side to side.",
        svg=svg("descent-values", 460, 330, "f by step for four learning rates", paint),
    )


def _converging(worked: Worked) -> float:
    table = worked.tables["example4"]
    return float(table.loc[table["behavior"] == "converging", "learning_rate"].iloc[0])


def _both(starts: Any) -> str:
    return " and ".join(map(signed, starts))


def _factor(worked: Worked, runs: Any) -> float:
    path = worked.arrays[f"example3.{runs['run'].iloc[0]}"][:, 0]
    return float(path[1] / path[0])


def signed(value: float) -> str:
    """Returns a short number with a true minus sign."""
    return f"{value:g}".replace("-", "−")


def _id(rate: float) -> str:
    return f"{rate:g}".replace(".", "-")
