"""The champion in the registry: its alias, its reason, and what happens when the gate or the store says no."""

import re
from dataclasses import replace

import mlflow
import numpy as np
import pytest
from mlflow.exceptions import MlflowException

from experiments.language import Gate
from pipeline.plan import carry_out, plan
from pipeline.telling.terminal import Terminal
from pipeline.tracking import registry


def parent_of(client, name):
    experiment = client.get_experiment_by_name(name)
    (parent,) = client.search_runs([experiment.experiment_id], "tags.kind = 'comparison' and tags.champion != ''")
    return parent


@pytest.fixture
def client(flowers):
    mlflow.set_tracking_uri(flowers.uri)
    return mlflow.MlflowClient()


def test_the_champion_has_the_alias_and_the_reason(flowers, client):
    version = client.get_model_version_by_alias("flowers", "champion")
    assert version.description.startswith("tanh 8 has the best mean accuracy, ")
    passed = "It passes the gate, the rule for what is registered: against the majority class it is "
    assert passed in version.description
    assert version.tags["candidate"] == "tanh_8"
    assert version.tags["git"]
    registered = (
        r"Registered: models:/flowers@champion, version 1, refitted on all 150 rows \(\d+\.\d seconds\)\. tanh 8"
    )
    assert re.match(registered, flowers.registered)
    parent = parent_of(client, "flowers")
    assert (parent.data.tags["champion"], parent.data.tags["gate"]) == ("tanh_8", "passed")
    assert flowers.registered in parent.data.tags["mlflow.note.content"]
    assert client.get_run(version.run_id).data.tags["mlflow.runName"] == "tanh_8, refitted on all rows"


def test_the_version_says_what_it_learned_from_and_what_its_figures_are_of(flowers, client):
    version = client.get_model_version_by_alias("flowers", "champion")
    of = "means over 5 folds of models trained on 80\u00a0% of the rows; this one is refitted on all 150."
    assert f"Its figures are {of}" in version.description
    digest = flowers.dataset.content_sha256
    assert f"Data: iris, 150 rows of 4 columns, SHA-256 {digest[:12]}." in version.description
    told = {"refitted": "on all rows", "rows": "150", "columns": "4", "folds": "5", "data_sha256": digest}
    assert told.items() <= version.tags.items()
    assert "threshold" not in version.tags


@pytest.mark.usefixtures("client")
def test_the_champion_gives_the_runs_own_probabilities(flowers):
    served = mlflow.pyfunc.load_model("models:/flowers@champion")
    y_proba = served.predict(flowers.rows)
    assert list(y_proba) == list(flowers.dataset.class_names)
    assert np.abs(y_proba.to_numpy() - flowers.y_proba).max() < 1e-6


def run(comparison, epochs=None):
    carry_out(plan([], [comparison]), Terminal(), epochs=epochs)


def test_a_gate_that_fails_registers_nothing_and_says_so(workplace, small, capfd):
    """A third of the flowers are of the majority class: nobody is better by 0.9."""
    gate = Gate(simplest="logistic_regression", least_difference=0.9)
    run(replace(small, gate=gate, candidates=small.candidates[2:]))
    mlflow.set_tracking_uri(f"sqlite:///{workplace}/mlruns/mlflow.db")
    client = mlflow.MlflowClient()
    assert client.search_registered_models() == []
    parent = parent_of(client, "small")
    assert parent.data.tags["gate"] == "refused"
    for told in (capfd.readouterr().out, parent.data.tags["mlflow.note.content"]):
        assert "Not registered. logistic regression has the best mean accuracy" in told
        assert "It does not pass the gate" in told


def test_fewer_epochs_than_declared_register_nothing(workplace, small, capfd):
    run(replace(small, gate=Gate(simplest="logistic_regression")), epochs=1)
    assert (
        "Not registered: with --epochs the nets are not the declared ones. --register insists."
        in capfd.readouterr().out
    )
    mlflow.set_tracking_uri(f"sqlite:///{workplace}/mlruns/mlflow.db")
    assert mlflow.MlflowClient().search_registered_models() == []


@pytest.mark.usefixtures("client")
def test_a_store_without_a_registry_is_told_and_costs_nothing(monkeypatch):
    def refuse(*arguments, **options):
        raise MlflowException("no registry here\nsecond line")

    monkeypatch.setattr(mlflow, "register_model", refuse)
    assert registry.register("flowers", "models:/m-1", how="", description="", tags={}) == (
        "Not registered: the store says 'no registry here'."
    )
