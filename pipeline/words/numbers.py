"""How numbers are written."""

from math import isfinite


def number(value: float) -> str:
    """Returns four decimals with a proper minus sign and no negative zero, or a dash for what is not known."""
    return f"{value:z.4f}".replace("-", "−") if isfinite(value) else "–"
