"""Which reworkings of a training pay on this processor: looked up in a table that ``make tune`` has measured.

Another way through the same arithmetic ends in other last bits, so a run that measured would not repeat itself. A run
only looks up: by the vector instructions of the processor and by its threads, both of which are fixed before anything
is trained. A processor that nobody has measured takes the plain way.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

TABLE = Path(__file__).with_name("ways.json")
"""Vector instructions -> threads -> what was measured; written by ``benchmarks.tuning``."""

_VECTORS: Mapping[str, frozenset[str]] = {
    "AVX-512": frozenset({"X86_V4", "AVX512_SKX"}),
    "AVX2": frozenset({"X86_V3", "AVX2"}),
    "NEON": frozenset({"ASIMD"}),
}
"""What this program calls them, widest first -> what NumPy's versions call them."""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Limits within which each reworking pays; by default none does, which is the plain way.

    Attributes:
        lanes: Hidden layers are trained as wide as a multiple of it (`models.engine.faster.lanes`).
        most_added: Silent neurons for each of a layer's own, at the most.
        rows: Of a batch whose gradient of a kernel is taken row by row (`models.engine.faster.small_batches`), at the
            most: pairs of a kernel's units, rising, and rows.
        least_weights: Of a kernel that is taken so.
        onednn_from: Multiplications of a net's smallest convolution, of all rows of a batch, from which on its
            convolutions are oneDNN's (`models.engine.faster.convolutions`); ``None`` is never.
        halved_from: Rows from which on a conv net takes a batch in halves (`models.engine.faster.halves`); ``None``
            is never.
        halved_to: Rows to which it does, at the most; ``None`` is however many.
    """

    lanes: int = 1
    most_added: float = 0.0
    rows: tuple[tuple[int, int], ...] = ()
    least_weights: int = 0
    onednn_from: int | None = None
    halved_from: int | None = None
    halved_to: int | None = None

    def width(self, units: int) -> int:
        """Returns the neurons of a hidden layer in training: a multiple of ``lanes``, unless that adds too many.

        Example:
            >>> [Ways(lanes=16, most_added=1 / 8).width(units) for units in (10, 30, 50, 100, 160)]
            [10, 32, 50, 112, 160]
        """
        wide = -(-units // self.lanes) * self.lanes
        return wide if wide - units <= self.most_added * units else units

    def most_rows(self, units: int) -> int:
        """Returns of how many rows a kernel of so many units takes its gradient row by row, at the most.

        Between two widths that were measured these are the fewer rows of both.

        Example:
            >>> ways = Ways(rows=((30, 16), (100, 4), (1000, 10)))
            >>> [ways.most_rows(units) for units in (10, 30, 60, 100, 300, 1000, 2000)]
            [16, 16, 4, 4, 4, 10, 0]
        """
        wider = [n_rows for width, n_rows in self.rows if width >= units]
        narrower = [n_rows for width, n_rows in self.rows if width <= units]
        return min([wider[0], *narrower[-1:]]) if wider else 0

    def goes_row_by_row(self, n_rows: int, shape: Sequence[int]) -> bool:
        """Returns whether a kernel ``(..., n_inputs, n_units)`` takes the gradient of so many rows row by row."""
        return math.prod(shape) >= self.least_weights and n_rows <= self.most_rows(shape[-1])

    def takes_onednn(self, multiplications: int) -> bool:
        """Returns whether convolutions are oneDNN's, the smallest of so many multiplications; of none it is 0."""
        return self.onednn_from is not None and 0 < multiplications >= self.onednn_from

    def halves(self, n_rows: int) -> bool:
        """Returns whether a conv net takes a batch of so many rows in halves.

        Example:
            >>> [Ways(halved_from=50, halved_to=128).halves(n_rows) for n_rows in (25, 50, 128, 200)]
            [False, True, True, False]
        """
        few_enough = self.halved_to is None or n_rows <= self.halved_to
        return self.halved_from is not None and n_rows >= self.halved_from and few_enough


def of(threads: int) -> Ways:
    """Returns what pays on this processor; what was measured on fewer threads pays until it is measured on as many.

    Args:
        threads: On which nets are computed.
    """
    return looked_up(of_this_processor(), threads)


def looked_up(measured: Mapping[int, Ways], threads: int) -> Ways:
    """Returns the ways of the most threads that are not more than there are; the plain way where there are none.

    Example:
        >>> looked_up({2: Ways(halved_from=100), 8: Ways(halved_from=50)}, 4).halved_from
        100
    """
    return measured[max(fewer)] if (fewer := [n for n in measured if n <= threads]) else Ways()


def of_this_processor() -> dict[int, Ways]:
    """Returns what was measured on processors like this: threads -> ways."""
    return {int(n): of_plain_values(entry["ways"]) for n, entry in table().get(vectors(), {}).items()}


def of_plain_values(values: Mapping[str, Any]) -> Ways:
    """Returns ways as a table of plain values has them."""
    return Ways(**{**values, "rows": tuple((units, n_rows) for units, n_rows in values["rows"])})


def as_plain_values() -> dict[str, dict[str, Any]]:
    """Returns what was measured on processors like this, for a digest."""
    return {str(threads): asdict(ways) for threads, ways in of_this_processor().items()}


@cache
def table() -> dict[str, dict[str, dict[str, Any]]]:
    """Returns the table as it lies beside this file."""
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return found


@cache
def vectors() -> str:
    """Returns the widest vector instructions that NumPy finds here; ``"others"`` where this program knows none."""
    told = np.show_config(mode="dicts")["SIMD Extensions"]
    return vectors_of([*told.get("baseline", []), *told.get("found", [])])


def vectors_of(found: Sequence[str]) -> str:
    """Returns the widest vector instructions among what NumPy found.

    Example:
        >>> [vectors_of(found) for found in (["X86_V2", "X86_V3", "X86_V4"], ["SSE42", "AVX2"], ["VSX"])]
        ['AVX-512', 'AVX2', 'others']
    """
    return next((name for name, own in _VECTORS.items() if own.intersection(found)), "others")
