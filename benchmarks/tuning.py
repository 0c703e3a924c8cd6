"""``make tune``: measures where the engine's reworkings pay on this machine, and writes models/engine/ways.json.

A run looks up what stands there for a processor with these vector instructions, on so many threads
(`models.engine.ways`). Every cell of a small grid is trained by both ways in turns. A way is taken within the widest
limits inside of which each cell gains for sure: the interval of its gain lies above `benchmarks.turns.MARGIN`.
"""

import argparse
import datetime
import json
import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import product
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from benchmarks.page import machine, versions
from benchmarks.problems import BOOK, Problem
from benchmarks.turns import MARGIN, N_TURNS, Gain, MakeOptimizer, Steps, descent, in_turns
from models.checks import require
from models.engine import ways as measured
from models.engine.devices import threads
from models.engine.faster.convolutions import fewest_multiplications
from models.engine.ways import Ways
from models.nets import conv
from pipeline.process.provenance import switches

N_ROWS = 2_000  # noise: what a step costs does not hang on what its rows say

LANES: Sequence[int] = (8, 16)
WIDTHS: Sequence[int] = (20, 30, 50, 100)
SMALL: Sequence[int] = (4, 10, 16, 32)
KERNELS: Sequence[tuple[int, int]] = ((95, 30), (784, 10), (784, 30), (784, 100), (784, 300), (784, 1000))
ROWS: Sequence[int] = (10, 32, 128)
DIGITS = [conv.Convolution(feature_maps=maps, kernel_size=3, pool_size=2, padding="same") for maps in (16, 32)]
IMAGES: Mapping[str, tuple[int, Sequence[conv.Convolution]]] = {
    "8 x 8 pixels, conv 16-32 maps": (8, DIGITS),
    "16 x 16 pixels, conv 16-32 maps": (16, DIGITS),
    "28 x 28 pixels, conv 20-40 maps": (28, BOOK),
}
LARGE: Sequence[int] = (25, 50, 100, 128, 200)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One training of the grid.

    Attributes:
        net: The net and its optimizer, in words.
        problem: What is trained.
        usual: Without the reworking.
        other: With it, whatever it brings.
        takes: Tells whether it is taken within limits.
        make_optimizer: Returns a fresh one.
    """

    net: str
    problem: Problem
    usual: Ways
    other: Ways
    takes: Callable[[Ways], bool]
    make_optimizer: MakeOptimizer = descent

    def measure(self, n_turns: Sequence[int]) -> Gain:
        """Trains both ways in turns."""
        usual, other = (Steps(self.problem, ways, self.make_optimizer) for ways in (self.usual, self.other))
        return in_turns(usual, other, n_turns)


Gains = Sequence[tuple[Cell, Gain]]


def widths() -> Iterator[Cell]:
    """Yields nets of one hidden layer, with silent neurons or without."""
    nets: Iterable[tuple[str, int, int, int, MakeOptimizer]] = (
        ("descent", 784, 10, 32, descent),
        ("Adam", 95, 1, 32, keras.optimizers.Adam),
        ("Adam", 95, 1, 128, keras.optimizers.Adam),
    )
    for (optimizer, n_inputs, n_outputs, batch_size, make_optimizer), units in product(nets, WIDTHS):
        for width in sorted({-(-units // lanes) * lanes for lanes in LANES} - {units}):
            yield Cell(
                net=f"{n_inputs}-{units}-{n_outputs} as {width}, {optimizer}",
                problem=noise(n_inputs, n_outputs, (units,), batch_size),
                usual=Ways(),
                other=Ways(lanes=width, most_added=math.inf),
                takes=partial(_is_wide, units, width),
                make_optimizer=make_optimizer,
            )


def small(found: Ways) -> Iterator[Cell]:
    """Yields nets of one hidden layer, as wide as was found, whose kernel's gradient is taken either way."""
    for (n_inputs, units), batch_size in product(KERNELS, SMALL):
        shape = (n_inputs, found.width(units))
        yield Cell(
            net=f"{n_inputs}-{units}-10, descent",
            problem=noise(n_inputs, 10, (units,), batch_size),
            usual=found,
            other=replace(found, rows=((shape[1], batch_size),), least_weights=math.prod(shape)),
            takes=partial(_is_small, shape, batch_size),
        )


def of_images() -> Iterator[Cell]:
    """Yields conv nets, with TensorFlow's convolutions or oneDNN's."""
    for (net, (side, convolutions)), batch_size in product(IMAGES.items(), ROWS):
        problem = noise(side**2, 10, None, batch_size, convolutions)
        yield Cell(
            net=f"{net}, descent",
            problem=problem,
            usual=Ways(),
            other=Ways(onednn_from=0),
            takes=partial(_takes_onednn, fewest(problem)),
        )


