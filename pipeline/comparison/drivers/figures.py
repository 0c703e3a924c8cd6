"""Draws what shuffling costs, and how the answer follows a column."""

from collections.abc import Sequence
from textwrap import shorten

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from models.encoding import cells
from pipeline.comparison.drivers.values import ColumnLoss, Curve
from pipeline.scoring.many_columns import Intervals
from pipeline.telling.canvas import COLORS, Line, svg
from pipeline.telling.plot import MARKERS
from pipeline.words.numbers import minus

_MARKS = {"net": ("net-1", "o"), "baseline": ("baseline-1", "s")}
_NAME = 30  # characters of a column's name
_LEVEL = 22  # of a level
_FEW = 10  # values, each a dot
_FAR = 2.0  # a step at an end is cut off that is wider than so many times all between


def losses_plot(losses: Sequence[ColumnLoss], family: str, *, title: str, label: str) -> str:
    """Draws what shuffling each column costs, with its interval; hollow where it may be chance.

    Args:
        losses: The largest first.
        family: Of the candidate, whose color and mark are drawn.
        title: Of the axis.
        label: Says what is seen to those who do not see it.

    Returns:
        The SVG element.
    """
    ink, marker = _MARKS[family]

    def draw(axes: Axes) -> None:
        axes.axvline(0, color=COLORS["muted"], linewidth=1)
        for row, one in enumerate(losses):
            color = COLORS[ink if one.beyond else "reference"]
            if np.isfinite([one.low, one.high]).all():
                axes.plot([one.low, one.high], [row, row], color=color, linewidth=2)
            filled = color if one.beyond else "none"
            axes.plot(one.mean, row, marker, color=color, markersize=6, markerfacecolor=filled, markeredgewidth=1.5)
        _rows(axes, [_named(one) for one in losses])
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: minus(f"{value:g}")))
        axes.set_xlabel(title)

    return svg("drivers", 460, 26 * len(losses) + 56, label, draw)


def effect_plot(
    curve: Curve, scale: str, lines: Sequence[Line], limits: tuple[float, float], *, title: str, label: str, name: str
) -> str:
    """Draws how the answer follows one column: a line with its band for a number, a point for each level.

    Args:
        curve: Of the column.
        scale: Which of its heights.
        lines: Of each output.
        limits: Lowest and highest value of the answer's axis, the same for all columns.
        title: Of the answer's axis.
        label: Says what is seen to those who do not see it.
        name: Makes the figure unique on the page.

    Returns:
        The SVG element.
    """
    found, n_grid = curve.heights[scale], len(curve.axis.grid)
    if not n_grid:
        height = 26 * len(curve.axis.words) + 56
        return svg(name, 330, height, label, lambda axes: _draw_levels(axes, curve, found, lines, limits, title))

    def draw(axes: Axes) -> None:
        _draw_grid(axes, curve, Intervals(*(each[:n_grid] for each in found)), lines)
        if curve.axis.words:
            _draw_gap(axes, Intervals(*(each[n_grid] for each in found)), lines)
        axes.set_ylim(*limits)
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(_written))
        axes.set_ylabel(title)

    return svg(name, 330, 230, label, draw)


def limits_of(curves: Sequence[Curve], scale: str) -> tuple[float, float]:
    """Returns an axis on which all curves are seen whole; bands may be cut off."""
    means = np.concatenate([curve.heights[scale].mean.ravel() for curve in curves])
    low, high = (float(each) for each in (np.nanmin(means), np.nanmax(means)))
    bounds = [each.ravel() for curve in curves for each in (curve.heights[scale].low, curve.heights[scale].high)]
    known = np.concatenate(bounds)
    known = known[np.isfinite(known)]
    room = 0.6 * (high - low) or 1e-3
    if len(known):
        low, high = max(min(low, known.min()), low - room), min(max(high, known.max()), high + room)
    margin = 0.06 * (high - low)
    return min(low - margin, -margin), max(high + margin, margin)


