"""What the engine's other ways through a batch save, and which of them it takes on this machine.

Silent neurons beside those of a hidden layer (`models.engine.faster.lanes`). Small batches: kernel gradients row by
row (`small_batches` beside it). Large ones of a conv net: two halves side by side (`halves` beside it). Where they are
taken was measured before, by ``benchmarks.tuning``.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.problems import Problem
from benchmarks.turns import Gain, Steps, in_turns
from models.engine import ways
from models.engine.devices import threads
from models.engine.ways import Ways

WIDTHS: Sequence[int] = (5, 30, 50, 100)
SMALL: Sequence[tuple[int, int]] = ((30, 4), (30, 10), (30, 16), (30, 32), (10, 10), (100, 10), (1000, 10))
LARGE: Sequence[int] = (50, 100, 200)
N_IMAGES = 3_000
LANES = 16  # where none are taken


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One net.

    Attributes:
        net: Its layers.
        batch_size: Rows per update.
        gain: By the other way.
        chosen: Whether the engine takes the other way; for small batches, with the kernel of the hidden layer.
    """

    net: str
    batch_size: int
    gain: Gain
    chosen: bool


def widths(problem: Problem) -> Iterator[Saved]:
    """Yields what is saved by silent neurons in nets of one hidden layer."""
    here = ways.of(threads())
    wide = Ways(lanes=LANES if here.lanes == 1 else here.lanes, most_added=math.inf)
    for units in WIDTHS:
        case = replace(problem, hidden_units=(units,), batch_size=32)
        net = f"{problem.X.shape[1]}-{units}-10"
        yield _both(net, case, Ways(), wide, chosen=here.width(units) != units)


def small(problem: Problem) -> Iterator[Saved]:
    """Yields what is saved by nets of one hidden layer on the rows of ``problem``, as wide as the engine takes them."""
    here, n_inputs = ways.of(threads()), problem.X.shape[1]
    for units, batch_size in SMALL:
        case = replace(problem, hidden_units=(units,), batch_size=batch_size)
        products = replace(here, rows=())
        by_rows = replace(here, rows=((10**9, batch_size),), least_weights=0)
        chosen = here.goes_row_by_row(batch_size, (n_inputs, here.width(units)))
        yield _both(f"{n_inputs}-{units}-10", case, products, by_rows, chosen=chosen)


def large(problem: Problem) -> Iterator[Saved]:
    """Yields what is saved by the conv net of ``problem``."""
    here = ways.of(threads())
    for batch_size in LARGE:
        case = replace(problem, X=problem.X[:N_IMAGES], y=problem.y[:N_IMAGES], batch_size=batch_size)
        whole = replace(here, halved_from=None)
        in_halves = replace(here, halved_from=batch_size, halved_to=batch_size)
        yield _both("conv 20-40 maps", case, whole, in_halves, chosen=here.halves(batch_size))


def _both(net: str, case: Problem, usual: Ways, other: Ways, *, chosen: bool) -> Saved:
    gain = in_turns(Steps(case, usual), Steps(case, other))
    return Saved(net=net, batch_size=case.batch_size, gain=gain, chosen=chosen)
