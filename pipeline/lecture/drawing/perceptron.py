"""Example 1: step and sigmoid under a small change, decision planes and lines, mistakes by epoch."""

from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
from matplotlib.patches import Circle
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from models.blackboard.trace import Array
from pipeline.lecture.drawing.schematic import all_to_all, arrow, blank, column, neuron, write
from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, bare, name_line


def draw_perceptron(worked: Worked) -> tuple[Figure, ...]:
    """Draws what a small change does, what one perceptron can decide, and what it cannot."""
    return (
        _biological(),
        _festival(worked),
        _exclusive_or(worked),
        _two_layers(worked),
        _net_of_perceptrons(),
        _mistakes(worked),
        _cost(worked),
        _small_change(worked),
    )


def _biological() -> Figure:
    def paint(axes: Any) -> None:
        blank(axes, 10, 6)
        cell, end = (3.2, 4.4), (7.6, 4.4)
        for tip in ((1.2, 5.6), (0.9, 4.6), (1.3, 3.5)):
            axes.plot(*zip(tip, cell, strict=True), color=COLORS["net-1"], linewidth=2)
            for turn in (0.35, -0.3):
                axes.plot(*zip(tip, (tip[0] - 0.7, tip[1] + turn), strict=True), color=COLORS["net-1"], linewidth=1.3)
        axes.plot(*zip(cell, end, strict=True), color=COLORS["net-1"], linewidth=3)
        axes.add_patch(Circle(cell, 0.62, facecolor=COLORS["faint"], edgecolor=COLORS["net-1"], linewidth=1.8))
        axes.add_patch(Circle(cell, 0.2, facecolor=COLORS["net-1"], linewidth=0))
        for tip in ((8.6, 5.1), (8.8, 4.4), (8.6, 3.7)):
            axes.plot(*zip(end, tip, strict=True), color=COLORS["net-1"], linewidth=1.6)
            axes.plot(*tip, "o", color=COLORS["net-1"], markersize=6)
        for place, text in (
            ((1.1, 2.95), "dendrites: inputs"),
            ((3.2, 5.4), "cell body: sum"),
            ((5.7, 4.75), "axon: output"),
            ((8.6, 3.2), "synapses: to the next"),
        ):
            write(axes, place, text, color="muted", fontsize=11)
        middle = (4.6, 1.2)
        for number, (x, y) in enumerate(column(1.6, 3, middle=1.2, step=0.85), start=1):
            write(axes, (x, y), f"x{number}")
            arrow(axes, (x, y), middle, gap=0.55)
            write(axes, (x + 1.3, 1.2 + 0.57 * (y - 1.2) + 0.22), f"w{number}", color="muted", fontsize=11)
        neuron(axes, middle, "Σ > −b", color="net-2", radius=0.52)
        arrow(axes, middle, (7.9, 1.2), gap=0.55)
        write(axes, (7.5, 1.2), "0 or 1", ha="left")

    return Figure(
        title="Biological neuron and perceptron",
        caption="What arrives is weighted and summed; if it is enough, the neuron fires. A sketch, not to scale.",
        svg=svg("perceptron-biological", 560, 336, "A nerve cell above a perceptron, part by part", paint),
        wide=True,
    )


def _net_of_perceptrons() -> Figure:
    def paint(axes: Any) -> None:
        blank(axes, 7, 4.4)
        layers = [column(x, n, middle=2.0, step=0.95) for x, n in ((1.0, 3), (3.4, 4), (5.6, 1))]
        for left, right in pairwise(layers):
            all_to_all(axes, left, right)
        for number, place in enumerate(layers[0], start=1):
            write(axes, place, f"x{number}")
        for place in (*layers[1], *layers[2]):
            neuron(axes, place)
        arrow(axes, layers[2][0], (6.9, 2.0))
        for x, text in ((3.4, "weigh the evidence"), (5.6, "weighs the results")):
            write(axes, (x, 4.15), text, color="muted", fontsize=11)

    return Figure(
        title="Two layers of perceptrons",
        caption="Each of the first layer weighs the inputs up, the second layer weighs what they decided: a more "
        "complex decision. Every perceptron has one output, drawn to all that it goes to.",
        svg=svg("perceptron-net", 400, 260, "Three inputs, four perceptrons, one perceptron", paint),
    )


