"""What the first screen of a report tells beside the answer: how sure it is, what it cost, what was not done."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.comparison.spent import spent
from pipeline.scoring.result import Result
from pipeline.words.names import counted


@dataclass(frozen=True, kw_only=True)
class Glance:
    """One thing to know, with the place where more of it is told."""

    title: str
    text: str
    anchor: str


def glances(result: Result, left_out: Sequence[str], beside: str = "") -> tuple[Glance, ...]:
    """Returns what is to be known before the table is read.

    Args:
        result: Whole.
        left_out: What was not done, a sentence each.
        beside: What else took time, a sentence.
    """
    return (
        Glance(title="How sure", text=_sureness(result), anchor="noise"),
        Glance(title="Cost", text=f"{_cost(result)} {beside}".strip(), anchor="time"),
        Glance(title="Not done", text=" ".join(dict.fromkeys((left_out[0], left_out[-1]))), anchor="undone"),
    )


def _sureness(result: Result) -> str:
    """Counts who is told apart from the best."""
    best, *others = result.ranked
    guesses = result.reference.candidate
    found = result.against(best.candidate)
    judgments = [found[one.candidate].judgment for one in others if one.candidate != guesses]
    if not judgments and others:
        is_worse = found[others[0].candidate].judgment == "worse"
        return f"Beside {result.guess} there is no other; that is {'' if is_worse else 'not '}shown to be worse."
    apart, equal = judgments.count("worse"), judgments.count("practically_equal")
    beside = f" beside {result.guess}" if best.candidate != guesses else ""
    told = (
        f"Of {counted(len(judgments), 'other')}{beside}, {apart} {'is' if apart == 1 else 'are'} shown to be worse "
        "than the best"
    )
    return f"{told}, {equal} to be practically equal; of {len(judgments) - apart - equal} it cannot be said."


def _cost(result: Result) -> str:
    times = spent(result)
    n_folds = len(result.folds)
    over = counted(n_folds, "division")
    families = [(times.n_nets, "net", times.nets), (times.n_baselines, "baseline", times.baselines)]
    told = [f"{counted(n, name)} in {seconds}" for n, name, seconds in families if n]
    return f"{' and '.join(told)}, over {over} of the rows."
