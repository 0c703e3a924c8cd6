"""What scoring found, as tables."""

import dataclasses
from collections.abc import Sequence

import pandas as pd

from experiments.language import Candidate, Search
from pipeline.data.images.files import Files
from pipeline.data.values import Fold
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast, Scores, Summary
from pipeline.training.values import Trained, Trial


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
    """Returns candidate, fold, trial, score, chosen and a column for each setting: a row for each trial of a search.

    Where a search declares what needs it, ``parts`` is how many of them a trial was tried on, ``seconds`` how long it
    was trained on them, and ``standard_error`` that of its score.
    """
    rows = [
        {
            "candidate": item.candidate.name,
            "fold": item.fold_index,
            "trial": number,
            "score": trial.score,
            "chosen": trial.chosen,
            **_needed(item.candidate, trial),
            **trial.settings,
        }
        for item in trained
        for number, trial in enumerate(item.trials)
    ]
    return pd.DataFrame(rows)


def _needed(candidate: Candidate, trial: Trial) -> dict[str, float | int | None]:
    """Returns what else decided about a trial, by the declaration of its search."""
    assert isinstance(candidate, Search)
    decided = {
        "parts": (trial.n_parts, bool(candidate.rungs)),
        "seconds": (trial.seconds, candidate.seconds is not None),
        "standard_error": (trial.standard_error, candidate.choose == "simplest"),
    }
    return {name: value for name, (value, declared) in decided.items() if declared}


def split_table(folds: Sequence[Fold]) -> pd.DataFrame:
    """Returns fold, row, part (``train`` or ``test``): a row for each row of each fold, numbered from 0."""
    parts = [
        pd.DataFrame({"fold": fold.index, "row": rows, "part": part})
        for fold in folds
        for part, rows in (("train", fold.train_rows), ("test", fold.test_rows))
    ]
    return pd.concat(parts, ignore_index=True)


def result_tables(result: Result) -> dict[str, pd.DataFrame]:
    """Returns the tables of what was finished, by file name; ``search.csv`` only where something was searched."""
    tables = {
        "comparison.csv": summaries_table(result.summaries),
        "contrasts.csv": contrasts_table(result.contrasts),
        "scores.csv": scores_table(result.scores),
    }
    searched = search_table(result.trained)
    return tables if searched.empty else {**tables, "search.csv": searched}


def equal_images_table(files: Files) -> pd.DataFrame:
    """Returns file, class, equals, class_of_equal, left_out: a row for each image that equals an earlier one."""
    return pd.DataFrame(files.repeats, columns=["file", "class", "equals", "class_of_equal", "left_out"])
