"""What the store knows for the lecture's page: answers with numbers, and sections that are worked on request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan

import pandas as pd
from markupsafe import Markup

from experiments.catalogue import COMPARISONS
from experiments.language import Comparison
from experiments.language.metric import metric
from experiments.language.printed import WorkedExample
from pipeline.flow.desk import Desk
from pipeline.tracking.reading import StoredComparison
from pipeline.words.names import heading, title
from pipeline.words.numbers import UNKNOWN, number

_BESIDE = "accuracy"
_NOTHING = (nan, nan, nan)
EXPERIMENT = "lecture"
"""Where the lecture's runs are kept."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answered:
    """A question of the lecture, answered by the last run of a comparison.

    Attributes:
        words: The verdict of that run; or that there is none, and how to make one.
        table: A row for each candidate that was asked about; ``None`` without a run.
        source: Which run.
    """

    words: str
    table: pd.DataFrame | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Further:
    """An example that is worked on request, on the page of the others.

    Attributes:
        example: As declared.
        html: Its section as its last run left it; ``None`` where it was never run.
        source: Which run.
    """

    example: WorkedExample
    html: Markup | None = None
    source: str = ""


def answers(examples: Iterable[WorkedExample], desk: Desk) -> Mapping[str, Answered]:
    """Returns the experiment -> its answer, for every question that an experiment answers."""
    return {name: answered(COMPARISONS[name], desk.tracker.last_comparison(name)) for name in asked(examples)}


def asked(examples: Iterable[WorkedExample]) -> frozenset[str]:
    """Returns the experiments that answer questions of these examples."""
    return frozenset({question.experiment for example in examples for question in example.questions} - {""})


def answered(comparison: Comparison, stored: StoredComparison | None) -> Answered:
    """Returns what the last run of a comparison answers to the lecture's questions.

    Args:
        comparison: As declared, with its exercises.
        stored: Its last finished run.
    """
    if stored is None:
        command = f"chalktape run {comparison.name}"
        return Answered(words=f"Not run yet in this store: {command} answers it, and then this page, made again.")
    return Answered(words=stored.verdict, table=_table(comparison, stored), source=_source(stored))


def further(examples: Sequence[WorkedExample], on_request: Iterable[WorkedExample], desk: Desk) -> tuple[Further, ...]:
    """Returns what else belongs behind these examples, with the sections that its last runs left."""
    names = {example.name for example in examples}
    wanted = [one for one in on_request if one.beside in names and one.name not in names]
    return tuple(_further(one, desk) for one in wanted)


def _further(example: WorkedExample, desk: Desk) -> Further:
    found = desk.tracker.last_section(EXPERIMENT, example.name)
    if found is None:
        return Further(example=example)
    source = f"Run of {found.started:%Y-%m-%d %H:%M}, commit {found.git[:7]}."
    return Further(example=example, html=Markup(found.html), source=source)


def _source(stored: StoredComparison) -> str:
    run = f"Run of {stored.started:%Y-%m-%d %H:%M}, seed {stored.seed}, folds: {stored.n_folds}"
    departs = f" Not as declared: {stored.departs}." if stored.departs else ""
    return f"{run}, commit {stored.git[:7]}.{departs} Report: {stored.report}"


def _table(comparison: Comparison, stored: StoredComparison) -> pd.DataFrame:
    """A row for each candidate of each exercise, guessing last; without what had no part in the run."""
    own = [(one.name, candidate) for one in comparison.exercises for candidate in one.candidates]
    shown = list(dict.fromkeys([stored.primary_metric, _BESIDE]))
    bounds = stored.table[["mean", "low", "high"]].to_numpy(float)
    known = dict(zip(zip(stored.table["candidate"], stored.table["metric"], strict=True), bounds, strict=True))
    records = []
    for question, candidate in [*own, ("", comparison.dummy)]:
        record = {"question": question, "candidate": title(candidate)}
        for name in shown:
            mean, low, high = map(float, known.get((candidate, name), _NOTHING))
            record[heading(metric(name).words)] = number(mean)
            record[f"95 % interval of {metric(name).words}"] = (
                f"{number(low)} to {number(high)}" if isfinite(low) else UNKNOWN
            )
        records.append(record)
    return pd.DataFrame(records)