def _small_change(worked: Worked) -> Figure:
    change, step, smooth = worked.arrays["small_change"].T

    def paint(axes: Any) -> None:
        axes.plot(change, step, **LINES[1].arguments)
        axes.plot(change, smooth, **LINES[0].arguments)
        name_line(axes, change[-1], 0.93, "perceptron", LINES[1], ha="right", xytext=(0, 0))
        name_line(axes, 0.2, smooth[len(smooth) // 2], "sigmoid", LINES[0], va="top", xytext=(0, -6))
        axes.axvline(0, color=COLORS["reference"], linewidth=1)
        axes.set(xlabel="Change of w1", ylabel="Output", xlim=(change[0], change[-1]), ylim=(-0.04, 1.06))

    return Figure(
        title="A small change of a weight",
        caption="Case 1 of the festival while w1 changes: the perceptron's answer jumps, the sigmoid's moves a little.",
        svg=svg("perceptron-change", 380, 290, "Output of perceptron and sigmoid while a weight changes", paint),
    )


def _festival(worked: Worked) -> Figure:
    decisions = worked.tables["decisions"]
    corners, go = decisions[["weather", "friends", "close"]].to_numpy(float), decisions["go"].to_numpy(bool)
    declared = np.append(worked.example.givens["w"], -worked.example.givens["threshold"])
    learned = worked.arrays["festival.path"][-1]

    def paint(axes: Any) -> None:
        for first, second in combinations(corners, 2):
            if np.abs(first - second).sum() == 1:
                axes.plot(*zip(first, second, strict=True), color=COLORS["muted"], linewidth=0.8)
        for plane, line in ((declared, LINES[0]), (learned, LINES[1])):
            color = COLORS[line.color]
            axes.add_collection3d(Poly3DCollection([_in_cube(plane)], facecolor=color, edgecolor=color, alpha=0.25))
        axes.plot(*corners[go].T, "o", color=COLORS["ink"], markersize=9)
        axes.plot(*corners[~go].T, "o", color=COLORS["ink"], markersize=9, markerfacecolor="none")
        axes.set(xlabel="weather", ylabel="friends", zlabel="close", xticks=(0, 1), yticks=(0, 1), zticks=(0, 1))
        bare(axes)
        axes.grid(visible=False)
        axes.view_init(18, -62)

    return Figure(
        title="Eight cases, one plane",
        caption="Filled: go; hollow: stay. Blue: the plane of our weights, where the evidence equals the threshold; "
        f"orange: the plane that Rosenblatt's rule found in {len(worked.curves['festival.mistakes'])} epochs.",
        svg=svg(
            "perceptron-festival",
            400,
            340,
            "The festival's eight cases on a cube, cut by planes",
            paint,
            projection="3d",
        ),
    )


def _in_cube(plane: Array) -> Array:
    """The polygon in which a plane ``w . x + b = 0`` cuts the unit cube."""
    w, b = plane[:-1], plane[-1]
    points = []
    for axis, (u, v) in product(range(3), product((0.0, 1.0), repeat=2)):
        if w[axis]:
            corner = np.insert([u, v], axis, 0.0)
            at = -(w @ corner + b) / w[axis]
            if 0 <= at <= 1:
                points.append(np.insert([u, v], axis, at))
    polygon = np.array(points)
    around = polygon - polygon.mean(axis=0)
    first = around[0] / np.linalg.norm(around[0])
    second = np.cross(w / np.linalg.norm(w), first)
    return polygon[np.argsort(np.arctan2(around @ second, around @ first))]


def _exclusive_or(worked: Worked) -> Figure:
    path = worked.arrays["exclusive_or.path"]

    def paint(axes: Any) -> None:
        for w1, w2, b in path[1:-1]:
            _line(axes, w1, w2, b, color=COLORS["faint"], linewidth=1)
        _line(axes, *path[-1], **LINES[1].arguments)
        _corners(axes)

    return Figure(
        title="Exclusive or: no line will do",
        caption=f"Filled: 1; hollow: 0. Where the rule's line stood after each of {len(path) - 1} epochs, the last one "
        "dashed: it keeps coming back. Whatever line is drawn, a corner is on the wrong side.",
        svg=svg("perceptron-xor", 330, 310, "Exclusive or with the lines of one perceptron", paint),
    )


def _two_layers(worked: Worked) -> Figure:
    g = worked.example.givens

    def paint(axes: Any) -> None:
        x = np.linspace(-0.4, 1.4, 241)
        grid = np.stack(np.meshgrid(x, x), axis=-1)
        first = grid @ np.array(g["first_layer_w"]).T > np.array(g["first_layer_threshold"])
        second = first @ np.array(g["second_layer_w"][0]) > g["second_layer_threshold"][0]
        axes.contourf(x, x, second, levels=[0.5, 1.5], colors=[COLORS["net-1"]], alpha=0.18)
        for (w1, w2), threshold in zip(g["first_layer_w"], g["first_layer_threshold"], strict=True):
            _line(axes, w1, w2, -threshold, **LINES[0].arguments)
        _corners(axes)

    return Figure(
        title="Exclusive or: two layers",
        caption="The first layer draws two lines; the second fires where both perceptrons do, in the shaded band.",
        svg=svg("perceptron-layers", 330, 310, "Exclusive or decided by two layers of perceptrons", paint),
    )


def _line(axes: Any, w1: float, w2: float, b: float, **how: Any) -> None:
    """Where ``w1 x1 + w2 x2 + b = 0``, if anywhere."""
    if w2:
        axes.axline((0, -b / w2), slope=-w1 / w2, **how)
    elif w1:
        axes.axvline(-b / w1, **how)


def _corners(axes: Any) -> None:
    axes.plot([0, 1], [1, 0], "o", color=COLORS["ink"], markersize=9)
    axes.plot([0, 1], [0, 1], "o", color=COLORS["ink"], markersize=9, markerfacecolor="none")
    axes.set(xlabel="x1", ylabel="x2", xlim=(-0.4, 1.4), ylim=(-0.4, 1.4), xticks=(0, 1), yticks=(0, 1), aspect="equal")


def _mistakes(worked: Worked) -> Figure:
    festival, exclusive_or = worked.curves["festival.mistakes"], worked.curves["exclusive_or.mistakes"]

    def paint(axes: Any) -> None:
        for mistakes, line, name in ((exclusive_or, LINES[1], "exclusive or"), (festival, LINES[0], "festival")):
            axes.plot(np.arange(1, len(mistakes) + 1), mistakes, marker="o", markersize=3.5, **line.arguments)
            above = {"ha": "right", "va": "bottom", "xytext": (0, 5)} if name == "exclusive or" else {}
            name_line(axes, len(mistakes), mistakes[-1], name, line, **above)
        axes.set(xlabel="Epoch", ylabel="Mistakes", xlim=(0, len(exclusive_or) + 1))
        axes.set_ylim(-0.25, max(festival.max(), exclusive_or.max()) + 0.6)

    return Figure(
        title="Rosenblatt's rule",
        caption="Mistakes in each epoch: the festival is learned, exclusive or never is.",
        svg=svg("perceptron-mistakes", 380, 290, "Mistakes of the perceptron learning rule by epoch", paint),
    )


def _cost(worked: Worked) -> Figure:
    cost, answers = worked.curves["exclusive_or.cost"], worked.tables["exclusive_or"]["net"]

    def paint(axes: Any) -> None:
        axes.plot(np.arange(1, len(cost) + 1), cost, **LINES[0].arguments)
        axes.set(xlabel="Epoch", ylabel="Cost", xlim=(1, len(cost)))
        axes.set_ylim(bottom=0)

    return Figure(
        title="A hidden layer of sigmoids",
        caption="Learns exclusive or by gradient descent: its four answers end at "
        f"{', '.join(f'{answer:.3f}' for answer in answers)}.",
        svg=svg("perceptron-cost", 380, 290, "Cost of a net with a hidden layer on exclusive or by epoch", paint),
    )
