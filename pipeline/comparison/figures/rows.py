"""Draws what has a row for each candidate: means, paired differences, ranks."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipeline.scoring.values import Contrast, Ranks, Scores, Summary
from pipeline.telling.canvas import COLORS, svg

_MARKS = {
    "net": (COLORS["net-1"], "o"),
    "baseline": (COLORS["baseline-1"], "s"),
    "reference": (COLORS["reference"], "D"),
}


def interval_plot(
    summaries: Sequence[Summary], scores: Sequence[Scores], labels: Mapping[str, str], *, reference: str, title: str
) -> str:
    """Draws mean, interval and folds of one metric, a row for each candidate.

    Args:
        summaries: One for each candidate, best first, all of the same metric.
        scores: Of these candidates: a dot for each fold.
        labels: Candidate -> name for people.
        reference: The one that guesses, a dashed line. Where it is far away it does not stretch the axis.
        title: Of the metric.

    Returns:
        The SVG element.
    """
    folds = {s.candidate: [one.metrics[s.metric] for one in scores if one.candidate == s.candidate] for s in summaries}
    level = next(s.mean for s in summaries if s.candidate == reference)
    low, high = _limits(
        [
            value
            for s in summaries
            if s.candidate != reference
            for value in (s.low, s.mean, s.high, *folds[s.candidate])
        ],
        level,
    )

    def draw(axes: Axes) -> None:
        for row, s in enumerate(summaries):
            color, marker = _mark(s, reference)
            if not low <= s.mean <= high:
                left = s.mean < low
                axes.text(
                    0.01 if left else 0.99,
                    row,
                    f"← {s.mean:.3f}" if left else f"{s.mean:.3f} →",
                    ha="left" if left else "right",
                    va="center",
                    color=color,
                    transform=axes.get_yaxis_transform(),
                )
                continue
            dots = folds[s.candidate]
            axes.plot(dots, [row + 0.27] * len(dots), ".", color=color, alpha=0.35, markersize=6, markeredgewidth=0)
            if np.isfinite([s.low, s.high]).all():
                axes.plot([s.low, s.high], [row, row], color=color, linewidth=2.5)
            axes.plot(s.mean, row, marker, color=color, markersize=7)
        if low <= level <= high:
            axes.axvline(level, color=COLORS["reference"], linewidth=1, dashes=(4, 3), zorder=0.9)
        axes.set_xlim(low, high)
        _finish(axes, [labels[s.candidate] for s in summaries], title)

    label = f"{title} of {len(summaries)} candidates: mean, interval and folds. The numbers are in the table."
    return svg("interval", 400, 26 * len(summaries) + 50, label, draw)


def difference_plot(contrasts: Sequence[Contrast], labels: Mapping[str, str], *, equivalence: float, title: str) -> str:
    """Draws paired differences with their intervals over the band of what makes no practical difference.

    Args:
        contrasts: To one reference in one metric, a row for each.
        labels: Candidate -> name for people.
        equivalence: Half the width of the band.
        title: Of the difference.

    Returns:
        The SVG element.
    """

    def draw(axes: Axes) -> None:
        axes.axvspan(-equivalence, equivalence, color=COLORS["rule"], alpha=0.7, linewidth=0)
        axes.axvline(0, color=COLORS["muted"], linewidth=1)
        for row, contrast in enumerate(contrasts):
            color, marker = _mark(contrast, "")
            if np.isfinite([contrast.low, contrast.high]).all():
                axes.plot([contrast.low, contrast.high], [row, row], color=color, linewidth=2.5)
            axes.plot(contrast.difference, row, marker, color=color, markersize=7)
        _finish(axes, [labels[contrast.candidate] for contrast in contrasts], title)

    label = f"{title}: {len(contrasts)} differences and their intervals. The numbers are in the table."
    return svg("difference", 400, 26 * len(contrasts) + 50, label, draw)


def rank_plot(ranks: Ranks, roles: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """Draws average ranks, and beside them a bar for each group that no test tells apart, with dots at its members.

    A bar may pass a row that is not in its group: only a dot joins it.

    Args:
        ranks: Of all candidates, best first.
        roles: Candidate -> ``"net"``, ``"baseline"`` or ``"reference"``.
        labels: Candidate -> name for people.

    Returns:
        The SVG element.
    """
    rows = {name: row for row, name in enumerate(ranks.average)}

    def draw(axes: Axes) -> None:
        for name, row in rows.items():
            color, marker = _MARKS[roles[name]]
            axes.plot([1, ranks.average[name]], [row, row], color=COLORS["rule"], linewidth=2.5)
            axes.plot(ranks.average[name], row, marker, color=color, markersize=7)
        for number, group in enumerate(ranks.groups):
            members = [rows[name] for name in group]
            across = [1.04 + 0.045 * number] * len(members)
            axes.plot(
                across,
                members,
                "o-",
                color=COLORS["ink"],
                linewidth=1.6,
                markersize=4.5,
                transform=axes.get_yaxis_transform(),
                clip_on=False,
            )
        axes.set_xlim(0.8, len(rows) + 0.2)
        _finish(axes, [labels[name] for name in rows], f"Average rank over {ranks.n} {ranks.over}")
        axes.set_xticks(range(1, len(rows) + 1, 1 + len(rows) // 12))

    label = f"Average ranks of {len(rows)} candidates; {len(ranks.groups)} groups that no test tells apart."
    return svg("ranks", 400, 26 * len(rows) + 50, label, draw)


def _finish(axes: Axes, names: Sequence[str], title: str) -> None:
    """Names the rows, first at the top, and what runs across."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, labelcolor=COLORS["ink"])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(title)


def _mark(summary: Summary | Contrast, reference: str) -> tuple[str, str]:
    return _MARKS["reference" if summary.candidate == reference else summary.family]


def _limits(values: Sequence[float], level: float) -> tuple[float, float]:
    """Holds all values, and the reference level unless it lies further away than they spread."""
    finite = np.array(values)[np.isfinite(values)]
    spread = max(np.ptp(finite), 1e-3)
    if finite.min() - spread <= level <= finite.max() + spread:
        finite = np.append(finite, level)
    margin = 0.05 * max(np.ptp(finite), 1e-3)
    return float(finite.min() - margin), float(finite.max() + margin)
