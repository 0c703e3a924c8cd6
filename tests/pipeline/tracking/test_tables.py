"""Models of raw tables, logged and asked again: by frames, as text, and as a server reads CSV and JSON."""

import json
from pathlib import Path
from types import SimpleNamespace

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.pyfunc import scoring_server

from experiments.language import Baseline, DenseNet, Splitting, Training
from pipeline.data.split import split
from pipeline.data.table import Table
from pipeline.tracking.model import load_model, log_model
from pipeline.training.train import train

CANDIDATES = (
    Baseline(name="linear", algorithm="logistic_regression", inputs="standardize"),
    Baseline(name="boosting", algorithm="hist_gradient_boosting"),
    DenseNet(name="net", hidden_units=(4,), training=Training(epochs=2, learning_rate=0.1, batch_size=32)),
)
N = 300


def customers():
    """All kinds of columns, as a frame has them: whole numbers with gaps, booleans, codes with leading zeros."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame(
        {
            "customerID": [f"c{number:04d}" for number in rng.permutation(N)],
            "visits": pd.Series(rng.integers(0, 30, N), dtype="Int64").mask(rng.random(N) < 0.1),
            "seniority": rng.integers(0, 20, N),
            "member": rng.random(N) < 0.6,
            "paid": rng.integers(0, 2, N),
            "joined": pd.to_datetime("2021-01-01") + pd.to_timedelta(rng.integers(0, 365, N), unit="D"),
            "country": rng.choice(["DE", "NA", "FR"], N),
            "branch": [f"{number:03d}" for number in rng.integers(0, 12, N)],
        }
    )
    table.loc[:9, "country"] = None
    table["left"] = np.where(table["visits"].fillna(10) + rng.normal(0, 8, N) > 15, "yes", "no")
    return table


TABLE = customers()


@pytest.fixture(scope="module", params=CANDIDATES, ids=lambda candidate: candidate.name)
def logged(request, tmp_path_factory):
    """The first fold's model in a store of its own, and what it said while it was scored."""
    folder = tmp_path_factory.mktemp("store")
    dataset = Table(source=TABLE, target="left", kinds={"branch": "category"}, name="customers").load()
    (fold,) = split(dataset, Splitting(kind="random"), seed=1, n_folds=1)
    (trained,) = train(request.param, dataset, (fold,))
    uri = f"sqlite:///{folder}/mlflow.db"
    mlflow.set_tracking_uri(uri)
    experiment = mlflow.create_experiment("customers", artifact_location=str(folder / "artifacts"))
    with mlflow.start_run(experiment_id=experiment):
        model_uri = log_model(dataset, trained)
    return SimpleNamespace(
        uri=uri,
        model_uri=model_uri,
        rows=TABLE.iloc[fold.test_rows].reset_index(drop=True),
        y_proba=trained.model.predict_proba(dataset.X[fold.test_rows]),
        columns=dataset.columns,
    )


@pytest.fixture(scope="module")
def model(logged):
    return load_model(logged.model_uri, logged.uri)


def test_the_signature_asks_for_no_whole_numbers_and_lets_gaps_be_gaps(logged, model):
    mlflow.set_tracking_uri(logged.uri)
    inputs = mlflow.models.get_model_info(logged.model_uri).signature.inputs
    assert {column.name: (column.type.name, column.required) for column in inputs} == {
        "visits": ("double", False),
        "seniority": ("double", True),
        "member": ("boolean", True),
        "paid": ("double", True),
        "joined": ("string", True),
        "country": ("string", False),
        "branch": ("string", True),
    }
    assert model.columns == logged.columns


