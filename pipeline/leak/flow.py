"""The flow of the leak: the same candidates trained and scored on three kinds of folds, of which one is a mistake."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from experiments.language import Leak
from models.engine.devices import Placement
from pipeline.data.values import Dataset, Fold
from pipeline.flow.record import experiment_record
from pipeline.leak.oversample import before_splitting, inside_training_rows
from pipeline.process.provenance import git_commit
from pipeline.scoring.compare import compare
from pipeline.scoring.evaluate import evaluate
from pipeline.scoring.metrics import METRIC_NAMES
from pipeline.scoring.tables import summaries_table
from pipeline.scoring.values import Summary
from pipeline.telling.files import to_csv, to_json
from pipeline.telling.page import render
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.tracking.runs import ParentRun
from pipeline.training.train import train
from pipeline.words.declarations import describe
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


def run_leak(
    leak: Leak,
    dataset: Dataset,
    folds: Sequence[Fold],
    tracker: Tracker,
    terminal: Terminal,
    *,
    epochs: int | None = None,
    placement: Placement | None = None,
) -> dict[str, Any]:
    """Trains every candidate with rows made up before the split, inside the training rows, and not at all.

    Args:
        leak: The declaration.
        dataset: The real rows.
        folds: Of the real rows.
        tracker: The open store.
        terminal: Where progress and the table go.
        epochs: Of nets, instead of the declared numbers.
        placement: The device or devices of nets.

    Returns:
        Everything the table shows, as plain values.
    """
    record = experiment_record(leak, dataset, folds)
    tags = {"kind": "leak", "dataset": dataset.name, "git": git_commit() or "none", "seed": str(folds[0].seed)}
    moments = _moments(leak, dataset, folds)
    with tracker.run(leak.name, name=f"{leak.name}, seed {folds[0].seed}", tags=tags) as run:
        run.log_dataset(dataset)
        run.log_texts({"experiment.json": to_json(record)})
        summaries = list(_summaries(moments, run, terminal, epochs, placement))
        table = summaries_table(summaries)
        explanation = _explain(leak, moments, summaries)
        page = _page(moments, summaries, explanation, n_real=dataset.n_samples, seed=folds[0].seed)
        run.log_texts({"comparison.csv": to_csv(table), "leak.html": page})
        run.log_overview(leak.primary_metric, summaries)
        run.log_note(explanation)
    terminal.comparison(leak.title, leak.primary_metric, table)
    terminal.say(explanation)
    terminal.say(f"Page: {run.place('leak.html')}\n")
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


def _summaries(
    moments: Sequence[Moment], run: ParentRun, terminal: Terminal, epochs: int | None, placement: Placement | None
) -> Iterator[Summary]:
    """Trains, scores and logs every candidate at every moment; yields its means and intervals."""
    tasks = [(moment, candidate) for moment in moments for candidate in moment.leak.candidates]
    with terminal.progress("leak", len(tasks)) as told:
        for position, (moment, candidate) in enumerate(tasks):
            progress = partial(told.update, position, candidate.name)
            dataset, folds, leak = moment.dataset, moment.folds, moment.leak
            trained = train(candidate, dataset, folds, epochs=epochs, placement=placement, progress=progress)
            scores = [evaluate(item, dataset, fold, leak) for item, fold in zip(trained, folds, strict=True)]
            summaries = compare(scores, folds, leak)
            run.log_candidate(dataset, trained, scores, summaries)
            yield from summaries
            told.finish(position, candidate.name, f"{sum(item.seconds for item in trained):.1f} s")


def _explain(leak: Leak, moments: Sequence[Moment], summaries: Sequence[Summary]) -> str:
    """Tells in two sentences where the number comes from, and what is left of it."""
    before, inside, _ = moments
    means = {item.candidate: item.mean for item in summaries if item.metric == leak.primary_metric}
    best = max((c.name for c in leak.candidates), key=lambda name: means[f"{name}_{before.name}"])
    metric = METRIC_NAMES[leak.primary_metric]
    return (
        f"Oversampled before the split, training rows are mixed from test rows and test rows from training rows, and "
        f"half of all test rows count as the rare class: so the {title(best)} reaches an {metric} of "
        f"{number(means[f'{best}_{before.name}'])}. Oversampled inside the training rows only, the same model with the "
        f"same seed reaches {number(means[f'{best}_{inside.name}'])} on real rows that it has never seen: that is what "
        "it is worth."
    )


def _page(moments: Sequence[Moment], summaries: Sequence[Summary], explanation: str, *, n_real: int, seed: int) -> str:
    leak = moments[0].leak
    shown = leak.metrics[:_TABLES]
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
            "settings": describe(candidate),
            "cells": [[cells[each.leak.candidates[position].name, metric] for each in moments] for metric in shown],
        }
        for position, candidate in enumerate(leak.candidates)
    ]
    return render(
        "leak.html",
        leak=leak,
        explanation=explanation,
        moments=moments,
        names=METRIC_NAMES,
        shown=shown,
        facts=facts,
        rows=rows,
        number=number,
        n_folds=len(moments[0].folds),
        seed=seed,
    )
