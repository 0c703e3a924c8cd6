"""A store is opened or refused in one line, and nothing but what was said decides where runs go."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import mlflow
import pytest

from pipeline import run
from pipeline.tracking import Tracker
from pipeline.tracking.store import place, readable


def log(uri=None, experiment="small"):
    """A run with a file, and where that lies."""
    with Tracker(uri).run(experiment, name="one", tags={"kind": "comparison"}) as run:
        run.log_texts({"said.txt": "something"})
    return Path(run.place("said.txt"))


def told(database, query):
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def own_run(workplace):
    """A finished run of somebody else in the same store."""
    client = mlflow.MlflowClient(Tracker().uri)
    run = client.create_run(client.create_experiment("mine"), run_name="my own run").info
    client.set_terminated(run.run_id)
    return run


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", ["MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME"])
def test_an_outer_programs_run_and_experiment_are_left_alone(workplace, own_run, monkeypatch, name, known):
    values = {"MLFLOW_RUN_ID": own_run.run_id, "MLFLOW_EXPERIMENT_ID": own_run.experiment_id}
    value = values.get(name, "mine") if known else "7777"
    monkeypatch.setenv(name, value)
    log()
    database = workplace / "mlruns" / "mlflow.db"
    assert told(database, "SELECT experiments.name, runs.name FROM runs JOIN experiments USING (experiment_id)") == [
        ("mine", "my own run"),
        ("small", "one"),
    ]
    assert told(database, f"SELECT * FROM tags WHERE key = 'kind' AND run_uuid = '{own_run.run_id}'") == []
    assert os.environ[name] == value, "what the outer program goes on with is still there"


def test_models_are_looked_for_in_the_store_and_in_no_other_registry(workplace, monkeypatch):
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", f"sqlite:///{workplace}/other.db")
    with readable(Tracker().uri):
        mlflow.MlflowClient().create_registered_model("flowers")
    assert not (workplace / "other.db").exists()
    assert told(workplace / "mlruns" / "mlflow.db", "SELECT name FROM registered_models") == [("flowers",)]


@pytest.mark.parametrize("folder", ["my proj é", "100% done", "50%20 off", "a#b"])
def test_a_files_place_is_told_as_it_can_be_opened(workplace, empty_database, folder, monkeypatch):
    (workplace / folder / "mlruns").mkdir(parents=True)
    (workplace / folder / "mlruns" / "mlflow.db").write_bytes(empty_database.read_bytes())
    monkeypatch.chdir(workplace / folder)
    assert log().read_text() == "something"
    assert sorted(path.name for path in workplace.iterdir()) == sorted([folder, "mlruns"]), "and no folder beside it"


def test_places_of_servers_stay_addresses():
    assert (
        place("mlflow-artifacts:/1/a%20b/artifacts", "report.html") == "mlflow-artifacts:/1/a%20b/artifacts/report.html"
    )


def not_writable(database):
    """By its own header, which even the superuser heeds."""
    content = bytearray(database.read_bytes())
    content[18] = 3
    database.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (not_writable, "SQLite says: attempt to write a readonly database."),
        (lambda database: database.write_text("not a database" * 100), "SQLite says: file is not a database."),
        (lambda database: (database.unlink(), database.mkdir()), "SQLite says: unable to open database file."),
    ],
)
def test_a_database_that_cannot_be_written_is_told_before_anything_is_trained(workplace, spoil, message):
    spoil(workplace / "mlruns" / "mlflow.db")
    with pytest.raises(ValueError, match=r"^tracking: expected a database that can be written") as refused:
        Tracker("sqlite:///mlruns/mlflow.db")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_deleted_experiment_is_told_with_what_restores_it(workplace):
    log()
    tracker = Tracker()
    found = mlflow.MlflowClient(tracker.uri).get_experiment_by_name("small")
    mlflow.MlflowClient(tracker.uri).delete_experiment(found.experiment_id)
    with pytest.raises(ValueError, match="expected an experiment that is not deleted") as refused:
        tracker.require_usable(["other", "small"])
    assert f"mlflow experiments restore --experiment-id {found.experiment_id}" in str(refused.value)
    mlflow.MlflowClient(tracker.uri).restore_experiment(found.experiment_id)
    tracker.require_usable(["other", "small"])
    log()


def test_it_is_told_before_the_experiments_in_front_of_it_are_run(workplace, capfd):
    log(experiment="lecture")
    client = mlflow.MlflowClient(Tracker().uri)
    client.delete_experiment(client.get_experiment_by_name("lecture").experiment_id)
    assert run.main(["iris", "backpropagation"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert "Received: experiment='lecture'. Restore it: " in line
    assert client.get_experiment_by_name("iris") is None


def test_nothing_of_a_deleted_experiment_is_shown_as_if_nothing_had_been_run(workplace, capfd):
    log(experiment="iris")
    client = mlflow.MlflowClient(Tracker().uri)
    client.delete_experiment(client.get_experiment_by_name("iris").experiment_id)
    assert run.main(["compare", "iris"]) == 2
    assert "Received: experiment='iris'. Restore it: " in capfd.readouterr().err


def test_a_deleted_run_is_not_gone_on_with_and_not_shown(workplace, capfd):
    log(experiment="iris")
    client = mlflow.MlflowClient(Tracker().uri)
    (found,) = client.search_runs([client.get_experiment_by_name("iris").experiment_id])
    client.delete_run(found.info.run_id)
    assert run.main(["--resume", found.info.run_id]) == 2
    assert "expected a run that was not deleted" in capfd.readouterr().err
    assert run.main(["compare", "iris"]) == 2
    assert "expected a finished run of the comparison" in capfd.readouterr().err
