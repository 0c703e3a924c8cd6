"""What is fitted to generated rows, and how it is handed to the product's own functions."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.language import Baseline, Candidate, Comparison, DenseNet, Gate, Splitting, Training
from pipeline.data.task import Classification
from pipeline.data.values import Dataset, Fold
from pipeline.scoring.evaluate import evaluate_all
from pipeline.scoring.values import Scores
from pipeline.scoring.weighted import weighted_score
from pipeline.training.values import Trained

GUESS = "guess"


class Classifier(Protocol):
    """What says probabilities of classes."""

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)``."""


class Fitted(Protocol):
    """What becomes a classifier by rows."""

    def fit(self, X: NDArray[np.float64], y: NDArray[np.int64]) -> Classifier:
        """Returns itself, fitted."""


class Blind:
    """A classifier that looks at some columns only."""

    def __init__(self, columns: Sequence[int], model: Fitted, X: NDArray[np.float64], y: NDArray[np.int64]) -> None:
        self._columns = list(columns)
        self._fitted = model.fit(X[:, self._columns], y)

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)``."""
        return self._fitted.predict_proba(X[:, self._columns])


class Prior:
    """Says the shares of the classes among the training rows, whatever the row."""

    def __init__(self, y: NDArray[np.int64], n_classes: int = 2) -> None:
        self._shares = np.bincount(y, minlength=n_classes) / len(y)

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)``."""
        return np.tile(self._shares, (len(X), 1))


def dataset_of(X: NDArray[np.float64], y: NDArray[np.int64], n_classes: int) -> Dataset:
    """Returns generated rows as a data set."""
    return Dataset(
        name="simulated",
        X=X,
        y=y,
        feature_names=tuple(f"x{column}" for column in range(X.shape[1])),
        task=Classification(class_names=tuple(f"class {k}" for k in range(n_classes))),
        source="generated",
        citation="",
        version="1",
    )


def comparison_of(
    metrics: Sequence[str],
    splitting: Splitting,
    *,
    nets: int = 0,
    baselines: int = 1,
    positive_class: int | None = 1,
    primary: tuple[str, str] | None = None,
    practical_equivalence: float | None = None,
) -> Comparison:
    """Returns the declaration of nets ``net_0``, ... and baselines ``baseline_0``, ... beside guessing.

    What they are called is all that the product's words take of them: what is fitted stands elsewhere.
    """
    training = Training(epochs=1, learning_rate=0.1)
    candidates = (
        *(DenseNet(name=f"net_{number}", hidden_units=(2,), training=training) for number in range(nets)),
        *(Baseline(name=f"baseline_{n}", algorithm="linear_discriminant_analysis") for n in range(baselines)),
    )
    return Comparison(
        name="simulated",
        title="Simulated",
        where="",
        data="simulated",
        splitting=splitting,
        candidates=(*candidates, Baseline(name=GUESS, algorithm="majority_class")),
        metrics=tuple(metrics),
        primary_metric=metrics[0],
        positive_class=positive_class,
        primary=primary,
        practical_equivalence=practical_equivalence,
        gate=Gate(simplest=candidates[-1].name),
    )


def trained_of(candidate: Candidate, model: Classifier, fold: Fold) -> Trained:
    """Returns a model as if the product had trained it."""
    return Trained(
        candidate=candidate,
        fold_index=fold.index,
        seed=fold.seed,
        model=model,
        history={},
        best_epoch=None,
        n_parameters=None,
        seconds=0.0,
        engine="scikit-learn",
        train_rows=fold.train_rows,
        validation_rows=fold.train_rows[:0],
    )


def scored(
    candidate: Candidate, models: Sequence[Classifier], dataset: Dataset, folds: Sequence[Fold], comparison: Comparison
) -> list[Scores]:
    """Returns the scores of a candidate's model of each fold."""
    trained = [trained_of(candidate, model, fold) for model, fold in zip(models, folds, strict=True)]
    return list(evaluate_all(trained, dataset, folds, comparison))


def mean_of_sets(
    metric: str,
    y: NDArray[np.int64],
    y_proba: NDArray[np.float64],
    n_test: int,
    positive_class: int | None,
    *,
    keeps_shares: bool = False,
) -> float:
    """Returns the mean score of rows in test sets of ``n_test`` each; those that cannot be measured do not count.

    Nor do those without a row of the class that is meant, where folds keep the shares of the classes: they have some.
    """
    sets = np.arange(len(y) // n_test)
    members = (np.repeat(sets, n_test)[:, None] == sets).astype(np.int32)
    rows = len(members)
    values = weighted_score(metric, y[:rows], y_proba[:rows], members, positive_class)
    if keeps_shares and positive_class is not None:
        values = values[(y[:rows] == positive_class) @ members > 0]
    return float(np.nanmean(values))
