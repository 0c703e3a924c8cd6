"""What decisions lead to, in sentences: at what threshold, at what cost, and what the probabilities are worth."""

from collections.abc import Mapping, Sequence
from math import isfinite

from experiments.language import Decision
from pipeline.decisions.values import Decided, Estimate, declared
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast
from pipeline.words.names import title
from pipeline.words.numbers import interval, number, percent

Found = Mapping[tuple[str, str, str], Estimate]
"""Candidate, case and quantity -> estimate."""

_ALL_ALIKE = {"nobody": "raising nobody", "everybody": "raising everybody"}


def keyed(estimates: Sequence[Estimate]) -> dict[tuple[str, str, str], Estimate]:
    """Returns estimates by candidate, case and quantity."""
    return {(one.candidate, one.case, one.quantity): one for one in estimates}


def cheapest_candidate(decided: Decided) -> str:
    """Returns the candidate of the lowest mean cost by its chosen threshold."""
    costs = [one for one in decided.outcomes if one.case == "cheapest" and one.quantity == "cost"]
    return min(costs, key=lambda one: one.mean).candidate


def answers(result: Result, decided: Decided) -> list[str]:
    """Says what was decided, a sentence each, the most important first.

    Args:
        result: Of a comparison with a decision.
        decided: What it led to.
    """
    decision, positive_class = declared(result.comparison)
    positive = result.dataset.class_names[positive_class]
    name, found = cheapest_candidate(decided), keyed(decided.outcomes)
    sentences = [_cheapest(name, found, decision, positive)]
    if decided.differences:
        sentences.append(_net_against_baseline(decided, decision))
    sentences.append(_half(name, found, decision))
    if decision.recall is not None:
        sentences.append(_recall(name, found, decision, positive))
    sentences.append(_gains(keyed(decided.gains), decision, positive))
    sentences.append(_calibration(name, keyed(decided.calibration)))
    if decided.importances:
        sentences.append(_importances(decided, result.primary.words))
    return sentences


def per_hundred(cost: float) -> str:
    """Returns a cost of one row as that of 100, with a proper minus sign."""
    return number(100 * cost, 1)


def _cheapest(name: str, found: Found, decision: Decision, positive: str) -> str:
    own = {quantity: each for (one, case, quantity), each in found.items() if (one, case) == (name, "cheapest")}
    alike = min(_ALL_ALIKE, key=lambda rule: found[name, rule, "cost"].mean)
    cost = own["cost"]
    return (
        f"Where one miss costs as much as {decision.cost_ratio:g} false alarms, {title(name)} decides at the lowest "
        f"cost: with all above a probability of {number(own['threshold'].mean)} raised, 100 {decision.rows} cost "
        f"{per_hundred(cost.mean)} false alarms{_interval(cost)}, {percent(own['relative_cost'].mean)} of what "
        f"{_ALL_ALIKE[alike]} costs. That finds {percent(own['recall'].mean)} of the {positive} {decision.rows} and "
        f"raises {percent(own['raised'].mean)} of all."
    )


def _net_against_baseline(decided: Decided, decision: Decision) -> str:
    """Compares the cheapest net with the cheapest baseline."""
    costs = {one.candidate: one.mean for one in decided.outcomes if (one.case, one.quantity) == ("cheapest", "cost")}
    best = min(decided.differences, key=lambda each: (costs[each.candidate], costs[each.reference]))
    more = f"{per_hundred(abs(best.difference))} false alarms {'more' if best.difference > 0 else 'less'}"
    return (
        f"The cheapest net, {title(best.candidate)}, costs {more} for 100 {decision.rows} than the cheapest baseline, "
        f"{title(best.reference)}{_judged(best)}."
    )


def _judged(contrast: Contrast) -> str:
    if not contrast.has_interval:
        return ", and without spread nothing is known about chance"
    words = {"practically_equal": "practically equal", "cannot_say": "which may be chance"}
    bounds = interval(per_hundred(contrast.low), per_hundred(contrast.high), of="the difference")
    return f" ({bounds}), {words.get(contrast.judgment, 'too much for chance')}"


def _half(name: str, found: Found, decision: Decision) -> str:
    return (
        f"By the usual threshold of 0.5 {title(name)} would cost {per_hundred(found[name, 'half', 'cost'].mean)}: it "
        f"misses {percent(found[name, 'half', 'type_1_error'].mean)}. By the threshold of theory, "
        f"1 / (1 + {decision.cost_ratio:g}), it costs {per_hundred(found[name, 'theory', 'cost'].mean)}, and "
        f"{per_hundred(found[name, 'theory_platt', 'cost'].mean)} after Platt's calibration."
    )


def _recall(name: str, found: Found, decision: Decision, positive: str) -> str:
    own = {quantity: each.mean for (one, case, quantity), each in found.items() if (one, case) == (name, "recall")}
    return (
        f"Asked to find {percent(decision.recall or 0)} of the {positive} {decision.rows}, {title(name)} raises above "
        f"{number(own['threshold'])}: on test rows it finds {percent(own['recall'])}, and {percent(own['precision'])} "
        f"of what it raises is {positive}."
    )


def _gains(found: Found, decision: Decision, positive: str) -> str:
    best = max((each for key, each in found.items() if key[1:] == ("10%", "found")), key=lambda each: each.mean)
    times = found[best.candidate, "10%", "lift"].mean
    bounds = f" ({interval(percent(best.low), percent(best.high))})" if isfinite(best.low) else ""
    return (
        f"The 10\u00a0% of the {decision.rows} that {title(best.candidate)} ranks highest hold {percent(best.mean)} of "
        f"the {positive} ones{bounds}, {times:.1f} times their share."
    )


def _calibration(name: str, found: Found) -> str:
    scores = {each: number(found[name, each, "brier_score"].mean) for each in ("as_trained", "platt", "isotonic")}
    off = found[name, "as_trained", "in_the_large"]
    direction = "high" if off.mean > 0 else "low"
    chance = isfinite(off.low) and off.low <= 0 <= off.high
    return (
        f"On the whole the probabilities of {title(name)} are {100 * abs(off.mean):.2f} points too {direction}"
        f"{', which may be chance' if chance else ''}; its Brier score is {scores['as_trained']} as trained, "
        f"{scores['platt']} after Platt's and {scores['isotonic']} after isotonic calibration."
    )


def _importances(decided: Decided, metric: str) -> str:
    names = dict.fromkeys(one.candidate for one in decided.importances)
    most = [
        max((one for one in decided.importances if one.candidate == name), key=lambda one: one.mean) for name in names
    ]
    told = [f"{title(one.candidate)} when “{one.case.strip()}” is shuffled ({number(one.mean)})" for one in most]
    return f"The largest loss of {metric}: {', '.join(told)}."


def _interval(cost: Estimate) -> str:
    if not isfinite(cost.low):
        return ""
    return f" ({interval(per_hundred(cost.low), per_hundred(cost.high))})"