def _draw_grid(axes: Axes, curve: Curve, found: Intervals, lines: Sequence[Line]) -> None:
    grid = curve.axis.grid
    axes.axhline(0, color=COLORS["reference"], linewidth=1)
    for output, line in enumerate(lines):
        color = COLORS[line.color]
        if np.isfinite(found.low[:, output]).all():
            low, high = found.low[:, output], found.high[:, output]
            axes.fill_between(grid, low, high, color=color, linewidth=0, alpha=0.18)
        marker = "o" if len(grid) <= _FEW else ""
        axes.plot(grid, found.mean[:, output], **line.arguments, marker=marker, markersize=4)
    axes.set_xlim(*_seen(grid))
    axes.plot(
        curve.axis.deciles,
        np.zeros(len(curve.axis.deciles)),
        "|",
        color=COLORS["ink"],
        markersize=11,
        transform=axes.get_xaxis_transform(),
        clip_on=True,
    )
    is_date = curve.axis.kind == "date"
    axes.xaxis.set_major_locator(MaxNLocator(3 if is_date else 5, integer=is_date))
    axes.xaxis.set_major_formatter(FuncFormatter(_dated if is_date else _written))


def _draw_gap(axes: Axes, found: Intervals, lines: Sequence[Line]) -> None:
    """Draws a gap at the right, beyond the values."""
    left, right = axes.get_xlim()
    place = right + 0.1 * (right - left)
    for output, line in enumerate(lines):
        color = COLORS[line.color]
        if np.isfinite([found.low[output], found.high[output]]).all():
            axes.plot([place, place], [found.low[output], found.high[output]], color=color, linewidth=2)
        axes.plot(place, found.mean[output], "D", color=color, markersize=5)
    axes.axvline(right, color=COLORS["rule"], linewidth=1)
    axes.text(
        place,
        0.99,
        "gap",
        ha="center",
        va="top",
        color=COLORS["muted"],
        fontsize=11,
        transform=axes.get_xaxis_transform(),
    )
    axes.set_xticks([tick for tick in axes.get_xticks() if left <= tick <= right])  # a gap has no number
    axes.set_xlim(left, right + 0.2 * (right - left))


def _draw_levels(
    axes: Axes, curve: Curve, found: Intervals, lines: Sequence[Line], limits: tuple[float, float], title: str
) -> None:
    axes.axvline(0, color=COLORS["reference"], linewidth=1)
    offsets = np.linspace(-0.22, 0.22, len(lines)) if len(lines) > 1 else [0.0]
    for output, (line, offset) in enumerate(zip(lines, offsets, strict=True)):
        color = COLORS[line.color]
        for row in range(len(curve.axis.words)):
            low, high = found.low[row, output], found.high[row, output]
            if np.isfinite([low, high]).all():
                axes.plot([low, high], [row + offset] * 2, color=color, linewidth=2)
            axes.plot(
                found.mean[row, output], row + offset, MARKERS[output % len(MARKERS)], color=color, markersize=5.5
            )
    _rows(axes, [shorten(word, _LEVEL, placeholder=" …") or word[:_LEVEL] for word in curve.axis.words])
    axes.set_xlim(*limits)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(_written))
    axes.set_xlabel(title)


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, labelcolor=COLORS["ink"], labelsize=11)
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)


def _seen(grid: NDArray[np.float64]) -> tuple[float, float]:
    """Returns the part of a grid that is drawn: single rows far away would press all others together."""
    inner = grid[1:-1] if len(grid) > _FEW else grid
    width = inner[-1] - inner[0]
    left = inner[0] - 0.3 * width if inner[0] - grid[0] > _FAR * width else grid[0]
    right = inner[-1] + 0.3 * width if grid[-1] - inner[-1] > _FAR * width else grid[-1]
    return float(left), float(right)


def _named(one: ColumnLoss) -> str:
    name = one.columns[0] if len(one.columns[0]) <= _NAME else f"{one.columns[0][: _NAME - 1]}…"
    return f"{name} + {len(one.columns) - 1}" if len(one.columns) > 1 else name


def _written(value: float, _: int) -> str:
    size = abs(value)
    return minus(f"{value:,.10g}" if 1e-4 <= size < 1e6 or size == 0 else f"{value:.2g}")


def _dated(value: float, _: int) -> str:
    return str(cells.date_texts(np.array([np.floor(value)]))[0])
