import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.decisions.importance import importances, largest_loss, n_close_pairs


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


def shuffled_losses(w, X, y, random):
    """What the squared error of ``X @ w`` loses by each column: the same as ``importances``, of a model in one line."""
    residuals = y - X @ w
    moved = random.permuted(X, axis=0) - X
    return ((residuals[:, None] - moved * w) ** 2).mean(axis=0) - (residuals**2).mean()


def on_noise(seed, n=240, n_features=20, n_folds=5):
    """Importances on training and on test rows where no column says anything about the target."""
    random = np.random.default_rng(seed)
    X, y = random.normal(size=(n, n_features)), random.normal(size=n)
    training, test = [], []
    for fold in range(n_folds):
        rows = np.arange(n) % n_folds == fold
        w, *_ = np.linalg.lstsq(X[~rows], y[~rows])
        training.append(shuffled_losses(w, X[~rows], y[~rows], random))
        test.append(shuffled_losses(w, X[rows], y[rows], random))
    return np.array(training), np.array(test)


def test_a_column_of_noise_is_not_found_beyond_chance():
    drawn = [on_noise(seed) for seed in range(100)]
    sizes = {"n_train": 192, "n_test": 48}
    found = [largest_loss(*one, **sizes) for one in drawn]
    named = np.mean([one.loss.mean > 0 and one.loss.p_value < 0.05 for one in found])
    assert named <= 0.05
    assert np.mean([bool(one.beyond) for one in found]) <= 0.05
    of_the_luckiest = np.mean([test.mean(axis=0).max() for _, test in drawn])
    told = np.array([one.loss.mean for one in found])
    assert told.mean() < min(3 * told.std() / 10, 0.3 * of_the_luckiest)


def test_a_column_that_says_something_is_found():
    training, test = on_noise(0)
    training[:, 3] += 0.3
    test[:, 3] += 0.2
    found = largest_loss(training, test, n_train=192, n_test=48)
    assert found.columns == (3,) * 5
    assert found.loss.mean == pytest.approx(test[:, 3].mean())
    assert found.loss.p_value < 0.05
    assert found.beyond == (3,)


def test_what_could_not_be_measured_is_not_chosen():
    chosen_by = np.array([[np.nan, 0.1, 0.0]])
    assert largest_loss(chosen_by, np.array([[0.9, 0.2, 0.3]]), n_train=8, n_test=2).columns == (1,)


def test_a_column_without_spread_on_few_folds_is_not_beyond_chance():
    losses = np.random.default_rng(0).normal(scale=0.02, size=(2, 30))
    losses[:, 7] = 0.010, 0.010000001
    assert largest_loss(losses, losses, n_train=80, n_test=20).beyond == ()
