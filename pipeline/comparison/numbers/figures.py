"""Draws what was predicted against what is true, what is left over, and how far off it is where."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from pipeline.comparison.numbers.unseen import Unseen
from pipeline.telling.canvas import COLORS, Line, svg
from pipeline.words.numbers import minus

MOST_DOTS = 1500
"""Drawn rows: more add bytes, not insight."""
_INK = {"net": "net-1", "baseline": "baseline-1"}
_MARKER = {"net": "o", "baseline": "s"}
_GUESS = Line(color="reference", dashes=(4, 3), width=1.4)
_WIDTH, _HEIGHT = 400, 340
_STEPS = 10  # of the predictions, for the line of medians


def scatter_plot(found: Unseen, target: str, reach: float | None) -> str:
    """Draws the true number over the predicted one, a dot a row; on the diagonal they are the same.

    Args:
        found: Rows that were not learned from.
        target: Name of the number.
        reach: Of the prediction interval, drawn on both sides of the diagonal; ``None`` without.

    Returns:
        The SVG element.
    """
    rows = _drawn(len(found.rows))
    low, high = _limits([found.y_true, found.predicted])

    def draw(axes: Axes) -> None:
        ends = np.array([low, high])
        if reach is not None:
            axes.fill_between(ends, ends - reach, ends + reach, color=COLORS["rule"], alpha=0.6, linewidth=0)
        axes.plot(ends, ends, color=COLORS["muted"], linewidth=1.2)
        axes.plot(found.predicted[rows], found.y_true[rows], **_dots(found.family))
        axes.set_xlim(low, high)
        axes.set_ylim(low, high)
        axes.set_xlabel("Predicted")
        axes.set_ylabel("True")
        _finish(axes)

    label = f"True {target} over the predicted one, {len(rows):,} test rows."
    return svg("predicted-true", _WIDTH, _HEIGHT, label, draw)


def residual_plot(found: Unseen, target: str) -> str:
    """Draws what is left over, true minus predicted, over what is predicted, with the medians of tenths.

    Args:
        found: Rows that were not learned from.
        target: Name of the number.

    Returns:
        The SVG element.
    """
    rows = _drawn(len(found.rows))
    far = float(np.abs(found.residuals).max()) * 1.05 or 1.0
    steps = _steps(found)

    def draw(axes: Axes) -> None:
        axes.axhline(0, color=COLORS["muted"], linewidth=1.2)
        axes.plot(found.predicted[rows], found.residuals[rows], **_dots(found.family))
        axes.plot(steps[:, 0], steps[:, 1], color=COLORS["ink"], linewidth=2)
        for quantile in (2, 3):
            axes.plot(steps[:, 0], steps[:, quantile], color=COLORS["ink"], linewidth=1, dashes=(3, 3))
        axes.set_ylim(-far, far)
        axes.set_xlim(*_limits([found.predicted]))
        axes.set_xlabel("Predicted")
        axes.set_ylabel("True − predicted")
        _finish(axes)

    label = f"True minus predicted {target} over the predicted one, {len(rows):,} test rows, and the medians of tenths."
    return svg("residuals", _WIDTH, _HEIGHT, label, draw)


def parts_plot(parts: pd.DataFrame, family: str, target: str) -> str:
    """Draws the mean absolute error in each part of the rows by their true number, over that of guessing.

    Args:
        parts: As ``by_part_of_target`` makes them.
        family: Of the candidate.
        target: Name of the number.

    Returns:
        The SVG element.
    """

    def draw(axes: Axes) -> None:
        across = np.arange(1, len(parts) + 1)
        axes.plot(across, parts["guessing"], **_GUESS.arguments)
        color, marker = COLORS[_INK[family]], _MARKER[family]
        axes.plot(across, parts["mean_absolute_error"], color=color, marker=marker, linewidth=2, markersize=6)
        axes.set_ylim(bottom=0)
        axes.set_xticks(across, [_short(value) for value in parts["lowest"]])
        axes.tick_params(axis="x", labelrotation=45)
        axes.set_xlabel(f"True {target}, from")
        axes.set_ylabel("Mean absolute error")
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))

    label = f"Mean absolute error in {len(parts)} parts of the rows by their {target}. The numbers are in the table."
    return svg("error-by-part", _WIDTH, _HEIGHT, label, draw)


def legend(family: str) -> list[tuple[str, Line]]:
    """Returns the lines of ``parts_plot`` and what they are."""
    return [("the candidate", Line(color=_INK[family])), ("guessing", _GUESS)]


def _drawn(n: int) -> NDArray[np.int64]:
    """Returns which rows are drawn: all, or as many drawn at random, always the same."""
    if n <= MOST_DOTS:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, MOST_DOTS, replace=False))


def _steps(found: Unseen) -> NDArray[np.float64]:
    """Returns median prediction and the median, first and ninth tenth of residuals, a row for each step."""
    order = np.argsort(found.predicted, kind="stable")
    groups = np.array_split(order, max(min(_STEPS, len(order) // _STEPS), 1))
    weights = [None if found.weights is None else found.weights[own] for own in groups]
    return np.array(
        [
            [
                *_quantiles(found.predicted[own], [0.5], weighs),
                *_quantiles(found.residuals[own], [0.5, 0.1, 0.9], weighs),
            ]
            for own, weighs in zip(groups, weights, strict=True)
        ]
    )


def _quantiles(
    values: NDArray[np.float64], shares: Sequence[float], weights: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Returns quantiles; of rows that count unequally the values up to which so large a share of the weight lies."""
    if weights is None:
        return np.asarray(np.quantile(values, shares))
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    places = np.searchsorted(reached, np.asarray(shares) * reached[-1])
    return np.asarray(values[order][np.minimum(places, len(values) - 1)])


def _dots(family: str) -> dict[str, Any]:
    color = COLORS[_INK[family]]
    return {"color": color, "marker": ".", "linestyle": "none", "alpha": 0.45, "markersize": 6, "markeredgewidth": 0}


def _limits(values: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    low, high = min(float(one.min()) for one in values), max(float(one.max()) for one in values)
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin


def _finish(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))


def _short(value: float) -> str:
    """Writes a number of a tick in at most four digits: thousands by a comma, more as a power."""
    if value and not 1e-3 <= abs(value) < 1e6:
        return minus(f"{value:.2g}")
    return minus(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}")
