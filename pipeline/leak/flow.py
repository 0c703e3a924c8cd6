"""The flow of the leak: the same candidates trained and scored on three kinds of folds, of which one is a mistake."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from experiments.language import Leak
from experiments.language.metric import metric
from pipeline.data.values import Dataset, Fold
from pipeline.flow.desk import Desk
from pipeline.flow.each import Entry, train_and_score
from pipeline.flow.record import experiment_record
from pipeline.leak.oversample import before_splitting, inside_training_rows
from pipeline.scoring.tables import summaries_table
from pipeline.scoring.values import Summary
from pipeline.telling.files import to_csv, to_json
from pipeline.telling.page import render
from pipeline.tracking.runs import ParentRun
from pipeline.words.names import title
from pipeline.words.numbers import number

_TABLES = 3  # of the page; all metrics are in comparison.csv


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When rows are made up.

    Attributes:
        name: Behind the candidates' names.
        words: For the page.
        leak: The declaration, its candidates named after the moment, too.
        dataset: Real rows first, then made-up ones.
        folds: Of these rows.
    """

    name: str
    words: str
    leak: Leak
    dataset: Dataset
    folds: tuple[Fold, ...]


@dataclass(frozen=True, kw_only=True)
class LeakJob:
    """A leak with its data in hand.

    Attributes:
        leak: The declaration.
        dataset: The real rows.
        folds: Of the real rows.
    """

    leak: Leak
    dataset: Dataset
    folds: tuple[Fold, ...]

    def run(self, desk: Desk) -> dict[str, Any]:
        """Runs it; see ``run_leak``."""
        return run_leak(self, desk)


def run_leak(job: LeakJob, desk: Desk) -> dict[str, Any]:
    """Trains every candidate with rows made up before the split, inside the training rows, and not at all.

    Args:
        job: The leak with its data and folds.
        desk: Where it is done.

    Returns:
        Everything the table shows, as plain values.
    """
    leak, dataset, folds = job.leak, job.dataset, job.folds
    record = experiment_record(leak, dataset, folds, desk.epochs)
    moments = _moments(leak, dataset, folds)
    with desk.run("leak", leak.name, dataset=dataset, seed=folds[0].seed) as run:
        run.log_texts({"experiment.json": to_json(record)})
        summaries = list(_summaries(moments, run, desk))
        table = summaries_table(summaries)
        explanation = _explain(leak, moments, summaries)
        page = _page(moments, summaries, explanation, n_real=dataset.n_samples)
        run.log_texts({"comparison.csv": to_csv(table), "leak.html": page})
        run.log_overview(leak.primary_metric, summaries)
        run.log_note(explanation, "leak.html")
    desk.terminal.comparison(leak.title, leak.primary_metric, table)
    desk.terminal.say(explanation)
    desk.terminal.say(f"Page: {run.place('leak.html')}\n")
    return {**record, "summaries": table.to_dict(orient="records")}


def _moments(leak: Leak, dataset: Dataset, folds: Sequence[Fold]) -> list[Moment]:
    first = folds[0].seed
    made = {
        "smote_before": (
            "SMOTE before splitting",
            before_splitting(dataset, leak.splitting, seed=first, n_folds=len(folds)),
        ),
        "smote_inside": ("SMOTE inside the training rows", inside_training_rows(dataset, folds)),
        "no_smote": ("No SMOTE", (dataset, tuple(folds))),
    }
    return [
        Moment(
            name=name,
            words=words,
            leak=replace(leak, candidates=tuple(replace(c, name=f"{c.name}_{name}") for c in leak.candidates)),
            dataset=rows,
            folds=own_folds,
        )
        for name, (words, (rows, own_folds)) in made.items()
    ]


def _summaries(moments: Sequence[Moment], run: ParentRun, desk: Desk) -> Iterator[Summary]:
    """Trains, scores and logs every candidate at every moment; yields its means and intervals."""
    entries = [
        Entry(candidate=candidate, comparison=moment.leak, dataset=moment.dataset, folds=moment.folds)
        for moment in moments
        for candidate in moment.leak.candidates
    ]
    for done in train_and_score(desk, "leak", entries):
        primary = done.entry.comparison.primary_metric
        run.log_candidate(done.entry.dataset, done.trained, done.scores, done.summaries, primary)
        yield from done.summaries


def _explain(leak: Leak, moments: Sequence[Moment], summaries: Sequence[Summary]) -> str:
    """Tells in two sentences where the number comes from, and what is left of it."""
    before, inside, _ = moments
    means = {item.candidate: item.mean for item in summaries if item.metric == leak.primary_metric}
    best = max((c.name for c in leak.candidates), key=lambda name: means[f"{name}_{before.name}"])
    words = metric(leak.primary_metric).words
    return (
        f"Oversampled before the split, training rows are mixed from test rows and test rows from training rows, and "
        f"half of all test rows count as the rare class: so the {title(best)} reaches an {words} of "
        f"{number(means[f'{best}_{before.name}'])}. Oversampled inside the training rows only, the same model with the "
        f"same seed reaches {number(means[f'{best}_{inside.name}'])} on real rows that it has never seen: that is what "
        "it is worth."
    )


def _page(moments: Sequence[Moment], summaries: Sequence[Summary], explanation: str, *, n_real: int) -> str:
    leak = moments[0].leak
    shown = [metric(name) for name in leak.metrics[:_TABLES]]
    facts = [
        {
            "words": moment.words,
            "train": len(moment.folds[0].train_rows),
            "test": len(moment.folds[0].test_rows),
            "rare": int((moment.dataset.y[moment.folds[0].test_rows] == leak.positive_class).sum()),
            "made_up": int((moment.folds[0].test_rows >= n_real).sum()),
        }
        for moment in moments
    ]
    cells = {(item.candidate, item.metric): item for item in summaries}
    rows = [
        {
            "title": title(candidate.name.removesuffix(f"_{moments[0].name}")),
            "settings": candidate.words(),
            "cells": [[cells[each.leak.candidates[position].name, one.name] for each in moments] for one in shown],
        }
        for position, candidate in enumerate(leak.candidates)
    ]
    return render(
        "leak.html",
        leak=leak,
        explanation=explanation,
        moments=moments,
        shown=shown,
        facts=facts,
        rows=rows,
        number=number,
        n_folds=len(moments[0].folds),
        seed=moments[0].folds[0].seed,
    )
