"""Petals of Iris: with their kinds and without, and the direction in which they vary most."""

from typing import Any

import numpy as np

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, MARKERS


def draw_petals(worked: Worked) -> tuple[Figure, ...]:
    """Draws them not told apart and told apart, their two principal components, and the variance by direction."""
    return (
        _flowers(
            worked, "Unsupervised", "The petals of Iris without their kinds: groups may be looked for.", told=False
        ),
        _flowers(
            worked, "Supervised", "The same petals with their kinds: an answer for new ones is learned.", told=True
        ),
        *_turning(worked),
    )


def _flowers(worked: Worked, title: str, caption: str, *, told: bool) -> Figure:
    petals, kinds = worked.arrays["petals"], worked.arrays["kinds"]

    def paint(axes: Any) -> None:
        if not told:
            axes.plot(*petals.T, "o", color=COLORS["reference"], markersize=4.5)
        for kind in np.unique(kinds) if told else ():
            color = COLORS[LINES[kind].color]
            axes.plot(*petals[kinds == kind].T, MARKERS[kind], color=color, markersize=4.5)
        axes.set(xlabel="Petal length", ylabel="Petal width")

    label = "Petals of three kinds of Iris, " + ("told apart" if told else "not told apart")
    return Figure(title=title, caption=caption, svg=svg(f"review-{title.lower()}", 375, 270, label, paint))


def _turning(worked: Worked) -> tuple[Figure, Figure]:
    """Petals with the directions of their largest and least variance, and the variance in every direction."""
    petals, angles, variances = (worked.arrays[name] for name in ("petals", "angles", "variances"))
    most, least = angles[variances.argmax()], angles[variances.argmin()]
    share = variances.max() / (variances.max() + variances.min())

    def directions(axes: Any) -> None:
        center = petals.mean(axis=0)
        axes.plot(*petals.T, "o", color=COLORS["reference"], markersize=3.5)
        for angle, line in ((most, LINES[0]), (least, LINES[1])):
            reach = 2.1 * np.sqrt(variances[angles == angle])
            along = reach * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
            axes.plot(*np.transpose([center - along, center + along]), **line.arguments)
        axes.set(xlabel="Petal length", ylabel="Petal width", aspect="equal", xlim=(0, 7.5), ylim=(-0.6, 3.4))

    def curve(axes: Any) -> None:
        axes.plot(angles, variances, color=COLORS["reference"], linewidth=1.8)
        for angle, line in ((most, LINES[0]), (least, LINES[1])):
            height = variances[angles == angle][0]
            axes.plot(angle, height, "o", color=COLORS[line.color], markersize=8)
            axes.annotate(
                f"{height:.2f} at {angle:.1f}°",
                (angle, height),
                (12, -3) if angle == most else (0, 34),
                textcoords="offset points",
                ha="left" if angle == most else "center",
                color=COLORS[line.color],
            )
        axes.set(xlabel="Direction, in degrees from the petal's length", ylabel="Variance", xticks=range(0, 181, 45))
        axes.set_ylim(0, 1.12 * variances.max())

    return (
        Figure(
            title="Two directions",
            caption="The petals vary most along the one, their first component, and least along the other, at right "
            "angles to it. Each line reaches 2.1 standard deviations to either side.",
            svg=svg("review-directions", 375, 270, "Petals with their two principal components", directions),
        ),
        Figure(
            title="A direction turns",
            caption=f"Variance of the petals along each of {len(angles):,} directions. It is largest at {most:.1f}°, "
            f"where one number instead of two keeps {share:.1%} of it.",
            svg=svg("review-turning", 375, 270, "Variance of the petals by direction", curve),
        ),
    )
