from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from experiments.language import Splitting
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.evaluate import evaluate
from pipeline.training.train import train

IRIS = ingest("iris")
(FOLD,) = split(IRIS, Splitting(n_folds=1), seed=1)


def test_scores_are_those_of_the_test_rows(small):
    (trained,) = train(small.candidates[3], IRIS, [FOLD])
    scores = evaluate(trained, IRIS, FOLD, small)
    X, y = IRIS.X[FOLD.test_rows], IRIS.y[FOLD.test_rows]
    y_proba = trained.model.predict_proba(X)
    assert list(scores.metrics) == ["accuracy", "roc_auc", "log_loss"]
    assert scores.metrics["accuracy"] == accuracy_score(y, y_proba.argmax(axis=1))
    assert scores.metrics["log_loss"] == pytest.approx(log_loss(y, y_proba))
    np.testing.assert_array_equal(scores.confusion, confusion_matrix(y, y_proba.argmax(axis=1)))
    assert (scores.candidate, scores.family, scores.fold_index) == ("logistic_regression", "baseline", 0)


def test_shuffled_labels_leave_nothing_to_find(small):
    """A leak of test rows into training would keep the accuracy up."""
    y = np.random.default_rng(0).permutation(IRIS.y)
    shuffled = replace(IRIS, y=y)
    folds = split(shuffled, Splitting(n_folds=10), seed=1)
    accuracies = [
        evaluate(item, shuffled, fold, small).metrics["accuracy"]
        for item, fold in zip(train(small.candidates[3], shuffled, folds), folds, strict=True)
    ]
    assert np.mean(accuracies) == pytest.approx(1 / 3, abs=0.08)


def test_a_training_that_diverged_is_said_so(small):
    class Diverged:
        def predict_proba(self, X):
            return np.full((len(X), 3), np.nan)

    (trained,) = train(small.candidates[2], IRIS, [FOLD])
    with pytest.raises(ValueError, match=r"majority_class.*expected finite probabilities"):
        evaluate(replace(trained, model=Diverged()), IRIS, FOLD, small)
