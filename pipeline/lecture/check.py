"""The stage that compares what the lecture prints with what comes out: by hand, by tape, by a library or by R.

A way is compared, and shown, only where it was computed by itself; a printed number that nobody computed is an error.
"""

import math
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from experiments.language.expression import evaluate
from experiments.language.printed import Erratum, Formula, Printed, number_texts
from models.checks import closest, require
from pipeline.lecture.values import Check, Verdict, Worked

# All sides are float64 computations of a few operations on numbers of unit size.
ROUNDING = 1e-12
_FUNCTIONS = {"sum": lambda values: np.sum(values, axis=0), "exp": np.exp, "log": np.log}


class _Ways(NamedTuple):
    """The values of one printed row, by every way to them; empty where there is none."""

    by_hand: tuple[float, ...]
    by_tape: tuple[float, ...]
    by_library: tuple[float, ...]
    library: str


def check(worked: Worked) -> tuple[Check, ...]:
    """Compares every printed row of a worked example with its values.

    A printed number agrees when our values, rounded to the printed decimals, are the printed number, and R's when ours
    round to it; a formula agrees when every printed right-hand side, evaluated on numbers, is what the tape or the
    library has, to 1e-12. An erratum turns a disagreement into a misprint only if what it puts in its place agrees; it
    is a failure where nothing disagrees.

    Raises:
        ValueError: A printed number has no value in ``worked``.
    """
    errata = {(erratum.item, erratum.symbol): erratum for erratum in worked.example.errata}
    checks = []
    for row in worked.example.printed:
        erratum = errata.get((row.item, row.symbol))
        if isinstance(row, Formula):
            checks.append(_check_formula(worked, row, erratum))
        elif row.kind == "given":
            checks.append(_check_given(worked, row))
        elif row.kind == "not_recomputable":
            checks.append(_made(worked, row, _Ways((), (), (), ""), "not_recomputable", row.why))
        else:
            checks.append(_check_number(worked, row, erratum))
    return tuple(checks)


def rounds_to(value: float, text: str) -> bool:
    """Tells whether a value, rounded to the decimals of a printed number, is that number.

    Example:
        >>> rounds_to(0.35892, "0.3589"), rounds_to(0.35892, "0.3590"), rounds_to(0.0822, ".0820")
        (True, False, False)
    """
    printed = Decimal(text)
    return math.isfinite(value) and Decimal(value).quantize(printed) == printed


def _check_number(worked: Worked, row: Printed, erratum: Erratum | None) -> Check:
    ways = _ways(worked, row)
    known = worked.by_hand.get(row.item, {})
    owner = f"Worked {worked.example.name!r}"
    require(
        bool(ways.by_hand), owner, "a value for every printed number", closest(row.symbol, known), symbol=row.symbol
    )
    computed = [values for values in (ways.by_hand, ways.by_tape, ways.by_library) if values]
    if row.reference:
        ways = ways._replace(by_library=_read(row.reference), library="R")
        if not all(_same(values, row.reference, "rounded") for values in computed):
            return _made(worked, row, ways, "disagrees", f"R gives {row.reference}.")
    if row.kind == "figure":
        return _made(worked, row, ways, "agrees_with_r", row.why)

    def agrees(text: str) -> bool:
        return all(_same(values, text, row.kind) for values in computed)

    verdict, why = _verdict(agrees(row.text), erratum, erratum is not None and agrees(erratum.computed))
    return _made(worked, row, ways, verdict, why)


def _check_formula(worked: Worked, row: Formula, erratum: Erratum | None) -> Check:
    values = {**_FUNCTIONS, **worked.by_hand[row.item]}
    others = [found[row.item] for found in (worked.by_tape, worked.by_library) if row.item in found]

    def agrees(symbol: str, expression: str) -> bool:
        ways = [found[symbol] for found in others if symbol in found]
        owner = f"Worked {worked.example.name!r}"
        require(bool(ways), owner, "another way to every printed formula", "Compute it.", symbol=symbol)
        ways += [worked.by_hand[row.item][symbol]] if symbol in worked.by_hand[row.item] else []
        return all(np.allclose(evaluate(expression, values), way, rtol=0, atol=ROUNDING) for way in ways)

    slips = [(symbol, expression) for symbol, expression in row.equations if not agrees(symbol, expression)]
    mended = (
        erratum is not None
        and [expression for _, expression in slips] == [erratum.printed]
        and agrees(slips[0][0], erratum.computed)
    )
    verdict, why = _verdict(not slips, erratum, mended)
    if mended and slips:
        given, right = (_short(evaluate(text, values)) for text in (slips[0][1], erratum.computed if erratum else ""))
        why = f"{why} As printed it gives {given}, right is {right}."
    elif slips:
        why = "; ".join(f"{symbol} is not {expression}" for symbol, expression in slips)
    ways = _ways(worked, row)
    if not ways.by_hand:
        ways = ways._replace(by_hand=_numbers(evaluate(row.equations[0][1], values)))
    return _made(worked, row, ways, verdict, why)


def _check_given(worked: Worked, row: Printed) -> Check:
    used = [worked.example.givens[name] for name in row.given_names]
    text = [value for value in used if isinstance(value, str)]
    if text == [row.text] if text else _numbers(used) == row.numbers:
        return _made(worked, row, _Ways((), (), (), ""), "given", row.why)
    starts = "; ".join(map(str, used))
    return _made(worked, row, _Ways((), (), (), ""), "disagrees", f"The example starts from {starts} instead.")


def _verdict(agrees: bool, erratum: Erratum | None, mended: bool) -> tuple[Verdict, str]:
    if agrees:
        if erratum is None:
            return "agrees", ""
        return "disagrees", "An erratum stands for something that agrees: take it out."
    if erratum is None:
        return "disagrees", "Not what comes out, and no erratum says why."
    if not mended:
        return "disagrees", f"The erratum's {erratum.computed} is not what comes out either."
    return "misprint", f"{erratum.computed} is right. {erratum.why}"


def _same(values: tuple[float, ...], text: str, kind: str) -> bool:
    texts = number_texts(text)
    if len(values) != len(texts):
        return False
    if kind == "exact":
        return all(abs(value - float(number)) <= ROUNDING for value, number in zip(values, texts, strict=True))
    return all(rounds_to(value, number) for value, number in zip(values, texts, strict=True))


def _ways(worked: Worked, row: Printed | Formula) -> _Ways:
    hand, taped, library = (
        _numbers(found.get(row.item, {}).get(row.symbol, ()))
        for found in (worked.by_hand, worked.by_tape, worked.by_library)
    )
    return _Ways(hand, taped, library, worked.libraries.get(row.item, "") if library else "")


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for part in np.atleast_1d(values) for value in np.ravel(part)) if np.size(values) else ()


def _read(text: str) -> tuple[float, ...]:
    return tuple(map(float, number_texts(text)))


def _short(value: Any) -> str:
    return "; ".join(f"{number:.3g}" for number in _numbers(value))


def _made(worked: Worked, row: Printed | Formula, ways: _Ways, verdict: Verdict, why: str) -> Check:
    return Check(
        example=worked.example.name,
        item=row.item,
        symbol=row.symbol,
        where=row.where,
        printed=row.text,
        **ways._asdict(),
        verdict=verdict,
        why=why,
    )
