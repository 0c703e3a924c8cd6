"""Effect curves, held against what they are on paper of a linear model, and against the formula row by row."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from models import baselines
from models.classifier import PipelineClassifier
from pipeline.comparison.drivers.axis import MISSING, MOST_LEVELS, STEPS, axis_of
from pipeline.comparison.drivers.curves import heights
from pipeline.comparison.drivers.held_out import Asked
from pipeline.comparison.drivers.scales import LOG_ODDS, PROBABILITY, VALUE, Scales
from pipeline.data.table import Table
from pipeline.data.task import Classification
from pipeline.data.values import Dataset

YES = Scales(shown=PROBABILITY, outputs=("yes",), classes=(1,))
NUMBER = Scales(shown=VALUE, outputs=("value",), classes=None)
RANDOM = np.random.default_rng(0)


class Formula:
    """A model in one line."""

    def __init__(self, predict):
        self.predict = predict


def numbers(X):
    return Dataset(
        name="numbers",
        X=X,
        y=np.zeros(len(X), np.int64),
        feature_names=tuple("abcdefgh"[: X.shape[1]]),
        task=Classification(class_names=("no", "yes")),
        source="drawn",
        citation="",
        version="1",
    )


def asked(model, rows):
    return Asked(name="fold 0", model=model, rows=np.asarray(rows), seed=0)


def curve(model, rows, dataset, column, scales=NUMBER, n_answers=4_000):
    axis, told = axis_of(dataset, column), []
    found = heights(asked(model, rows), axis, dataset, scales, told.append, n_answers=n_answers)
    return axis, found, sum(told)


@pytest.fixture(scope="module")
def correlated():
    """Three numbers that go together."""
    X = RANDOM.normal(size=(500, 3))
    X[:, 1] = X[:, 0] + 0.1 * X[:, 1]
    return numbers(X)


def test_of_a_linear_model_a_curve_is_its_coefficient_times_the_value_less_the_mean(correlated):
    w, rows = np.array([2.0, -1.0, 0.5]), np.arange(100, 350)
    for column in range(3):
        axis, found, n_answers = curve(Formula(lambda X: X @ w), rows, correlated, column)
        expected = w[column] * (axis.grid - correlated.X[rows, column].mean())
        np.testing.assert_allclose(found[VALUE][:, 0], expected, rtol=0, atol=1e-6)
        assert len(axis.grid) == STEPS + 1
        assert n_answers == 500


def test_of_logistic_regression_likewise_in_log_odds(correlated):
    y = (correlated.X @ [2.0, -1.0, 0.5] + RANDOM.normal(size=500) > 0).astype(int)
    pipeline, _ = baselines.fit(
        baselines.build("logistic_regression", "standardize", {}, seed=0), correlated.X[:300], y[:300]
    )
    w = pipeline[-1].coef_[0] / pipeline[0].scale_
    rows = np.arange(300, 500)
    for column in range(3):
        axis, found, _ = curve(PipelineClassifier(pipeline), rows, correlated, column, YES)
        expected = w[column] * (axis.grid - correlated.X[rows, column].mean())
        np.testing.assert_allclose(found[LOG_ODDS][:, 0], expected, rtol=0, atol=1e-6)


def test_rows_count_in_a_curve_as_they_are_told_to(correlated):
    weights = np.random.default_rng(1).choice([1.0, 2.0, 5.0], 500)
    rows = np.arange(500)
    repeated = np.repeat(rows, weights[rows].astype(int))
    bent = Formula(lambda X: np.sin(2 * X[:, 0]) * X[:, 2])
    weighted = replace(correlated, weights=weights)
    _, found, _ = curve(bent, rows, weighted, 0)
    _, expected, _ = curve(bent, repeated, correlated, 0)  # a row of weight 2 is two rows
    np.testing.assert_allclose(found[VALUE], expected[VALUE], atol=1e-9)
    _, alike, _ = curve(bent, rows, correlated, 0)
    assert np.abs(found[VALUE] - alike[VALUE]).max() > 1e-3


def test_steps_without_a_row_of_the_fold_are_stepped_by_the_nearest(correlated):
    rows = np.argsort(correlated.X[:, 0])[200:260]  # far from both ends
    axis, found, _ = curve(Formula(lambda X: 3 * X[:, 0]), rows, correlated, 0)
    np.testing.assert_allclose(found[VALUE][:, 0], 3 * (axis.grid - correlated.X[rows, 0].mean()), atol=1e-6)


def test_a_curve_is_the_formula_row_by_row(correlated):
    def predict(X):
        return np.sin(2 * X[:, 0]) * X[:, 2] + X[:, 0] ** 2

    rows = np.arange(500)
    axis, found, _ = curve(Formula(predict), rows, correlated, 0)
    grid, X, steps = axis.grid, correlated.X, [0.0]
    for low, high in pairwise(grid):
        within = X[(X[:, 0] > low) & (X[:, 0] <= high) | (X[:, 0] == low) & (low == grid[0])]
        lower, upper = within.copy(), within.copy()
        lower[:, 0], upper[:, 0] = low, high
        steps.append(steps[-1] + (predict(upper) - predict(lower)).mean())
    expected = np.array(steps) - np.interp(X[:, 0], grid, steps).mean()
    np.testing.assert_allclose(found[VALUE][:, 0], expected, atol=1e-9)


def test_where_columns_go_together_no_row_is_asked_about_that_could_not_be(correlated):
    """Partial dependence would see the cliff: it sets a to 3 where b is -3."""
    cliff = Formula(lambda X: X[:, 0] + 100 * (np.abs(X[:, 0] - X[:, 1]) > 2.5))
    axis, found, _ = curve(cliff, np.arange(500), correlated, 0)
    assert np.abs(found[VALUE][:, 0] - (axis.grid - correlated.X[:, 0].mean())).max() < 1e-6


def test_a_value_has_few_steps_where_it_has_few_values():
    dataset = numbers(RANDOM.integers(1, 6, (300, 1)).astype(float))
    axis, found, _ = curve(Formula(lambda X: X[:, 0] ** 2), np.arange(300), dataset, 0)
    assert axis.grid.tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(np.diff(found[VALUE][:, 0]), [3, 5, 7, 9])


def test_a_far_value_has_the_last_step_and_moves_no_other():
    X = np.append(RANDOM.normal(size=400), 1e10)[:, None]
    axis, found, _ = curve(Formula(lambda X: np.minimum(X[:, 0], 0)), np.arange(401), numbers(X), 0)
    assert axis.grid[-1] == 1e10
    np.testing.assert_allclose(found[VALUE][-2:, 0], found[VALUE][-1, 0], atol=1e-9)


def test_fewer_rows_are_asked_where_there_are_more():
    dataset = numbers(RANDOM.normal(size=(900, 1)))
    *_, n_answers = curve(Formula(lambda X: X[:, 0]), np.arange(900), dataset, 0, n_answers=200)
    assert n_answers == 200


@pytest.fixture(scope="module")
def table():
    """A category, a yes/no, a date and a number with gaps."""
    n = 600
    frame = pd.DataFrame(
        {
            "plan": RANDOM.choice(["basic", "plus", "<b>"], n, p=[0.6, 0.3, 0.1]),
            "town": RANDOM.choice([f"town {k:02d}" for k in range(30)], n),
            "member": RANDOM.choice(["yes", "no"], n),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(RANDOM.integers(0, 900, n), unit="D"),
            "age": np.where(RANDOM.random(n) < 0.2, np.nan, RANDOM.normal(40, 10, n).round(1)),
        }
    )
    logit = 0.1 * (frame["age"].fillna(30) - 40) + (frame["plan"] == "plus")
    frame["left"] = np.where(RANDOM.random(n) < 1 / (1 + np.exp(-logit)), "yes", "no")
    return Table(source=frame, target="left").load()


@pytest.fixture(scope="module")
def regression(table):
    pipeline = baselines.build("logistic_regression", "standardize", {}, seed=0, columns=table.columns)
    return PipelineClassifier(baselines.fit(pipeline, table.X[:400], table.y[:400])[0])


def test_of_a_linear_model_a_level_is_its_coefficient_less_the_mean_of_all_rows(table, regression):
    axis, found, _ = curve(regression, np.arange(400, 600), table, 0, YES)
    assert axis.words == ("basic", "plus", "<b>")  # the most common first
    names = regression.pipeline["encoder"].get_feature_names_out().tolist()
    w = regression.pipeline[-1].coef_[0] / regression.pipeline[1].scale_
    of_level = {word: w[names.index(f"plan = {word}")] for word in axis.words}
    levels = table.columns.used[0].levels
    mean = np.mean([of_level[levels[int(code)]] for code in table.X[400:, 0]])
    np.testing.assert_allclose(found[LOG_ODDS][:, 0], [of_level[word] - mean for word in axis.words], atol=1e-6)


def test_rows_count_in_the_mean_beside_a_level_as_they_are_told_to(table, regression):
    weights = np.random.default_rng(1).choice([1.0, 4.0], 600)
    rows = np.arange(400, 600)
    for column in (0, 4):
        _, found, _ = curve(regression, rows, replace(table, weights=weights), column, YES)
        _, expected, _ = curve(regression, np.repeat(rows, weights[rows].astype(int)), table, column, YES)
        np.testing.assert_allclose(found[PROBABILITY], expected[PROBABILITY], atol=1e-9)


def test_a_gap_of_a_number_is_a_point_of_its_own(table, regression):
    axis, found, _ = curve(regression, np.arange(400, 600), table, 4, YES)
    assert axis.words == (MISSING,)
    assert axis.as_text[-1] == MISSING
    assert len(found[PROBABILITY]) == len(axis.grid) + 1
    rows = table.X[400:].copy()
    rows[:, 4] = np.nan
    expected = regression.predict_proba(rows)[:, 1].mean() - regression.predict_proba(table.X[400:])[:, 1].mean()
    assert found[PROBABILITY][-1, 0] == pytest.approx(expected, abs=1e-9)


def test_columns_go_by_their_own_words(table):
    assert axis_of(table, 2).words in (("yes", "no"), ("no", "yes"))
    town = axis_of(table, 1)
    assert (len(town.words), town.n_others) == (MOST_LEVELS, 30 - MOST_LEVELS)
    since = axis_of(table, 3)
    assert since.kind == "date"
    assert since.as_text[0].startswith("2020-01-0")


def test_a_column_that_is_missing_in_every_row_of_a_fold_tells_nothing(table, regression):
    gaps = np.flatnonzero(np.isnan(table.X[:, 4]))
    _, found, _ = curve(regression, gaps, table, 4, YES)
    assert np.isnan(found[PROBABILITY][:-1]).all()
    assert np.isfinite(found[PROBABILITY][-1]).all()


def test_each_class_of_several_has_its_curve():
    three = Scales(shown=PROBABILITY, outputs=tuple("abc"), classes=(0, 1, 2))
    y_proba = np.array([[0.2, 0.5, 0.3]])
    np.testing.assert_allclose(three(y_proba)[LOG_ODDS], np.log([[0.2 / 0.8, 0.5 / 0.5, 0.3 / 0.7]]))
    assert replace(three, classes=(1,))(y_proba)[PROBABILITY].tolist() == [[0.5]]
