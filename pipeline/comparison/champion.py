"""Which model of a comparison is worth serving: a declared rule on its summaries and contrasts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from experiments.language import LOWER_IS_BETTER, Comparison, Gate
from pipeline.comparison.verdict import with_interval
from pipeline.scoring.metrics import METRIC_NAMES
from pipeline.scoring.result import has_interval, ranked
from pipeline.scoring.values import Contrast, Judgment, Summary
from pipeline.words.names import title
from pipeline.words.numbers import number

_TURNED: dict[Judgment, Judgment] = {"better": "worse", "worse": "better"}


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


def champion(comparison: Comparison, summaries: Sequence[Summary], contrasts: Sequence[Contrast]) -> Champion | None:
    """Chooses by the declared rule, and holds the chosen one against the gate.

    The champion is the candidate of the best mean in the primary metric, unless the gate's simplest candidate is judged
    practically equal to it (or better): then it is the simplest. It passes when the whole 95 % interval of its paired
    difference to the majority class lies on the better side, by more than the gate's least difference. The majority
    class itself never passes, nor does what has no interval.

    Args:
        comparison: The declaration.
        summaries: Of every candidate in the primary metric.
        contrasts: To the best candidate and to the majority class, in either direction.

    Returns:
        ``None`` for a comparison without a gate: it registers nothing.
    """
    if comparison.gate is None:
        return None
    chosen, why = _choose(comparison.gate, comparison, summaries, contrasts)
    passes, because = _pass(chosen, comparison.gate, comparison, contrasts)
    return Champion(candidate=chosen.candidate, passes=passes, reason=f"{why} {because}")


def _choose(
    gate: Gate, comparison: Comparison, summaries: Sequence[Summary], contrasts: Sequence[Contrast]
) -> tuple[Summary, str]:
    order = ranked(comparison, summaries)
    best, simplest = order[0], next(item for item in order if item.candidate == gate.simplest)
    metric = METRIC_NAMES[comparison.primary_metric]
    mean = f"{title(best.candidate)} has the best mean {metric}, {with_interval(best)}"
    if best == simplest:
        return best, f"{mean}, and is the simplest."
    found = _paired(simplest.candidate, best.candidate, comparison, contrasts)
    if found is not None and found.judgment in {"practically_equal", "better"}:
        equal = f"{title(simplest.candidate)} is practically equal to it, and simpler"
        return simplest, f"{mean}; {equal}: {with_interval(simplest)}."
    return best, f"{mean}; that the simplest, {title(simplest.candidate)}, is practically equal to it is not shown."


def _pass(chosen: Summary, gate: Gate, comparison: Comparison, contrasts: Sequence[Contrast]) -> tuple[bool, str]:
    found = _paired(chosen.candidate, comparison.majority_class, comparison, contrasts)
    if chosen.candidate == comparison.majority_class:
        return False, "It does not pass the gate: it is the majority class."
    if found is None:
        return False, "It does not pass the gate: nothing is known of it against the majority class."
    worst = -found.high if comparison.primary_metric in LOWER_IS_BETTER else found.low
    passes = worst > gate.least_difference  # never with a NaN
    wanted = f" by more than {number(gate.least_difference)}" if gate.least_difference else ""
    interval = f", 95\u00a0% interval {number(found.low)} to {number(found.high)}" if has_interval(found) else ""
    measured = f"against the majority class it is {number(found.difference)}{interval}"
    if passes:
        return True, f"It passes the gate: {measured}, wholly on the better side{wanted}."
    return False, f"It does not pass the gate: {measured}, not wholly on the better side{wanted}."


def _paired(candidate: str, reference: str, comparison: Comparison, contrasts: Sequence[Contrast]) -> Contrast | None:
    """Returns the contrast of a pair in the primary metric, whichever way round it was tested."""
    primary = {(item.candidate, item.reference): item for item in contrasts if item.metric == comparison.primary_metric}
    if (candidate, reference) in primary or (reference, candidate) not in primary:
        return primary.get((candidate, reference))
    item = primary[reference, candidate]
    return replace(
        item,
        candidate=candidate,
        reference=reference,
        difference=-item.difference,
        low=-item.high,
        high=-item.low,
        better=item.worse,
        worse=item.better,
        judgment=_TURNED.get(item.judgment, item.judgment),
    )
