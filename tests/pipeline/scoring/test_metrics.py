from unittest.mock import patch

import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from experiments.language import METRICS, Metric
from experiments.language.metric import register as declare
from pipeline.scoring.metrics import confusion, register, score
from pipeline.scoring.weighted import weighted_score

OF_CLASSES = {name: metric for name, metric in METRICS.items() if "classification" in metric.tasks}


@pytest.fixture(scope="module")
def two_classes():
    X, y = load_breast_cancer(return_X_y=True)
    return y[1::2], GaussianNB().fit(X[::2], y[::2]).predict_proba(X[1::2])


@pytest.fixture(scope="module")
def ten_classes():
    X, y = load_digits(return_X_y=True)
    return y[1::2], LogisticRegression(C=0.001, max_iter=500).fit(X[::2], y[::2]).predict_proba(X[1::2])


def expected_of_two(name, y, p):
    y_pred = (p[:, 1] > 0.5).astype(int)
    return {
        "accuracy": lambda: metrics.accuracy_score(y, y_pred),
        "balanced_accuracy": lambda: metrics.balanced_accuracy_score(y, y_pred),
        "f1": lambda: metrics.f1_score(y, y_pred),
        "roc_auc": lambda: metrics.roc_auc_score(y, p[:, 1]),
        "average_precision": lambda: metrics.average_precision_score(y, p[:, 1]),
        "log_loss": lambda: metrics.log_loss(y, p),
        "brier_score": lambda: metrics.brier_score_loss(y, p[:, 1]),
        "type_1_error": lambda: 1 - metrics.recall_score(y, y_pred),
        "type_2_error": lambda: 1 - metrics.recall_score(y, y_pred, pos_label=0),
    }[name]()


@pytest.mark.parametrize("name", OF_CLASSES)
def test_two_classes_score_as_in_scikit_learn(name, two_classes):
    y, p = two_classes
    assert score(name, y, p, positive_class=1) == pytest.approx(expected_of_two(name, y, p), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", lambda y, p: metrics.accuracy_score(y, p.argmax(1))),
        ("balanced_accuracy", lambda y, p: metrics.balanced_accuracy_score(y, p.argmax(1))),
        ("f1", lambda y, p: metrics.f1_score(y, p.argmax(1), average="macro")),
        ("roc_auc", lambda y, p: metrics.roc_auc_score(y, p, multi_class="ovr")),
        ("average_precision", lambda y, p: metrics.average_precision_score(y, p)),
        ("log_loss", lambda y, p: metrics.log_loss(y, p)),
        ("brier_score", lambda y, p: metrics.mean_squared_error(np.eye(10)[y], p) * 10),
    ],
)
def test_ten_classes_score_as_in_scikit_learn(name, expected, ten_classes):
    assert score(name, *ten_classes) == pytest.approx(expected(*ten_classes), rel=1e-12)


def test_confusion_counts_true_classes_in_rows(two_classes):
    y, p = two_classes
    np.testing.assert_array_equal(confusion(y, p), metrics.confusion_matrix(y, p.argmax(axis=1)))


def test_type_1_error_is_the_bankrupt_company_taken_for_healthy():
    y = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    p_bankrupt = np.array([0.9, 0.9, 0.9, 0.1, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1])
    p = np.stack([1 - p_bankrupt, p_bankrupt], axis=1)
    assert score("type_1_error", y, p, positive_class=1) == 1 / 4
    assert score("type_2_error", y, p, positive_class=1) == pytest.approx(1 / 6)


