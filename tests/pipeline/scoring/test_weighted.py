from unittest.mock import patch

import numpy as np
import pytest
import sklearn.metrics

from experiments.language import METRICS, Metric
from experiments.language.metric import register as declare
from pipeline.scoring import weighted
from pipeline.scoring.metrics import register, score
from pipeline.scoring.resampling import draws
from pipeline.scoring.weighted import WEIGHTED, require_weighable, score_of, weighted_score

OF_CLASSES = [name for name, metric in METRICS.items() if "classification" in metric.tasks]


def drawn(n_classes, *, ties=False, lacking=False, n_rows=60):
    """Labels and probabilities, rounded to a tenth where there are to be ties; the last class may have no row."""
    random = np.random.default_rng(n_classes)
    y = random.integers(n_classes - lacking, size=n_rows)
    p = random.dirichlet(0.7 + 2 * np.eye(n_classes)[y].mean(axis=0), n_rows)
    return y, (np.round(p, 1) if ties else p)


def slowly(name, y, p, weights, positive_class):
    rows = (np.repeat(np.arange(len(y)), own) for own in weights.T)
    return np.array([score(name, y[own], p[own], positive_class) for own in rows])


@pytest.mark.parametrize("lacking", [False, True])
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize(
    ("name", "n_classes", "positive_class"),
    [
        (name, n_classes, positive_class)
        for name in OF_CLASSES
        for n_classes, positive_class in [(2, None), (2, 0), (2, 1), (3, None), (3, 1), (3, 2)]
        if positive_class is not None
        or not METRICS[name].needs_positive_class  # an error type has no mean over classes
    ],
)
def test_every_metric_of_every_resample_is_what_the_metric_itself_says(name, n_classes, positive_class, ties, lacking):
    y, p = drawn(n_classes, ties=ties, lacking=lacking)
    weights = np.hstack([*draws(y, seed=3, n_resamples=12)]).astype(np.int32)
    found, expected = weighted_score(name, y, p, weights, positive_class), slowly(name, y, p, weights, positive_class)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", OF_CLASSES)
def test_resamples_that_lack_a_class_are_scored_as_the_metric_itself_scores_them(name):
    y, p = drawn(2)
    weights = np.random.default_rng(0).integers(3, size=(len(y), 9)).astype(np.int32)
    weights[:, 0] *= y == 0
    weights[:, 1] *= y == 1
    found, expected = (of(name, y, p, weights, 1) for of in (weighted_score, slowly))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_every_metric_of_ours_has_a_fast_form():
    assert set(OF_CLASSES) <= set(WEIGHTED)


@patch.dict("experiments.language.metric._METRICS")
@patch.dict("pipeline.scoring.metrics._FUNCTIONS")
def test_a_metric_of_ones_own_is_computed_one_resample_after_the_other():
    declare(Metric(name="gini", words="Gini", meaning="twice the distance from chance", bounds=(-1, 1), kind="ranking"))
    register("gini", lambda y, p, positive_class: 2 * score("roc_auc", y, p, positive_class) - 1)
    y, p = drawn(2)
    weights = np.hstack([*draws(y, seed=3, n_resamples=5)]).astype(np.int32)
    expected = 2 * slowly("roc_auc", y, p, weights, 1) - 1
    np.testing.assert_allclose(weighted_score("gini", y, p, weights, 1), expected, rtol=0, atol=1e-12)


@patch.dict("pipeline.scoring.metrics._FUNCTIONS", {"f1": lambda y, p, positive_class: 7.0})
def test_a_fast_form_stands_only_for_the_function_that_it_was_made_for():
    y, p = drawn(2)
    assert (weighted_score("f1", y, p, np.ones((len(y), 3), np.int32), 1) == 7.0).all()


def test_no_class_is_copied_and_no_score_is_a_threshold_but_those_of_positive_rows():
    """The table of thresholds has a row for each distinct score of a positive row, however many others there are."""
    positive = np.arange(1000) < 3
    parts = weighted._ranked(positive, np.arange(1000.0), np.ones((1000, 2), np.int32))
    assert [part.shape for part in parts] == [(3, 2), (7, 2)]


UNEQUAL = {
    "accuracy": lambda y, p, w: sklearn.metrics.accuracy_score(y, p.argmax(1), sample_weight=w),
    "balanced_accuracy": lambda y, p, w: sklearn.metrics.balanced_accuracy_score(y, p.argmax(1), sample_weight=w),
    "roc_auc": lambda y, p, w: sklearn.metrics.roc_auc_score(y, p[:, 1], sample_weight=w),
    "average_precision": lambda y, p, w: sklearn.metrics.average_precision_score(y, p[:, 1], sample_weight=w),
    "f1": lambda y, p, w: sklearn.metrics.f1_score(y, p.argmax(1), sample_weight=w),
    "log_loss": lambda y, p, w: sklearn.metrics.log_loss(y, p, sample_weight=w),
    "brier_score": lambda y, p, w: sklearn.metrics.brier_score_loss(y, p[:, 1], sample_weight=w),
    "type_1_error": lambda y, p, w: 1 - sklearn.metrics.recall_score(y, p.argmax(1), sample_weight=w),
    "type_2_error": lambda y, p, w: 1 - sklearn.metrics.recall_score(y, p.argmax(1), pos_label=0, sample_weight=w),
}
UNEQUAL_NUMBERS = {
    "r2": sklearn.metrics.r2_score,
    "rmse": sklearn.metrics.root_mean_squared_error,
    "mae": sklearn.metrics.mean_absolute_error,
    "median_absolute_error": sklearn.metrics.median_absolute_error,
}


