import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.metrics import r2_score, roc_auc_score

from experiments.language.baseline import algorithms_of
from models.baselines import ALGORITHMS, build, fit, thumbnails
from models.boosters import LIBRARIES

X, Y = load_breast_cancer(return_X_y=True)


@pytest.mark.parametrize("task", ALGORITHMS)
def test_every_algorithm_that_is_declared_for_a_task_is_there(task):
    assert {*algorithms_of(task)} == {*ALGORITHMS[task]}


def need(algorithm):
    """Skips what comes with a library that is not installed."""
    if algorithm in LIBRARIES:
        pytest.importorskip(algorithm)


@pytest.mark.parametrize("algorithm", algorithms_of("classification"))
def test_every_algorithm_gives_probabilities_that_rank(algorithm):
    need(algorithm)
    settings = {"reg_param": 0.1} if algorithm == "quadratic_discriminant_analysis" else {}
    pipeline = build(algorithm, "standardize", settings, seed=0).fit(X[::2], Y[::2])
    y_proba = pipeline.predict_proba(X[1::2])
    np.testing.assert_allclose(y_proba.sum(axis=1), 1, atol=1e-9)
    area = roc_auc_score(Y[1::2], y_proba[:, 1])
    assert area == 0.5 if algorithm == "majority_class" else area > 0.88


@pytest.mark.parametrize("algorithm", algorithms_of("regression"))
def test_every_algorithm_gives_numbers_in_the_unit_of_the_target(algorithm):
    need(algorithm)
    X, y = load_diabetes(return_X_y=True, scaled=False)
    settings = {"support_vector_machine": {"C": 100.0}, "decision_tree": {"min_samples_leaf": 20}}.get(algorithm, {})
    pipeline = build(algorithm, "standardize", settings, seed=0, task="regression").fit(X[::2], y[::2])
    explained = r2_score(y[1::2], pipeline.predict(X[1::2]))
    assert -0.1 < explained < 0 if algorithm == "mean" else explained > 0.15


def test_the_mean_is_that_of_the_training_rows():
    pipeline = build("mean", "raw", {}, seed=0, task="regression").fit(X[:4], np.array([1.0, 2.0, 3.0, 6.0]))
    np.testing.assert_array_equal(pipeline.predict(X[:2]), [3, 3])


def test_the_majority_class_predicts_the_training_shares():
    y_proba = build("majority_class", "raw", {}, seed=0).fit(X, Y).predict_proba(X[:2])
    np.testing.assert_allclose(y_proba, [[1 - Y.mean(), Y.mean()]] * 2)


def test_the_same_seed_gives_the_same_forest():
    one, again, other = (
        build("random_forest", "raw", {"n_estimators": 5}, seed=seed).fit(X, Y).predict_proba(X) for seed in (1, 1, 2)
    )
    assert (one == again).all()
    assert (one != other).any()


def test_scaling_is_fitted_with_the_classifier_on_training_rows():
    pipeline = build("logistic_regression", "standardize", {}, seed=0).fit(X[:100], Y[:100])
    np.testing.assert_allclose(pipeline["inputs"].mean_, X[:100].mean(axis=0))


def test_pixels_are_divided_by_their_maximum():
    pipeline = build("logistic_regression", "rescale", {}, seed=0, pixel_maximum=16).fit(X, Y)
    np.testing.assert_allclose(pipeline["inputs"].transform(X), X / 16)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gradient_boost", "raw", {}), "Received: algorithm='gradient_boost'"),
        (("random_forest", "raw", {"n_trees": 5}), "n_trees"),
        (("random_forest", "rescale", {}), "Received: inputs='rescale'"),
        (("random_forest", "robust_clip", {}), "expected inputs that fit the data. Received: inputs='robust_clip'"),
        (("random_forest", "standardise", {}), "Received: inputs='standardise'"),
    ],
)
def test_what_does_not_exist_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(*arguments, seed=0)


def test_thumbnails_are_means_over_blocks():
    images = np.random.default_rng(0).integers(0, 256, (5, 35, 64, 3), dtype=np.uint8)
    small = thumbnails(images.reshape(5, -1), (35, 64, 3), 255).reshape(5, 11, 16, 3)
    assert small[2, 4, 7, 1] == pytest.approx(images[2, 12:15, 28:32, 1].mean() / 255, rel=1e-6)
    assert thumbnails(images[..., 0].reshape(5, -1), (35, 64), 255).shape == (5, 11 * 16)


def test_a_baseline_of_thumbnails_sees_what_is_fitted_to_them():
    random = np.random.default_rng(0)
    X, y = random.integers(0, 256, (60, 32, 32, 3), dtype=np.uint8), np.arange(60) % 2
    X[y == 1, 16:] //= 2
    pipeline = build("logistic_regression", "thumbnail", {}, seed=0, pixel_maximum=255, shape=X.shape[1:])
    assert fit(pipeline, X, y)[0].predict_proba(X.reshape(60, -1))[:, 1].round().tolist() == y.tolist()
    with pytest.raises(ValueError, match="inputs that fit the data"):
        build("logistic_regression", "thumbnail", {}, seed=0)
