"""Draws the report's figures: each function returns one inline SVG that takes its colors from the page."""

from pipeline.figures.canvas import COLORS, Line, svg
from pipeline.figures.lines import CurveKind, curve_plot, learning_curves
from pipeline.figures.rows import difference_plot, interval_plot, rank_plot

__all__ = [
    "COLORS",
    "CurveKind",
    "Line",
    "curve_plot",
    "difference_plot",
    "interval_plot",
    "learning_curves",
    "rank_plot",
    "svg",
]
