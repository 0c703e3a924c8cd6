"""Whether the points of a column's numbers may stand between thousands: 1.272 is a little more than one, or 1272."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.tally import ENOUGH, Tally

_IN_THREES = r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}"
_WHOLE, _BELOW = r"[+-]?[0-9]+", r"[+-]?[0-9]{1,3}"

# Of numbers rounded to three digits and written as short as they are, one in ten ends in 0 and has fewer: where half as
# many have, or less, they may be strays among thousands.
_STRAYS = 0.05


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """That points may stand between thousands.

    Attributes:
        position: Of the first distinct cell with three digits behind its point.
        stray: Of the first one that is not written as thousands are; ``None`` without.
        is_grave: Whether whole numbers stand beside them, so that one column would have two units; else each number
            has a point, as measured numbers may have.
    """

    position: int
    stray: int | None
    is_grave: bool


def thousands(tally: Tally) -> Doubt | None:
    """Returns that points may stand between thousands: nearly all have three digits behind them; else ``None``.

    What is not written as thousands are, 1500 or 1.5, shows what points mean, unless it is as rare as a slip is: then
    it may be the stray. So may one 1.234 among 1500 and 2300.
    """
    if tally.nature not in ("read", "text"):
        return None
    there = ~tally.cells.isin(tally.missing_words).to_numpy()
    threes = _matches(tally, _IN_THREES) & there
    if not threes.any():
        return None
    whole = _matches(tally, _WHOLE) & there
    others = there & ~threes & ~(whole & _matches(tally, _BELOW))
    is_grave = bool(whole.any())
    if others.any() and not _are_strays(tally, others, there):
        if (others & ~whole).any():
            return None
        is_grave = _are_strays(tally, threes, there)
    return Doubt(
        position=int(np.argmax(threes)), stray=int(np.argmax(others)) if others.any() else None, is_grave=is_grave
    )


def _are_strays(tally: Tally, some: NDArray[np.bool_], there: NDArray[np.bool_]) -> bool:
    n_some, n_there = int(tally.counts[some].sum()), int(tally.counts[there].sum())
    return n_some <= max(1, _STRAYS * n_there) and n_there - n_some >= ENOUGH


def _matches(tally: Tally, pattern: str) -> NDArray[np.bool_]:
    return np.asarray(tally.cells.str.fullmatch(pattern).to_numpy(bool))
