"""Review: shares of variance, biplot, K-means, dendrograms of the US arrests."""

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from scipy.cluster.hierarchy import dendrogram

from models.blackboard.trace import Array
from pipeline.lecture.drawing.petals import draw_petals
from pipeline.lecture.values import Worked
from pipeline.telling.canvas import COLORS, svg
from pipeline.telling.figure import Figure
from pipeline.telling.plot import LINES, MARKERS

LINKAGES = {"complete": "farthest pair", "single": "nearest pair", "average": "mean over pairs", "centroid": "means"}


def draw_review(worked: Worked) -> tuple[Figure, ...]:
    """Draws flowers with and without answers, a turning direction, scree plot, K-means and the dendrograms."""
    trees = [name for name in worked.arrays if name.startswith("linkage.")]
    return (
        *draw_petals(worked),
        _scree(worked),
        _restarts(worked),
        *(_start(worked, place) for place in range(len(worked.arrays["starts"]))),
        _elbow(worked),
        _biplot(worked),
        _clusters(worked),
        *(_dendrogram(worked, name) for name in trees),
    )


def _scree(worked: Worked) -> Figure:
    pve, cumulative = worked.arrays["pve"], worked.arrays["cumulative_pve"]
    components = np.arange(1, len(pve) + 1)

    def paint(axes: Any) -> None:
        axes.bar(components, pve, width=0.55, color=COLORS["net-1"])
        axes.plot(components, cumulative, marker="s", markersize=5, **LINES[1].arguments)
        above = {"textcoords": "offset points", "ha": "center"}
        for component, share, total in zip(components, pve, cumulative, strict=True):
            axes.annotate(f"{share:.3f}", (component, share), (0, 4 if component > 1 else 9), **above)
            if component > 1:
                axes.annotate(f"{total:.3f}", (component, total), (0, 8), color=COLORS["baseline-1"], **above)
        axes.set(xlabel="Principal component", ylabel="Share of variance", ylim=(0, 1.12), xticks=components)
        axes.grid(axis="x", visible=False)

    return Figure(
        title="Scree plot",
        caption="Bars: proportion of variance explained by each component; squares: cumulative. "
        f"Two components carry {cumulative[1]:.1%} of the variance.",
        svg=svg("review-scree", 375, 290, "Proportion of variance explained, and cumulative", paint),
    )


def _biplot(worked: Worked) -> Figure:
    scores, loadings = worked.arrays["scores"][:, :2], worked.arrays["loadings"][:, :2]
    states, arrows = worked.tables["states"], 3.0 * loadings

    def paint(axes: Any) -> None:
        axes.update_datalim(arrows)
        axes.plot(*scores.T, "o", color=COLORS["reference"], markersize=3.5, alpha=0.7)
        for place in _apart(scores, arrows):
            _beside(axes, scores[place], states.index[place], color=COLORS["muted"], fontsize=10)
        for name, loading in zip(states.columns, arrows, strict=True):
            arrow = {"arrowstyle": "-|>", "color": COLORS["baseline-1"], "linewidth": 1.8}
            axes.annotate("", loading, (0, 0), arrowprops=arrow)
            _beside(axes, loading, name, color=COLORS["baseline-1"], fontsize=12, fontweight="bold")
        axes.set(xlabel="First component", ylabel="Second component", aspect="equal")
        axes.margins(0.12)

    return Figure(
        title="Biplot",
        caption="States in the plane of the first two components; arrows: how each variable enters them, enlarged "
        "three times. Names that would cover each other are left out.",
        svg=svg("review-biplot", 560, 440, "Biplot of states and variables on two components", paint),
        wide=True,
    )


def _apart(points: Array, taken: Array) -> list[int]:
    """Rows whose names cover neither each other nor what is taken, the outermost first."""
    chosen: list[int] = []
    for place in np.argsort(-np.linalg.norm(points, axis=1)).tolist():
        gaps = np.abs(np.vstack([taken, points[chosen]]) - points[place])
        if not ((gaps[:, 0] < 0.95) & (gaps[:, 1] < 0.17)).any():
            chosen.append(place)
    return chosen


def _beside(axes: Any, point: Any, text: str, **how: Any) -> None:
    left = point[0] < 0
    axes.annotate(
        text,
        point,
        (-5 if left else 5, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        **how,
    )


def _restarts(worked: Worked) -> Figure:
    restarts = worked.tables["restarts"].sort_values("sum_of_wcv", ignore_index=True)["sum_of_wcv"]

    def paint(axes: Any) -> None:
        axes.plot(np.arange(1, len(restarts) + 1), restarts, "o", color=COLORS["reference"], markersize=5)
        axes.plot(1, restarts[0], "o", color=COLORS["net-1"], markersize=8)
        axes.set(xlabel="Restarts, best first", ylabel="Sum of within-cluster variation")
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))

    return Figure(
        title="Run K-means several times",
        caption=f"{len(restarts)} random starts with {worked.example.givens['n_clusters']} clusters end between "
        f"{restarts.min():.1f} and {restarts.max():.1f}; the best one is kept.",
        svg=svg("review-restarts", 375, 290, "Sum of within-cluster variation of every restart", paint),
    )


