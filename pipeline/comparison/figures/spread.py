"""Draws where the spread comes from: trainings on each fold, scores over the share of the rows."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pipeline.scoring.points import Point
from pipeline.telling.canvas import COLORS, svg

_MARKS = {"net": (COLORS["net-1"], "o"), "baseline": (COLORS["baseline-1"], "s")}


def seed_plot(candidate: str, folds: Sequence[int], values: NDArray[np.float64], *, title: str) -> str:
    """Draws every training of one net as a dot, fold by fold, with a line at the mean of each fold.

    Args:
        candidate: Name of the net; makes the figure unique on the page.
        folds: Their indices.
        values: ``(n_folds, n_seeds)``.
        title: Of the metric.

    Returns:
        The SVG element.
    """

    def draw(axes: Axes) -> None:
        for place, own in enumerate(values):
            axes.plot([place - 0.3, place + 0.3], [own.mean()] * 2, color=COLORS["ink"], linewidth=1.6)
            beside = place + np.linspace(-0.15, 0.15, len(own))
            axes.plot(beside, own, "o", color=COLORS["net-1"], alpha=0.7, markersize=4.5, markeredgewidth=0)
        step = 1 + len(folds) // 12
        axes.set_xticks(range(0, len(folds), step), [str(index) for index in folds[::step]])
        axes.set_xlim(-0.6, len(folds) - 0.4)
        axes.grid(axis="x", visible=False)
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel("Fold")
        axes.set_ylabel(title)

    label = f"{title} of {values.shape[1]} trainings on each of {len(folds)} folds. The numbers are in seeds.csv."
    return svg(f"seeds-{candidate}", 380, 250, label, draw)


def rows_plot(points: Sequence[Point], labels: Mapping[str, str], *, title: str) -> str:
    """Draws means with their intervals over the share of the training rows, a line for each candidate.

    Args:
        points: Every candidate at every share, in ascending order.
        labels: Candidate -> name for people.
        title: Of the metric.

    Returns:
        The SVG element.
    """
    aside = dict(zip(labels, np.linspace(-0.6, 0.6, len(labels)) if len(labels) > 1 else [0.0], strict=True))

    def draw(axes: Axes) -> None:
        for name, label in labels.items():
            own = [point for point in points if point.candidate == name]
            color, marker = _MARKS[own[0].family]
            x = [100 * point.share + aside[name] for point in own]
            for place, point in zip(x, own, strict=True):
                axes.plot([place] * 2, [point.interval.low, point.interval.high], color=color, linewidth=1.6)
            axes.plot(x, [point.interval.mean for point in own], marker=marker, color=color, label=label, markersize=6)
        axes.set_xlim(left=0, right=104)
        axes.set_xticks([100 * share for share in sorted({point.share for point in points})])
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}\u00a0%")
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel("Share of the training rows")
        axes.set_ylabel(title)
        axes.legend(frameon=False, loc="best", labelcolor=COLORS["ink"])

    label = f"{title} of {len(labels)} candidates by the share of the training rows. The numbers are in the table."
    return svg("rows", 400, 300, label, draw)
