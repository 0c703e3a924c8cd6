"""Rows through a model, part by part: what is kept of them, what is predicted, decided and explained."""

from collections.abc import Callable, Sequence
from typing import TextIO

import numpy as np
import pandas as pd

from models.checks import require
from models.encoding import cells
from models.encoding.watch import Watch
from pipeline.predict.explain import Explain
from pipeline.predict.rows import Part, Rows, at
from pipeline.tracking.model import ServedModel

PREDICTION = "prediction"
"""The answer's column of a model that predicts a number: the target's own column may stand beside it."""


def score(
    model: ServedModel,
    rows: Rows,
    scored: TextIO,
    *,
    keep: Sequence[str] = (),
    watch: Watch | None = None,
    explain: Explain | None = None,
    progress: Callable[[int], None] = lambda n_rows: None,
) -> int:
    """Writes, for each row in its order, the predicted class, what is decided, and the probability of each class.

    The predicted class is the most probable one, whatever the threshold. Of a model of numbers it is the number.

    Args:
        model: Takes tables of named columns.
        rows: Columns may stand in any order, others than the model's are ignored.
        scored: Where the CSV goes: what is kept; ``predicted_class``; of a model with a threshold ``decision``, which
            is ``raise`` or ``leave``; ``probability_<class>`` for each class; and what explains it. Of a number the
            answer is ``prediction``, with ``prediction_low`` and ``prediction_high`` where the model has an interval.
        keep: Columns of the rows that are written as they stand.
        watch: Holds rows against the training table.
        explain: Names the columns that move an answer most.
        progress: Is told of each part how many rows it had.

    Returns:
        How many rows there were.

    Raises:
        ValueError: A column is missing or there twice, a kept one has the name of an answer, or a cell is not what its
            column takes, mostly a finite number: line and column are named.
    """
    n_rows = 0
    for part in rows.parts(model.input_names, keep):
        answers = _answers(model, rows.owner, part, watch, explain)
        taken = [name for name in keep if name in answers]
        remedy = "Rename it in the file, or keep others."
        require(not taken, rows.owner, "kept columns of other names than the answers'", remedy, keep=taken)
        pd.concat([part.kept, answers], axis=1).to_csv(scored, index=False, header=n_rows == 0)
        n_rows += len(answers)
        progress(len(answers))
    if watch is not None:
        watch.end()
    return n_rows


def _answers(model: ServedModel, owner: str, part: Part, watch: Watch | None, explain: Explain | None) -> pd.DataFrame:
    table = part.table
    if model.columns is None:
        table = _numbers(table, owner)
    elif watch is not None:  # the contract says what each cell means
        watch.look(table)
    predicted = model.predict(table).set_axis(table.index)
    answers = in_words(model, predicted)
    return answers if explain is None else answers.join(explain.answers(table, predicted.to_numpy()))


def in_words(model: ServedModel, predicted: pd.DataFrame) -> pd.DataFrame:
    """Returns what a model predicts of rows as they are answered: in the columns of ``score``, without explanation."""
    if model.target is None:
        return _of_classes(model, predicted)
    return predicted.set_axis([PREDICTION + str(name).removeprefix(model.target) for name in predicted], axis=1)


def _of_classes(model: ServedModel, y_proba: pd.DataFrame) -> pd.DataFrame:
    answers = y_proba.add_prefix("probability_")
    answers.insert(0, "predicted_class", np.array(y_proba.columns)[y_proba.to_numpy().argmax(axis=1)])
    if model.threshold is not None:
        answers.insert(1, "decision", model.threshold.decide(y_proba[model.threshold.positive_class].to_numpy()))
    return answers


def _numbers(table: pd.DataFrame, owner: str) -> pd.DataFrame:
    numbers = pd.DataFrame({name: cells.numbers(table[name]).values for name in table}, index=table.index)
    for row, column in np.argwhere(~np.isfinite(numbers.to_numpy()))[:1].tolist():
        cell = {"column": table.columns[column], "cell": table.iloc[row, column]}
        expected = "a finite number in each cell of the model's columns"
        require(False, owner, expected, "Fill it in, or leave the row out.", **at(table, row), **cell)
    return numbers
