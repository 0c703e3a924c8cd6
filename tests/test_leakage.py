"""Nothing before scoring sees a test row: shown by changing them, and by taking the meaning out of the labels."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.language import Baseline, Comparison, DenseNet, Ensemble, Search, Splitting, Training
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.data.task import Classification
from pipeline.scoring.evaluate import evaluate, judge_by
from pipeline.training.train import train

TRAINING = Training(epochs=6, learning_rate=0.02, optimizer="adam", patience=2, validation_share=0.2, balanced=True)
NET = DenseNet(name="net", hidden_units=(8,), inputs="quantile_normal", training=TRAINING)
LOGISTIC = Baseline(
    name="logistic_regression",
    algorithm="logistic_regression",
    inputs="quantile_normal",
    settings={"C": 0.001, "max_iter": 1000},
)
CANDIDATES = (
    NET,
    Ensemble(name="ensemble", net=NET, n_members=2, column_share=0.5, bagging=True),
    LOGISTIC,
    Baseline(name="random_forest", algorithm="random_forest", settings={"n_estimators": 20}),
    Search(name="searched", candidate=LOGISTIC, space={"settings.C": (0.001, 0.01)}, n_trials=2),
)
COMPARISON = Comparison(
    name="leakage",
    title="Leakage",
    where="nowhere",
    data="iris",
    splitting=Splitting(n_folds=1),
    candidates=(*CANDIDATES, Baseline(name="majority_class", algorithm="majority_class")),
    metrics=("roc_auc",),
    primary_metric="roc_auc",
)


def named(candidates):
    return pytest.mark.parametrize("candidate", candidates, ids=lambda candidate: candidate.name)


@pytest.fixture(scope="module")
def iris():
    return ingest("iris")


@pytest.fixture(scope="module")
def companies(real_data_dir):
    """Every fifth company, with ratios of up to 1e10."""
    bankruptcy = ingest("bankruptcy", data_dir=real_data_dir)
    return replace(bankruptcy, X=bankruptcy.X[::5], y=bankruptcy.y[::5])


def with_other_test_rows(dataset, fold):
    """The same training rows; the test rows a thousand times as large, and of another class each."""
    X, y = dataset.X.copy(), dataset.y.copy()
    X[fold.test_rows] *= 1e3
    y[fold.test_rows] = (y[fold.test_rows] + 1) % dataset.n_classes
    return replace(dataset, X=X, y=y)


def nothing_moves(candidate, dataset):
    (fold,) = split(dataset, COMPARISON.splitting, seed=1)
    others = (dataset, with_other_test_rows(dataset, fold))
    (one,), (other,) = (train(candidate, each, [fold], judge=judge_by(COMPARISON)) for each in others)
    rows = dataset.X[::3]
    np.testing.assert_array_equal(one.model.predict_proba(rows), other.model.predict_proba(rows))
    np.testing.assert_array_equal(one.train_rows, other.train_rows)
    np.testing.assert_array_equal(one.validation_rows, other.validation_rows)
    assert {*one.train_rows, *one.validation_rows} == {*fold.train_rows}
    assert (one.best_epoch, one.candidate, one.trials) == (other.best_epoch, other.candidate, other.trials)
    assert one.history.keys() == other.history.keys()
    for name, curve in one.history.items():
        np.testing.assert_array_equal(curve, other.history[name])


@named(CANDIDATES)
def test_what_the_test_rows_hold_moves_nothing_before_scoring(iris, candidate):
    nothing_moves(candidate, iris)


@named((NET, LOGISTIC))
def test_what_the_test_companies_hold_moves_nothing_before_scoring(companies, candidate):
    nothing_moves(candidate, companies)


@pytest.fixture(scope="module")
def large_digits():
    """Digits 5 to 9 against 0 to 4, by the pixels of their middle three rows: too few for processes of their own."""
    digits = ingest("digits")
    return replace(
        digits,
        X=digits.X[:, 3:6].reshape(len(digits.X), -1).astype(np.float64),
        y=(digits.y >= 5).astype(np.int64),
        feature_names=tuple(f"pixel_{number}" for number in range(24)),
        task=Classification(class_names=("small", "large")),
        pixel_maximum=None,
    )


@pytest.fixture(scope="module")
def fold(large_digits):
    (fold,) = split(large_digits, COMPARISON.splitting, seed=1)
    return fold


@pytest.fixture(scope="module")
def shuffled(large_digits):
    return replace(large_digits, y=np.random.default_rng(0).permutation(large_digits.y))


def area(candidate, dataset, fold):
    (trained,) = train(candidate, dataset, [fold], judge=judge_by(COMPARISON))
    return evaluate(trained, dataset, fold, COMPARISON).metrics["roc_auc"]


def by_chance(dataset, fold):
    """The distance from 0.5 that a ranking without any skill exceeds in 6 of 100,000 test sets.

    Mann & Whitney (1947): the area's variance is (m + n + 1) / 12 m n; 4 standard deviations are taken.
    """
    negative, positive = np.bincount(dataset.y[fold.test_rows])
    return 4 * np.sqrt((negative + positive + 1) / (12 * negative * positive))


@named(CANDIDATES)
def test_with_shuffled_labels_everything_falls_to_chance(large_digits, shuffled, fold, candidate):
    chance = by_chance(shuffled, fold)
    assert abs(area(candidate, shuffled, fold) - 0.5) < chance < 0.13
    assert area(candidate, large_digits, fold) - 0.5 > 2 * chance


def test_a_leak_would_be_seen(shuffled, fold):
    """The same forest, given the test rows to learn from, ranks them far beyond chance though labels mean nothing."""
    leaking = replace(fold, train_rows=np.append(fold.train_rows, fold.test_rows))
    assert area(CANDIDATES[3], shuffled, leaking) > 0.9
