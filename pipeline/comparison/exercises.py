"""The report's answers to the lecture's questions: each a heading, a sentence and a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.language import Exercise
from experiments.language.metric import metric
from pipeline.comparison.standing import Row, row_of
from pipeline.comparison.verdict import apart, with_interval
from pipeline.scoring.result import Result
from pipeline.scoring.values import Summary
from pipeline.telling.section import Section
from pipeline.words.names import heading, listing, title
from pipeline.words.numbers import number, percent


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """One question with its answer, as the page shows it.

    Attributes:
        exercise: As declared.
        sentence: The answer, in words and numbers.
        rows: The candidates that answer it, best first, guessing last; empty where it is about the rows.
        division: How rows are divided, a line for each fold; empty where it is about candidates.
    """

    exercise: Exercise
    sentence: str
    rows: tuple[Row, ...] = ()
    division: tuple[Mapping[str, str], ...] = ()


def exercises_section(result: Result) -> Section | None:
    """Returns the answers to what the lecture asks of this data set; ``None`` where it asks nothing."""
    declared = result.comparison.exercises
    if not declared:
        return None
    answers = [_of_candidates(result, one) if one.candidates else _of_rows(result, one) for one in declared]
    return Section(
        template="exercises.html",
        values={
            "result": result,
            "answers": answers,
            "metrics": [metric(name) for name in result.comparison.metrics],
        },
        anchors={"exercises": "The lecture's questions"},
        tables={"exercises.csv": _table(answers)},
    )


def _of_rows(result: Result, exercise: Exercise) -> Answer:
    lines = [_divided(result, fold.index) for fold in result.folds]
    first, n_folds = lines[0], len(lines)
    counts = f"{first['Training rows']} rows train and {first['Test rows']} test"
    classes = [f"{name}: {text}" for name, text in first.items() if "share" in name]
    again = f" The rows are divided anew {n_folds} times in all, so that chance can be told." if n_folds > 1 else ""
    sentence = f"In fold 0, of seed {first['Seed']}, {counts}{f' ({listing(classes)})' if classes else ''}.{again}"
    return Answer(exercise=exercise, sentence=sentence, division=tuple(lines))


def _divided(result: Result, index: int) -> dict[str, str]:
    fold = next(one for one in result.folds if one.index == index)
    told = {"Fold": str(index), "Seed": str(fold.seed)}
    told |= {"Training rows": f"{len(fold.train_rows):,}", "Test rows": f"{len(fold.test_rows):,}"}
    positive = result.comparison.positive_class
    if positive is not None:
        name = result.dataset.class_names[positive]
        for part, rows in (("training", fold.train_rows), ("test", fold.test_rows)):
            of_class = result.dataset.y[rows] == positive
            told[f"“{name}”, share of {part} rows"] = f"{percent(float(np.mean(of_class)))} ({int(of_class.sum()):,})"
    return told


def _of_candidates(result: Result, exercise: Exercise) -> Answer:
    own = [summary for summary in result.ranked if summary.candidate in exercise.candidates]
    if not own:
        absent = listing([title(name) for name in exercise.candidates])
        return Answer(exercise=exercise, sentence=f"Not answered: {absent} had no part in this run.")
    candidates = [one for one in result.order if one.name in exercise.candidates]
    guess = result.of(result.comparison.dummy).candidate
    rows = tuple(row_of(result, one) for one in (*candidates, guess))
    return Answer(exercise=exercise, sentence=_sentence(result, exercise, own), rows=rows)


def _sentence(result: Result, exercise: Exercise, own: Sequence[Summary]) -> str:
    """Says what the best of them reaches, beside guessing, and beside the best that answers another question."""
    best, *others = own
    words = result.primary.words
    name = title(best.candidate)
    said = f"{heading(name)} reaches {words} {with_interval(best)}"
    if others:
        said = f"Of {len(own)}, {name} is best by {words}: {with_interval(best)}"
        said += f"; then {listing([f'{title(one.candidate)} ({number(one.mean)})' for one in others])}"
    beside = f"{heading(result.guess)} has {number(result.reference.mean)}"
    elsewhere = {name for one in result.comparison.exercises if one.name != exercise.name for name in one.candidates}
    rivals = [one for one in result.ranked if one.candidate in elsewhere - {*exercise.candidates}]
    if not rivals:
        return f"{said}. {beside}."
    rival = rivals[0]
    asked = next(one.name for one in result.comparison.exercises if rival.candidate in one.candidates)
    contrast = result.against(rival.candidate)[best.candidate]
    return f"{said}. {beside}. Against {title(rival.candidate)}, the best of the other questions ({asked}), it is " + (
        f"{apart(contrast)}."
    )


def _table(answers: Sequence[Answer]) -> pd.DataFrame:
    records: list[dict[str, Any]] = [
        {"question": one.exercise.name, "asked": one.exercise.text, "answer": one.sentence} for one in answers
    ]
    return pd.DataFrame(records)
