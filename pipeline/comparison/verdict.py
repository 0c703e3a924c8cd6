"""The result of a comparison in sentences: who is best, and whether the difference may be chance."""

from collections.abc import Mapping
from math import isfinite, isnan

from pipeline.scoring.judgment import SURE
from pipeline.scoring.result import Result
from pipeline.scoring.rows import TOO_FEW
from pipeline.scoring.values import Contrast, Summary
from pipeline.scoring.winner import Winner
from pipeline.words.names import heading, listing, title
from pipeline.words.numbers import interval, number


def verdict(result: Result) -> str:
    """Says who is best, beside guessing, and whether it beats the best of the other family.

    What was asked before anything was seen is answered first, where a comparison declares it.
    """
    return f"{_asked(result)}{_ranking(result)}"


def _asked(result: Result) -> str:
    """Answers the declared question, with a space behind; nothing where none is declared."""
    if result.comparison.primary is None:
        return ""
    net, baseline = result.comparison.primary
    found = result.against(baseline).get(net)
    if found is None:
        return ""
    question = f"Asked was whether {title(net)} differs from {title(baseline)} in {result.primary.words}"
    return f"{question}: it is {apart(found)}. "


def _ranking(result: Result) -> str:
    order, guess = result.ranked, result.reference
    by, best = f"By {result.primary.words},", order[0]
    leaders = [summary for summary in order if number(summary.mean) == number(best.mean)]
    if guess in leaders:
        return f"{by} no candidate is better than {result.guess}: {with_interval(guess)}."
    beside = f"beside {number(guess.mean)} for {result.guess}"
    if result.against(guess.candidate)[best.candidate].judgment != "better":
        beside += ", which it is not sure to beat"
    worth = f"{with_interval(best)}{after_the_choice(result.winner)}"
    if len(leaders) > 1:
        names = listing([f"{title(summary.candidate)} ({summary.family})" for summary in leaders])
        return f"{by} {names} share the first place: {worth} for the first, {beside}."
    sentence = f"{by} {title(best.candidate)}, a {best.family}, is best: {worth}, {beside}"
    rival = _rival(result)
    if rival is None:
        return f"{sentence}."
    return f"{sentence}; {_claim(best, rival, result.against(best.candidate)[rival.candidate])}."


def runner_up(result: Result) -> str:
    """Says how far the second is from the first, unless the verdict does; else nothing."""
    first, second = result.ranked[:2]
    shared = number(first.mean) == number(second.mean)  # the verdict names both
    if shared or result.reference in (first, second) or second == _rival(result):
        return ""
    return f"Second is {title(second.candidate)}, {apart(result.against(first.candidate)[second.candidate])}."


def note(result: Result) -> str:
    """Returns the verdict and the ranking as Markdown."""
    references = list(dict.fromkeys((result.ranked[0].candidate, result.reference.candidate)))
    found = [result.against(reference) for reference in references]
    titles = [
        "Candidate",
        heading(result.primary.words),
        "95 % interval",
        *(f"Against {title(reference)}" for reference in references),
    ]
    rows = [
        [title(one.candidate), number(one.mean), _bounds(one), *(_judged(each, one.candidate) for each in found)]
        for one in result.ranked
    ]
    lines = ["| " + " | ".join(cells) + " |" for cells in (titles, ["---"] * len(titles), *rows)]
    return "\n".join([verdict(result), "", *lines])


def with_interval(summary: Summary) -> str:
    """Returns the mean, followed by its interval where there is one."""
    bounds = f" ({interval(number(summary.low), number(summary.high))})" if summary.has_interval else ""
    return f"{number(summary.mean)}{bounds}"


def after_the_choice(won: Winner | None) -> str:
    """Says what the best is worth once the choice is paid for; nothing where there was none, or it is not known."""
    if won is None or won.n_candidates < 2 or not isfinite(won.mean):
        return ""
    if number(won.mean) == number(won.observed):
        return f", the same without the luck of being the best of {won.n_candidates}"
    bounds = f" ({interval(number(won.low), number(won.high))})" if won.has_interval else ""
    return f", or {number(won.mean)}{bounds} without the luck of being the best of {won.n_candidates}"


def _rival(result: Result) -> Summary | None:
    """Returns the best of the other family, since nets against baselines is the question; without one, the second."""
    best, *others = result.ranked
    seen = [summary for summary in others if summary.candidate != result.reference.candidate]
    return next((summary for summary in seen if summary.family != best.family), next(iter(seen), None))


def _claim(best: Summary, rival: Summary, contrast: Contrast) -> str:
    """Says of the best of the other family, whichever that is, how it stands to the best; without one, of the next."""
    name, distance = title(rival.candidate), apart(contrast)
    if rival.family == best.family:
        return f"the next, {name}, is {distance}"
    if contrast.judgment == "worse":
        return f"it beats the best {rival.family}, {name}, which is {distance}"
    if contrast.judgment == "practically_equal":
        return f"the best {rival.family}, {name}, is {distance}"
    return f"that it beats the best {rival.family}, {name}, is not shown: that one is {distance}"


def apart(contrast: Contrast) -> str:
    """Says how far a candidate is from another, and what to make of it."""
    exploratory = ", in a pair that was not asked for" if contrast.question == "exploratory" else ""
    return f"{_measured(contrast)}{_meaning(contrast)}{exploratory}"


def _measured(contrast: Contrast) -> str:
    distance = f"{number(abs(contrast.difference))} {'lower' if contrast.difference < 0 else 'higher'}"
    if not contrast.has_interval:
        return distance
    return f"{distance} ({interval(number(contrast.low), number(contrast.high), of='the difference')})"


def _meaning(contrast: Contrast) -> str:
    if contrast.judgment == "practically_equal":
        return ", practically equal"
    if not contrast.has_interval:
        why = contrast.method.removeprefix("none: ")
        if TOO_FEW in why:
            return f", and nothing is known about chance: {why}"
        lacking = "without spread" if contrast.n > 1 else "with so few test rows"
        return f", and {lacking} nothing is known about chance"
    if contrast.judgment == "cannot_say":
        alone = contrast.low <= 0 <= contrast.high
        return f", which may be chance{'' if alone else ' among so many differences'}"
    large = f", too much for {'chance' if contrast.n > 1 else 'the luck of the test rows alone'}"
    matters = contrast.better >= SURE or contrast.worse >= SURE or isnan(contrast.worse)
    return large if matters else f"{large}, though perhaps too little to matter"


def _bounds(item: Summary | Contrast) -> str:
    return f"{number(item.low)} to {number(item.high)}"


def _judged(contrasts: Mapping[str, Contrast], candidate: str) -> str:
    if candidate not in contrasts:
        return "–"
    return f"{number(contrasts[candidate].difference)}, {title(contrasts[candidate].judgment)}"