def fewest(problem: Problem) -> int:
    """Returns the multiplications of a batch in that convolution of a net that has the fewest."""
    return problem.batch_size * fewest_multiplications(problem.model())


def large(found: Ways) -> Iterator[Cell]:
    """Yields the conv net, convolved as was found, with batches in halves or whole."""
    for batch_size in LARGE:
        yield Cell(
            net="conv 20-40 maps, descent",
            problem=noise(784, 10, None, batch_size),
            usual=found,
            other=replace(found, halved_from=batch_size),
            takes=partial(_is_large, batch_size),
        )


def _is_wide(units: int, width: int, ways: Ways) -> bool:
    return ways.width(units) == width


def _is_small(shape: tuple[int, int], n_rows: int, ways: Ways) -> bool:
    return ways.goes_row_by_row(n_rows, shape)


def _takes_onednn(least: int, ways: Ways) -> bool:
    return ways.takes_onednn(least)


def _is_large(n_rows: int, ways: Ways) -> bool:
    return ways.halves(n_rows)


def limits_of_widths(found: Ways) -> Iterator[Ways]:
    """Yields limits that differ on the grid, beside what was found."""
    for lanes, units in product(LANES, WIDTHS):
        yield replace(found, lanes=lanes, most_added=(-units % lanes) / units)


def limits_of_small(found: Ways, gains: Gains) -> Iterator[Ways]:
    """Yields limits beside what was found: by the fewest weights, the most rows of each width with which all gain."""
    shapes = [(n_inputs, found.width(units)) for n_inputs, units in KERNELS]
    for least_weights in sorted(map(math.prod, shapes)):
        rows: tuple[tuple[int, int], ...] = ()
        for units in sorted({shape[1] for shape in shapes}):
            alone = ((units - 1, 0),)  # so that narrower kernels are not taken with it
            limits = [replace(found, rows=(*alone, (units, n_rows)), least_weights=least_weights) for n_rows in SMALL]
            rows += widest(limits, gains, found).rows[-1:] or ((units, 0),)
        yield replace(found, rows=rows, least_weights=least_weights)


def limits_of_images(found: Ways, gains: Gains) -> Iterator[Ways]:
    """Yields limits that differ on the grid, beside what was found."""
    for least in sorted({fewest(cell.problem) for cell, _ in gains}):
        yield replace(found, onednn_from=least)


def limits_of_large(found: Ways) -> Iterator[Ways]:
    """Yields limits that differ on the grid, beside what was found."""
    for fewest, most in product(LARGE, (*LARGE[:-1], None)):  # larger ones than of the grid go with its largest
        if most is None or fewest <= most:
            yield replace(found, halved_from=fewest, halved_to=most)


def widest(limits: Iterable[Ways], gains: Gains, otherwise: Ways) -> Ways:
    """Returns the limits inside of which all gain for sure and most is gained, by the sum of logarithms.

    Args:
        limits: To choose from.
        gains: Of the cells.
        otherwise: What is returned where no limits hold nothing but gains.
    """
    best, most = otherwise, 0.0
    for ways in limits:
        inside = [gain for cell, gain in gains if cell.takes(ways)]
        if inside and all(gain.low >= MARGIN for gain in inside):
            gained = sum(math.log(gain.times) for gain in inside)
            best, most = (ways, gained) if gained > most else (best, most)
    return best


def noise(
    n_inputs: int,
    n_outputs: int,
    hidden_units: Sequence[int] | None,
    batch_size: int,
    convolutions: Sequence[conv.Convolution] = BOOK,
) -> Problem:
    """Returns a net of one hidden layer, or a conv net, on rows of noise."""
    side = math.isqrt(n_inputs)
    rng = np.random.default_rng(0)
    X = rng.random((N_ROWS, n_inputs), np.float32)
    y = rng.integers(max(2, n_outputs), size=N_ROWS)
    return Problem(
        name="noise",
        X=X.reshape(N_ROWS, side, side) if hidden_units is None else X,
        y=y[:, None].astype(np.float32) if n_outputs == 1 else y,
        hidden_units=hidden_units,
        batch_size=batch_size,
        epochs=1,
        convolutions=convolutions,
    )


@dataclass(frozen=True, kw_only=True)
class Part:
    """The measurement of one way.

    Attributes:
        cells: Of the grid, beside what was found of other ways.
        limits: To choose from, by what was found and what the cells gain.
        plain: What was found, without this way.
    """

    cells: Callable[[Ways], Iterable[Cell]]
    limits: Callable[[Ways, Gains], Iterable[Ways]]
    plain: Callable[[Ways], Ways]


