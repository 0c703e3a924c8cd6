"""What decisions lead to, in sentences: at what threshold, at what cost, and what the probabilities are worth."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite

import numpy as np

from experiments.language import Decision
from models.threshold import false_alarms
from pipeline.decisions.costs import theoretical_threshold
from pipeline.decisions.examination import threshold_name
from pipeline.decisions.subgroups import ALL, LEAST_ROWS
from pipeline.decisions.values import Decided, Estimate, declared
from pipeline.scoring.result import Result
from pipeline.scoring.significance import holm
from pipeline.scoring.values import Contrast
from pipeline.words.names import listing, title
from pipeline.words.numbers import interval, number, p_value, percent

Found = Mapping[tuple[str, str, str], Estimate]
"""Candidate, case and quantity -> estimate."""

_ROUNDED = 1 - 1e-9  # a share that is reached but for rounding
LEVEL = 0.05  # of a corrected test, below which a difference is called too much for chance

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
    cheapest = _cheapest(name, found, decision, positive)
    in_time = result.folds[0].stretches is not None
    against = [_net_against_baseline(decided, decision, in_time)] if decided.differences else []
    sentences = [" ".join([cheapest, *against])]  # who decides at the lowest cost may do so by chance
    sentences.append(_half(name, found, decision))
    sentences.append(_benefit(name, decided, decision, positive, in_time))
    if decision.recall is not None:
        sentences.append(_recall(name, found, decision, positive))
    shares = [float((result.dataset.y[fold.test_rows] == positive_class).mean()) for fold in result.folds]
    perfect = float(np.mean([min(1.0, 0.1 / share) for share in shares if share] or [np.nan]))
    sentences.append(_gains(keyed(decided.gains), decision, positive, perfect))
    sentences.append(_at_their_word(name, keyed(decided.recalibration)))
    sentences.append(_calibration(name, keyed(decided.calibration)))
    if decided.subgroups:
        sentences.append(_subgroups(name, decided, decision, positive))
    return sentences


def per_hundred(cost: float) -> str:
    """Returns a cost of one row as that of 100, with a proper minus sign."""
    return number(100 * cost, 1)


def net(benefit: float) -> str:
    """Returns a net benefit of one row as that of 100."""
    return number(100 * benefit, 2)


def _cheapest(name: str, found: Found, decision: Decision, positive: str) -> str:
    own = {quantity: each for (one, case, quantity), each in found.items() if (one, case) == (name, "cheapest")}
    alike = min(_ALL_ALIKE, key=lambda rule: found[name, rule, "cost"].mean)
    cost = own["cost"]
    return (
        f"Where one miss costs as much as {false_alarms(decision.cost_ratio)}, {title(name)}"
        f"{_of_those(name, found, decision)} by the threshold that was cheapest on training rows: 100 {decision.rows} "
        f"cost {per_hundred(cost.mean)} false alarms{_interval(cost, per_hundred)}, "
        f"{percent(own['relative_cost'].mean)} of what {_ALL_ALIKE[alike]} costs. That finds "
        f"{percent(own['recall'].mean)} of the {positive} {decision.rows}{_some(own['recall'], cost)} and raises "
        f"{percent(own['raised'].mean)} of all, {_where(own['threshold'])}."
    )


def _some(one: Estimate, other: Estimate) -> str:
    """Says of how many folds one is where it could not be measured on all that another was."""
    return f" (in {one.n} of {other.n} folds; the others have none)" if 0 < one.n < other.n else ""


def _where(threshold: Estimate) -> str:
    """Says above which probability rows are raised: each fold has a threshold of its own, and no model the mean."""
    if threshold.n == 1:
        return f"those above a probability of {number(threshold.mean)}"
    return f"by a threshold of each fold, {number(threshold.mean)} on the average{_interval(threshold, number)}"


def _of_those(name: str, found: Found, decision: Decision) -> str:
    """Names the candidates that were asked, for a comparison mostly has others, too; and who costs as little."""
    if len(decision.candidates) == 1:
        return ", which alone was asked, decides"
    costs = {one: per_hundred(found[one, "cheapest", "cost"].mean) for one in decision.candidates}
    like = [title(one) for one in decision.candidates if one != name and costs[one] == costs[name]]
    asked = listing([title(one) for one in decision.candidates])
    as_well = f", like {listing(like)}," if like else ""
    return f"{as_well} decides at the lowest cost of those that were asked, {asked}, each"


def _net_against_baseline(decided: Decided, decision: Decision, in_time: bool) -> str:
    """Compares the cheapest net with the cheapest baseline, of those that were asked."""
    costs = {one.candidate: one.mean for one in decided.outcomes if (one.case, one.quantity) == ("cheapest", "cost")}
    best = min(decided.differences, key=lambda each: (costs[each.candidate], costs[each.reference]))
    off = per_hundred(abs(best.difference))
    if off == per_hundred(0.0):
        more, than = "as much, to a tenth of a false alarm,", "as"
    else:
        more, than = f"{off} false alarms {'more' if best.difference > 0 else 'less'}", "than"
    return (
        f"The cheapest net of these, {title(best.candidate)}, costs {more} for 100 {decision.rows} {than} the cheapest "
        f"baseline, {title(best.reference)}{_judged(best, per_hundred, in_time)}."
    )


def _judged(contrast: Contrast, shown: Callable[[float], str], in_time: bool) -> str:
    if not contrast.has_interval:
        return f", {_unknown(contrast, in_time)}"
    bounds = interval(shown(contrast.low), shown(contrast.high), of="the difference")
    return f" ({bounds}), {_judgment(contrast)}"


def _unknown(contrast: Contrast, in_time: bool) -> str:
    """Says why a difference has no interval."""
    if contrast.judgment == "practically_equal":
        return "for they say the same of every row"
    if contrast.n == 1:
        return "and without spread nothing is known about chance"
    where = "over blocks of time" if in_time else "of a class in so few groups"
    return f"and {where} whether it may be chance is not told"


def _judgment(contrast: Contrast) -> str:
    """Says whether a difference may be chance: it is too much only if the corrected test says so, too."""
    if contrast.judgment == "practically_equal":
        return "practically equal"
    beyond = contrast.judgment != "cannot_say" and contrast.p_corrected < LEVEL
    return "too much for chance" if beyond else "which may be chance"


def _half(name: str, found: Found, decision: Decision) -> str:
    return (
        f"By the usual threshold of 0.5 {title(name)} would cost {per_hundred(found[name, 'half', 'cost'].mean)}: it "
        f"misses {percent(found[name, 'half', 'type_1_error'].mean)}. By the threshold of theory, "
        f"1 / (1 + {decision.cost_ratio:g}), it costs {per_hundred(found[name, 'theory', 'cost'].mean)}, and "
        f"{per_hundred(found[name, 'theory_platt', 'cost'].mean)} after Platt's calibration."
    )


def _benefit(name: str, decided: Decided, decision: Decision, positive: str, in_time: bool) -> str:
    """Compares the net benefit at the declared ratio's threshold with what needs no candidate."""
    threshold = theoretical_threshold(decision.cost_ratio)
    found = keyed(decided.benefits)
    own = found[name, threshold_name(threshold), "net_benefit"]
    everybody = found[name, threshold_name(threshold), "everybody"]
    both = [each for each in decided.benefit_differences if each.candidate == name]
    return (
        f"By the probabilities as they are, with all above {number(threshold)} raised, {title(name)} has a net benefit "
        f"of {net(own.mean)} {positive} {decision.rows} found in 100 and paid for by no false alarm"
        f"{_interval(own, net)}; raising everybody has {net(everybody.mean)}, raising nobody 0: "
        f"{_than_either(both, in_time)}."
    )


