"""Draws what decisions cost, how far probabilities can be trusted, and whom they find."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from pipeline.decisions.reliability import Reliability
from pipeline.decisions.values import Estimate
from pipeline.telling.canvas import COLORS, Line, svg

MAP_DASHES: Mapping[str, tuple[float, ...]] = {"as_trained": (), "platt": (6, 3), "isotonic": (1.5, 2.5)}
_LABEL_WIDTH = 30  # characters of a column's name


def cost_plot(
    ratios: NDArray[np.float64],
    curves: Sequence[tuple[Line, NDArray[np.float64]]],
    declared: float,
    *,
    label: str,
) -> str:
    """Draws cost by cost ratio, as a share of treating all rows alike.

    Args:
        ratios: ``(n_ratios,)``, drawn as powers of ten.
        curves: Lines and their heights at the ratios; what is above 1.2 is cut off.
        declared: The ratio that decisions are made with.
        label: Says what is seen to those who do not see it.

    Returns:
        The SVG element.
    """

    def draw(axes: Axes) -> None:
        axes.axhline(1, color=COLORS["reference"], linewidth=1.2, dashes=(4, 3))
        axes.axvline(declared, color=COLORS["muted"], linewidth=1)
        for line, heights in curves:
            axes.plot(ratios, heights, **line.arguments)
        axes.set_xscale("log")
        axes.set_xlim(ratios[0], ratios[-1])
        axes.set_ylim(0, 1.2)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.minorticks_off()
        axes.set_xlabel("Cost of a miss, in false alarms")
        axes.set_ylabel("Cost, relative to treating all alike")

    return svg("cost", 420, 340, label, draw)


def benefit_plot(
    thresholds: NDArray[np.float64],
    curves: Sequence[tuple[Line, NDArray[np.float64]]],
    everybody: NDArray[np.float64],
    declared: float,
    *,
    label: str,
) -> str:
    """Draws net benefit by threshold: the decision curves.

    Args:
        thresholds: ``(n_thresholds,)``, drawn as powers of ten.
        curves: Lines and their heights at the thresholds, in positive rows for each row.
        everybody: ``(n_thresholds,)``: the height of raising everybody; nobody is at 0.
        declared: The threshold of the cost ratio that decisions are made with.
        label: Says what is seen to those who do not see it.

    Returns:
        The SVG element.
    """
    highest = 100 * max(everybody.max(), *(heights.max() for _, heights in curves))

    def draw(axes: Axes) -> None:
        axes.axhline(0, color=COLORS["reference"], linewidth=1.2, dashes=(4, 3))
        axes.plot(thresholds, 100 * everybody, color=COLORS["faint"], linewidth=2)
        axes.axvline(declared, color=COLORS["muted"], linewidth=1)
        for line, heights in curves:
            axes.plot(thresholds, 100 * heights, **line.arguments)
        axes.set_xscale("log")
        axes.set_xlim(thresholds.min(), thresholds.max())
        axes.set_ylim(-0.25 * highest, 1.05 * highest)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.minorticks_off()
        axes.set_xlabel("Raised above a probability of")
        axes.set_ylabel("Net benefit of 100")

    return svg("benefit", 420, 340, label, draw)


def reliability_plot(curves: Mapping[str, Reliability], line: Line, *, label: str, of: str) -> str:
    """Draws what the probabilities would have to be, before and after calibration.

    Both axes grow with the square root: that is where small risks have room, and a share of 0 still has a place.

    Args:
        curves: Map -> curve; the band is that of the probabilities as trained, and so are the marks of their deciles.
        line: Of the candidate.
        label: Says what is seen to those who do not see it.
        of: Whose probabilities; it makes the figure unique on the page.

    Returns:
        The SVG element.
    """
    own = curves["as_trained"]
    highest = max(max(each.probability.max(), each.recalibrated.max()) for each in curves.values())

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=COLORS["reference"], linewidth=1.2, dashes=(4, 3))
        axes.fill_between(own.at, own.low, own.high, color=COLORS["faint"], linewidth=0, alpha=0.45)
        for name, each in curves.items():
            drawn = replace(line, dashes=MAP_DASHES[name], width=2.2 if name == "as_trained" else 1.4)
            axes.plot(each.probability, each.recalibrated, **drawn.arguments)
        ticks = [tick for tick in (0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1) if tick <= highest]
        ticks = [tick for tick in ticks if tick != 0.05 or highest < 0.5]  # else it stands in the way of 0.1
        limits = (0, min(1.15 * highest, 1.01))
        axes.set_xscale("function", functions=(_root, np.square))
        axes.set_yscale("function", functions=(_root, np.square))
        axes.set(xlim=limits, ylim=limits, xticks=ticks, yticks=ticks)
        axes.plot(own.deciles, np.zeros(9), "|", color=COLORS["ink"], markersize=12, clip_on=False)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.set_xlabel("Probability")
        axes.set_ylabel("Share that was positive")

    return svg(f"reliability-{of}", 330, 310, label, draw)


def gains_plot(
    shares: NDArray[np.float64],
    curves: Sequence[tuple[Line, NDArray[np.float64]]],
    base_rate: float,
    *,
    label: str,
) -> str:
    """Draws the share of the positive rows found by the share of rows looked at.

    Args:
        shares: ``(n_shares,)``.
        curves: Lines and their heights at the shares.
        base_rate: Share of positive rows: where a perfect order has found all.
        label: Says what is seen to those who do not see it.

    Returns:
        The SVG element.
    """

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=COLORS["reference"], linewidth=1.2, dashes=(4, 3))
        axes.plot([0, base_rate, 1], [0, 1, 1], color=COLORS["faint"], linewidth=1.2)
        for line, heights in curves:
            axes.plot(shares, heights, **line.arguments)
        percent = FuncFormatter(lambda value, _: f"{100 * value:.0f} %")
        axes.xaxis.set_major_formatter(percent)
        axes.yaxis.set_major_formatter(percent)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.01)
        axes.set_xlabel("Rows looked at, riskiest first")
        axes.set_ylabel("Positive rows found")

    return svg("gains", 420, 340, label, draw)


def level_plot(
    levels: Sequence[str],
    found: Sequence[Estimate],
    of_all: float,
    line: Line,
    *,
    title: str,
    label: str,
    of: str,
) -> str:
    """Draws a share of each level with its interval, and that of all rows.

    Args:
        levels: Names, in order.
        found: Of each level.
        of_all: Of all rows.
        line: Of the candidate, whose color it takes.
        title: Of the axis.
        label: Says what is seen to those who do not see it.
        of: What is drawn; it makes the figure unique on the page.

    Returns:
        The SVG element.
    """
    color = COLORS[line.color]

    def draw(axes: Axes) -> None:
        axes.axvline(of_all, color=COLORS["reference"], linewidth=1.2, dashes=(4, 3))
        for row, one in enumerate(found):
            if np.isfinite([one.low, one.high]).all():
                axes.plot([one.low, one.high], [row, row], color=color, linewidth=2)
            if np.isfinite(one.mean):
                axes.plot(one.mean, row, "o", color=color, markersize=5.5)
        axes.set_ylim(len(levels) - 0.5, -0.5)
        axes.set_yticks(range(len(levels)), [fill(level, _LABEL_WIDTH) for level in levels])
        axes.tick_params(axis="y", length=0, labelcolor=COLORS["ink"], labelsize=11)
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.set_xlabel(title)

    return svg(f"levels-{of}", 380, 34 * len(levels) + 60, label, draw)


def _root(values: NDArray[np.float64]) -> NDArray[np.float64]:
    # Matplotlib also tries the transform on a margin below 0.
    return np.sqrt(np.maximum(values, 0))
