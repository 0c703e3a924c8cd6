"""The champion in the registry: its alias, its reason, and what happens when the gate or the store says no."""

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import mlflow
import numpy as np
import pytest
from mlflow.exceptions import MlflowException

from experiments.language import Gate
from pipeline.plan import carry_out, plan
from pipeline.telling.terminal import Terminal
from pipeline.tracking import registry
from pipeline.tracking.model import load_model
from pipeline.tracking.served import Served
from pipeline.tracking.store import readable


def parent_of(client, name):
    experiment = client.get_experiment_by_name(name)
    (parent,) = client.search_runs([experiment.experiment_id], "tags.kind = 'comparison' and tags.champion != ''")
    return parent


@pytest.fixture
def client(flowers):
    mlflow.set_tracking_uri(flowers.uri)
    return mlflow.MlflowClient()


def test_what_is_in_no_file_is_served_only():
    told = registry.commands("digits", None)
    assert told.startswith("To serve it:\n")
    assert "chalktape predict" not in told
    assert "mlflow models serve -m models:/digits@champion" in told
    assert "chalktape predict models:/digits@champion rows.csv -o scored.csv" in registry.commands("digits", "rows.csv")


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
    insists = "--register (in Python register=True) insists."
    assert f"Not registered: with --epochs the nets are not the declared ones. {insists}" in capfd.readouterr().out
    mlflow.set_tracking_uri(f"sqlite:///{workplace}/mlruns/mlflow.db")
    assert mlflow.MlflowClient().search_registered_models() == []


def test_a_model_whose_files_were_moved_is_told_with_its_place(flowers, client, tmp_path):
    """MLflow says of it "No such artifact: ''"."""
    shutil.copy(flowers.uri.removeprefix("sqlite:///"), tmp_path / "mlflow.db")
    version = client.get_model_version_by_alias("flowers", "champion")
    before = client.get_logged_model(version.source.rpartition("/")[2]).artifact_location.removeprefix("file://")
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database, database:
        for column in ("logged_models.artifact_location", "model_versions.storage_location"):
            table, _, name = column.partition(".")
            database.execute(f"UPDATE {table} SET {name} = replace({name}, ?, '/srv/old/model')", (before,))
    for address in ("models:/flowers@champion", version.source):
        with pytest.raises(ValueError, match="predict: expected a model that can be loaded") as error:
            load_model(address, f"sqlite:///{tmp_path}/mlflow.db")
        assert "Its files are not at '/srv/old/model', where the store says. They were moved" in str(error.value)
        assert "docs/operations.md" in str(error.value)


@pytest.mark.parametrize("asked", ["lone@champion", "lone", "lone/9", "lone@nobody"])
@pytest.mark.parametrize("n_versions", [0, 2])
def test_a_champion_is_named_only_where_there_is_one(empty_database, tmp_path, asked, n_versions):
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    with readable(uri):
        client = mlflow.MlflowClient()
        client.create_registered_model("lone")
        for _ in range(n_versions):
            client.create_model_version("lone", str(tmp_path))
        if n_versions:
            client.set_registered_model_alias("lone", "tried", "1")

    def told():
        with pytest.raises(ValueError, match="expected a model that can be loaded") as error:
            load_model(f"models:/{asked}", uri)
        return str(error.value)

    if not n_versions:
        assert told().endswith(
            "'lone' is registered and has no version: a run whose champion passes its gate makes one."
        )
        return
    without = "No version of 'lone' is the champion: ask for one by its number, the last one is models:/lone/2."
    assert told().endswith(without)
    with readable(uri):
        client.set_registered_model_alias("lone", "champion", "1")
    if asked != "lone@champion":
        assert told().endswith("What is served is models:/lone@champion, the last one models:/lone/2.")


def test_eight_that_register_at_once_lose_no_version(empty_database, tmp_path, eight_register):
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    found = eight_register(f"sqlite:///{tmp_path}/mlflow.db")
    assert found["ended"] == [0] * 8
    assert sorted(found["versions"]) == [str(number) for number in range(1, 9)]
    assert sorted(found["versions"].values()) == [[str(number)] * 2 for number in range(8)]
    assert set(found["aliases"]) == {"champion"}
    assert str(found["aliases"]["champion"]) in found["versions"]


@pytest.mark.usefixtures("client")
def test_a_version_that_no_run_made_is_served_without_a_word_of_its_declaration(flowers, client, tmp_path):
    client.create_registered_model("by_hand")
    version = client.create_model_version("by_hand", str(tmp_path))
    client.set_registered_model_alias("by_hand", "champion", version.version)
    assert registry.serving("by_hand") == Served(address="models:/by_hand/1", candidate="", declared="")


def test_a_store_without_a_registry_is_told_and_costs_nothing(monkeypatch):
    def refuse(*arguments, **options):
        raise MlflowException("no registry here\nsecond line")

    monkeypatch.setattr(mlflow, "register_model", refuse)
    told, address = registry.register("flowers", "models:/m-1", how="", description="", tags={})
    assert (told, address) == ("Not registered: the store says 'no registry here'.", None)


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("said", ["Giving up after 3 attempts.", "UNIQUE constraint failed: aliases", "duplicate key"])
def test_two_that_come_together_try_again_and_all_else_is_told_at_once(flowers, monkeypatch, said):
    """Each step by itself: what was done is not done twice."""
    version, calls = SimpleNamespace(version=7), []

    def step(name, result=None):
        def call(*arguments, **options):
            calls.append(name)
            if calls.count(name) < 3:
                raise MlflowException(said)
            return result

        return call

    monkeypatch.setattr(registry, "_SECONDS", 0.0)
    monkeypatch.setattr(mlflow, "register_model", step("version", version))
    for name in ("update_model_version", "set_registered_model_alias"):
        monkeypatch.setattr(registry.MlflowClient, name, step(name))
    told, address = registry.register("flowers", "models:/m-1", how="so", description="", tags={})
    assert (told, address) == ("Registered: models:/flowers@champion, version 7, so.", "models:/flowers/7")
    assert {name: calls.count(name) for name in calls} == dict.fromkeys(
        ("version", "update_model_version", "set_registered_model_alias"), 3
    )
