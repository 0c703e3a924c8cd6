"""The stage that compares what the lecture prints with what comes out, by hand and by tape."""

import math
from decimal import Decimal
from typing import Any

import numpy as np

from experiments.language.expression import evaluate
from experiments.language.printed import Erratum, Formula, Printed, number_texts
from models.checks import closest, require
from pipeline.lecture.values import Check, Verdict, Worked

# Both sides are float64 computations of a few operations on numbers of unit size.
ROUNDING = 1e-12
_FUNCTIONS = {"sum": lambda values: np.sum(values, axis=0)}


def check(worked: Worked) -> tuple[Check, ...]:
    """Compares every printed row of a worked example with its values.

    A printed number agrees when our value, rounded to the printed decimals, is the printed number; a formula agrees
    when every printed right-hand side, evaluated on numbers, is the tape's value to 1e-12. An erratum turns a
    disagreement into a misprint only if what it puts in its place agrees; it is a failure where nothing disagrees.

    Raises:
        ValueError: A printed number has no value in ``worked.by_hand``.
    """
    errata = {(erratum.item, erratum.symbol): erratum for erratum in worked.example.errata}
    checks = []
    for row in worked.example.printed:
        erratum = errata.get((row.item, row.symbol))
        if isinstance(row, Formula):
            checks.append(_check_formula(worked, row, erratum))
        elif row.kind == "given":
            checks.append(_check_given(worked, row))
        elif row.kind == "not_comparable":
            checks.append(_check_reference(worked, row))
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
    by_hand = _values(worked.by_hand, row.item, row.symbol)
    by_tape = _values(worked.by_tape, row.item, row.symbol)
    known = worked.by_hand.get(row.item, {})
    owner = f"Worked {worked.example.name!r}"
    require(bool(by_hand), owner, "a value for every printed number", closest(row.symbol, known), symbol=row.symbol)

    def agrees(text: str) -> bool:
        return all(_same(values, text, row.kind) for values in (by_hand, by_tape) if values)

    verdict, why = _verdict(agrees(row.text), erratum, erratum is not None and agrees(erratum.computed))
    return _made(worked, row, by_hand, by_tape, verdict, why)


def _check_formula(worked: Worked, row: Formula, erratum: Erratum | None) -> Check:
    values = {**_FUNCTIONS, **worked.by_hand[row.item]}
    tape = worked.by_tape[row.item]

    def agrees(symbol: str, expression: str) -> bool:
        return bool(np.allclose(evaluate(expression, values), tape[symbol], rtol=0, atol=ROUNDING))

    slips = [(symbol, expression) for symbol, expression in row.equations if not agrees(symbol, expression)]
    mended = (
        erratum is not None
        and [expression for _, expression in slips] == [erratum.printed]
        and agrees(slips[0][0], erratum.computed)
    )
    verdict, why = _verdict(not slips, erratum, mended)
    if slips and not mended:
        why = "; ".join(f"{symbol} is not {expression}" for symbol, expression in slips)
    by_hand = _numbers(evaluate(row.equations[0][1], values))
    return _made(worked, row, by_hand, _values(worked.by_tape, row.item, row.symbol), verdict, why)


def _check_given(worked: Worked, row: Printed) -> Check:
    used = [worked.example.givens[name] for name in row.given_names]
    text = [value for value in used if isinstance(value, str)]
    numbers = () if text else _numbers(used)
    same = text == [row.text] if text else numbers == row.numbers or not row.text
    if same:
        return _made(worked, row, numbers, (), "given", row.why)
    return _made(worked, row, numbers, (), "disagrees", "The example starts from something else than is printed.")


def _check_reference(worked: Worked, row: Printed) -> Check:
    by_hand = _values(worked.by_hand, row.item, row.symbol)
    if row.reference and not _same(by_hand, row.reference, "rounded"):
        return _made(worked, row, by_hand, (), "disagrees", f"The reference gives {row.reference}.")
    return _made(worked, row, by_hand, _values(worked.by_tape, row.item, row.symbol), "not_comparable", row.why)


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


def _values(results: Any, item: str, symbol: str) -> tuple[float, ...]:
    return _numbers(results.get(item, {}).get(symbol, ()))


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for part in np.atleast_1d(values) for value in np.ravel(part)) if np.size(values) else ()


def _made(
    worked: Worked,
    row: Printed | Formula,
    by_hand: tuple[float, ...],
    by_tape: tuple[float, ...],
    verdict: Verdict,
    why: str,
) -> Check:
    return Check(
        example=worked.example.name,
        item=row.item,
        symbol=row.symbol,
        where=row.where,
        printed=row.text,
        by_hand=by_hand,
        by_tape=by_tape,
        verdict=verdict,
        why=why,
    )
