"""What kernel gradients row by row save (`models.small_batches`), on both sides of the limits of their rule."""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from unittest.mock import patch

from benchmarks.engines import fused
from benchmarks.problems import Problem
from benchmarks.timing import Timing, race
from models import small_batches

CASES: Sequence[tuple[int, int]] = ((30, 4), (30, 10), (30, 16), (30, 32), (10, 10), (100, 10), (1000, 10))
N_ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One net.

    Attributes:
        net: Its layers.
        batch_size: Rows per update.
        product: Seconds of a step whose gradients are matrix products.
        by_rows: With all gradients row by row.
        chosen: Whether the rule takes the kernel of the hidden layer row by row.
    """

    net: str
    batch_size: int
    product: float
    by_rows: float
    chosen: bool


def measure(problem: Problem) -> Iterator[Saved]:
    """Yields what is saved by nets of one hidden layer on the rows of ``problem``, medians of a few rounds."""
    n_inputs = problem.X.shape[1]
    for units, batch_size in CASES:
        case = replace(problem, hidden_units=(units,), batch_size=batch_size, epochs=4)
        contenders = {"product": partial(_limited, case, 0), "by_rows": partial(_limited, case, batch_size)}
        timings = race(contenders, N_ROUNDS)
        n_steps = len(problem.X) // batch_size
        yield Saved(
            net=f"{n_inputs}-{units}-10",
            batch_size=batch_size,
            chosen=batch_size <= small_batches.MOST_ROWS and small_batches.has_right_size((n_inputs, units)),
            **{name: statistics.median(timing.epoch for timing in taken) / n_steps for name, taken in timings.items()},
        )


def _limited(problem: Problem, most_rows: int) -> Timing:
    """Trains with gradients row by row for batches up to ``most_rows``, whatever the size of kernels."""
    with patch.multiple(small_batches, MOST_ROWS=most_rows, LEAST_WEIGHTS=0, MOST_UNITS=math.inf):
        return fused(problem, "xla")
