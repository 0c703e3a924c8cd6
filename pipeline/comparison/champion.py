"""Which model of a comparison is worth serving: a declared rule on its summaries and contrasts."""

from dataclasses import dataclass

from experiments.language import Gate
from pipeline.comparison.verdict import after_the_choice, with_interval
from pipeline.scoring.result import Result
from pipeline.scoring.values import Summary
from pipeline.words.names import title
from pipeline.words.numbers import interval, number, p_value

_PASSES = "It passes the gate, the rule for what is registered"
_FAILS = "It does not pass the gate, the rule for what is registered"


@dataclass(frozen=True, kw_only=True)
class Champion:
    """The candidate that a comparison would serve.

    Attributes:
        candidate: Its name.
        passes: Whether it passes the gate.
        reason: Why it was chosen and why it passes or not, in sentences.
    """

    candidate: str
    passes: bool
    reason: str


def champion(result: Result) -> Champion | None:
    """Chooses by the declared rule, and holds the chosen one against the gate.

    The champion is the candidate of the best mean in the primary metric, unless the gate's simplest candidate is judged
    practically equal to it (or better): then it is the simplest. It passes when it is judged better than guessing, by
    a test that is corrected for all candidates since it was chosen among them, and the whole 95 % interval of their
    difference lies on the better side by more than the gate's least difference. Guessing itself never passes, nor does
    what has an interval neither of its mean nor of that difference.

    Returns:
        ``None`` for a comparison without a gate: it registers nothing.
    """
    gate = result.comparison.gate
    if gate is None:
        return None
    chosen, why = _choose(gate, result)
    passes, because = _pass(chosen, gate, result)
    return Champion(candidate=chosen.candidate, passes=passes, reason=f"{why} {because}")


def chosen(result: Result) -> str | None:
    """Returns the champion, else the best; never the candidate that looks at no input."""
    best, guessing = champion(result), result.comparison.dummy
    ranked = [one.candidate for one in result.ranked if one.candidate != guessing]
    return best.candidate if best is not None and best.candidate != guessing else next(iter(ranked), None)


def _choose(gate: Gate, result: Result) -> tuple[Summary, str]:
    best, simplest = result.ranked[0], next(item for item in result.ranked if item.candidate == gate.simplest)
    worth = f"{with_interval(best)}{after_the_choice(result.winner)}"
    mean = f"{title(best.candidate)} has the best mean {result.primary.words}, {worth}"
    if best == simplest:
        return best, f"{mean}, and is the simplest."
    found = result.against(best.candidate).get(simplest.candidate)
    if found is not None and found.judgment in {"practically_equal", "better"}:
        equal = f"{title(simplest.candidate)} is practically equal to it, and simpler"
        return simplest, f"{mean}; {equal}: {with_interval(simplest)}."
    return best, f"{mean}; that the simplest, {title(simplest.candidate)}, is practically equal to it is not shown."


def _pass(chosen: Summary, gate: Gate, result: Result) -> tuple[bool, str]:
    if chosen == result.reference:
        return False, f"{_FAILS}: it is {result.guess}."
    found = result.against(result.reference.candidate).get(chosen.candidate)
    # Without a single error a mean has no interval, but the difference to guessing has one.
    if not chosen.has_interval and not (found and found.has_interval):
        return False, f"{_FAILS}: how sure its mean is, is not known ({chosen.method})."
    if found is None:
        return False, f"{_FAILS}: nothing is known of it against {result.guess}."
    worst = -found.high if result.primary.lower_is_better else found.low
    beyond = worst > gate.least_difference  # never with a NaN
    wanted = f" by more than {number(gate.least_difference)}" if gate.least_difference else ""
    bounds = f", {interval(number(found.low), number(found.high))}" if found.has_interval else ""
    measured = f"against {result.guess} it is {number(found.difference)}{bounds}"
    corrected = f"p {p_value(found.p_corrected)} after the correction for all candidates"
    if found.judgment == "better" and beyond:
        return True, f"{_PASSES}: {measured}, wholly on the better side{wanted}; {corrected}."
    if found.judgment == "practically_equal":
        return False, f"{_FAILS}: {measured}, practically equal."
    if not beyond:
        return False, f"{_FAILS}: {measured}, not wholly on the better side{wanted}."
    return False, f"{_FAILS}: {measured}, but {corrected}: it was chosen among many."
