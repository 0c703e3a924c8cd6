"""Writes what was measured as a page."""

import datetime
import itertools
import os
import platform
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType

from benchmarks.batches import Saved
from benchmarks.growth import Point
from benchmarks.nets import Reached
from benchmarks.timing import Timing, ratios

GROWTH = """Where it is not proportional, and why:

- *Rows.* A few hundred rows cost more than their share: a call and the start of an epoch do not shrink. Many more rows
  than the processor's cache holds come from memory, and cost a little more each.
- *Width.* Up to some 30 neurons the cost hardly grows: bringing a batch, and starting the step's operations, is most
  of it. Beyond, matrix products rule, and larger ones are better ones: ten times the width costs less than ten times.
- *Replicates.* R nets have R times the arithmetic of one, and at 30 neurons arithmetic and bringing rows are most of a
  step, so the cost stays close to proportional; where it is less, each operation starts once for all. What R nets save
  is what does not grow with them: one compilation, and no work in Python between their steps."""

NETS = """Each as it is declared for `mnist_ladder`, `mnist_best` and `mnist_quick`: operations of an image's matrix
products, forward and back; seconds of 1,000 images, all else included; the share of the machine's matrix rate."""

KEPT = ("## Two whole runs", "## A processor with AVX2 alone", "## Products in 16 bits", "## Cold runs", "## Memory")
"""Head what `benchmarks.run` came to at another time or on another processor, and what `benchmarks.sixteen_bits`,
`benchmarks.cold` and `benchmarks.memory` measure by themselves."""

