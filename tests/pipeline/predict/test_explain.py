"""Which columns move an answer: on a linear model what its coefficients say, on any model what replacing them does."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from models.effects import background_rows
from models.threshold import Threshold
from pipeline import predict
from pipeline.predict.explain import Explain
from pipeline.tracking.model import load_model


def written(table):
    return lambda path: table.to_csv(path, index=False)


def coefficients(store):
    """Of each number that the linear model sees, by name, in units of the table."""
    pipeline = store.trained["linear"].model.pipeline
    names = pipeline["encoder"].get_feature_names_out()
    scales = next(step for step in pipeline if hasattr(step, "scale_")).scale_
    return dict(zip(names, pipeline[-1].coef_[0] / scales, strict=True))


@pytest.fixture(scope="module")
def background(store):
    trained = store.trained["linear"]
    rows = background_rows(trained.train_rows, trained.seed)
    assert (len(rows), len(set(rows) & set(trained.train_rows))) == (100, 100)
    return store.dataset.columns.frame(store.dataset.X[rows])


def test_on_a_linear_model_an_effect_is_coefficient_times_distance_from_the_mean(scored, store, table, background):
    code, answers = scored(written(table), "--explain", "6")
    assert code == 0
    own = coefficients(store)
    by_name = [
        dict(zip(row[::2], map(float, row[1::2]), strict=True)) for row in answers.filter(regex="^(why|effect)_").values
    ]
    for name in ("age", "noise"):
        expected = own[name] * (table[name] - background[name].mean())
        np.testing.assert_allclose([row[name] for row in by_name], expected, atol=1e-6)
    per_level = {level: own[f"country = {level}"] for level in ("DE", "FR", "NA")}
    expected = table["country"].map(per_level) - background["country"].map(per_level).mean()
    np.testing.assert_allclose([row["country"] for row in by_name], expected, atol=1e-6)


def test_the_largest_effect_stands_first_and_noise_does_not(scored, table, store):
    _, answers = scored(written(table), "--explain", "2")
    assert list(answers)[-4:] == ["why_1", "effect_1", "why_2", "effect_2"]
    first, second = answers["effect_1"].astype(float), answers["effect_2"].astype(float)
    assert (first.abs() >= second.abs()).all()
    named = answers["why_1"].value_counts(normalize=True)
    assert named.get("noise", 0) <= 1 / len(store.dataset.columns.used)
    assert named["age"] + named["country"] > 0.6


def test_on_a_net_it_is_the_change_of_the_log_odds_when_the_cell_is_replaced(scored, store, table, background):
    code, answers = scored(written(table[:3]), "--explain", "1", model="net")
    assert code == 0
    model = load_model(store.models["net"], store.uri)
    name = answers["why_1"][0]
    replaced = pd.concat([table[:1]] * len(background), ignore_index=True).assign(**{name: background[name]})
    expected = logit(model.predict(table[:1])["yes"]).iloc[0] - logit(model.predict(replaced)["yes"]).mean()
    np.testing.assert_allclose(float(answers["effect_1"][0]), expected, atol=1e-5)


def test_of_several_classes_it_is_the_predicted_one(flowers, tmp_path, capfd):
    flowers.rows.to_csv(tmp_path / "rows.csv", index=False)
    arguments = ["models:/flowers@champion", str(tmp_path / "rows.csv"), "--tracking-uri", flowers.uri]
    assert predict.main([*arguments, "-o", str(tmp_path / "scored.csv"), "--explain", "4"]) == 0
    answers = pd.read_csv(tmp_path / "scored.csv")
    setosa = answers[answers["predicted_class"] == "setosa"]
    assert setosa["why_1"].str.startswith("petal").mean() > 0.8  # by chance 0.5
    assert (setosa["effect_1"] > 0).all()
    assert "the log-odds of its predicted class" in capfd.readouterr().err
    assert predict.main([*arguments, "--explain", "5"]) == 2
    assert "expected --explain of at most 4. Received: explain=5." in capfd.readouterr().err


def test_the_class_is_the_one_that_is_decided_on(store, table):
    model = load_model(store.models["linear"], store.uri)
    other = replace(model, threshold=Threshold(positive_class="no", value=0.5))
    y_proba = model.predict(table[:5]).to_numpy()
    effects = [Explain(model=one, n_columns=1).answers(table[:5], y_proba)["effect_1"] for one in (model, other)]
    np.testing.assert_allclose(effects[0].astype(float), -effects[1].astype(float))


def test_a_model_without_training_rows_is_refused(store):
    model = replace(load_model(store.models["linear"], store.uri), effects=None)
    with pytest.raises(ValueError, match="expected a model that carries training rows for --explain"):
        Explain(model=model, n_columns=1)
