"""A store that goes away while a run is trained: what was trained is logged later, and nothing is trained twice."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline import pending, run
from pipeline.flow import each
from pipeline.scoring import evaluate as scoring
from pipeline.tracking.answering import StoreGone

COMMAND = ["iris", "--folds", "2", "--epochs", "5", "--candidates", "sigmoid_10,logistic_regression,decision_tree"]


def told(query):
    with closing(sqlite3.connect("mlruns/mlflow.db")) as connection:
        return connection.execute(query).fetchall()


def groups():
    """Every group that lies there, and which file it is: one that is written again is another."""
    return {file.name: file.stat().st_ino for file in Path("mlruns/groups").iterdir()}


def statuses():
    comparisons = "SELECT status FROM runs JOIN tags USING (run_uuid) WHERE key = 'kind' AND value = 'comparison'"
    return [status for (status,) in told(f"{comparisons} ORDER BY start_time")]


@pytest.fixture
def left(workplace, monkeypatch, capfd):
    """The groups of a run whose store went away behind its second candidate, and what it said."""
    evaluate, scored = scoring.evaluate, []

    def going(*arguments):
        scored.append(evaluate(*arguments))
        if len(scored) == 3:
            raise StoreGone("tracking: expected a server that answers.")
        return scored[-1]

    with monkeypatch.context() as patch:
        patch.setattr(scoring, "evaluate", going)
        assert run.main([*COMMAND, "--quiet"], prog="chalktape run") == run.STORE_GONE
    return groups(), capfd.readouterr().err


def test_what_was_trained_is_told_and_its_command_kept(left):
    _, said = left
    lines = said.splitlines()[-3:]
    assert lines[0] == "tracking: expected a server that answers."
    assert lines[1] == "Once it answers, 'chalktape sync' logs that, and so does the next run."
    assert lines[2].startswith("This goes on from there, without what was trained already: chalktape run iris")
    (file,) = pending.FOLDER.iterdir()
    assert json.loads(file.read_text())["command"] == [*COMMAND, "--quiet"]
    assert statuses() == ["RUNNING"], "nothing was asked of a store that is gone"


def test_sync_logs_it_and_trains_nothing(left, capfd):
    before, _ = left
    assert run.sync([], prog="chalktape sync") == 0
    assert groups() == before
    assert list(pending.FOLDER.iterdir()) == []
    assert statuses() == ["KILLED", "KILLED"]
    reasons = told("SELECT value FROM tags JOIN runs USING (run_uuid) WHERE key = 'reason' ORDER BY start_time")
    assert "The store went away before all of logistic_regression was trained" in reasons[1][0]
    finished = told("SELECT name FROM runs WHERE status = 'FINISHED' ORDER BY start_time")
    assert finished[-2:] == [("sigmoid_10",), ("majority_class",)]
    scores = sorted(Path("mlruns/artifacts/iris").glob("*/artifacts/scores.csv"), key=lambda file: file.stat().st_mtime)
    assert "majority_class" in scores[-1].read_text()
    assert run.sync([], prog="chalktape sync") == 0
    assert capfd.readouterr().out == "Logged.\nNothing waits to be logged.\n"


def test_so_does_the_next_run_whatever_it_is(left, capfd):
    before, _ = left
    assert run.main(["backpropagation", "--quiet"]) == 0
    assert groups() == before
    assert list(pending.FOLDER.iterdir()) == []
    assert statuses() == ["KILLED", "KILLED"]
    assert "Logging what was trained by " in capfd.readouterr().err


def test_a_run_whose_last_training_was_done_is_logged_whole(left):
    assert run.main([*COMMAND, "--quiet"]) == 0
    assert statuses() == ["KILLED", "KILLED", "FINISHED"], "the one before is logged first"
    pending.keep(COMMAND, f"sqlite:///{Path('mlruns/mlflow.db').absolute()}", "gone")
    before = groups()
    assert run.sync([], prog="chalktape sync") == 0
    assert statuses()[-1] == "FINISHED"
    assert groups() == before


def test_while_the_store_is_away_it_waits_on(left, monkeypatch):
    def gone(*arguments):
        raise StoreGone("tracking: expected a server that answers.")

    with monkeypatch.context() as patch:
        patch.setattr(scoring, "evaluate", gone)
        assert run.sync([], prog="chalktape sync") == 1
    assert len(list(pending.FOLDER.iterdir())) == 1
    assert run.sync([], prog="chalktape sync") == 0


def test_what_cannot_be_done_any_more_is_laid_aside(workplace, capfd):
    store = f"sqlite:///{workplace}/mlruns/mlflow.db"
    pending.keep(["iris", "--an-option-of-before"], store, "gone")
    pending.keep(["away.csv", "--target", "x"], store, "gone")
    (pending.FOLDER / "by_hand.json").write_text("Tuesday")
    assert run.sync([], prog="chalktape sync") == 1
    assert sorted(file.suffix for file in pending.FOLDER.iterdir()) == [".json", ".refused", ".refused"]
    assert "It cannot be logged any more" in capfd.readouterr().err
    assert run.sync([], prog="chalktape sync") == 0


def test_a_run_of_another_store_is_told(workplace, capfd):
    pending.keep(["iris"], "http://there:5000", "gone")
    assert run.sync([], prog="chalktape sync") == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert "expected the store that runs wait for. Received: waiting_for=['http://there:5000']" in line
    assert run.main(["backpropagation", "--quiet"]) == 0
    assert len(list(pending.FOLDER.iterdir())) == 1


def test_nothing_is_kept_of_a_run_that_trained_nothing(workplace, monkeypatch):
    def gone(*arguments):
        raise StoreGone("tracking: expected a server that answers.")

    monkeypatch.setattr(each, "train_works", gone)
    assert run.main([*COMMAND, "--quiet"]) == run.STORE_GONE
    assert not pending.FOLDER.exists()
