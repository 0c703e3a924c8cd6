"""A trained candidate is scored once on the test rows of its fold."""

import numpy as np

from experiments.language import Comparison
from experiments.language.metric import metric
from models.checks import require
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.metrics import confusion, score
from pipeline.scoring.values import Scores
from pipeline.training.values import Judge, Trained


def evaluate(trained: Trained, dataset: Dataset, fold: Fold, comparison: Comparison) -> Scores:
    """Scores one trained candidate on the test rows of its fold.

    Raises:
        ValueError: Probabilities that are not finite, the mark of a training that diverged.
    """
    y_true = dataset.y[fold.test_rows]
    y_proba = trained.model.predict_proba(dataset.X[fold.test_rows])
    require(
        bool(np.isfinite(y_proba).all()),
        f"evaluate {trained.candidate.name!r}",
        "finite probabilities",
        "The training diverged: lower its learning_rate.",
        fold=fold.index,
    )
    return Scores(
        candidate=trained.candidate.name,
        family=trained.candidate.family,
        fold_index=fold.index,
        seed=trained.seed,
        metrics={name: score(name, y_true, y_proba, comparison.positive_class) for name in comparison.metrics},
        y_true=y_true,
        y_proba=y_proba,
        confusion=confusion(y_true, y_proba),
    )


def judge_by(comparison: Comparison) -> Judge:
    """Returns the comparison's primary metric as what a search chooses by."""
    primary, positive_class = metric(comparison.primary_metric), comparison.positive_class
    return Judge(
        name=primary.name if positive_class is None else f"{primary.name} of class {positive_class}",
        score=lambda y_true, y_proba: score(primary.name, y_true, y_proba, positive_class),
        lower_is_better=primary.lower_is_better,
    )
