"""The best net and the best baseline on parts of the training rows: more data, or a better net?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from math import floor, isfinite
from typing import Any

import pandas as pd
from markupsafe import Markup

from experiments.language import Baseline, Candidate, Comparison, Ensemble, Net, Search
from models.checks import require
from pipeline.comparison.figures.spread import rows_plot
from pipeline.comparison.verdict import apart
from pipeline.data.nested import fewest, part_of
from pipeline.data.task import Classification
from pipeline.data.values import Dataset, Fold
from pipeline.flow.desk import Desk
from pipeline.flow.each import Entry, train_and_score
from pipeline.scoring.contrasts import contrast
from pipeline.scoring.intervals import interval_of
from pipeline.scoring.points import Point
from pipeline.scoring.result import Result
from pipeline.scoring.significance import Interval
from pipeline.scoring.taken import resamples_of
from pipeline.scoring.values import Contrast, Judgment, Scores
from pipeline.telling.figure import Figure
from pipeline.telling.section import Section
from pipeline.words.names import heading, listing, title
from pipeline.words.numbers import interval, number, p_value, percent, signed

_WORTH: Mapping[Judgment, str] = {
    "better": "more rows are still worth it to {}",
    "practically_equal": "more rows bring no more that matters to {}",
    "worse": "more rows bring no more that matters to {}",
    "cannot_say": "whether more rows are worth it to {} cannot be said",
}
_LEAST = 2
"""Rows of a class: rows that early stopping watches are drawn from each class, too."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RowsCurve:
    """What was found by training on parts of the rows.

    Attributes:
        result: Of the comparison: it has all the training rows of each fold.
        folds: Share -> folds with so much of their training rows.
        scores: Share -> of the candidates on these folds, in the primary metric.
    """

    result: Result
    folds: Mapping[float, tuple[Fold, ...]]
    scores: Mapping[float, tuple[Scores, ...]]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Those that were trained on less, nets first."""
        return best_of_both(self.result)

    @property
    def last(self) -> float:
        """The largest share below all."""
        return max(self.scores)

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Every candidate at every share, in ascending order, all rows last."""
        comparison, folds = self.result.comparison, self.result.folds
        resamples = resamples_of(folds, comparison)
        found = []
        for candidate in self.candidates:
            for share, own in self._scores_of(candidate.name).items():
                # Test rows, and so what folds share, are those of the comparison.
                mean, _ = interval_of(self.result.primary.name, own, folds, comparison, resamples)
                rows = [len(fold.train_rows) for fold in self.folds.get(share, folds)]
                found.append(
                    Point(
                        candidate=candidate.name,
                        family=candidate.family,
                        share=share,
                        n_rows=sum(rows) / len(rows),
                        interval=mean,
                    )
                )
        return tuple(found)

    def _scores_of(self, name: str) -> dict[float, tuple[Scores, ...]]:
        less = {share: tuple(one for one in own if one.candidate == name) for share, own in self.scores.items()}
        return {**less, 1.0: self.result.of(name).scores}

    @cached_property
    def steps(self) -> dict[str, Contrast]:
        """What the last rows brought each candidate: all rows minus the largest share, corrected together."""
        comparison, folds = self.result.comparison, self.result.folds
        guess = next(one for one in comparison.candidates if one.name == comparison.dummy)
        less = {one.name: f"{one.name}_with_fewer_rows" for one in self.candidates}
        fewer = tuple(replace(one, name=less[one.name]) for one in self.candidates)
        paired = replace(
            comparison,
            candidates=(*self.candidates, *fewer, guess),
            metrics=(self.result.primary.name,),
            primary=None,
            decision=None,
            gate=None,
            n_seeds=1,
            learning_curve=(),
        )
        scores = [one for name in (*less, guess.name) for one in self.result.of(name).scores]
        scores += [replace(one, candidate=less[one.candidate]) for one in self.scores[self.last]]
        found = {(one.candidate, one.reference): one for one in contrast(scores, folds, paired)}
        return {name: found[name, fewer_rows] for name, fewer_rows in less.items()}

    def answer(self) -> str:
        """Answers whether more data or a better net is wanted, as far as the tests do."""
        share = percent(1 - self.last)
        brought = listing([f"{title(name)} {_measured(step)}" for name, step in self.steps.items()])
        alike: dict[str, list[str]] = {}
        for name, step in self.steps.items():
            alike.setdefault(_WORTH[step.judgment], []).append(title(name))
        worth = "; ".join(told.format(listing(names)) for told, names in alike.items())
        return (
            f"More data or a better net? The last {share} of the training rows brought {brought} in "
            f"{self.result.primary.words}: {worth}."
        )

    def words(self) -> str:
        """Says that, what separates the two, and where it ends."""
        return f"{self.answer()} {self._separated()}What rows beyond these would bring was not tried."

    def _separated(self) -> str:
        """Says what lies between the two, with a space behind; nothing of one alone."""
        if len(self.candidates) < 2:
            return ""
        net, baseline = self.candidates
        found = self.result.against(baseline.name)[net.name]
        return f"Beside {title(baseline.name)}, on all rows, {title(net.name)} is {apart(found)}. "

    def table(self) -> pd.DataFrame:
        """Returns candidate, share, n_rows, fold, metric, value: a row for each training."""
        metric = self.result.primary.name
        rows = []
        for candidate in self.candidates:
            for share, own in self._scores_of(candidate.name).items():
                n_rows = {fold.index: len(fold.train_rows) for fold in self.folds.get(share, self.result.folds)}
                rows += [
                    (candidate.name, share, n_rows[one.fold_index], one.fold_index, metric, one.metrics[metric])
                    for one in own
                ]
        return pd.DataFrame(rows, columns=["candidate", "share", "n_rows", "fold", "metric", "value"])

    def record(self) -> dict[str, Any]:
        """Returns what ``--json`` writes of it."""
        fewer = f"{self.last:g} of its rows"
        return {
            "words": self.words(),
            "points": [asdict(point) for point in self.points],
            "steps": [{**asdict(step), "reference": f"{name}, {fewer}"} for name, step in self.steps.items()],
            "scores": self.table().to_dict(orient="records"),
        }