FORMS = {
    "a frame": lambda rows: rows,
    "columns reversed, others beside": lambda rows: rows[list(reversed(rows.columns))].assign(remark="x"),
    "text": lambda rows: rows.assign(joined=rows["joined"].astype(str)).astype(object).astype("str").replace("nan", ""),
    "floats where whole numbers have gaps": lambda rows: rows.assign(visits=rows["visits"].astype("float64")),
    "categoricals": lambda rows: rows.astype({"country": "category", "branch": "category", "member": "category"}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_table_gets_the_folds_own_probabilities(logged, model, form):
    y_proba = model.predict(FORMS[form](logged.rows))
    assert list(y_proba) == ["no", "yes"]
    assert np.abs(y_proba.to_numpy() - logged.y_proba).max() < 1e-6


def as_json(rows):
    return rows.assign(joined=rows["joined"].astype(str)).to_json(orient="split", index=False)


@pytest.mark.parametrize("change", [lambda rows: rows, lambda rows: rows[list(reversed(rows.columns))]])
def test_a_server_reads_the_same_from_json_and_csv(logged, change):
    """What the server does with a request, called without a socket."""
    mlflow.set_tracking_uri(logged.uri)
    served = mlflow.pyfunc.load_model(logged.model_uri)
    schema = served.metadata.get_input_schema()
    # pandas reads a CSV for the server, and takes Namibia for a gap: neither is sent in one, and in JSON a gap is ''.
    there = (logged.rows["country"] != "NA") & logged.rows["country"].notna()
    told = logged.rows.assign(country=logged.rows["country"].fillna(""))
    for rows, y_proba, body, kind in (
        (told, logged.y_proba, lambda rows: f'{{"dataframe_split": {as_json(rows)}}}', "application/json"),
        (logged.rows[there], logged.y_proba[there], lambda rows: rows.to_csv(index=False), "text/csv"),
    ):
        answer = scoring_server.invocations(body(change(rows)), kind, served, schema)
        assert answer.status == 200, answer.response
        answered = pd.DataFrame(json.loads(answer.response)["predictions"])
        assert np.abs(answered.to_numpy() - y_proba).max() < 1e-6


def asked(logged, rows, **params):
    """What a server answers to rows and parameters: its status, and predictions or message."""
    mlflow.set_tracking_uri(logged.uri)
    served = mlflow.pyfunc.load_model(logged.model_uri)
    body = f'{{"dataframe_split": {as_json(rows)}, "params": {json.dumps(params)}}}'
    try:
        answer = scoring_server.invocations(body, "application/json", served, served.metadata.get_input_schema())
    except mlflow.exceptions.MlflowException as error:
        return error.get_http_status_code(), error.message  # what a client shows its user
    return answer.status, json.loads(answer.response).get("predictions", answer.response)


def unlike(rows):
    """Rows with levels, numbers and gaps that the training table had not, of which three are known."""
    new = rows.assign(country=rows["country"].fillna(""), visits=rows["visits"].astype("float64"))
    new.loc[:1, "branch"] = "999"
    new.loc[[3], "seniority"] = 70
    new.loc[4:9, "visits"] = np.nan
    return new


def test_a_server_holds_rows_against_the_training_table(logged):
    new = unlike(logged.rows)
    status, found = asked(logged, new, compare=True)
    by_column = pd.DataFrame(found).set_index("column")
    assert (status, list(by_column.index)) == (200, [column.name for column in logged.columns.used])
    assert by_column.loc["branch", "unseen"] == pytest.approx(2 / len(new))
    assert by_column.loc["seniority", "out_of_range"] == pytest.approx(1 / len(new))
    assert by_column.loc["visits", "missing"] == pytest.approx(new["visits"].isna().mean())
    assert by_column.loc["visits", "missing_in_training"] == pytest.approx(TABLE["visits"].isna().mean())
    rest = by_column.drop(index=["branch", "seniority"])
    assert (rest[["unseen", "out_of_range"]] == 0).all(axis=None)


def test_a_server_that_is_asked_to_be_strict_refuses_what_is_unlike_by_its_cell(logged):
    assert len(asked(logged, unlike(logged.rows)[10:20], strict=True)[1]) == 10  # predicted, for nothing is unlike
    status, message = asked(logged, unlike(logged.rows), strict=True)
    assert status == 400
    assert "expected a level of the training table. Received: row=0, column='branch', value='999'" in message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda rows: rows.assign(joined="soon"),
            "a date in the format ISO in each cell. Received: row=0, value='soon'",
        ),
        (lambda rows: rows[:0], "expected a row at least"),
    ],
)
def test_a_server_says_what_is_wrong_in_its_message(logged, change, said):
    status, message = asked(logged, change(logged.rows.assign(country="DE")))
    assert (status, said in message) == (400, True), message


def test_a_model_of_another_library_names_it_among_what_it_needs(tmp_path):
    lightgbm = pytest.importorskip("lightgbm")
    dataset = Table(source=TABLE, target="left", kinds={"branch": "category"}, name="customers").load()
    (fold,) = split(dataset, Splitting(kind="random"), seed=1, n_folds=1)
    (trained,) = train(Baseline(name="lightgbm", algorithm="lightgbm", settings={"n_estimators": 3}), dataset, (fold,))
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    experiment = mlflow.create_experiment("customers", artifact_location=str(tmp_path / "artifacts"))
    with mlflow.start_run(experiment_id=experiment):
        needed = mlflow.pyfunc.get_model_dependencies(log_model(dataset, trained))
    assert f"lightgbm=={lightgbm.__version__}" in Path(needed).read_text().splitlines()


def test_what_a_frame_lacks_is_refused_by_name(logged, model):
    with pytest.raises(ValueError, match=r"Received: missing=\['visits'\]\. Did you mean 'visit'\?"):
        model.predict(logged.rows.rename(columns={"visits": "visit"}))


def test_a_model_without_a_contract_has_none(flowers):
    loaded = load_model("models:/flowers@champion", flowers.uri)
    assert loaded.columns is None
    assert np.abs(loaded.predict(flowers.rows).to_numpy() - flowers.y_proba).max() < 1e-6