# Title, text and the names of both ways through a batch, for each kind of `Saved`.
WAYS: Mapping[str, tuple[str, str, str, str]] = {
    "widths": (
        "Widths",
        """A hidden layer of 30 neurons may be trained as one of 32, two of them silent: a whole number of the
processor's lanes. A step of gradient descent either way, and what the engine takes by itself on this processor
(`models/engine/faster/lanes.py`, within the limits of `models/engine/ways.json`):""",
        "as declared",
        "with silent neurons",
    ),
    "small": (
        "Small batches",
        """The gradient of a kernel is a matrix product, `X.T @ delta`, or a sum of outer products, one for each row
of a batch, which XLA makes one loop of with the update. A step of gradient descent either way, and what the engine
takes by itself on this processor for the larger kernel (`models/engine/faster/small_batches.py`):""",
        "products",
        "row by row",
    ),
    "large": (
        "Large batches of a conv net",
        """TensorFlow spreads a convolution over all cores and the small operations between two of them over one. The
halves of a batch, side by side, fill each other's gaps. A step of gradient descent either way, and what the engine
takes by itself on this processor (`models/engine/faster/halves.py`):""",
        "whole",
        "in halves",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a ratio is to reach.

    Attributes:
        must: At least.
        aim: Better.
        of_whole: Whether it is of the whole run, getting ready included, and not of an epoch.
    """

    must: float
    aim: float
    of_whole: bool = False

    def __str__(self) -> str:
        return f"{self.must:g} ({self.aim:g}){' whole' if self.of_whole else ''}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """The engine against one peer.

    Attributes:
        work: What was computed.
        peer: Against whom.
        ours: Seconds of the engine's epoch, the median.
        theirs: Of the peer's.
        ratios: How many times longer the peer's epoch takes, in each round.
        whole: The same ratio for the whole run, getting ready included.
        n_epochs: Of the whole run.
        goal: What the ratio is to reach, or ``None``.
        share: Of the machine's matrix rate, or ``None``.
        setting: In which the peer was the fastest; empty where it runs as it comes.
    """

    work: str
    peer: str
    ours: float
    theirs: float
    ratios: Sequence[float]
    whole: float
    n_epochs: int
    goal: Goal | None
    share: float | None
    setting: str = ""

    @classmethod
    def of(
        cls,
        work: str,
        timings: Mapping[str, Sequence[Timing]],
        goals: Mapping[str, Goal],
        *,
        n_epochs: int,
        share: float | None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> list["Row"]:
        """Returns one row for each peer of the contender ``"fused"``."""
        ours = timings["fused"]

        def whole(timing: Timing) -> float:
            return timing.ready + timing.epoch * max(1, n_epochs - 1)

        return [
            cls(
                work=work,
                peer=peer,
                ours=statistics.median(timing.epoch for timing in ours),
                theirs=statistics.median(timing.epoch for timing in theirs),
                ratios=ratios(theirs, ours),
                whole=statistics.median(whole(t) / whole(o) for t, o in zip(theirs, ours, strict=True)),
                n_epochs=n_epochs,
                goal=goals.get(peer),
                share=share,
                setting=settings.get(peer, ""),
            )
            for peer, theirs in timings.items()
            if peer != "fused"
        ]

    @property
    def ratio(self) -> float:
        """The median over rounds."""
        return statistics.median(self.ratios)

    @property
    def verdict(self) -> str:
        """Whether the ratio is what it must be."""
        if self.goal is None:
            return ""
        found = self.whole if self.goal.of_whole else self.ratio
        return "aim reached" if found >= self.goal.aim else "reached" if found >= self.goal.must else "**missed**"

    def __str__(self) -> str:
        share = "" if self.share is None else f"{self.share:.0%}"
        cells = [
            self.work,
            f"{self.peer} ({self.setting})" if self.setting else self.peer,
            f"{self.ours:.4g} s",
            f"{self.theirs:.4g} s",
            f"{self.ratio:.3g}",
            f"{len(self.ratios)}, from {min(self.ratios):.3g} to {max(self.ratios):.3g}",
            "" if self.goal is None else str(self.goal),
            self.verdict,
            f"{self.whole:.3g} over {self.n_epochs}",
            share,
        ]
        return f"| {' | '.join(cells)} |"


def write(
    file: Path,
    rows: Sequence[Row],
    points: Sequence[Point],
    reached: Sequence[Reached],
    saved: Mapping[str, Sequence[Saved]],
    left_out: Sequence[str],
    *,
    rate: float,
) -> int:
    """Writes the page and returns how many figures missed what they must reach."""
    missed = sum("missed" in row.verdict for row in rows)
    lines = [*_head(rate), *_rows(rows, missed)]
    if reached:
        lines += ["## The conv nets of MNIST", "", NETS, "", "| net | million operations | seconds | share |"]
        lines += ["| --- | --- | --- | --- |", *map(_reached, reached), ""]
    for kind, cases in saved.items():
        lines += _ways(*WAYS[kind], cases)
    if points:
        lines += _growth(points)
    lines += _kept(file)
    lines += ["## What was not measured", ""]
    lines += [f"- {reason}" for reason in left_out]
    lines += [
        "- A GPU, which is not at hand where this page is made: `chalktape device` measures one where it is, and "
        'answers the lecture\'s "70 times faster".',
        "- A TPU, for the same reason.",
        "",
    ]
    file.write_text("\n".join(lines))
    return missed


def _kept(file: Path) -> list[str]:
    """Returns the sections of the page that other commands measure, as they stand."""
    page = file.read_text() if file.exists() else ""
    found = [(heading, page.partition(f"{heading}\n")[2].partition("\n## ")[0].rstrip()) for heading in KEPT]
    return [line for heading, text in found if text for line in (heading, text, "")]


def _head(rate: float) -> list[str]:
    """Returns what was measured with, and how."""
    packages = ("tensorflow", "keras", "numpy", "scikit-learn", "jax", "torch")
    told = ", ".join(f"{name} {found}" for name, found in versions(packages).items())
    return [
        "# Speed",
        "",
        f"Made by `{' '.join(['python -m benchmarks.run', *sys.argv[1:]])}` on {datetime.date.today().isoformat()}: "
        f"{machine()}, {_load()}; Python {platform.python_version()}, {told}.",
        "",
        "Each figure is a ratio inside one run: the same rows in the same order, the same arithmetic from the same "
        "initial weights, final losses equal to 1 in 200 (checked; ReLU lets "
        "rounding grow), medians of rounds in which the "
        "contenders take turns, all with the threads they choose by themselves on the same cores. An epoch is timed "
        "once a contender runs at its speed; the whole run also has tracing and compilation in it. `fit` at its best, "
        "and PyTorch, are in the setting, in brackets, that was the fastest in a warm-up on the same rows. The share "
        "is that "
        "of the matrix products among the machine's own rate, "
        f"{rate / 1e9:.0f} billion float32 operations a second in a 1,024 x 1,024 product.",
        "",
        "On a machine with other work to do, contenders lose unequally: PyTorch's threads wait for each other actively "
        "and lose most. Read its line from a quiet machine only.",
        "",
    ]


def _rows(rows: Sequence[Row], missed: int) -> list[str]:
    """Returns the table of peers."""
    return [
        "| work | against | ours, epoch | theirs | times faster | single rounds | must (aim) | verdict "
        "| whole run, epochs | share |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *map(str, rows),
        "",
        f"{missed or 'No'} figure{'s' if missed != 1 else ''} missed what must be reached.",
        "",
    ]


def _reached(net: Reached) -> str:
    return f"| {net.net} | {net.operations / 1e6:.1f} | {net.seconds:.3g} | {net.share:.0%} |"


def _ways(title: str, text: str, usual: str, other: str, cases: Sequence[Saved]) -> list[str]:
    """Returns the section on two ways through a batch."""
    lines = [f"## {title}", "", text, ""]
    lines += [f"| net | batch | {usual} | {other} | times faster | the engine takes |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for case in cases:
        gain = case.gain
        times = f"{gain.times:.3g} ({gain.low:.3g} to {gain.high:.3g})"
        seconds = f"{1e6 * gain.usual:,.1f} us | {1e6 * gain.other:,.1f} us | {times}"
        lines += [f"| {case.net} | {case.batch_size} | {seconds} | {other if case.chosen else usual} |"]
    return [*lines, ""]


def _growth(points: Sequence[Point]) -> list[str]:
    """Returns the section on how the cost grows."""
    lines = ["## How the cost grows", "", "![seconds of an epoch against size](growth.svg)", ""]
    lines += ["| what grows | size | seconds an epoch | grew | cost grew |", "| --- | --- | --- | --- | --- |"]
    lines += [_grown(before, after) for before, after in itertools.pairwise([None, *points]) if after]
    return [*lines, "", GROWTH, ""]


def _grown(before: Point | None, point: Point) -> str:
    cells = [point.what, f"{point.size:,}", f"{point.seconds:.4g}", "", ""]
    if before is not None and before.what == point.what:
        cells[3:] = [f"{point.size / before.size:.3g} x", f"{point.seconds / before.seconds:.3g} x"]
    return f"| {' | '.join(cells)} |"


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Returns the versions of those that are installed."""
    return {name: found for name in packages if (found := _version(name))}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _load() -> str:
    """Returns how busy the machine was, other work included."""
    load = os.getloadavg()[2] if hasattr(os, "getloadavg") else None
    return "load unknown" if load is None else f"{load:.1f} processes running on average over the last 15 minutes"


def machine() -> str:
    """Returns the processor and its cores."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores"
