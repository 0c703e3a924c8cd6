"""The result of a comparison in sentences: who is best, and whether the difference may be chance."""

from collections.abc import Mapping, Sequence

from experiments.language import Comparison
from pipeline.scoring.metrics import METRIC_NAMES
from pipeline.scoring.result import against, has_interval, ranked
from pipeline.scoring.values import Contrast, Summary
from pipeline.words.names import heading, listing, title
from pipeline.words.numbers import number


def verdict(comparison: Comparison, summaries: Sequence[Summary], contrasts: Sequence[Contrast]) -> str:
    """Says in one sentence who is best, beside guessing, and whether the best of the other family comes up to it."""
    order = ranked(comparison, summaries)
    by, best = f"By {METRIC_NAMES[comparison.primary_metric]},", order[0]
    guess = next(summary for summary in order if summary.candidate == comparison.majority_class)
    leaders = [summary for summary in order if number(summary.mean) == number(best.mean)]
    if guess in leaders:
        return f"{by} no candidate is better than the majority class: {with_interval(guess)}."
    beside = f"beside {number(guess.mean)} for the majority class"
    if len(leaders) > 1:
        names = listing([f"{title(summary.candidate)} ({summary.family})" for summary in leaders])
        return f"{by} {names} share the first place: {with_interval(best)} for the first, {beside}."
    if against(guess.candidate, comparison, contrasts)[best.candidate].judgment != "better":
        beside += ", which it is not sure to beat"
    sentence = f"{by} {title(best.candidate)}, a {best.family}, is best: {with_interval(best)}, {beside}"
    rival = _rival(order, comparison)
    if rival is None:
        return f"{sentence}."
    return f"{sentence}; {_claim(best, rival, against(best.candidate, comparison, contrasts)[rival.candidate])}."


def runner_up(comparison: Comparison, summaries: Sequence[Summary], contrasts: Sequence[Contrast]) -> str:
    """Says how far the second is from the first, unless the verdict does; else nothing."""
    first, second = (order := ranked(comparison, summaries))[:2]
    if comparison.majority_class in {first.candidate, second.candidate} or second == _rival(order, comparison):
        return ""
    contrast = against(first.candidate, comparison, contrasts)[second.candidate]
    return f"Second is {title(second.candidate)}, {_apart(contrast)}."


def note(comparison: Comparison, summaries: Sequence[Summary], contrasts: Sequence[Contrast]) -> str:
    """Returns the verdict and the ranking as Markdown."""
    order = ranked(comparison, summaries)
    references = list(dict.fromkeys((order[0].candidate, comparison.majority_class)))
    found = [against(reference, comparison, contrasts) for reference in references]
    metric = heading(METRIC_NAMES[comparison.primary_metric])
    titles = ["Candidate", metric, "95 % interval", *(f"Against {title(reference)}" for reference in references)]
    rows = [
        [title(one.candidate), number(one.mean), _bounds(one), *(_judged(each, one.candidate) for each in found)]
        for one in order
    ]
    lines = ["| " + " | ".join(cells) + " |" for cells in (titles, ["---"] * len(titles), *rows)]
    return "\n".join([verdict(comparison, summaries, contrasts), "", *lines])


def with_interval(summary: Summary) -> str:
    """Returns the mean, followed by its interval where there is one."""
    interval = f" (95\u00a0% interval {_bounds(summary)})" if has_interval(summary) else ""
    return f"{number(summary.mean)}{interval}"


def _rival(order: Sequence[Summary], comparison: Comparison) -> Summary | None:
    """Returns the best of the other family, since nets against baselines is the question; without one, the second."""
    others = [summary for summary in order[1:] if summary.candidate != comparison.majority_class]
    return next((summary for summary in others if summary.family != order[0].family), next(iter(others), None))


def _claim(best: Summary, rival: Summary, contrast: Contrast) -> str:
    name, apart = title(rival.candidate), _apart(contrast)
    if rival.family == best.family:
        return f"the next, {name}, is {apart}"
    if best.family == "baseline":
        return f"no net beats it: the best of them, {name}, is {apart}"
    if contrast.judgment == "worse":
        return f"it beats every baseline: the best of them, {name}, is {apart}"
    return f"that it beats the best baseline, {name}, is not shown: that one is {apart}"


def _apart(contrast: Contrast) -> str:
    """Says how far a candidate is from the best, and what to make of it."""
    distance = f"{number(abs(contrast.difference))} {'lower' if contrast.difference < 0 else 'higher'}"
    if not has_interval(contrast):
        return f"{distance}, and without spread nothing is known about chance"
    distance += f" (95\u00a0% interval of the difference {_bounds(contrast)})"
    if contrast.judgment == "worse":
        return f"{distance}, too much for {'chance' if contrast.n > 1 else 'the luck of the test rows alone'}"
    if contrast.judgment == "practically_equal":
        return f"{distance}, practically equal"
    return f"{distance}, which may be {'chance' if contrast.low < 0 < contrast.high else 'too little to matter'}"


def _bounds(item: Summary | Contrast) -> str:
    return f"{number(item.low)} to {number(item.high)}"


def _judged(contrasts: Mapping[str, Contrast], candidate: str) -> str:
    if candidate not in contrasts:
        return "–"
    return f"{number(contrasts[candidate].difference)}, {title(contrasts[candidate].judgment)}"
