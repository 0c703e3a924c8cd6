"""Rows of visits, in groups, in time or with weights, and what three who know them score."""

import numpy as np

from experiments.language import Baseline, Comparison, Splitting
from pipeline.data.split import split
from pipeline.data.task import Classification
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.evaluate import evaluate
from pipeline.training.values import Trained

N = 360
GUESS = Baseline(name="guess", algorithm="majority_class")
GOOD = Baseline(name="good", algorithm="logistic_regression")
POOR = Baseline(name="poor", algorithm="naive_bayes")
METRICS = (
    *("accuracy", "roc_auc", "average_precision", "f1", "balanced_accuracy", "log_loss", "brier_score"),
    *("type_1_error", "type_2_error"),
)


class Known:
    """Answers with what it has of each row."""

    def __init__(self, column):
        self.column = column

    def predict_proba(self, X):
        return np.stack([1 - X[:, self.column], X[:, self.column]], axis=1)

    def predict(self, X):
        return X[:, self.column]


def dataset(**change):
    """Rows in 40 groups, whose errors are alike within a group."""
    random = np.random.default_rng(1)
    groups = np.repeat(np.arange(40), 9)
    y = random.integers(2, size=N)
    luck = random.normal(size=40)[groups]
    columns = [
        1 / (1 + np.exp(-(strength * (2 * y - 1) + luck + 0.3 * random.normal(size=N)))) for strength in (1.2, 0.8)
    ]
    told = {
        "name": "visits",
        "X": np.column_stack([*columns, np.full(N, 0.5)]),
        "y": y,
        "feature_names": ("good", "poor", "guess"),
        "task": Classification(class_names=("no", "yes")),
        "source": "drawn",
        "citation": "nobody",
        "version": "1",
    }
    return Dataset(**{**told, **change}), groups


def comparison(splitting, **change):
    told = {
        "name": "visits",
        "title": "Visits",
        "where": "here",
        "data": "visits",
        "splitting": splitting,
        "candidates": (GOOD, POOR, GUESS),
        "metrics": METRICS,
        "primary_metric": "roc_auc",
        "positive_class": 1,
    }
    return Comparison(**{**told, **change})


def scored(data, splitting, folds=None, **change):
    judged = comparison(splitting, **change)
    folds = folds or split(data, splitting, seed=1)
    scores = []
    for place, candidate in enumerate(judged.candidates):
        for fold in folds:
            trained = Trained(
                candidate=candidate, fold_index=fold.index, seed=0, model=Known(place), history={}, best_epoch=None,
                n_parameters=None, seconds=0.0, engine="none", train_rows=fold.train_rows,
                validation_rows=fold.train_rows[:0],
            )  # fmt: skip
            scores.append(evaluate(trained, data, fold, judged))
    return scores, folds, judged


ONE = Splitting(n_folds=1)
DEALT = Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5)
FORWARD = Splitting(kind="forward", time="day", n_folds=5)


def one_fold():
    return [Fold(index=0, seed=0, train_rows=np.arange(N), test_rows=np.arange(N))]


def folds_of_groups():
    rows = np.arange(N)
    return [Fold(index=k, seed=0, train_rows=rows[rows % 3 != k], test_rows=rows[rows % 3 == k]) for k in range(3)]
