import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

from experiments.language import METRICS
from pipeline.scoring.metrics import score
from pipeline.scoring.weighted import WEIGHTED, weighted_score

OF_NUMBERS = {name: metric for name, metric in METRICS.items() if "regression" in metric.tasks}
IN_SCIKIT_LEARN = {
    "r2": metrics.r2_score,
    "rmse": metrics.root_mean_squared_error,
    "mae": metrics.mean_absolute_error,
    "median_absolute_error": metrics.median_absolute_error,
}


@pytest.fixture(scope="module")
def predicted():
    X, y = load_diabetes(return_X_y=True)
    return y[1::2], LinearRegression().fit(X[::2], y[::2]).predict(X[1::2])


@pytest.mark.parametrize("name", OF_NUMBERS)
@pytest.mark.parametrize("n_rows", [220, 221])
def test_numbers_score_as_in_scikit_learn(name, n_rows, predicted):
    y, p = (values[:n_rows] for values in predicted)
    assert score(name, y, p) == pytest.approx(IN_SCIKIT_LEARN[name](y, p), rel=1e-12)


@pytest.mark.parametrize("metric", OF_NUMBERS.values(), ids=OF_NUMBERS)
def test_who_is_right_on_every_row_reaches_the_better_bound_and_who_is_wrong_stays_within(metric, predicted):
    y, p = predicted
    lowest, highest = metric.bounds
    perfect, between, wrong = (score(metric.name, y, each) for each in (y, p, 1000 - p))
    assert perfect == (lowest if metric.lower_is_better else highest)
    assert (perfect < between < wrong < highest) if metric.lower_is_better else (perfect > between > wrong > lowest)


@pytest.mark.parametrize("number", [7.0, 0.1, 1e9 + 0.1])
def test_there_is_nothing_to_explain_where_all_numbers_are_the_same(number):
    y = np.full(30, number)
    for predicted in (y, y + np.arange(30)):
        assert np.isnan(score("r2", y, predicted))
        assert np.isnan(weighted_score("r2", y, predicted, np.ones((30, 2), np.int32))).all()
    assert score("rmse", y, y) == score("mae", y, y) == score("median_absolute_error", y, y) == 0


def test_a_constant_target_is_not_told_by_a_spread_that_rounding_makes():
    """The mean of equal numbers need not be that number: their spread is not 0, and R² would be a huge negative one."""
    y = np.full(29, 0.3)
    assert y.mean() != 0.3
    assert np.isnan(score("r2", y, y + 1))


@pytest.mark.parametrize("name", OF_NUMBERS)
@pytest.mark.parametrize("ties", [False, True])
def test_every_metric_of_every_resample_is_what_the_metric_itself_says(name, ties, predicted):
    y, p = (np.round(values[:60], -2 if ties else 9) for values in predicted)
    weights = np.random.default_rng(0).integers(4, size=(60, 40)).astype(np.int32)
    weights[:, 0] = 0
    weights[3, 0] = 5  # one row, so often: a single number
    found = weighted_score(name, y, p, weights)
    rows = [np.repeat(np.arange(60), own) for own in weights.T]
    np.testing.assert_allclose(found, [score(name, y[own], p[own]) for own in rows], rtol=1e-10, atol=1e-12)
    assert np.isnan(found[0]) == (name == "r2")


def test_far_from_zero_a_weighted_spread_is_as_exact(predicted):
    y, p = (values + 1e9 for values in predicted)
    weights = np.random.default_rng(0).integers(3, size=(len(y), 10)).astype(np.int32)
    rows = [np.repeat(np.arange(len(y)), own) for own in weights.T]
    expected = [score("r2", y[own], p[own]) for own in rows]
    np.testing.assert_allclose(weighted_score("r2", y, p, weights), expected, rtol=1e-9)


def test_every_metric_of_numbers_has_a_fast_form():
    assert set(OF_NUMBERS) <= set(WEIGHTED)


@pytest.mark.parametrize("whole", [True, False])
def test_the_median_of_many_rows_is_found_block_by_block(whole):
    random, n = np.random.default_rng(0), 1700  # more than three blocks
    y, p = random.normal(size=n), np.zeros(n)
    weights = random.integers(3, size=(n, 30)).astype(np.int32)
    order = np.argsort(np.abs(y))
    weights[order[:900], 0], weights[order[900:], 1] = 0, 0
    weights[:, 2] = 0
    weights[order[511], 2] = 1  # the last of a block by itself, and with the first of the next
    weights[:, 3] = 0
    weights[order[[511, 512]], 3] = 1
    scale = 1 if whole else 0.3
    found = weighted_score("median_absolute_error", y, p, scale * weights)
    expected = [np.median(np.abs(np.repeat(y, own))) for own in weights.T]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
