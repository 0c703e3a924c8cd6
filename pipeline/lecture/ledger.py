"""The lecture's ledger as a table: what is printed beside what comes out."""

import math
import re
from collections.abc import Iterable

import pandas as pd

from pipeline.lecture.values import Check


def ledger(checks: Iterable[Check]) -> pd.DataFrame:
    """Returns the checks as a table of text: item, symbol, printed, by_hand, by_tape, verdict, why, where."""
    return pd.DataFrame(
        [
            {
                "item": row.item,
                "symbol": row.symbol,
                "printed": row.printed,
                "by_hand": _shown(row.by_hand, row.printed),
                "by_tape": _shown(row.by_tape, row.printed),
                "verdict": "MISPRINT" if row.verdict == "misprint" else row.verdict.replace("_", " "),
                "why": row.why,
                "where": row.where,
            }
            for row in checks
        ]
    )


def _shown(values: tuple[float, ...], printed: str) -> str:
    """Two decimals more than are printed, so that a reader sees the rounding."""
    decimals = max((len(part) for part in re.findall(r"\.(\d+)", printed)), default=0)
    whole = all(value == int(value) for value in values if math.isfinite(value))
    digits = 0 if whole and not decimals else (decimals or 6) + 2
    return "; ".join(f"{value:.{digits}f}" for value in values) or "-"
