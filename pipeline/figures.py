"""Draws the report's figures: each function returns one inline SVG that takes its colors from the page.

Matplotlib draws in stand-in colors; afterwards each becomes a CSS variable, so that one drawing serves light, dark
and paper. Text stays text, in the page's font. Sizes are CSS pixels, narrow enough for a phone.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree import ElementTree

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from pipeline.curves import GRID
from pipeline.values import Contrast, Scores, Summary, Trained

CurveKind = Literal["ROC", "Precision-recall"]

MOST_POINTS = 200  # of a learning curve: a panel is not much wider in pixels

# Stand-in colors that nobody would choose, one for each CSS variable of the page.
_NAMES = ("ink", "muted", "rule", "net-1", "net-2", "net-3", "baseline-1", "baseline-2", "faint", "reference")
COLORS = {name: f"#0a0b{number:02x}" for number, name in enumerate(_NAMES, start=1)}

_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": COLORS["muted"],
    "axes.grid": True,
    "axes.labelcolor": COLORS["muted"],
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 12,
    "grid.color": COLORS["rule"],
    "grid.linewidth": 0.8,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "text.color": COLORS["ink"],
    "text.parse_math": False,
    "xtick.color": COLORS["muted"],
    "ytick.color": COLORS["muted"],
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """How a curve is drawn, in a figure and in the page's legend.

    Attributes:
        color: A CSS variable of the page, without its two dashes.
        dashes: Lengths on and off, in pixels; ``()`` is solid.
        width: In pixels.
    """

    color: str
    dashes: tuple[float, ...] = ()
    width: float = 2.0

    @property
    def arguments(self) -> dict[str, Any]:
        """What matplotlib calls it; it counts dashes in line widths."""
        dashes = (0, tuple(length / self.width for length in self.dashes)) if self.dashes else "solid"
        return {"color": COLORS[self.color], "linestyle": dashes, "linewidth": self.width}


def interval_plot(
    summaries: Sequence[Summary], scores: Sequence[Scores], labels: Mapping[str, str], *, reference: str, title: str
) -> str:
    """Draws mean, interval and folds of one metric, a row for each candidate.

    Args:
        summaries: One for each candidate, best first, all of the same metric.
        scores: Of these candidates: a dot for each fold.
        labels: Candidate -> name for people.
        reference: The majority class, a dashed line. Where it is far away it does not stretch the axis.
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
        axes.set_ylim(len(summaries) - 0.5, -0.5)
        axes.set_yticks(range(len(summaries)), [labels[s.candidate] for s in summaries])
        axes.tick_params(axis="y", length=0, labelcolor=COLORS["ink"])
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel(title)

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
        axes.set_ylim(len(contrasts) - 0.5, -0.5)
        axes.set_yticks(range(len(contrasts)), [labels[contrast.candidate] for contrast in contrasts])
        axes.tick_params(axis="y", length=0, labelcolor=COLORS["ink"])
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel(title)

    label = f"{title}: {len(contrasts)} differences and their intervals. The numbers are in the table."
    return svg("difference", 400, 26 * len(contrasts) + 50, label, draw)


def learning_curves(runs: Sequence[Trained], *, label: str) -> str:
    """Draws the losses of one net by epoch: a thin line for each fold, a dot where its weights were kept.

    Args:
        runs: The same candidate on the folds to draw.
        label: Says what is seen to those who do not see it.

    Returns:
        The SVG element.
    """
    losses = np.concatenate([loss for run in runs for loss in run.history.values()])
    lines = {"train_loss": Line(color="reference", width=0.9), "validation_loss": Line(color="net-1", width=0.9)}

    def draw(axes: Axes) -> None:
        for run in runs:
            for name, loss in run.history.items():
                epochs = np.unique(np.linspace(0, len(loss) - 1, MOST_POINTS).round().astype(np.int64))
                axes.plot(epochs + 1, loss[epochs], alpha=0.7, **lines[name].arguments)
            if run.best_epoch is not None:
                name = "validation_loss" if "validation_loss" in run.history else "train_loss"
                kept = run.history[name][run.best_epoch]
                axes.plot(run.best_epoch + 1, kept, "o", color=lines[name].arguments["color"], markersize=4.5)
        if losses.min() > 0 and losses.max() > 20 * losses.min():
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        else:
            axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_xlabel("Epoch")
        axes.set_ylabel("Loss")

    return svg(f"learning-{runs[0].candidate.name}", 380, 250, label, draw)