@pytest.mark.parametrize(("name", "label"), [("type_1_error", 0), ("type_2_error", 1)])
def test_without_rows_of_a_class_nothing_is_missed_and_nothing_found(name, label):
    """0 would say that none was missed."""
    y, p = np.full(4, label), np.array([[0.9, 0.1], [0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    assert np.isnan(score(name, y, p, positive_class=1))
    mixed, weights = np.array([0, 1, label, label]), np.array([[1, 0], [1, 0], [1, 1], [1, 1]], np.int32)
    some, none = weighted_score(name, mixed, p, weights, 1)
    assert some == score(name, mixed, p, positive_class=1)
    assert np.isnan(none)


def test_a_certain_error_costs_a_finite_loss():
    assert score("log_loss", np.array([1]), np.array([[1.0, 0.0]])) == pytest.approx(36.04, abs=0.01)


def test_a_ranking_without_a_positive_row_is_not_a_number():
    p = np.full((3, 2), 0.5)
    assert np.isnan(score("roc_auc", np.zeros(3, np.int64), p, positive_class=1))


def test_without_rows_of_the_class_there_is_no_f1_of_it():
    """It would be 0 whoever answers; of several classes it is the mean over those that there are, as scikit-learn's."""
    y, p = np.array([0, 0, 2, 2]), np.array([[0.9, 0.0, 0.1], [0.8, 0.1, 0.1], [0.1, 0.2, 0.7], [0.9, 0.0, 0.1]])
    weights = np.array([[1, 1], [1, 1], [1, 0], [1, 0]], np.int32)
    assert np.isnan(score("f1", y, p, positive_class=1))
    assert score("f1", y, p) == pytest.approx(metrics.f1_score(y, p.argmax(axis=1), average="macro"))
    assert np.isnan(weighted_score("f1", y, p, weights, 1)).all()
    assert weighted_score("f1", y, p, weights) == pytest.approx([score("f1", y, p), 1])
    some, none = weighted_score("f1", y, p, weights, 2)
    assert some == score("f1", y, p, positive_class=2)
    assert np.isnan(none)


def test_nothing_predicted_positive_scores_an_f1_of_zero():
    assert score("f1", np.array([0, 1]), np.array([[0.9, 0.1], [0.9, 0.1]]), positive_class=1) == 0


@pytest.mark.parametrize("metric", OF_CLASSES.values(), ids=OF_CLASSES)
def test_every_declared_metric_is_computed_within_its_bounds_and_certainty_reaches_the_better_one(metric, two_classes):
    y, p = two_classes
    certain = np.eye(2)[y]
    perfect, wrong, between = (score(metric.name, y, each, 1) for each in (certain, certain[:, ::-1], p))
    lowest, highest = metric.bounds
    assert all(lowest <= value <= highest for value in (perfect, wrong, between))
    assert perfect == (lowest if metric.lower_is_better else highest)
    assert (perfect < between < wrong) if metric.lower_is_better else (perfect > between > wrong)


def gini(y_true, y_proba, positive_class):
    return 2 * score("roc_auc", y_true, y_proba, positive_class) - 1


@patch.dict("experiments.language.metric._METRICS")
@patch.dict("pipeline.scoring.metrics._FUNCTIONS")
def test_a_metric_of_ones_own_is_declared_first_then_given_its_function_then_computed(two_classes):
    with pytest.raises(ValueError, match="Received: metric='gini'"):
        register("gini", gini)
    declare(Metric(name="gini", words="Gini", meaning="twice the distance from chance", bounds=(-1, 1), kind="ranking"))
    with pytest.raises(ValueError, match=r"metrics: expected a metric with a function. Received: name='gini'"):
        score("gini", *two_classes, 1)
    register("gini", gini)
    y, p = two_classes
    assert score("gini", y, p, 1) == pytest.approx(2 * metrics.roc_auc_score(y, p[:, 1]) - 1)


@pytest.mark.parametrize("name", METRICS)
def test_every_declared_metric_has_a_function_that_is_not_changed_under_those_who_use_it(name):
    with pytest.raises(ValueError, match=f"metrics: expected a metric without a function. Received: name='{name}'"):
        register(name, gini)


def test_an_unknown_metric_is_answered_with_the_closest():
    with pytest.raises(ValueError, match=r"'acuracy'. Did you mean 'accuracy'\?"):
        score("acuracy", np.array([0]), np.array([[1.0, 0.0]]))