@pytest.mark.parametrize("least", [0.0, 1e-3])
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("name", UNEQUAL)
def test_rows_that_count_unequally_are_scored_as_scikit_learn_scores_them(name, ties, least):
    y, p = drawn(2, ties=ties, n_rows=300)
    p = np.clip(p, 1e-6, 1 - 1e-6)  # scikit-learn cuts elsewhere
    p /= p.sum(axis=1, keepdims=True)
    w = np.random.default_rng(5).exponential(size=300) * (np.random.default_rng(6).random(300) > 0.2) + least
    assert score_of(name, y, p, 1, w) == pytest.approx(UNEQUAL[name](y, p, w), abs=1e-12)


@pytest.mark.parametrize("name", UNEQUAL_NUMBERS)
def test_numbers_that_count_unequally_are_scored_as_scikit_learn_scores_them(name):
    random = np.random.default_rng(1)
    y, w = random.normal(size=201), random.exponential(size=201)
    predicted = y + random.normal(size=201)
    expected = UNEQUAL_NUMBERS[name](y, predicted, sample_weight=w)
    assert score_of(name, y, predicted, None, w) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("huge", [1e3, 1e6, 1e9, 1e12, 1e150])
@pytest.mark.parametrize("name", UNEQUAL_NUMBERS)
def test_a_huge_number_that_weighs_nothing_takes_no_digit_of_the_others(name, huge):
    """R² had 1e12 make it minus infinite, and 1e150 made it 1: the center was the mean of all rows."""
    random = np.random.default_rng(1)
    y = np.append(random.normal(size=200), huge)
    predicted, w = y + 0.3 * random.normal(size=201), np.append(random.exponential(size=200), 0.0)
    expected = UNEQUAL_NUMBERS[name](y[:-1], predicted[:-1], sample_weight=w[:-1])
    assert expected == pytest.approx(UNEQUAL_NUMBERS[name](y, predicted, sample_weight=w), rel=1e-12)
    assert score_of(name, y, predicted, None, w) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("huge", [1e6, 1e12])
def test_resamples_without_the_largest_number_have_the_r2_of_the_rows_that_they_have(huge):
    """So that no interval rests on values above 1; those that have the number are as they ever were."""
    random = np.random.default_rng(2)
    y = np.append(random.normal(size=60), huge)
    predicted = np.append(y[:-1] + 0.3 * random.normal(size=60), 0.0)
    weights = np.hstack([*draws(np.zeros(61, np.int64), seed=1, n_resamples=40)]).astype(np.int32)
    assert 5 < (weights[-1] == 0).sum() < 35
    found = weighted_score("r2", y, predicted, weights)
    rows = [np.repeat(np.arange(61), own) for own in weights.T]
    np.testing.assert_allclose(found, [sklearn.metrics.r2_score(y[own], predicted[own]) for own in rows], rtol=1e-10)


def test_numbers_far_from_0_and_near_each_other_have_all_digits_of_r2():
    random = np.random.default_rng(3)
    y = 1e9 + np.arange(50.0)
    predicted, w = y + random.normal(size=50), np.where(np.arange(50) < 3, 1.0, 1e-9)
    assert score_of("r2", y, predicted, None, w) == pytest.approx(
        sklearn.metrics.r2_score(y, predicted, sample_weight=w), rel=1e-9
    )


def test_rows_that_weigh_are_of_one_number_whatever_the_others_are():
    y, w = np.array([0.1] * 7 + [1e15, -3.0]), np.array([0.3] * 7 + [0.0, 0.0])
    assert np.isnan(score_of("r2", y, np.zeros(9), None, w))


@pytest.mark.parametrize("heavy", [1e6, 1e12, 1e17, 1e20])
@pytest.mark.parametrize("of_class", [0, 1])
@pytest.mark.parametrize("name", UNEQUAL)
def test_one_row_that_outweighs_all_leaves_every_digit_of_what_it_is_not_of(name, of_class, heavy):
    """Average precision was 25, and so was the type 2 error: all rows less those of the class left nothing."""
    y, p = np.append(np.arange(100) % 2, of_class), np.linspace(0.9, 0.1, 101)
    p, w = np.column_stack([1 - p, p]), np.append(np.ones(100), heavy)
    assert score_of(name, y, p, 1, w) == pytest.approx(UNEQUAL[name](y, p, w), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("name", OF_CLASSES)
def test_what_all_rows_count_more_changes_no_score(name, scale):
    y, p = drawn(2)
    w = np.random.default_rng(5).exponential(size=len(y))
    assert score_of(name, y, p, 1, scale * w) == pytest.approx(score_of(name, y, p, 1, w), abs=1e-12)


def test_a_metric_of_somebody_elses_is_not_silently_left_unweighted():
    require_weighable(UNEQUAL)
    with pytest.raises(ValueError, match=r"metrics that weigh rows.*'strangers_metric'"):
        require_weighable(["accuracy", "strangers_metric"])
