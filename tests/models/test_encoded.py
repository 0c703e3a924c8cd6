"""Replacing what is encoded of a column is the same as replacing the column and encoding it."""

import numpy as np
import pandas as pd
import pytest

from models import baselines
from models.classifier import PipelineClassifier
from models.encoded import as_they_are, encode_of
from pipeline.data.table import Table


@pytest.fixture(scope="module")
def dataset():
    """Numbers with gaps, a date, a yes/no, a category of few and one of many levels."""
    random, n = np.random.default_rng(0), 400
    frame = pd.DataFrame(
        {
            "age": np.where(random.random(n) < 0.1, np.nan, random.normal(40, 10, n).round(1)),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, n), unit="D"),
            "member": random.choice(["yes", "no"], n),
            "plan": random.choice(["a", "b", "c"], n),
            "town": random.choice([f"town {k}" for k in range(20)], n),
        }
    )
    frame["left"] = np.where(frame["age"].fillna(30) + 10 * (frame["plan"] == "a") + random.normal(0, 5, n) > 42, 1, 0)
    return Table(source=frame, target="left", task="classification").load()


@pytest.fixture(scope="module", params=["logistic_regression", "hist_gradient_boosting"])
def model(request, dataset):
    pipeline = baselines.build(request.param, "raw", {}, seed=0, columns=dataset.columns)
    return PipelineClassifier(baselines.fit(pipeline, dataset.X[:300], dataset.y[:300])[0])


def test_a_replaced_column_is_what_it_is_when_it_is_encoded_anew(model, dataset):
    X, donors = dataset.X[300:350], dataset.X[350:400]
    own, others = encode_of(model)(X), encode_of(model)(donors)
    np.testing.assert_allclose(own.predict(own.rows), model.predict_proba(X), rtol=0, atol=1e-12)
    for columns in ([0], [1], [2], [3], [4], [0, 4]):
        raw, replaced, places = X.copy(), own.rows.copy(), own.places(np.array(columns))
        raw[:, columns], replaced[:, places] = donors[:, columns], others.rows[:, places]
        np.testing.assert_allclose(own.predict(replaced), model.predict_proba(raw), rtol=0, atol=1e-12)
        assert not np.array_equal(model.predict_proba(raw), model.predict_proba(X))


def test_each_number_has_one_source_and_is_named_after_it(model, dataset):
    own = encode_of(model)(dataset.X[:1])
    names = model.pipeline["encoder"].get_feature_names_out()
    assert len(names) == len(own.sources) == own.rows.shape[1]
    for place, name in zip(own.sources, names, strict=True):
        assert name.startswith(dataset.feature_names[place])


def test_a_model_that_says_nothing_of_it_takes_rows_as_they_are():
    class Plain:
        def predict_proba(self, X):
            return X[:, :2]

    rows = encode_of(Plain())(np.eye(3))
    assert rows.places(np.array([2, 0])).tolist() == [0, 2]
    assert as_they_are(Plain().predict_proba)(np.eye(3)).predict(np.eye(3)).shape == (3, 2)
