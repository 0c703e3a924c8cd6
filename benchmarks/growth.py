"""How the cost of an epoch grows with rows, width and the number of replicates."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib.figure import Figure

from benchmarks.engines import fused, replicates
from benchmarks.problems import Problem
from benchmarks.timing import Timing


@dataclass(frozen=True, kw_only=True)
class Point:
    """One size.

    Attributes:
        what: Grows.
        size: How large it is.
        seconds: Of an epoch.
    """

    what: str
    size: int
    seconds: float


def measure(problem: Problem) -> Iterator[Point]:
    """Yields the points; ``problem`` is the dense net of the middle size."""
    n_rows = len(problem.X)
    for n in (n_rows // 10, n_rows, 10 * n_rows, 100 * n_rows):
        rows = np.arange(n) % n_rows
        grown = replace(problem, X=problem.X[rows], y=problem.y[rows], epochs=max(3, 200 * n_rows // n))
        yield _best("rows", n, partial(fused, grown, "xla"))
    for width in (3, 30, 300, 3000):
        grown = replace(problem, hidden_units=(width,), epochs=max(3, 3000 // width))
        yield _best("width", width, partial(fused, grown, "xla"))
    for n_replicates in (1, 3, 10, 30, 100, 300):
        grown = replace(problem, epochs=max(3, 120 // n_replicates))
        yield _best("replicates", n_replicates, partial(replicates, grown, n_replicates, "xla"))


def _best(what: str, size: int, contender: Callable[[], Timing], n_rounds: int = 4) -> Point:
    """Returns the fastest of a few rounds: what grows is the machine's work, not its other guests'."""
    return Point(what=what, size=size, seconds=min(contender().epoch for _ in range(n_rounds)))


def draw(points: list[Point], file: Path) -> None:
    """Draws seconds against size, one panel for each, with the line of proportional cost."""
    figure = Figure(figsize=(10, 3.2), layout="constrained")
    groups = itertools.groupby(points, key=lambda point: point.what)
    panels = [(what, list(group)) for what, group in groups]
    for axes, (what, group) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        sizes, seconds = [point.size for point in group], [point.seconds for point in group]
        axes.loglog(sizes, seconds, "o-", color="C0", label="measured")
        axes.loglog(sizes, seconds[-1] / sizes[-1] * np.array(sizes), "--", color="0.6", label="proportional")
        axes.set(xlabel=what, ylabel="seconds an epoch")
        axes.legend(frameon=False)
    figure.savefig(file)
