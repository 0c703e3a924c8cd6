"""What a finished run said is read from its files: tags and descriptions are everybody's to change."""

import json
import shutil
from pathlib import Path

import mlflow
import pytest

from experiments import catalogue
from pipeline import run, stored


@pytest.fixture
def changed(flowers, tmp_path, monkeypatch):
    """A copy of a store with a finished comparison, that run, and a client to change it."""
    monkeypatch.setattr(stored, "COMPARISONS", {"flowers": None, "iris": catalogue.COMPARISONS["iris"]})
    shutil.copy(flowers.uri.removeprefix("sqlite:///"), tmp_path / "mlflow.db")
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    experiment = client.get_experiment_by_name("flowers")
    (found,) = client.search_runs([experiment.experiment_id], "tags.kind = 'comparison'")
    return client, found, f"sqlite:///{tmp_path}/mlflow.db"


def shown(uri, capfd):
    assert run.main(["compare", "flowers", "--tracking-uri", uri]) == 0
    return capfd.readouterr().out


def test_whatever_people_made_of_tags_and_description_the_same_is_shown(changed, capfd):
    client, found, uri = changed
    before = shown(uri, capfd)
    assert "By accuracy, tanh 8, a net, is best" in before
    client.set_tag(found.info.run_id, "mlflow.note.content", "baseline for Tuesday")
    client.set_tag(found.info.run_id, "seed", "lucky")
    client.set_tag(found.info.run_id, "mlflow.runName", "the good one")
    assert shown(uri, capfd) == before
    for tag in ("mlflow.note.content", "seed", "git"):
        client.delete_tag(found.info.run_id, tag)
    assert shown(uri, capfd) == before
    assert run.main(["compare", "flowers", "--runs", "2", "--tracking-uri", uri]) == 0


@pytest.mark.parametrize("note", ["baseline for Tuesday", None])
def test_an_earlier_versions_description_is_believed_only_where_its_report_says_the_same(
    changed, capfd, monkeypatch, note
):
    client, found, uri = changed
    note_then = mlflow.artifacts.load_text(f"{found.info.artifact_uri}/note.md")
    client.set_tag(found.info.run_id, "mlflow.note.content", note_then)  # an earlier version had no link in it
    monkeypatch.setattr("pipeline.tracking.reading.NOTE_FILE", "another.md")  # and no such file
    assert "By accuracy, tanh 8, a net, is best" in shown(uri, capfd)
    if note:
        client.set_tag(found.info.run_id, "mlflow.note.content", note)
    else:
        client.delete_tag(found.info.run_id, "mlflow.note.content")
    told = shown(uri, capfd)
    assert "By accuracy" not in told
    assert "Tuesday" not in told
    assert "The run's description was changed since" in told


@pytest.mark.parametrize("command", ["Tuesday", "7", None])
def test_a_run_whose_command_was_changed_is_not_gone_on_with(changed, capfd, command):
    client, found, uri = changed
    client.set_terminated(found.info.run_id, "KILLED")
    if command:
        client.set_tag(found.info.run_id, "command", command)
    assert run.main(["--resume", found.info.run_id, "--tracking-uri", uri]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert "resume: expected " in line


def test_a_run_without_its_commit_is_gone_on_with(changed):
    from pipeline.tracking.reading import arguments_of

    client, found, uri = changed
    client.set_terminated(found.info.run_id, "KILLED")
    client.set_tag(found.info.run_id, "command", json.dumps(["flowers"]))
    client.delete_tag(found.info.run_id, "git")
    assert arguments_of(found.info.run_id, uri) == (["flowers"], "unknown")


def test_files_that_are_not_where_the_store_says_are_told(changed, capfd, tmp_path):
    _, found, uri = changed
    place = Path(found.info.artifact_uri.removeprefix("file://"))
    place.rename(tmp_path / "moved")
    try:
        assert run.main(["compare", "flowers", "--tracking-uri", uri]) == 2
    finally:
        (tmp_path / "moved").rename(place)
    (line,) = capfd.readouterr().err.splitlines()
    assert f"expected the files of a run where the store says. Received: place='{place}/experiment.json'" in line


def test_the_newest_run_of_a_command_is_found_and_no_child(changed):
    from pipeline.tracking.reading import newest_run

    client, found, uri = changed
    assert newest_run(uri) is None  # this store's run was begun by no command
    client.set_tag(found.info.run_id, "command", json.dumps(["flowers"]))
    newest = newest_run(uri)
    assert (newest.run, newest.experiment) == (found.info.run_id, found.info.experiment_id)
