"""How numbers are written: a proper minus sign, no negative zero, a dash for what is not known."""

from collections.abc import Sequence
from math import floor, isfinite, log10

UNKNOWN = "–"
NO_BREAK = "\u00a0"  # between a number and its percent sign


def minus(text: str) -> str:
    """Returns a written number with a proper minus sign."""
    return text.replace("-", "−")


def number(value: float, decimals: int = 4) -> str:
    """Returns a number with its decimals; from 100 on, with no more of them than make five digits.

    Example:
        >>> number(-0.00004), number(-1.5, 1), number(float("nan"))
        ('0.0000', '−1.5', '–')
        >>> number(123.45678), number(54321.987)
        ('123.46', '54,322')
    """
    if not isfinite(value):
        return UNKNOWN
    digits = len(f"{abs(value):.0f}")
    return minus(f"{value:z,.{decimals if digits < 3 else min(decimals, max(5 - digits, 0))}f}")


def quantity(value: float) -> str:
    """Returns a number that has a unit: four digits, whatever its size; a whole one as it is.

    Example:
        >>> quantity(43.5678), quantity(54321.6), quantity(-0.012345), quantity(3e-7), quantity(25.0)
        ('43.57', '54,322', '−0.01235', '3e−07', '25')
    """
    if not isfinite(value):
        return UNKNOWN
    if float(value).is_integer() and abs(value) < 1e9:
        return minus(f"{value:z,.0f}")
    if not 1e-4 <= abs(value) < 1e9:
        return minus(f"{value:.4g}")
    return minus(f"{value:,.{max(3 - floor(log10(abs(value))), 0)}f}")


def signed(value: float, decimals: int = 3) -> str:
    """Returns a number with its decimals and its sign, 0 without."""
    if not isfinite(value):
        return UNKNOWN
    text = minus(f"{value:+z.{decimals}f}")
    return text[1:] if float(text[1:]) == 0 else text


def p_value(p: float) -> str:
    """Returns a p-value, and never calls a small one 0.

    Example:
        >>> p_value(0.00002), p_value(0.0312)
        ('< 0.0001', '0.0312')
    """
    return "< 0.0001" if p < 0.0001 else number(p)


def percent(share: float) -> str:
    """Returns a share in percent: whole from 10 on, else with a decimal; a dash for what is not known."""
    if not isfinite(share):
        return UNKNOWN
    return f"{100 * share:.{0 if abs(share) >= 0.0995 else 1}f}{NO_BREAK}%"


def percent_range(shares: Sequence[float]) -> str:
    r"""Returns the least and the largest of shares in percent; one where these are written alike.

    Example:
        >>> percent_range([0.164, 0.5, 0.833]), percent_range([0.8, 0.801])
        ('16 to 83\xa0%', '80\xa0%')
    """
    least, most = percent(min(shares)), percent(max(shares))
    return most if least == most else f"{least.removesuffix(f'{NO_BREAK}%')} to {most}"


def interval(low: str, high: str, *, of: str = "") -> str:
    """Returns the words for a 95 % interval whose bounds are written already; ``of`` says whose it is."""
    return f"95{NO_BREAK}% interval{f' of {of}' if of else ''} {low} to {high}"
