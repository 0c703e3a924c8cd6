"""The report's last sections: the data, the method, what was not done, and where it ran."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from experiments.language.metric import metric
from pipeline.data.inferred import COLUMN_HEADER, told_of
from pipeline.data.values import Dataset, Fold
from pipeline.flow.record import versions_of
from pipeline.process import provenance
from pipeline.scoring.result import Result
from pipeline.telling.section import Section
from pipeline.words.names import counted, heading, title

_SHOWN = 200
"""Columns on the page; all are in the run's columns.json."""
_NAMED = 4
"""Pairs of a metric that are named with how they were judged; of more their number is told."""
_TOLD = tuple(place for place, name in enumerate(COLUMN_HEADER) if name != "example")
"""No cell of a row: a page is handed on, and a cell may be somebody's name."""


def data_section(result: Result) -> Section:
    """Returns what the rows are, where they come from, and how they were divided."""
    held_out = sorted({len(run.validation_rows) for run in result.trained} - {0})
    values = {
        "result": result,
        "division": result.comparison.splitting.words(),
        "sizes": _sizes(result.folds),
        "held_out": [f"{n:,}" for n in held_out],
        "column_header": [heading(COLUMN_HEADER[place]) for place in _TOLD],
        "columns": _columns(result.dataset),
        **_target(result.dataset, result.folds[0]),
    }
    return Section(template="data.html", values=values, anchors={"data": "Data"})


def _sizes(folds: Sequence[Fold]) -> str:
    """Returns how many rows folds learn from and are tested on: the fewest and the most where they differ."""

    def at_least(sizes: Sequence[int]) -> str:
        return f"{min(sizes):,} to " if min(sizes) < max(sizes) else ""

    learned, tested = [len(fold.train_rows) for fold in folds], [len(fold.test_rows) for fold in folds]
    of_test = f"{at_least(tested)}{counted(max(tested), 'test row')}"
    return f"{at_least(learned)}{max(learned):,} training and {of_test}"


def _columns(dataset: Dataset) -> list[tuple[str, ...]]:
    """Returns what each column of a table of one's own was taken for; of many the first ones."""
    told = map(told_of, () if dataset.columns is None else dataset.columns.columns[:_SHOWN])
    return [tuple(cells[place] for place in _TOLD) for cells in told]


def _target(dataset: Dataset, first: Fold) -> dict[str, Any]:
    """Returns what is told of the target: how many classes, or where its numbers lie."""
    if dataset.task.has_classes:
        return {"what": f"{dataset.n_classes} classes", "target": ()}
    parts = {
        "All": dataset.y,
        "Training, fold 0": dataset.y[first.train_rows],
        "Test, fold 0": dataset.y[first.test_rows],
    }
    told = {title: dataset.task.described(y)["target"] for title, y in parts.items()}
    shown = ("mean", "deviation", "lowest", "median", "highest")
    return {
        "what": "a number is predicted",
        "target_name": heading(told["All"]["name"]),
        "unit": told["All"]["unit"],
        "target": [
            {"title": title, "cells": {heading(name): f"{own[name]:,.6g}" for name in shown}}
            for title, own in told.items()
        ],
    }


def method_section(result: Result) -> Section:
    """Returns how means, intervals and differences were come by, and what each metric says."""
    values = {
        "result": result,
        "methods": _methods(result),
        "paired_methods": _paired_methods(result),
        "metrics": [metric(name) for name in result.comparison.metrics],
        "said_of_rows": said_of_rows(result),
        "threshold_sees": result.comparison.decision is not None and result.comparison.splitting.kind != "canonical",
    }
    return Section(template="method.html", values=values, anchors={"method": "Method"})


def said_of_rows(result: Result) -> list[str]:
    """Returns how groups, times and weights were heeded, a sentence or two each."""
    dataset, splitting = result.dataset, result.comparison.splitting
    weight = None if dataset.columns is None else dataset.columns.of_role("weight")
    said = []
    if splitting.group is not None:
        said.append(
            f"No {splitting.group!r} stands on both sides of a split: not of folds, of parts of the training rows, of "
            "rows that decide when a net stops, nor of the parts from which categories take the target's means. "
            "Boosting, which would hold out rows by itself, trains all its rounds. The column is no input."
        )
    elif dataset.groups is not None:
        said.append("Rows that repeat each other are on one side of every split, inside the training rows, too.")
    if splitting.time is not None:
        said.append(
            f"Nothing is learned from a row that is not before all test rows by {splitting.time!r}, and rows of one "
            "time stay together. The rows that decide when a net stops are the latest of its training rows. The column "
            "is no input: what comes later would lie beyond all that was learned. The model that is registered learns "
            "from all rows."
        )
    if dataset.weights is not None:
        said.append(
            f"Rows count by {weight or 'their weights'!r}: in the loss of every candidate (of training rows the mean "
            "weight is 1), in every score, in its interval and tests, in what "
            "drives the chosen one, and in "
            f"how far off predicted numbers are. {dataset.left_out}{'. ' if dataset.left_out else ''}Rows count alike "
            "in what stands before a model (medians, scales, the target's means of categories), in counts of "
            "confusions, in prediction intervals of numbers, and where predict --explain compares a row with others."
        )
    return said


def _methods(result: Result) -> dict[str, str]:
    """Returns how intervals were come by, and of which metrics."""
    found: dict[str, dict[str, None]] = {}
    for summary in result.summaries:
        found.setdefault(summary.method, {})[metric(summary.metric).words] = None
    return {method: ", ".join(words) for method, words in found.items()}


def _paired_methods(result: Result) -> dict[str, str]:
    """Returns how differences were judged, and of which pairs in which metrics: few pairs by name."""
    pairs: dict[str, dict[str, list[str]]] = {}
    every = set(combinations([candidate.name for candidate in result.comparison.candidates], 2))
    for one in result.contrasts:
        if (one.candidate, one.reference) in every:
            named = f"{title(one.candidate)} and {title(one.reference)}"
            pairs.setdefault(one.method, {}).setdefault(metric(one.metric).words, []).append(named)
    return {method: ", ".join(_of_pairs(*each, len(every)) for each in own.items()) for method, own in pairs.items()}


def _of_pairs(words: str, pairs: Sequence[str], n: int) -> str:
    if len(pairs) == n:
        return words
    named = f": {'; '.join(pairs)}" if len(pairs) <= _NAMED else ""
    return f"{words} ({len(pairs)} of {counted(n, 'pair')}{named})"


def undone_section(left_out: Sequence[str]) -> Section:
    """Returns what was not done, a sentence each."""
    return Section(template="undone.html", values={"left_out": left_out}, anchors={"undone": "What was not done"})


def environment_section(result: Result, command: str) -> Section:
    """Returns where it ran and the command that gives it again."""
    values = {
        "engines": sorted({run.engine for run in result.trained}),
        "versions": versions_of(result.comparison),
        "machine": provenance.machine(),
        "commit": provenance.git_commit(),
        "command": command,
    }
    return Section(template="environment.html", values=values, anchors={"environment": "Environment"})
