"""A registered champion behind HTTP: a real server process, asked as a user would."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import scoring_server

from experiments.language import DenseNet, Splitting, Training
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.tracking.model import log_model
from pipeline.training.train import train

_SECONDS_TO_START = 120


@pytest.fixture(scope="module")
def server(flowers, tmp_path_factory):
    """The address of a server that was started away from the repository; killed when the tests are done."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", "models:/flowers@champion"]
    command += ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    place = tmp_path_factory.mktemp("elsewhere")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["MLFLOW_TRACKING_URI"] = flowers.uri
    # MLflow calls uvicorn by its name, as in an activated environment.
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    with (place / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(f"http://127.0.0.1:{port}/ping", process, place / "log")
        yield f"http://127.0.0.1:{port}/invocations"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)


def _wait_for(address, process, log):
    end = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            return urlopen(address, timeout=5).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.5)


def ask(server, body, kind="application/json"):
    data = body if isinstance(body, str) else json.dumps(body)
    with urlopen(Request(server, data.encode(), {"Content-Type": kind}), timeout=60) as answer:
        return pd.DataFrame(json.load(answer)["predictions"])


def as_csv(rows):
    return rows.to_csv(index=False), "text/csv"


def as_split(rows):
    return {"dataframe_split": rows.to_dict(orient="split", index=False)}, "application/json"


def as_records(rows):
    return {"dataframe_records": rows.to_dict(orient="records")}, "application/json"


@pytest.mark.parametrize("form", [as_csv, as_split, as_records])
def test_rows_in_any_form_get_the_runs_own_probabilities(flowers, server, form):
    y_proba = ask(server, *form(flowers.rows))
    assert list(y_proba) == list(flowers.dataset.class_names)
    assert np.abs(y_proba.to_numpy() - flowers.y_proba).max() < 1e-6


@pytest.mark.parametrize("form", [as_csv, as_split, as_records])
def test_columns_go_by_name_and_extra_ones_are_ignored(flowers, server, form):
    rows = flowers.rows[list(reversed(flowers.rows.columns))].assign(remark="text", number=1)
    assert np.abs(ask(server, *form(rows)).to_numpy() - flowers.y_proba).max() < 1e-6


@pytest.mark.parametrize("form", [as_csv, as_split, as_records])
def test_whole_numbers_are_numbers(flowers, server, form):
    whole = pd.DataFrame([[5, 3, 1, 0]], columns=flowers.rows.columns)
    pd.testing.assert_frame_equal(ask(server, *form(whole)), ask(server, *form(whole.astype(float))))
    assert ask(server, *form(whole)).idxmax(axis=1).tolist() == ["setosa"]


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        (lambda rows: rows.drop(columns="petal width (cm)"), ["Model is missing inputs ['petal width (cm)']"]),
        (lambda rows: rows.assign(**{"petal width (cm)": np.nan}), ["a finite number in each cell", "petal width"]),
        (lambda rows: rows.assign(**{"petal width (cm)": "wide"}), ["wide"]),
    ],
)
@pytest.mark.parametrize("form", [as_csv, as_split])
def test_bad_rows_are_refused_with_the_reason(flowers, server, form, change, messages):
    body, kind = form(change(flowers.rows[:2]))
    with pytest.raises(HTTPError) as refused:
        ask(server, body.replace("NaN", "") if isinstance(body, str) else body, kind)
    answer = json.loads(refused.value.read())["message"]  # what a client shows its user
    assert refused.value.code == 400
    assert all(message in answer for message in messages), answer


def test_an_image_model_answers_raw_pixels(workplace):
    """What the server does with a request, called without a socket, because starting one takes half a minute."""
    digits = ingest("digits")
    (fold,) = split(digits, Splitting(), seed=1, n_folds=1)
    net = DenseNet(
        name="small",
        hidden_units=(8,),
        inputs="rescale",
        training=Training(epochs=1, learning_rate=0.01, batch_size=64),
    )
    (trained,) = train(net, digits, (fold,))
    mlflow.set_tracking_uri(f"sqlite:///{workplace}/mlruns/mlflow.db")
    with mlflow.start_run():
        model = mlflow.pyfunc.load_model(log_model(digits, trained))
    images = digits.X[:5]

    def answered(pixels):
        body = json.dumps({"inputs": pixels.tolist()})
        return scoring_server.invocations(body, "application/json", model, model.metadata.get_input_schema())

    y_proba = pd.DataFrame(json.loads(answered(images).response)["predictions"])
    assert list(y_proba) == list(digits.class_names)
    assert np.abs(y_proba.to_numpy() - trained.model.predict_proba(images)).max() < 1e-6
    with pytest.raises(MlflowException, match="does not match expected shape"):
        answered(images[:, :4])
