"""The report's last sections: the data, the method, what was not done, and where it ran."""

from collections.abc import Sequence
from typing import Any

from experiments.language.metric import metric
from pipeline.data.values import Dataset, Fold
from pipeline.process import provenance
from pipeline.scoring.result import Result
from pipeline.telling.section import Section
from pipeline.words.names import heading


def data_section(result: Result) -> Section:
    """Returns what the rows are, where they come from, and how they were divided."""
    held_out = sorted({len(run.validation_rows) for run in result.trained} - {0})
    values = {
        "result": result,
        "division": result.comparison.splitting.words(),
        "held_out": [f"{n:,}" for n in held_out],
        **_target(result.dataset, result.folds[0]),
    }
    return Section(template="data.html", values=values, anchors={"data": "Data"})


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
    primary = [item for item in result.contrasts if item.metric == result.primary.name]
    values = {
        "result": result,
        "methods": _methods(result),
        "paired_methods": sorted({item.method for item in primary}),
        "metrics": [metric(name) for name in result.comparison.metrics],
    }
    return Section(template="method.html", values=values, anchors={"method": "Method"})


def _methods(result: Result) -> dict[str, str]:
    """Returns how intervals were come by, and of which metrics."""
    found: dict[str, dict[str, None]] = {}
    for summary in result.summaries:
        found.setdefault(summary.method, {})[metric(summary.metric).words] = None
    return {method: ", ".join(words) for method, words in found.items()}


def undone_section(left_out: Sequence[str]) -> Section:
    """Returns what was not done, a sentence each."""
    return Section(template="undone.html", values={"left_out": left_out}, anchors={"undone": "What was not done"})


def environment_section(result: Result, command: str) -> Section:
    """Returns where it ran and the command that gives it again."""
    values = {
        "engines": sorted({run.engine for run in result.trained}),
        "versions": provenance.versions(),
        "machine": provenance.machine(),
        "commit": provenance.git_commit(),
        "command": command,
    }
    return Section(template="environment.html", values=values, anchors={"environment": "Environment"})
