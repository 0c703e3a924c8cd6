"""Example 5: the cost by step, and the line that turns into place."""

from typing import Any

import numpy as np

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, logarithmic, thinned

STEPS_SHOWN = (10, 100, 1000)


def draw_logistic_regression(worked: Worked) -> tuple[Figure, ...]:
    """Draws cost curve and decision line."""
    return (_cost(worked), _decision_line(worked))


def _cost(worked: Worked) -> Figure:
    cost = worked.curves["cost"]
    steps = thinned(len(cost))

    def paint(axes: Any) -> None:
        axes.plot(steps + 1, cost[steps], **LINES[0].arguments)
        axes.axhline(cost[-1], color=COLORS["reference"], linewidth=1, dashes=(4, 3))
        axes.text(1, cost[-1], f"{cost[-1]:.5f}", color=COLORS["muted"], va="bottom")
        logarithmic(axes.xaxis)
        logarithmic(axes.yaxis)
        axes.set(xlabel="Number of iterations", ylabel="Cost J(θ)")

    return Figure(
        title="Gradient descent for logistic regression",
        caption=f"{len(cost) - 1:,} steps at α = {worked.example.givens['learning_rate']:g}, both axes logarithmic. "
        "The first steps overshoot; the last ones settle.",
        svg=svg("regression-cost", 430, 310, "Cost by iteration", paint),
    )


def _decision_line(worked: Worked) -> Figure:
    X, y, path = worked.arrays["X"], worked.arrays["y"].astype(bool), worked.arrays["path"]

    def paint(axes: Any) -> None:
        x1 = np.array([X[:, 0].min() - 0.5, X[:, 0].max() + 0.5])
        for step in (step for step in STEPS_SHOWN if step < len(path)):
            theta = path[step]
            axes.plot(x1, -(theta[0] + theta[1] * x1) / theta[2], color=COLORS["reference"], linewidth=1, alpha=0.6)
        axes.axline(*worked.arrays["decision_line"], **LINES[2].arguments | {"linestyle": "solid"})
        axes.plot(*X[y].T, "o", color=COLORS["net-1"], markersize=6)
        axes.plot(
            *X[~y].T, "s", color=COLORS["baseline-1"], markersize=5.5, markerfacecolor="none", markeredgewidth=1.5
        )
        margin = 0.06 * np.ptp(X[:, 1])
        axes.set(xlabel="x1", ylabel="x2", xlim=x1, ylim=(X[:, 1].min() - margin, X[:, 1].max() + margin))

    shown = ", ".join(f"{step:,}" for step in STEPS_SHOWN)
    return Figure(
        title="Decision line",
        caption=f"Circles: class 1; squares: class 0. On the violet line both are equally probable; the thin lines are "
        f"those after {shown} steps.",
        svg=svg("regression-line", 430, 310, "Fifty rows of two classes and the decision line", paint),
    )
