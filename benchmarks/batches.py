"""What the engine's other ways through a batch save, on both sides of the limits of their rules.

Silent neurons beside those of a hidden layer (`models.engine.faster.lanes`). Small batches: kernel gradients row by
row (`small_batches` beside it). Large ones of a conv net: two halves side by side (`halves` beside it).
"""

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from unittest.mock import patch

from benchmarks.engines import fused
from benchmarks.problems import Problem
from benchmarks.timing import Timing, race
from models.engine.faster import halves, lanes, small_batches

WIDTHS: Sequence[int] = (5, 30, 50, 100)
SMALL: Sequence[tuple[int, int]] = ((30, 4), (30, 10), (30, 16), (30, 32), (10, 10), (100, 10), (1000, 10))
LARGE: Sequence[int] = (50, 100, 200)
N_IMAGES = 3_000
N_ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One net.

    Attributes:
        net: Its layers.
        batch_size: Rows per update.
        usual: Seconds of a step the usual way.
        other: Of a step the other way.
        chosen: Whether the rule takes the other way; for small batches, with the kernel of the hidden layer.
    """

    net: str
    batch_size: int
    usual: float
    other: float
    chosen: bool


def widths(problem: Problem) -> Iterator[Saved]:
    """Yields what is saved by silent neurons in nets of one hidden layer, medians of a few rounds."""
    for units in WIDTHS:
        case = replace(problem, hidden_units=(units,), batch_size=32, epochs=4)
        yield _both(
            f"{problem.X.shape[1]}-{units}-10",
            case,
            partial(_widened, case, 0),
            partial(_widened, case, math.inf),
            chosen=lanes.width(units) != units,
        )


def small(problem: Problem) -> Iterator[Saved]:
    """Yields what is saved by nets of one hidden layer on the rows of ``problem``, medians of a few rounds."""
    n_inputs = problem.X.shape[1]
    for units, batch_size in SMALL:
        case = replace(problem, hidden_units=(units,), batch_size=batch_size, epochs=4)
        yield _both(
            f"{n_inputs}-{units}-10",
            case,
            partial(_row_by_row, case, 0),
            partial(_row_by_row, case, batch_size),
            chosen=batch_size <= small_batches.MOST_ROWS and small_batches.has_right_size((n_inputs, units)),
        )


def large(problem: Problem) -> Iterator[Saved]:
    """Yields what is saved by the conv net of ``problem``, medians of a few rounds."""
    for batch_size in LARGE:
        case = replace(problem, X=problem.X[:N_IMAGES], y=problem.y[:N_IMAGES], batch_size=batch_size, epochs=6)
        yield _both(
            "conv 20-40 maps",
            case,
            partial(_halved, case, batch_size + 1),
            partial(_halved, case, batch_size),
            chosen=batch_size >= halves.LEAST_ROWS,
        )


def _both(net: str, case: Problem, usual: Callable[[], Timing], other: Callable[[], Timing], *, chosen: bool) -> Saved:
    timings = race({"usual": usual, "other": other}, N_ROUNDS)
    n_steps = len(case.X) // case.batch_size
    seconds = {way: statistics.median(timing.epoch for timing in taken) / n_steps for way, taken in timings.items()}
    return Saved(net=net, batch_size=case.batch_size, chosen=chosen, **seconds)


def _widened(problem: Problem, most_added: float) -> Timing:
    """Trains with silent neurons up to ``most_added`` for each neuron."""
    with patch.object(lanes, "MOST_ADDED", most_added):
        return fused(problem, "xla")


def _row_by_row(problem: Problem, most_rows: int) -> Timing:
    """Trains with gradients row by row for batches up to ``most_rows``, whatever the size of kernels."""
    with patch.multiple(small_batches, MOST_ROWS=most_rows, LEAST_WEIGHTS=0, MOST_UNITS=math.inf):
        return fused(problem, "xla")


def _halved(problem: Problem, least_rows: int) -> Timing:
    """Trains with halves of batches from ``least_rows`` on."""
    with patch.object(halves, "LEAST_ROWS", least_rows):
        return fused(problem)