def _than_either(both: Sequence[Contrast], in_time: bool) -> str:
    closest = min(both, key=lambda each: each.difference)
    if closest.difference <= 0:
        return f"no more than raising {closest.reference}"
    return f"{net(closest.difference)} more than the better of the two{_judged(closest, net, in_time)}"


def _recall(name: str, found: Found, decision: Decision, positive: str) -> str:
    own = {quantity: each for (one, case, quantity), each in found.items() if (one, case) == (name, "recall")}
    return (
        f"Asked to find {percent(decision.recall or 0)} of the {positive} {decision.rows}, {title(name)} raises "
        f"{_where(own['threshold'])}: on test rows it finds {percent(own['recall'].mean)}"
        f"{_interval(own['recall'], percent)}, and {percent(own['precision'].mean)} of what it raises is {positive}."
    )


def _gains(found: Found, decision: Decision, positive: str, perfect: float) -> str:
    """Says what the tenth holds that is ranked highest; of a common class no tenth can hold much.

    Args:
        found: Gains.
        decision: Declared.
        positive: Name of the class.
        perfect: Share of the class that a tenth can hold at the most, on the average of the folds.
    """
    own = [each for key, each in found.items() if key[1:] == ("10%", "found")]
    best = max(own, key=lambda each: each.mean)
    like = [title(one.candidate) for one in own if one is not best and percent(one.mean) == percent(best.mean)]
    times = found[best.candidate, "10%", "lift"].mean
    is_perfect = best.mean > perfect * _ROUNDED
    bounds = ": no order of them could find more" if is_perfect else _interval(best, percent)
    return (
        f"The 10\u00a0% of the {decision.rows} that {title(best.candidate)}"
        f"{f', like {listing(like)},' if like else ''} ranks highest hold {percent(best.mean)} of the {positive} ones, "
        f"{times:.1f} times their share{bounds}."
    )


