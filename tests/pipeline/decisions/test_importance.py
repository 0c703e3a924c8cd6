import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.decisions.importance import importances, n_close_pairs


@pytest.fixture(scope="module")
def tumors():
    """569 tumors, the first 5 measures and one that the model cannot use, as it is constant."""
    X, y = load_breast_cancer(return_X_y=True)
    X = np.hstack([X[:, :5], np.ones((len(X), 1))])
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:300], y[:300]), X[300:], y[300:]


def shuffled(tumors, metric):
    return importances(*tumors, metric, 1, seed=3, n_shuffles=2)


def test_importances_are_scikit_learns(tumors):
    expected = permutation_importance(*tumors, scoring="roc_auc", n_repeats=2, random_state=3).importances_mean
    assert shuffled(tumors, "roc_auc") == pytest.approx(expected)


def test_a_helpful_column_is_above_0_in_a_score_and_in_a_loss(tumors):
    for metric in ("average_precision", "log_loss"):
        found = shuffled(tumors, metric)
        assert found.max() > 0.01
        assert found[5] == 0


def test_a_class_that_is_not_there_has_no_ranking_to_lose(tumors):
    model, X, y = tumors
    assert np.isnan(importances(model, X, np.zeros_like(y), "roc_auc", 1, seed=0, n_shuffles=1)).all()


def test_radius_perimeter_and_area_are_nearly_copies():
    X, _ = load_breast_cancer(return_X_y=True)  # mean radius, texture, perimeter, area, ...
    assert n_close_pairs(X[:, [0, 1, 2, 3]], 0.95) == 3
    assert n_close_pairs(X[:, :1], 0.9) == 0
