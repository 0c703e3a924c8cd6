"""What was measured, a row for each fold of each candidate on each table, and the file that keeps it."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.ranks.candidates import comparison_of, search_of
from benchmarks.ranks.tables import TABLES
from models.engine.devices import choose
from pipeline.data.split import split
from pipeline.scoring.evaluate import judge_by
from pipeline.telling.files import to_csv, write
from pipeline.training.train import train

SEED = 1


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One candidate on one fold of one table.

    Attributes:
        table: Its name.
        candidate: Its name.
        n_trials: Of its search on the fold.
        fold: Which.
        score: Of the table's metric, on test rows.
        inner: The mean of what was chosen, inside the training rows.
        seconds: Of wall-clock time, of all folds together: they are trained together.
        chosen: Settings, in words.
    """

    table: str
    candidate: str
    n_trials: int
    fold: int
    score: float
    inner: float
    seconds: float
    chosen: str


def measure(table: str, candidate: str, n_trials: int) -> list[Measured]:
    """Returns what a candidate comes to on every fold of a table."""
    dataset = TABLES[table].load()
    folds = split(dataset, TABLES[table].splitting, seed=SEED)
    judge = judge_by(comparison_of(table, TABLES[table], dataset.task.name))
    search = search_of(candidate, dataset.task.name, dataset.n_samples, n_trials)
    began = time.perf_counter()
    trained = train(search, dataset, folds, judge=judge, placement=choose("cpu"))
    seconds = time.perf_counter() - began
    return [
        Measured(
            table=table,
            candidate=candidate,
            n_trials=n_trials,
            fold=fold.index,
            score=judge.score(
                dataset.y[fold.test_rows], dataset.task.predictions(one.model, dataset.X[fold.test_rows]), None
            ),
            inner=next(trial.score for trial in one.trials if trial.chosen),
            seconds=seconds,
            chosen="; ".join(f"{path} = {value}" for path, value in one.chosen.items()),
        )
        for fold, one in zip(folds, trained, strict=True)
    ]


def read(file: Path) -> list[Measured]:
    """Returns what a file keeps; nothing where there is none."""
    if not file.exists():
        return []
    rows: list[dict[Any, Any]] = pd.read_csv(file).to_dict(orient="records")
    return [Measured(**{str(name): value for name, value in row.items()}) for row in rows]


def keep(file: Path, measured: list[Measured]) -> None:
    """Writes all of it."""
    write(file, to_csv(pd.DataFrame([asdict(one) for one in measured])))
