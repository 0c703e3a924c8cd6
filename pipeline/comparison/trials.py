"""The report's section on what was searched: every settings that were tried, inside the training rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np

from experiments.language import Search
from pipeline.scoring.result import Result
from pipeline.telling.section import Section
from pipeline.training.values import Trained, Trial
from pipeline.words.names import counted, heading, title
from pipeline.words.numbers import number


@dataclass(frozen=True, kw_only=True)
class Row:
    """Settings of one search, over the folds that tried them.

    Attributes:
        candidate: In words.
        settings: In words.
        score: Mean over these folds; NaN where a net diverged on one, or a part of one lacks a class.
        n_folds: That tried them.
        n_dropped: Of these, folds on which a rung dropped them.
        n_chosen: Folds that were trained with them in the end.
    """

    candidate: str
    settings: str
    score: float
    n_folds: int
    n_dropped: int
    n_chosen: int

    @property
    def told(self) -> str:
        """The score as it is shown."""
        return number(self.score)


def trials_section(result: Result) -> Section | None:
    """Tells what each search tried, those of the best scores first; nothing where nothing was searched."""
    rows = [row for candidate in result.order if isinstance(candidate, Search) for row in _rows(result, candidate)]
    if not rows:
        return None
    values = {
        "rows": rows,
        "metric": heading(result.primary.words),
        "has_dropped": any(row.n_dropped for row in rows),
        "n_folds": len(result.folds),
    }
    return Section(template="trials.html", values=values, anchors={"trials": "Trials"})


def taken_unseen(trained: Trained) -> bool:
    """Returns whether a search took settings that no score speaks for: none could be scored on all of its parts."""
    return any(trial.chosen and not isfinite(trial.score) for trial in trained.trials)


def unscored(result: Result) -> tuple[str, ...]:
    """Returns a sentence for each search of which some folds could score no trial: what they took nobody has chosen."""
    sentences = []
    for search in (candidate for candidate in result.order if isinstance(candidate, Search)):
        unseen = sum(map(taken_unseen, result.of(search.name).trained))
        if unseen:
            where = f"on {unseen} of {counted(len(result.folds), 'fold')}"
            sentences.append(
                f"{heading(title(search.name))}: {where} no trial could be scored by {result.primary.words} on all "
                "parts, and so the first of those that were left was taken unseen."
            )
    return tuple(sentences)


def _rows(result: Result, search: Search) -> list[Row]:
    """Returns a row for each settings of one search, best first; what was dropped everywhere comes last."""
    sign = 1 if result.primary.lower_is_better else -1

    def place(row: Row) -> tuple[bool, float]:
        return row.n_dropped == row.n_folds, sign * row.score if isfinite(row.score) else inf

    return sorted(_each(result, search), key=place)


def _each(result: Result, search: Search) -> Iterator[Row]:
    tried: list[tuple[Mapping[str, Any], list[Trial]]] = []
    for trial in (trial for run in result.of(search.name).trained for trial in run.trials):
        own = next((own for settings, own in tried if settings == trial.settings), None)
        if own is None:
            tried.append((trial.settings, own := []))
        own.append(trial)
    for settings, own in tried:
        yield Row(
            candidate=title(search.name),
            settings="; ".join(f"{path} = {value}" for path, value in settings.items()),
            score=float(np.mean([trial.score for trial in own])),
            n_folds=len(own),
            n_dropped=sum((trial.n_parts or search.n_inner) < search.n_inner for trial in own),
            n_chosen=sum(trial.chosen for trial in own),
        )
