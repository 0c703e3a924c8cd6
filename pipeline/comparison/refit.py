"""The champion as it is served: trained on every row that there is to learn from, with its threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.prediction_interval import PredictionInterval
from models.threshold import Threshold
from pipeline.comparison.numbers.held import interval_of
from pipeline.comparison.threshold import choose
from pipeline.comparison.trials import taken_unseen
from pipeline.data.values import Dataset, Fold
from pipeline.decisions.values import declared
from pipeline.flow.desk import Desk
from pipeline.flow.each import Entry, each, train_and_score
from pipeline.scoring.evaluate import judge_by
from pipeline.scoring.result import Result
from pipeline.scoring.values import Scores
from pipeline.training.train import train_works
from pipeline.training.values import Trained
from pipeline.training.work import Progress, Work
from pipeline.words.names import counted
from pipeline.words.numbers import percent_range


@dataclass(frozen=True, kw_only=True, eq=False)
class Refitted:
    """The champion as it is served.

    Attributes:
        trained: On all that it may learn from.
        dataset: Where the rows are.
        folds: On which the candidate was scored.
        again: Whether it was trained once more; else it is the model that was scored.
        threshold: From which probability on a row is raised; ``None`` where no decision is declared.
        interval: How far from a predicted number the truth may lie; ``None`` of classes, and where rows are too few.
    """

    trained: Trained
    dataset: Dataset
    folds: tuple[Fold, ...]
    again: bool
    threshold: Threshold | None
    interval: PredictionInterval | None = None

    @property
    def n_rows(self) -> int:
        """Rows that it was given to learn from, those that early stopping watched among them."""
        return len(self.trained.train_rows) + len(self.trained.validation_rows)

    @property
    def is_logged(self) -> bool:
        """Whether the candidate's own run holds this very model already."""
        return not self.again and self.threshold is None and self.interval is None

    @property
    def name(self) -> str:
        """Of its run."""
        carried = "with its threshold" if self.interval is None else "with its interval"
        return f"{self.trained.candidate.name}, {'refitted on all rows' if self.again else carried}"

    @property
    def how(self) -> str:
        """How it was trained, in a few words."""
        if self.again:
            seconds = self.trained.seconds
            took = f"{seconds:.1f} seconds" if seconds >= 0.1 else "under 0.1 seconds"
            return f"refitted on all {self.n_rows:,} rows ({took})"
        return f"trained on the {self.n_rows:,} training rows"

    def words(self) -> str:
        """Tells in sentences what the model has learned from, of what its figures are, and from where on it raises."""
        told = [self._figures, self._data]
        if taken_unseen(self.trained):
            told.append("No trial of its search could be scored on all parts: the first of those that were left is it.")
        if self.threshold is not None:
            told.append(f"{self.threshold.words()}.")
        if self.interval is not None:
            told.append(f"{self.interval.words()}.")
        return " ".join(told)

    @property
    def _figures(self) -> str:
        watched = len(self.trained.validation_rows)
        stopped = f", {watched:,} of which decided when to stop" if watched else ""
        if not self.again:
            return (
                f"Its figures are of this very model, trained on {self.n_rows:,} rows{stopped} and scored on the "
                f"{counted(len(self.folds[0].test_rows), 'test row')} that the set comes with."
            )
        share = percent_range([len(fold.train_rows) / self.dataset.n_samples for fold in self.folds])
        scored = f"means over {len(self.folds)} folds of models" if len(self.folds) > 1 else "those of a model"
        return (
            f"Its figures are {scored} trained on {share} of the rows; this one is refitted on all "
            f"{self.n_rows:,}{stopped}."
        )

    @property
    def _data(self) -> str:
        dataset = self.dataset
        digest = dataset.content_sha256[:12]
        return f"Data: {dataset.name}, {dataset.n_samples:,} rows of {self._columns}, SHA-256 {digest}."

    @property
    def _columns(self) -> str:
        if self.dataset.is_image:
            return " × ".join(map(str, self.dataset.X.shape[1:])) + " pixels"
        return f"{counted(self.n_columns, 'column')}"

    @property
    def n_columns(self) -> int:
        """Numbers in a row as it comes: columns, or pixels."""
        columns = self.dataset.columns
        return int(np.prod(self.dataset.X.shape[1:])) if columns is None else len(columns.used)

    def record(self) -> dict[str, Any]:
        """Returns what ``--json`` writes of it."""
        return {"refitted": self.again, "rows": self.n_rows, "seconds": self.trained.seconds}

    def tags(self) -> dict[str, str]:
        """Returns what the version is filtered by."""
        told = {
            "refitted": "on all rows" if self.again else "no",
            "rows": str(self.n_rows),
            "columns": str(self.n_columns),
            "folds": str(len(self.folds)),
            "data_sha256": self.dataset.content_sha256,
        }
        if self.threshold is not None:
            told |= {"threshold": repr(self.threshold.value), "positive_class": self.threshold.positive_class}
            told |= {"cost_ratio": repr(self.threshold.cost_ratio), "recall": repr(self.threshold.recall)}
        if self.interval is not None:
            told |= {"interval_level": repr(self.interval.level), "interval_reach": repr(self.interval.reach)}
        return told


