"""Boosting leaf by leaf says what the model says where a column is replaced, value by value."""

from dataclasses import replace

import numpy as np
import pytest

from models import baselines
from models import effects as module
from models.boosting import Boosting, boosting_of
from models.classifier import PipelineClassifier
from models.effects import effects
from models.encoding.columns import Column, Columns
from models.regressor import PipelineRegressor

RANDOM = np.random.default_rng(0)
N = 900
COLUMNS = Columns(
    columns=(
        Column(name="age", kind="number", missing=0.2),
        Column(name="since", kind="date"),
        Column(name="plan", kind="category", levels=("a", "b", "c")),
        Column(name="town", kind="category", levels=tuple(f"town {k}" for k in range(40)), missing=0.1),
        Column(name="member", kind="yes/no", levels=("no", "yes")),
        Column(name="noise", kind="number"),
    ),
    target="left",
)


def raw_rows():
    age, town = RANDOM.normal(40, 10, N), RANDOM.integers(0, 40, N).astype(float)
    age[RANDOM.random(N) < 0.2], town[RANDOM.random(N) < 0.1] = np.nan, np.nan
    plan, member = RANDOM.integers(0, 3, N), RANDOM.integers(0, 2, N)
    return np.column_stack([age, 18_000 + RANDOM.integers(0, 900, N), plan, town, member, RANDOM.normal(size=N)])


X = raw_rows()
SUM = np.nan_to_num(X[:, 0], nan=30) / 10 + 2 * (X[:, 2] == 1) + (np.nan_to_num(X[:, 3]) % 3) + X[:, 4]
Y = (SUM + RANDOM.normal(size=N) > np.median(SUM)).astype(np.int64)
BACKGROUND, ROWS = X[:70], X[600:].copy()
ROWS[::7, 3] = -1  # a level that is none
TRAINING = slice(100, 600)


def fitted(task, columns=COLUMNS, **settings):
    columns = replace(columns, task=task)
    y = Y if task == "classification" else SUM
    algorithm = "hist_gradient_boosting"
    pipeline = baselines.build(algorithm, "raw", settings, seed=0, columns=columns, **_task(task))
    pipeline.fit(X[TRAINING], y[TRAINING])
    return (PipelineClassifier if task == "classification" else PipelineRegressor)(pipeline)


def _task(task):
    return {} if task == "classification" else {"task": "regression"}


def slowly(model, rows, classes, monkeypatch):
    """By asking the model for every row and value."""
    with monkeypatch.context() as patch:
        patch.setattr(Boosting, "adds_up", lambda self, rows: False)
        return effects(model.encoded, rows, BACKGROUND, classes)


@pytest.mark.parametrize(
    "settings", [{}, {"max_leaf_nodes": 4, "max_iter": 20}, {"early_stopping": True, "max_iter": 30}]
)
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_effects_are_those_of_asking_for_every_row_and_value(task, settings, monkeypatch):
    model = fitted(task, **settings)
    classes = np.resize([0, 1], len(ROWS)) if task == "classification" else None
    asked = []
    encode = spied(model.encoded, asked)
    found = effects(encode, ROWS, BACKGROUND, classes)
    assert len(asked) == 1  # for the rows as they are
    np.testing.assert_allclose(found, slowly(model, ROWS, classes, monkeypatch), rtol=0, atol=1e-7)
    assert (np.abs(found).max(axis=0) > 0.01).sum() >= 4


def spied(encode, asked):
    def encode_and_note(rows):
        own = encode(rows)
        return replace(own, predict=lambda some: (asked.append(len(some)), own.predict(some))[1])

    return encode_and_note


def test_what_is_sure_beyond_a_billionth_is_asked(monkeypatch):
    model = fitted("classification", l2_regularization=0.0, learning_rate=1.0, max_iter=150, min_samples_leaf=1)
    trees = boosting_of(model.pipeline[1:])
    assert not trees.adds_up(model.encoded(BACKGROUND).rows)
    classes = np.ones(20, int)
    found = effects(model.encoded, ROWS[:20], BACKGROUND, classes)
    np.testing.assert_array_equal(found, slowly(model, ROWS[:20], classes, monkeypatch))


def test_trees_that_are_not_the_models_do_not_add_up():
    model, other = fitted("regression"), fitted("regression", max_leaf_nodes=3)
    rows = model.encoded(BACKGROUND).rows
    own, others = boosting_of(model.pipeline[1:]), boosting_of(other.pipeline[1:])
    assert own.adds_up(rows)
    assert not Boosting(others._trees, own._model).adds_up(rows)


def test_only_boosting_that_is_one_sum_has_trees(monkeypatch):
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    plain = np.nan_to_num(X)
    assert boosting_of(make_pipeline(HistGradientBoostingClassifier(max_iter=3).fit(plain, Y))) is not None
    assert boosting_of(make_pipeline(HistGradientBoostingClassifier(max_iter=3).fit(plain, X[:, 2]))) is None
    assert boosting_of(make_pipeline(HistGradientBoostingRegressor(max_iter=3, loss="poisson").fit(plain, Y))) is None
    assert (
        boosting_of(make_pipeline(StandardScaler(), HistGradientBoostingClassifier(max_iter=3)).fit(plain, Y)) is None
    )
    assert module.BACKGROUND_ROWS == 100