def curve_plot(
    kind: CurveKind,
    curves: Sequence[tuple[Line, NDArray[np.float64]]],
    base_rate: float,
    *,
    label: str,
    of: str = "all",
) -> str:
    """Draws ROC or precision-recall curves over what guessing gives.

    Args:
        kind: Which axes.
        curves: Lines and their heights at ``GRID``, back to front.
        base_rate: The precision of guessing; the ROC curve of guessing is the diagonal.
        label: Says what is seen to those who do not see it.
        of: Whose curves; with the kind it makes the figure unique on the page.

    Returns:
        The SVG element.
    """

    def draw(axes: Axes) -> None:
        guessing = [0, 1] if kind == "ROC" else [base_rate, base_rate]
        axes.plot([0, 1], guessing, color=COLORS["reference"], linewidth=1.2, dashes=(4, 3))
        for line, heights in curves:
            # A ROC curve may rise at a false-positive rate of 0.
            axes.plot([0, *GRID], [0 if kind == "ROC" else heights[0], *heights], **line.arguments)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.01)
        axes.set_xlabel("False-positive rate" if kind == "ROC" else "Recall")
        axes.set_ylabel("True-positive rate" if kind == "ROC" else "Precision")

    return svg(f"{kind}-{of}", 400, 370, label, draw)


def _mark(summary: Summary | Contrast, reference: str) -> tuple[str, str]:
    if summary.candidate == reference:
        return COLORS["reference"], "D"
    return (COLORS["net-1"], "o") if summary.family == "net" else (COLORS["baseline-1"], "s")


def _limits(values: Sequence[float], level: float) -> tuple[float, float]:
    """Holds all values, and the reference level unless it lies further away than they spread."""
    finite = np.array(values)[np.isfinite(values)]
    spread = max(np.ptp(finite), 1e-3)
    if finite.min() - spread <= level <= finite.max() + spread:
        finite = np.append(finite, level)
    margin = 0.05 * max(np.ptp(finite), 1e-3)
    return float(finite.min() - margin), float(finite.max() + margin)


def svg(
    name: str, width: int, height: int, label: str, draw: Callable[[Any], None], *, projection: str | None = None
) -> str:
    """Draws one pair of axes as an SVG element in the page's colors.

    Args:
        name: Unique on the page.
        width: In pixels.
        height: In pixels.
        label: Says what is seen to those who do not see it.
        draw: Draws on the axes, in ``COLORS``.
        projection: ``"3d"`` for axes of three dimensions.
    """
    buffer = io.StringIO()
    with matplotlib.rc_context(_STYLE | {"svg.hashsalt": name}):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72, layout="constrained")  # 1 point is 1 pixel
        figure.patch.set_visible(False)
        axes = figure.add_subplot(projection=projection)
        axes.patch.set_visible(False)
        draw(axes)
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None})
    return _for_the_page(buffer.getvalue(), name, width, height, label)


def _for_the_page(svg: str, name: str, width: int, height: int, label: str) -> str:
    """Leaves out what HTML does not need, makes ids unique on the page, and hands colors and fonts to the page."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    for unwanted in (*root.findall("metadata"), *root.findall("defs[style]")):
        root.remove(unwanted)  # its style would reach the whole page
    for element in root.iter("g"):
        element.attrib.pop("id", None)  # nobody refers to groups
    root.attrib = {
        "viewBox": f"0 0 {width} {height}",
        "width": str(width),
        "height": str(height),
        "role": "img",
        "aria-label": label,
    }
    text = ElementTree.tostring(root, encoding="unicode")
    text = re.sub(r'id="|href="#|url\(#', lambda start: f"{start[0]}{name}-", text)
    text = re.sub(r"font: ([^;\"]*?px)[^;\"]*", r"font-size: \1", text)  # matplotlib before 3.11 writes it in one
    text = re.sub(r"font-family: [^;\"]*; ", "", text)
    for color, stand_in in COLORS.items():
        text = text.replace(stand_in, f"var(--{color})")
    return re.sub(r">\s+<", "><", text)
