"""What simulations find in their own way is what scikit-learn finds."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.coverage.quick import Discriminant, average_precision, roc_auc, unchecked
from pipeline.scoring import metrics


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("n_columns", [1, 2, 20])
def test_linear_discriminants_are_scikit_learns(n_classes, n_columns):
    random = np.random.default_rng(n_columns)
    for n_rows in (60, 400):
        X = random.normal(size=(n_rows, n_columns)) * random.lognormal(size=n_columns)
        y = np.append(np.arange(n_classes), random.choice(n_classes, n_rows - n_classes, p=[0.8, 0.2, 0][:n_classes]))
        y[:30] = np.arange(30) % n_classes
        fresh = 3 * random.normal(size=(100, n_columns))
        theirs = LinearDiscriminantAnalysis().fit(X, y).predict_proba(fresh)
        np.testing.assert_allclose(Discriminant().fit(X, y).predict_proba(fresh), theirs, rtol=0, atol=1e-11)


@pytest.mark.parametrize(("quick", "theirs"), [(roc_auc, roc_auc_score), (average_precision, average_precision_score)])
def test_rankings_are_scikit_learns(quick, theirs):
    random = np.random.default_rng(1)
    for n_rows in (2, 3, 10, 60, 1000):
        for digits in (0, 1, 16):  # with many ties, some, and none
            ranked = random.random(n_rows).round(digits)
            for n_positive in {1, n_rows // 2, n_rows - 1}:
                positive = random.permutation(n_rows) < n_positive
                assert quick(positive, ranked) == pytest.approx(theirs(positive, ranked), abs=1e-14)


def test_the_product_ranks_by_them_only_within(monkeypatch):
    y, y_proba = np.array([0, 1, 1]), np.array([[0.5, 0.5], [0.6, 0.4], [0.1, 0.9]])
    monkeypatch.setattr("benchmarks.coverage.quick.roc_auc", lambda positive, ranked: 7.0)
    with unchecked():
        assert metrics.score("roc_auc", y, y_proba, 1) == 7
    assert metrics.score("roc_auc", y, y_proba, 1) == 0.5
