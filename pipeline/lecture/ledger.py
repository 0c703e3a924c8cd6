"""The lecture's ledger as a table: what is printed beside what comes out."""

import math
import re
from collections.abc import Iterable

import pandas as pd

from pipeline.lecture.values import WORDS, Check

COLUMNS = ["item", "symbol", "printed", "by_hand", "by_tape", "by_library", "verdict", "why", "where"]
MOST_SHOWN = 6  # values of one row; the rest is counted


def ledger(checks: Iterable[Check]) -> pd.DataFrame:
    """Returns the checks as a table of text.

    Its columns are item, symbol, printed, by_hand, by_tape, by_library, verdict, why and where; a way that nobody went
    is empty.
    """
    return pd.DataFrame(
        [
            {
                "item": row.item,
                "symbol": row.symbol,
                "printed": row.printed.replace(";", "; "),
                "by_hand": shown(row.by_hand, row.printed),
                "by_tape": shown(row.by_tape, row.printed),
                "by_library": " ".join([shown(row.by_library, row.printed), f"({row.library})"]) if row.library else "",
                "verdict": WORDS[row.verdict],
                "why": row.why,
                "where": row.where,
            }
            for row in checks
        ],
        columns=COLUMNS,
    )


def shown(values: tuple[float, ...], printed: str) -> str:
    """Returns values with two decimals more than are printed, so that a reader sees the rounding.

    Example:
        >>> shown((0.35892,), "0.3590"), shown((24.0, 24.0), "24x24"), shown((), "70")
        ('0.358920', '24; 24', '')
    """
    decimals = max((len(part) for part in re.findall(r"\.(\d+)", printed)), default=0)
    whole = all(value == int(value) for value in values if math.isfinite(value))
    digits = 0 if whole and not decimals else (decimals or 6) + 2
    texts = [f"{value:.{digits}f}" for value in values[:MOST_SHOWN]]
    return "; ".join([*texts, f"and {len(values) - MOST_SHOWN} more"] if len(values) > MOST_SHOWN else texts)