def require_rows(comparison: Comparison, dataset: Dataset, folds: Sequence[Fold]) -> None:
    """Checks that the smallest share leaves rows enough for every candidate, before anything is trained.

    Raises:
        ValueError: It does not, as a whole or of some class.
    """
    if not comparison.learning_curve:
        return
    share, owner = comparison.learning_curve[0], f"Comparison {comparison.name!r}"
    n_rows = min(len(part_of(dataset, fold, share).train_rows) for fold in folds)
    of_class = fewest(dataset, folds, share)
    needed, needed_of_class = _needed(comparison, dataset)
    where, remedy = "in the smallest share of learning_curve", "Begin with a larger share, or take learning_curve out."
    shown = {"learning_curve": comparison.learning_curve}
    classes = f"{needed_of_class} training rows of every class or more {where}"
    require(of_class >= needed_of_class, owner, classes, remedy, **shown, fewest=of_class)
    require(n_rows >= needed, owner, f"{needed} training rows or more {where}", remedy, **shown, n_rows=n_rows)


def _needed(comparison: Comparison, dataset: Dataset) -> tuple[int, int]:
    """Returns how many rows the most demanding candidate needs, and how many of each class."""
    rows, of_class = [1], [_LEAST]
    for candidate in comparison.candidates:
        if isinstance(candidate, Search):
            of_class.append(candidate.n_inner)
        inner = candidate.candidate if isinstance(candidate, Search) else candidate
        if isinstance(inner, Baseline) and inner.algorithm == "k_nearest_neighbors":
            rows.append(inner.settings.get("n_neighbors", 5))
        if isinstance(inner, Ensemble) and inner.weights == "caruana":
            of_class.append(inner.n_inner)
        net = inner.net if isinstance(inner, Ensemble) else inner
        if isinstance(net, Net) and net.training.patience is not None:
            n_watched = dataset.n_classes if isinstance(dataset.task, Classification) else 1
            rows.append(floor((n_watched - 1) / net.training.validation_share) + 1)
    return max(rows), max(of_class)


