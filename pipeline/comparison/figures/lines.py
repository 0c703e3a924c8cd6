"""Draws learning curves, ROC and precision-recall curves."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from pipeline.scoring.curves import GRID
from pipeline.telling.canvas import COLORS, Line, svg
from pipeline.training.values import Trained

CurveKind = Literal["ROC", "Precision-recall"]

MOST_POINTS = 200  # of a learning curve: a panel is not much wider in pixels


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

    return svg(f"{kind}-{of}", 400, 370, label, draw, axes_of=kind)
