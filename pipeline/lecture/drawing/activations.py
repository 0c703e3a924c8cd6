"""Activation functions with their slopes."""

from typing import Any

from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES

WORDS = {
    "step": "No slope anywhere: nothing to follow.",
    "sigmoid": "Steepest at 0, where the slope is 1/4; flat far out, where learning is slow.",
    "tanh": "A sigmoid centered on 0; its slope at 0 is 1.",
    "relu": "The slope is 1 on the positive side, however far; 0 on the other.",
    "identity": "The slope is 1 everywhere: a net of these is one linear function.",
}
TITLES = {"step": "Step", "sigmoid": "Sigmoid", "tanh": "Hyperbolic tangent", "relu": "ReLU", "identity": "Identity"}


def draw_activations(worked: Worked) -> tuple[Figure, ...]:
    """Draws each function, solid, and its slope, dashed."""
    return tuple(_activation(worked, name) for name in TITLES)


def _activation(worked: Worked, name: str) -> Figure:
    z = worked.arrays["z"]

    def paint(axes: Any) -> None:
        axes.axhline(0, color=COLORS["reference"], linewidth=0.8)
        axes.axvline(0, color=COLORS["reference"], linewidth=0.8)
        axes.plot(z, worked.arrays[f"{name}.slope"], **LINES[1].arguments)
        axes.plot(z, worked.arrays[name], **LINES[0].arguments)
        axes.set(xlabel="z", xlim=(z[0], z[-1]), ylim=(-1.25, 2.25) if name in ("relu", "identity") else (-1.25, 1.25))

    label = f"{TITLES[name]} function and its slope between {z[0]:g} and {z[-1]:g}"
    return Figure(
        title=TITLES[name],
        caption=f"Solid: a(z); dashed: its slope. {WORDS[name]}",
        svg=svg(f"activation-{name}", 320, 210, label, paint),
    )