def best_of_both(result: Result) -> tuple[Candidate, ...]:
    """Returns the best net and the best baseline that looks at the inputs, as far as there are such."""
    best = [one.candidate for family in ("net", "baseline") if (one := result.best(family))]
    return tuple(result.of(name).candidate for name in best)


def train_on_parts(result: Result, desk: Desk) -> RowsCurve | None:
    """Trains the best net and the best baseline on parts of the training rows, scored on the same test rows.

    Args:
        result: Of the comparison.
        desk: Where it is done.

    Returns:
        ``None`` where no shares are declared.

    Raises:
        ValueError: A net that diverged.
        Interrupted: On Ctrl-C.
    """
    comparison = result.comparison
    if not comparison.learning_curve:
        return None
    judged = replace(comparison, metrics=(comparison.primary_metric,))
    folds = {
        share: tuple(part_of(result.dataset, fold, share) for fold in result.folds)
        for share in comparison.learning_curve
    }
    scores = {}
    for share, own in folds.items():
        entries = [
            Entry(candidate=candidate, comparison=judged, dataset=result.dataset, folds=own)
            for candidate in best_of_both(result)
        ]
        done = train_and_score(desk, f"{comparison.name}, {100 * share:g} % of the rows", entries)
        scores[share] = tuple(score for one in done for score in one.scores)
    return RowsCurve(result=result, folds=folds, scores=scores)


def rows_section(curve: RowsCurve) -> Section:
    """Tells the learning curve over rows: the answer, a figure, a table."""
    words = heading(curve.result.primary.words)
    svg = rows_plot(curve.points, {one.name: title(one.name) for one in curve.candidates}, title=words)
    caption = "Mean and 95 % interval at each share of the training rows."
    return Section(
        template="rows_curve.html",
        values={
            "words": curve.words(),
            "has_classes": curve.result.dataset.task.has_classes,
            "metric": words,
            "plot": Markup(svg),
            "titles": [title(one.name) for one in curve.candidates],
            "rows": _rows(curve),
            "steps": [_step(name, step) for name, step in curve.steps.items()],
            "last": percent(curve.last),
            "method": next(iter(curve.steps.values())).method,
        },
        anchors={"rows": "More rows"},
        tables={"rows.csv": curve.table()},
        figures=(Figure(title="More rows", caption=caption, svg=svg),),
        answers=(curve.answer(),),
    )


def _rows(curve: RowsCurve) -> list[dict[str, Any]]:
    """Returns a row of the table for each share."""
    shares = dict.fromkeys(point.share for point in curve.points)
    return [
        {
            "share": percent(share),
            "n_rows": f"{next(point.n_rows for point in curve.points if point.share == share):,.0f}",
            "cells": [
                (number(point.interval.mean), _bounds(point.interval)) for point in curve.points if point.share == share
            ],
        }
        for share in shares
    ]


def _bounds(found: Interval) -> str:
    low, high = number(found.low), number(found.high)
    return f"{low}–{high}" if isfinite(found.low) and isfinite(found.high) else ""


def _step(name: str, step: Contrast) -> dict[str, str]:
    return {
        "title": title(name),
        "difference": signed(step.difference, 4),
        "interval": f"{number(step.low)} to {number(step.high)}" if step.has_interval else "",
        "p": p_value(step.p_corrected),
        "judgment": title(step.judgment),
    }


def _measured(step: Contrast) -> str:
    bounds = f" ({interval(number(step.low), number(step.high))})" if step.has_interval else ""
    return f"{signed(step.difference, 4)}{bounds}"
