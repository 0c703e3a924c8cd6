"""The files that a run leaves: everything its tables show, in forms that other programs read."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd

from experiments.spec import Comparison
from pipeline.provenance import git_commit, machine, versions
from pipeline.values import Contrast, Dataset, Decided, Fold, Ranks, Scores, Summary, Trained


def experiment_record(comparison: Comparison, dataset: Dataset, folds: Sequence[Fold]) -> dict[str, Any]:
    """Returns what was declared and where it ran."""
    return {
        "experiment": dataclasses.asdict(comparison),
        "data": {
            "name": dataset.name,
            "rows": dataset.n_samples,
            "shape": list(dataset.X.shape[1:]),
            "class_counts": dataset.class_counts,
            "source": dataset.source,
            "version": dataset.version,
            "sha256": dataset.content_sha256,
        },
        "seed": folds[0].seed,
        "folds": len(folds),
        "versions": versions(),
        "git": git_commit(),
        "machine": machine(),
    }


def summaries_table(summaries: Sequence[Summary]) -> pd.DataFrame:
    """Returns candidate, metric, mean, low, high, n: a row for each summary."""
    rows = [dataclasses.asdict(summary) for summary in summaries]
    return pd.DataFrame(rows, columns=["candidate", "metric", "mean", "low", "high", "n"])


def contrasts_table(contrasts: Sequence[Contrast]) -> pd.DataFrame:
    """Returns candidate, reference, metric, difference, its interval, p-values, probabilities: a row for each."""
    columns = [field.name for field in dataclasses.fields(Contrast) if field.name not in {"family", "method"}]
    return pd.DataFrame([dataclasses.asdict(contrast) for contrast in contrasts], columns=columns)


def scores_table(scores: Sequence[Scores]) -> pd.DataFrame:
    """Returns candidate, fold, seed, metric, value: a row for each score."""
    rows = [
        (item.candidate, item.fold_index, item.seed, metric, value)
        for item in scores
        for metric, value in item.metrics.items()
    ]
    return pd.DataFrame(rows, columns=["candidate", "fold", "seed", "metric", "value"])


def search_table(trained: Sequence[Trained]) -> pd.DataFrame:
    """Returns candidate, fold, trial, score, chosen and a column for each setting: a row for each trial of a search."""
    rows = [
        {
            "candidate": item.candidate.name,
            "fold": item.fold_index,
            "trial": number,
            "score": trial.score,
            "chosen": trial.chosen,
            **trial.settings,
        }
        for item in trained
        for number, trial in enumerate(item.trials)
    ]
    return pd.DataFrame(rows)


def split_table(folds: Sequence[Fold]) -> pd.DataFrame:
    """Returns fold, row, part (``train`` or ``test``): a row for each row of each fold, numbered from 0."""
    parts = [
        pd.DataFrame({"fold": fold.index, "row": rows, "part": part})
        for fold in folds
        for part, rows in (("train", fold.train_rows), ("test", fold.test_rows))
    ]
    return pd.concat(parts, ignore_index=True)


def results_record(
    record: dict[str, Any],
    trained: Sequence[Trained],
    scores: Sequence[Scores],
    summaries: Sequence[Summary],
    contrasts: Sequence[Contrast],
    ranks: Ranks,
) -> dict[str, Any]:
    """Returns what ``--json`` writes for one experiment: the record with every number of its tables."""
    names = dict.fromkeys(item.candidate.name for item in trained)
    seconds = {name: sum(item.seconds for item in trained if item.candidate.name == name) for name in names}
    return {
        **record,
        "summaries": [dataclasses.asdict(summary) for summary in summaries],
        "contrasts": [dataclasses.asdict(contrast) for contrast in contrasts],
        "ranks": dataclasses.asdict(ranks),
        "scores": scores_table(scores).to_dict(orient="records"),
        "confusion": [
            {"candidate": item.candidate, "fold": item.fold_index, "counts": item.confusion.tolist()} for item in scores
        ],
        "seconds": seconds,
    }


def decision_tables(decided: Decided) -> dict[str, pd.DataFrame]:
    """Returns what decisions lead to, by file name: candidate, case, quantity, mean, low, high, n, a row for each.

    Cost curves have a row for each cost ratio and a column for each candidate.
    """
    estimates = {
        "decisions.csv": decided.outcomes,
        "calibration.csv": decided.calibration,
        "gains.csv": decided.gains,
        "importance.csv": decided.importances,
    }
    return {
        **{name: pd.DataFrame([dataclasses.asdict(one) for one in own]) for name, own in estimates.items()},
        "cost_differences.csv": contrasts_table(decided.differences),
        "cost_curves.csv": pd.DataFrame({"cost_ratio": decided.cost_ratios, **decided.cost_curves}),
    }


def decisions_record(decided: Decided) -> dict[str, Any]:
    """Returns the same tables as what ``--json`` writes."""
    tables = decision_tables(decided)
    return {name.removesuffix(".csv"): table.to_dict(orient="records") for name, table in tables.items()}


def to_csv(table: pd.DataFrame) -> str:
    """Returns a table as CSV text with a header and without row numbers; floats keep every digit."""
    return table.to_csv(index=False)


def to_json(record: Any) -> str:
    """Returns JSON of plain values; NaN, which JSON does not have, becomes null."""
    return json.dumps(_plain(record), indent=2, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """Opens a text file for writing that replaces ``path`` once it is whole; an error leaves what was there before."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write(path: Path, text: str) -> None:
    """Writes a file whole or not at all: a full disk leaves what was there before."""
    with whole(path) as file:
        file.write(text)