PARTS: Mapping[str, Part] = {
    "silent neurons": Part(
        cells=lambda found: widths(),
        limits=lambda found, gains: limits_of_widths(found),
        plain=lambda found: replace(found, lanes=1, most_added=0.0),
    ),
    "row by row": Part(
        cells=small, limits=limits_of_small, plain=lambda found: replace(found, rows=(), least_weights=0)
    ),
    "convolutions": Part(
        cells=lambda found: of_images(),
        limits=limits_of_images,
        plain=lambda found: replace(found, onednn_from=None),
    ),
    "halves": Part(
        cells=large,
        limits=lambda found, gains: limits_of_large(found),
        plain=lambda found: replace(found, halved_from=None, halved_to=None),
    ),
}
"""In the order in which they are measured: kernels as wide as they are trained, halves convolved as they are."""


def tune(
    ways: Ways, only: Sequence[str], n_turns: Sequence[int], tell: Callable[[str], None]
) -> tuple[Ways, dict[str, Any]]:
    """Measures some ways and returns the limits of all, with what the cells of those gained, for the table.

    Args:
        ways: As they were; what is not measured stays.
        only: Names of what is measured.
        n_turns: As of `in_turns`.
        tell: Is told each cell.
    """
    told = {}
    for name, part in PARTS.items():
        if name not in only:
            continue
        plain, gains = part.plain(ways), []
        for cell in part.cells(plain):
            gains.append((cell, cell.measure(n_turns)))
            tell(f"{name}: {cell.net}, batch {cell.problem.batch_size}: {_told(gains[-1][1])}")
        ways = widest(part.limits(plain, gains), gains, plain)
        told[name] = block(ways, gains)
    return ways, told


def block(ways: Ways, gains: Gains) -> dict[str, Any]:
    """Returns what stands in the table of one way: when it was measured, how busy the machine was, and each cell."""
    return {
        "measured": datetime.date.today().isoformat(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "cells": [_row(cell, gain, ways) for cell, gain in gains],
    }


def _row(cell: Cell, gain: Gain, ways: Ways) -> dict[str, Any]:
    return {
        "net": cell.net,
        "batch": cell.problem.batch_size,
        "microseconds": [round(1e6 * seconds, 1) for seconds in (gain.usual, gain.other)],
        "times": round(gain.times, 3),
        "interval": [round(gain.low, 3), round(gain.high, 3)],
        "taken": cell.takes(ways),
    }


def _told(gain: Gain) -> str:
    return f"{gain.times:.3f} times, {gain.low:.3f} to {gain.high:.3f}"


def written(table: Mapping[str, Mapping[str, Any]], vectors: str, n_threads: int, own: Mapping[str, Any]) -> str:
    """Returns the table as a file, with an entry that takes the place of an older one of the same processors.

    What it did not measure anew stays. A cell is a line, so that what another measurement changed can be read.
    """
    before = table.get(vectors, {})
    gains = {**before.get(str(n_threads), {}).get("gains", {}), **own["gains"]}
    together = {**table, vectors: {**before, str(n_threads): {**own, "gains": gains}}}
    ordered = {name: {n: together[name][n] for n in sorted(together[name], key=int)} for name in sorted(together)}
    lines = json.dumps(ordered, indent=2, ensure_ascii=False)
    entries = (entry for by_threads in ordered.values() for entry in by_threads.values())
    for row in (row for entry in entries for told in entry["gains"].values() for row in told["cells"]):
        spread = json.dumps(row, indent=2, ensure_ascii=False).replace("\n", "\n" + 12 * " ")
        lines = lines.replace(spread, json.dumps(row, ensure_ascii=False))
    return re.sub(r"\[\s*([^][{}]*?)\s*\]", lambda found: f"[{' '.join(found[1].split())}]", lines) + "\n"


def main() -> None:
    """Runs the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="ways; others stay")
    parser.add_argument(
        "--turns", type=int, nargs="+", default=N_TURNS, help="of a cell, until its interval says whether it gains"
    )
    given = parser.parse_args()
    vectors, n_threads = measured.vectors(), threads()
    remedy = "Name its instructions in models/engine/ways.py."
    require(vectors != "others", "tune", "a processor whose vector instructions are known", remedy, vectors=vectors)
    print(f"{machine()}: {vectors} on {n_threads} threads", flush=True)
    start = time.perf_counter()
    before = measured.of_this_processor().get(n_threads, Ways())
    ways, gains = tune(before, given.only, given.turns, partial(print, flush=True))
    own = {
        "machine": machine(),
        "switches": switches(),
        "versions": versions(("tensorflow", "keras", "numpy")),
        "ways": asdict(ways),
        "gains": gains,
    }
    measured.TABLE.write_text(written(measured.table(), vectors, n_threads, own), encoding="utf-8")
    print(f"{vectors} on {n_threads} threads after {time.perf_counter() - start:.0f} s: {ways}")


if __name__ == "__main__":
    main()
