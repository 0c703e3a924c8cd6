"""The report's sections on where each candidate stands: its scores, its mistakes, its cost, its terms."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from experiments.language import Candidate
from experiments.language.metric import metric
from pipeline.comparison.figures.rows import interval_plot
from pipeline.comparison.spent import in_words, spent
from pipeline.scoring.result import Own, Result
from pipeline.scoring.values import Summary
from pipeline.telling.figure import Figure
from pipeline.telling.section import Section
from pipeline.words.declarations import tell_choices
from pipeline.words.names import heading, title
from pipeline.words.numbers import number


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One metric of one candidate, as the table shows it."""

    mean: str
    interval: str
    best: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """One candidate, as the page shows it, best first; ``share`` is of the slowest one's time, in percent."""

    candidate: Candidate
    title: str
    role: str
    settings: str
    chosen: str
    cells: tuple[Cell, ...]
    n_parameters: str
    seconds: str
    total: str
    share: float
    confusion: NDArray[np.int64]


def standing_sections(result: Result) -> tuple[Section, Section | None, Section, Section]:
    """Returns the sections of scores, of confusion where there are classes, of time and of the candidates' terms."""
    rows = tuple(row_of(result, candidate) for candidate in result.order)
    svg = _interval_plot(result)
    shared = {"result": result, "rows": rows}
    scores = Section(
        template="results.html",
        values={
            **shared,
            "interval_plot": Markup(svg),
            "metrics": [metric(name) for name in result.comparison.metrics],
        },
        anchors={"table": "Table", "intervals": "Intervals"},
        figures=(Figure(title="Intervals", caption="The mean, its 95 % interval, and a dot for each fold.", svg=svg),),
    )
    confused = Section(template="confusion.html", values=shared, anchors={"confusion": "Confusion"})
    time = Section(template="time.html", values={**shared, "spent": spent(result)}, anchors={"time": "Time"})
    has_curves = any(run.history for run in result.trained)
    candidates = Section(
        template="candidates.html",
        values={"rows": rows, "has_curves": has_curves},
        anchors={"candidates": "Candidates"},
    )
    return scores, confused if result.dataset.task.has_classes else None, time, candidates


def row_of(result: Result, candidate: Candidate) -> Row:
    """Returns a candidate as the page shows it."""
    own = result.of(candidate.name)
    slowest = max(result.of(other.name).seconds for other in result.comparison.candidates)
    parameters = {run.n_parameters for run in own.trained if run.n_parameters is not None}
    return Row(
        candidate=candidate,
        title=title(candidate.name),
        role=result.role(candidate.name),
        settings=_settings(own),
        chosen=candidate.chosen_in_words,
        cells=tuple(_cell(own.summaries[name], result) for name in result.comparison.metrics),
        n_parameters=f"{max(parameters):,}" if parameters else "–",
        seconds=in_words(own.seconds / len(own.trained)),
        total=in_words(own.seconds),
        share=100 * own.seconds / slowest,
        confusion=np.sum([one.confusion for one in own.scores], axis=0),
    )


def _settings(own: Own) -> str:
    chosen = [run.chosen for run in own.trained if run.chosen]
    words = own.candidate.words()
    return f"{words}; {tell_choices(chosen)}" if chosen else words


def _cell(summary: Summary, result: Result) -> Cell:
    """Best is what cannot be told from the best at the decimals shown; guessing has no such honor.

    A class that is never raised costs no false alarm, so that its best error would be that of no model.
    """
    guess = result.comparison.dummy
    rivals = [other for other in result.summaries if other.metric == summary.metric and other.candidate != guess]
    means = [other.mean for other in rivals if isfinite(other.mean)]
    best = (min if metric(summary.metric).lower_is_better else max)(means, default=summary.mean)
    return Cell(
        mean=number(summary.mean),
        interval=f"{number(summary.low)}–{number(summary.high)}" if summary.has_interval else "",
        best=summary.candidate != guess and isfinite(summary.mean) and number(summary.mean) == number(best),
    )


def _interval_plot(result: Result) -> str:
    labels = {summary.candidate: title(summary.candidate) for summary in result.ranked}
    words = heading(result.primary.words)
    return interval_plot(result.ranked, result.scores, labels, reference=result.reference.candidate, title=words)
