"""A trained candidate is scored once on the test rows of its fold."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from experiments.language.metric import metric
from models.checks import require
from pipeline.data.images.large import taken
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.metrics import confusion, function_of
from pipeline.scoring.row_differences import asked_again
from pipeline.scoring.trainings import are_asked, common_rows
from pipeline.scoring.values import Scores
from pipeline.scoring.weighted import score_of
from pipeline.training.values import Judge, Trained


def evaluate_all(
    trained: Sequence[Trained], dataset: Dataset, folds: Sequence[Fold], comparison: Comparison
) -> tuple[Scores, ...]:
    """Scores a candidate that was trained on every fold, each training on the test rows of its own.

    How much an answer hangs on the training is asked, too: of numbers all trainings about the same rows
    (`pipeline.scoring.trainings`); of classes, where the comparison is about this candidate and no row is tested twice,
    the training of the next fold about these rows (`pipeline.scoring.row_differences`).

    Raises:
        ValueError: As of `evaluate`.
    """
    scores = [evaluate(item, dataset, fold, comparison) for item, fold in zip(trained, folds, strict=True)]
    if are_asked(scores):
        return tuple(replace(own, elsewhere=_errors(item, dataset)) for own, item in zip(scores, trained, strict=True))
    if not asked_again(trained[0].candidate.name, comparison, folds, scores):
        return tuple(scores)
    others = [*trained[1:], trained[0]]
    return tuple(
        replace(own, again=dataset.task.predictions(other.model, taken(dataset, fold.test_rows)))
        for own, other, fold in zip(scores, others, folds, strict=True)
    )


def _errors(trained: Trained, dataset: Dataset) -> NDArray[np.float64]:
    rows = common_rows(len(dataset.y))
    return np.asarray(dataset.y[rows] - dataset.task.predictions(trained.model, taken(dataset, rows)))


def evaluate(trained: Trained, dataset: Dataset, fold: Fold, comparison: Comparison) -> Scores:
    """Scores one trained candidate on the test rows of its fold.

    Raises:
        ValueError: Predictions that are not finite, the mark of a training that diverged.
    """
    task, y_true = dataset.task, dataset.y[fold.test_rows]
    predicted = task.predictions(trained.model, taken(dataset, fold.test_rows))
    require(
        bool(np.isfinite(predicted).all()),
        f"evaluate {trained.candidate.name!r}",
        f"finite {'probabilities' if task.has_classes else 'numbers'}",
        "The training diverged: lower its learning_rate.",
        fold=fold.index,
    )
    weights = None if dataset.weights is None else dataset.weights[fold.test_rows]
    return Scores(
        candidate=trained.candidate.name,
        family=trained.candidate.family,
        fold_index=fold.index,
        seed=trained.seed,
        metrics={
            name: score_of(name, y_true, predicted, comparison.positive_class, weights) for name in comparison.metrics
        },
        y_true=y_true,
        predicted=predicted,
        confusion=confusion(y_true, predicted) if task.has_classes else np.zeros((0, 0), np.int64),
        weights=weights,
        clusterings=_clusterings(dataset, fold),
        in_time=fold.stretches is not None,
    )


def _clusterings(dataset: Dataset, fold: Fold) -> tuple[NDArray[np.int64], ...]:
    """Returns how the test rows of a fold hang together: in groups, in stretches of time, or in both.

    Rows that repeat each other are groups, too, but where time says already which rows hang together.
    """
    found = [] if fold.stretches is None else [fold.stretches]
    if dataset.groups is not None and (fold.stretches is None or dataset.are_groups_told):
        found.append(dataset.groups[fold.test_rows])
    return tuple(found)


def judge_by(comparison: Comparison) -> Judge:
    """Returns the comparison's primary metric as what a search chooses by."""
    primary, positive_class = metric(comparison.primary_metric), comparison.positive_class

    def scored(
        y_true: NDArray[Any], predicted: NDArray[np.float64], weights: NDArray[np.float64] | None = None
    ) -> float:
        return score_of(primary.name, y_true, predicted, positive_class, weights)

    return Judge(
        name=primary.name if positive_class is None else f"{primary.name} of class {positive_class}",
        score=scored,
        lower_is_better=primary.lower_is_better,
        is_ours=function_of(primary.name).__module__.startswith("pipeline."),
    )