def refit(result: Result, name: str, inner: Sequence[Fold], desk: Desk) -> Refitted:
    """Trains the champion once more, on all rows, as it was trained on each fold; chooses its threshold.

    A search searches again inside all rows, and early stopping takes its rows out of them as declared. Where the test
    rows are canonical they stay test rows: the model that was scored on them is the one that is served.

    Args:
        result: Of the comparison.
        name: Of the champion.
        inner: Folds of the training rows, where a decision is declared.
        desk: Where it is done.

    Raises:
        Interrupted: On Ctrl-C.
    """
    again = result.comparison.splitting.kind != "canonical"
    return Refitted(
        trained=_train(result, name, desk) if again else result.of(name).trained[0],
        dataset=result.dataset,
        folds=result.folds,
        again=again,
        threshold=_threshold(result, name, inner, desk),
        interval=_interval(result, name, desk),
    )


def _train(result: Result, name: str, desk: Desk) -> Trained:
    """Trains on all rows with the seed of fold 0."""
    fold = _learned(result)
    work = Work(candidate=result.of(name).candidate, dataset=result.dataset, fold=fold, epochs=desk.epochs)
    means = desk.means(judge_by(result.comparison))

    def do(work: Work, progress: Progress) -> Trained:
        (trained,) = train_works([work], means, progress)
        return trained

    items = [(f"{name}, refitted on all rows", work)]
    (trained,) = each(desk, result.comparison.name, items, do, lambda one: f"{one.engine}, {one.seconds:.1f} s")
    return trained


def _learned(result: Result) -> Fold:
    """Returns the rows that the champion learns from as a fold: all of them, but for canonical test rows."""
    if result.comparison.splitting.kind == "canonical":
        return result.folds[0]
    rows = np.arange(result.dataset.n_samples)
    return Fold(index=0, seed=result.folds[0].seed, train_rows=rows, test_rows=rows[:0])


def _interval(result: Result, name: str, desk: Desk) -> PredictionInterval | None:
    """Returns the interval by the errors of a sibling that learned from four fifths of what the champion learns from.

    With canonical test rows these are the training rows: no test row calibrates.
    """
    if result.dataset.task.has_classes:
        return None
    return interval_of(result, name, _learned(result), desk)


def _threshold(result: Result, name: str, inner: Sequence[Fold], desk: Desk) -> Threshold | None:
    if result.comparison.decision is None:
        return None
    decision, positive_class = declared(result.comparison)
    scores, folds = _unseen(result, name, inner, desk)
    return choose(decision, positive_class, result.dataset.class_names[positive_class], scores, folds)


def _unseen(result: Result, name: str, inner: Sequence[Fold], desk: Desk) -> tuple[Sequence[Scores], Sequence[Fold]]:
    """Returns the champion's scores on rows that it may learn from, each by a model that has not.

    With canonical test rows those are the training rows, dealt out once more: nothing is chosen on test rows that stay
    test rows.
    """
    if result.comparison.splitting.kind != "canonical":
        return result.of(name).scores, result.folds
    entry = Entry(
        candidate=result.of(name).candidate, comparison=result.comparison, dataset=result.dataset, folds=tuple(inner)
    )
    (done,) = train_and_score(desk, f"{result.comparison.name}, threshold", [entry])
    return done.scores, entry.folds