def _calibration(name: str, found: Found) -> str:
    scores = {each: number(found[name, each, "brier_score"].mean) for each in ("as_trained", "platt", "isotonic")}
    return (
        f"The Brier score of {title(name)} is {scores['as_trained']} as trained, {scores['platt']} after Platt's and "
        f"{scores['isotonic']} after isotonic calibration."
    )


def _at_their_word(name: str, found: Found) -> str:
    """Says by how much probabilities as trained are off, and calls it more than chance only where tests do.

    Probabilities that can be taken at their word are called anything else in at most one of twenty cases: Holm's
    correction is over the two tests, and of slope and intercept only that is named whose own interval says so, too (the
    closure of Marcus, Peritz & Gabriel 1976, On closed testing procedures, Biometrika 63).
    """
    own = {quantity: each for (one, case, quantity), each in found.items() if (one, case) == (name, "as_trained")}
    tests = holm(np.array([own["p_miscalibration"].mean, own["p_recalibration"].mean]))
    of_curve, of_line = tests < LEVEL
    slope, intercept, off = own["slope"], own["intercept"], own["in_the_large"]
    if not isfinite(tests[0]):
        direction = "high" if off.mean > 0 else "low"
        return (
            f"Each test row once, the probabilities of {title(name)} are {100 * abs(off.mean):.2f} points too "
            f"{direction} on the whole; their calibration slope is {number(slope.mean, 2)} where 1 is right. As rows "
            "hang together, whether that may be chance is not told."
        )
    shifted = of_line and not intercept.low <= 0 <= intercept.high
    direction = "high" if off.mean > 0 else "low"
    alone = isfinite(slope.low) and not (of_line or slope.low <= 1 <= slope.high)  # beyond 1 by its own interval
    nothing = "Corrected for both tests, nothing" if alone else "Nothing"
    sound = "" if of_curve or of_line else f" {nothing} here says that they cannot be taken at their word."
    score, by_chance = number(own["brier_score"].mean), number(own["by_chance"].mean, 5)
    return (
        f"Each test row once, the probabilities of {title(name)} are {100 * abs(off.mean):.2f} points too {direction} "
        f"on the whole{'' if shifted else ', which may be chance'}{_slope(slope, tests[1], of_line)}. Their "
        f"miscalibration is {number(own['miscalibration'].mean, 5)} of a Brier score of {score}, where perfect "
        f"probabilities reach {by_chance} in one of twenty cases{': more than chance' if of_curve else ''}.{sound}"
    )