def _start(worked: Worked, place: int) -> Figure:
    """One of the few starts that are shown, as the slide's figure shows six."""
    scores, labels = worked.arrays["scores"], worked.arrays["starts"][place]
    total = worked.tables["restarts"]["sum_of_wcv"][place]

    def paint(axes: Any) -> None:
        for label in np.unique(labels):
            color = COLORS[LINES[label % len(LINES)].color]
            axes.plot(*scores[labels == label, :2].T, MARKERS[label % len(MARKERS)], color=color, markersize=3.5)
        axes.set(xticks=(), yticks=(), aspect="equal")

    return Figure(
        title=f"Start {place + 1}: {total:.1f}",
        caption="States on two components.",
        svg=svg(f"review-start-{place + 1}", 190, 150, f"Clusters from start {place + 1}", paint),
    )


def _elbow(worked: Worked) -> Figure:
    elbow, chosen = worked.curves["elbow"], worked.example.givens["n_clusters"]

    def paint(axes: Any) -> None:
        clusters = np.arange(1, len(elbow) + 1)
        axes.plot(clusters, elbow, marker="o", markersize=5, **LINES[0].arguments)
        axes.plot(chosen, elbow[chosen - 1], "o", markersize=12, markerfacecolor="none", color=COLORS["baseline-1"])
        axes.set(xlabel="Clusters", ylabel="Least sum of within-cluster variation", xticks=clusters)
        axes.set_ylim(bottom=0)

    return Figure(
        title="Elbow",
        caption=f"The least sum found by exchanging single states from many starts. More clusters always vary less "
        f"within; from {chosen}, circled, the gain is small.",
        svg=svg("review-elbow", 375, 290, "Within-cluster variation by the number of clusters", paint),
    )


def _clusters(worked: Worked) -> Figure:
    scores, labels = worked.arrays["scores"], worked.arrays["labels"]

    def paint(axes: Any) -> None:
        for label in np.unique(labels):
            rows = scores[labels == label]
            color = COLORS[LINES[label % len(LINES)].color]
            axes.plot(rows[:, 0], rows[:, 1], MARKERS[label % len(MARKERS)], color=color, markersize=6)
            axes.plot(*rows[:, :2].mean(axis=0), "+", color=color, markersize=15, markeredgewidth=2)
        axes.set(xlabel="First component", ylabel="Second component", aspect="equal")

    return Figure(
        title="K-means",
        caption=f"The best {len(np.unique(labels))} clusters, found in all four variables, drawn on two components; "
        "crosses are their means.",
        svg=svg("review-clusters", 560, 440, "States on two components by cluster", paint),
    )


def _dendrogram(worked: Worked, name: str) -> Figure:
    tree = worked.arrays[name]
    _, linkage, dissimilarity = name.split(".")
    drawn = dendrogram(tree, labels=worked.tables["states"].index.to_list(), no_plot=True)
    n_clusters = worked.example.givens["n_clusters"]
    cut = np.sort(tree[:, 2])[1 - n_clusters]

    def paint(axes: Any) -> None:
        for across, along in zip(drawn["icoord"], drawn["dcoord"], strict=True):
            above = max(along) >= cut
            axes.plot(along, across, color=COLORS["baseline-1" if above else "net-1"], linewidth=1.6 if above else 1)
        # SciPy puts leaves at 5, 15, 25, ...
        axes.set_yticks(10 * np.arange(len(drawn["ivl"])) + 5, drawn["ivl"], fontsize=9.5)
        axes.yaxis.tick_right()
        axes.tick_params(axis="y", length=0, labelcolor=COLORS["ink"])
        axes.set_ylim(0, 10 * len(drawn["ivl"]))
        axes.set_xlim(tree[:, 2].max() * 1.03, 0)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.set_xlabel("Distance of the clusters that merge")
        axes.spines["left"].set_visible(False)
        axes.grid(axis="y", visible=False)

    measure = "Euclidean distance" if dissimilarity == "euclidean" else "1 − correlation"
    return Figure(
        title=f"{linkage.capitalize()} linkage, {measure}",
        caption=f"Clusters are compared by their {LINKAGES[linkage]}. Orange: the merges that {n_clusters} "
        "clusters leave out.",
        svg=svg(name.replace(".", "-"), 276, 640, f"Dendrogram, {linkage} linkage, {measure}", paint),
    )
