"""A table of customers and two models of it, logged."""

import shutil
from types import SimpleNamespace

import mlflow
import numpy as np
import pandas as pd
import pytest

from experiments.language import Baseline, DenseNet, Splitting, Training
from pipeline import predict
from pipeline.data.split import split
from pipeline.data.table import Table
from pipeline.tracking.model import log_model
from pipeline.training.train import train

CANDIDATES = (
    Baseline(name="linear", algorithm="logistic_regression", inputs="standardize"),
    DenseNet(name="net", hidden_units=(4,), training=Training(epochs=2, learning_rate=0.1, batch_size=32)),
)


def customers(n: int = 300) -> pd.DataFrame:
    """Ids, numbers with and without gaps, noise, a level, a yes/no, a date and a remark with all that CSV quotes."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame(
        {
            "customerID": [f"{number:05d}" for number in rng.permutation(n)],
            "age": rng.integers(18, 92, n),
            "balance": np.where(rng.random(n) < 0.1, np.nan, rng.gamma(2.0, 1000.0, n).round(2)),
            "noise": rng.normal(size=n).round(6),
            "country": rng.choice(["DE", "NA", "FR"], n),
            "member": rng.choice(["no", "yes"], n),
            "joined": (pd.Timestamp("2021-01-01") + pd.to_timedelta(np.arange(n) % 100, "D")).strftime("%Y-%m-%d"),
        }
    )
    odds = 0.08 * (table["age"] - 55) + 2.0 * (table["country"] == "NA")
    table["left"] = np.where(rng.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    return table


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """Unlike a file's, its gaps are NaN."""
    return customers()


@pytest.fixture(scope="session")
def store(empty_database, tmp_path_factory, table):
    """Addresses of the models by name; the first fold, and what was trained on it."""
    place = tmp_path_factory.mktemp("customers")
    shutil.copy(empty_database, place / "mlflow.db")
    uri = f"sqlite:///{place}/mlflow.db"
    table.to_csv(place / "customers.csv", index=False)
    dataset = Table(source=place / "customers.csv", target="left", name="customers").load()
    (fold,) = split(dataset, Splitting(kind="random"), seed=1, n_folds=1)
    mlflow.set_tracking_uri(uri)
    experiment = mlflow.create_experiment("customers", artifact_location=str(place / "artifacts"))
    trained = {candidate.name: train(candidate, dataset, (fold,))[0] for candidate in CANDIDATES}
    with mlflow.start_run(experiment_id=experiment):
        models = {name: log_model(dataset, one) for name, one in trained.items()}
    return SimpleNamespace(uri=uri, models=models, dataset=dataset, trained=trained)


@pytest.fixture
def scored(store, tmp_path):
    """Calls the command on a file that ``write`` makes; returns its exit code and what it wrote, cells as text."""

    def call(write, *options, name="rows.csv", model="linear"):
        write(tmp_path / name)
        target = tmp_path / "scored.csv"
        target.unlink(missing_ok=True)
        arguments = [store.models[model], str(tmp_path / name), "-o", str(target), "--tracking-uri", store.uri]
        code = predict.main([*arguments, *options])
        return code, pd.read_csv(target, dtype=str, keep_default_na=False) if target.exists() else None

    return call