def _slope(slope: Estimate, p: float, is_off: bool) -> str:
    """Tells the slope; ``p`` is of slope and intercept together, corrected, without which no interval is believed."""
    if not isfinite(slope.mean):
        return ""
    bounds = interval(number(slope.low, 2), number(slope.high, 2))
    told = f"; their calibration slope is {number(slope.mean, 2)} ({bounds}) where 1 is right: "
    if slope.low <= 1 <= slope.high:
        return f"{told}which may be chance"
    if not is_off:
        together = f"slope and intercept together have a p of {p_value(p)} after Holm's correction"
        return f"{told}which may be chance, for {together}"
    return told + ("turned round" if slope.mean < 0 else "too extreme" if slope.mean < 1 else "too timid")


def _subgroups(name: str, decided: Decided, decision: Decision, positive: str) -> str:
    """Names a level only where its difference to the others is beyond chance after the correction for all levels."""
    found = {(case, quantity): each for (one, case, quantity), each in keyed(decided.subgroups).items() if one == name}
    levels = [case for case in dict.fromkeys(case for case, _ in found) if case != ALL]
    tests = [
        (case, key) for key in ("p_recall", "p_in_the_large") for case in levels if isfinite(found[case, key].mean)
    ]
    few = [case for case in levels if found[case, "share"].n < LEAST_ROWS]
    opening = f"By “{(decision.by or '').strip()}”, in {len(levels)} groups of rows"
    closing = (
        f" Of {listing([f'“{case}”' for case in few])} there are fewer than {LEAST_ROWS} rows: too few to tell."
        if few
        else ""
    )
    beyond = [(case, key) for case, key in tests if found[case, key].mean < LEVEL]
    if decided.hang_together:
        return (
            f"{opening}: as {decided.hang_together}, whether anything differs by more than chance is not told.{closing}"
        )
    if not tests:
        return f"{opening}, there are too few {positive} {decision.rows} in each to tell what differs.{closing}"
    untested = [case for case in levels if case not in {*few, *(one for one, _ in tests)}]
    if untested:
        names = listing([f"“{case}”" for case in untested])
        closing += f" Of {names} too few rows are {positive}, or too few are not, for a test."
    if not beyond:
        least = min(found[case, key].mean for case, key in tests)
        return (
            f"{opening}, nothing that {title(name)} does differs by more than chance: neither the share of the "
            f"{positive} {decision.rows} that it finds nor how far its probabilities are off (the smallest p is "
            f"{p_value(least)} after Holm's correction).{closing}"
        )
    told = [_level(case, key, found, positive, decision.rows) for case, key in beyond]
    return f"{opening}, {title(name)} differs by more than chance: {'; '.join(told)}.{closing}"


def _level(case: str, key: str, found: Mapping[tuple[str, str], Estimate], positive: str, rows: str) -> str:
    own, of_all = (found[one, key.removeprefix("p_")] for one in (case, ALL))
    corrected = f"p {p_value(found[case, key].mean)} after Holm's correction"
    if key == "p_recall":
        return (
            f"of the {positive} {rows} of “{case}” it finds {percent(own.mean)}{_interval(own, percent)}, of all "
            f"{percent(of_all.mean)} ({corrected})"
        )
    off = f"{100 * abs(own.mean):.2f} points too {'high' if own.mean > 0 else 'low'}"
    of_all_off = f"{100 * abs(of_all.mean):.2f} too {'high' if of_all.mean > 0 else 'low'}"
    return f"the probabilities of “{case}” are {off}, those of all {of_all_off} ({corrected})"


def _interval(one: Estimate, shown: Callable[[float], str]) -> str:
    """Returns the interval in brackets, or nothing where there is none."""
    return f" ({interval(shown(one.low), shown(one.high))})" if isfinite(one.low) else ""
