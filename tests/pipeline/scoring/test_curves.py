import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import auc, average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split

from pipeline.scoring.curves import GRID, base_rate, drawable, precision_recall, roc
from pipeline.scoring.values import Scores


def scored(load):
    X, y = load(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X[:, :2], y, test_size=0.5, random_state=1)
    y_proba = LogisticRegression().fit(X_train, y_train).predict_proba(X_test)
    return Scores(
        candidate="logistic_regression",
        family="baseline",
        fold_index=0,
        seed=1,
        metrics={},
        y_true=y_test,
        predicted=y_proba,
        confusion=np.zeros((2, 2), np.int64),
    )


def test_the_area_under_the_roc_curve_is_the_roc_auc():
    scores = scored(load_breast_cancer)
    exact = roc_auc_score(scores.y_true, scores.y_proba[:, 1])
    assert 0.8 < exact < 0.99
    assert auc(GRID, roc(scores, [1])) == pytest.approx(exact, abs=0.003)


def test_the_area_under_the_precision_recall_curve_is_the_average_precision():
    scores = scored(load_breast_cancer)
    exact = average_precision_score(scores.y_true, scores.y_proba[:, 1])
    assert 0.8 < exact < 0.99
    assert precision_recall(scores, [1])[1:].mean() == pytest.approx(exact, abs=0.003)


@pytest.mark.parametrize("curve", [roc, precision_recall])
def test_the_curve_of_several_classes_is_their_mean(curve):
    scores = scored(load_iris)
    each = [curve(scores, [k]) for k in range(3)]
    assert np.ptp(each, axis=0).max() > 0.1
    np.testing.assert_allclose(curve(scores, range(3)), np.mean(each, axis=0), rtol=1e-12)


def test_precision_at_full_recall_is_read_at_the_highest_threshold_that_finds_all():
    scores = scored(load_breast_cancer)
    positive = scores.y_true == 1
    lowest = scores.y_proba[positive, 1].min()
    expected = positive[scores.y_proba[:, 1] >= lowest].mean()
    assert precision_recall(scores, [1])[-1] == pytest.approx(expected, rel=1e-12)


def test_the_base_rate_is_the_share_of_the_class_among_test_rows():
    scores = scored(load_breast_cancer)
    assert base_rate(scores, [0]) == pytest.approx((scores.y_true == 0).mean())
    assert base_rate(scores, [0, 1]) == pytest.approx(0.5)


def test_a_class_without_test_rows_has_no_curve():
    scores = scored(load_iris)
    kept = scores.y_true != 2
    without = Scores(**{**vars(scores), "y_true": scores.y_true[kept], "predicted": scores.predicted[kept]})
    assert not drawable(without, [2])
    assert drawable(without, range(3))
    np.testing.assert_array_equal(roc(without, range(3)), roc(without, [0, 1]))
