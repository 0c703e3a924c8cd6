"""A run that did not end well goes on: nothing that was finished is trained twice, and the scores are the same bits."""

import json
import os
import random
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from experiments.iris import IRIS
from pipeline import run
from pipeline.plan import How, desk_of, plan
from pipeline.process.resuming import command_that_goes_on, remembered
from pipeline.scoring import evaluate as scoring
from pipeline.telling.terminal import Terminal
from pipeline.training.train import trainer_of
from pipeline.training.work import Work

ROOT = Path(__file__).parents[2]
COMMAND = ["iris", "--folds", "2", "--epochs", "5", "--candidates", "sigmoid_10,logistic_regression,decision_tree"]
GROUPS = 1 + 2 * 3  # a net on all folds at once, each baseline on each fold, the one that guesses among them
_SECONDS = 400


def places(folder: Path) -> list[str]:
    """Where a command in this folder reads and writes."""
    return ["--tracking-uri", f"sqlite:///{folder / 'mlflow.db'}", "--quiet"]


def scores(folder: Path) -> list[bytes]:
    """Of all runs, the oldest first."""
    found = folder.glob("artifacts/iris/*/artifacts/scores.csv")
    return [file.read_bytes() for file in sorted(found, key=lambda file: file.stat().st_mtime)]


def groups(folder: Path) -> dict[str, int]:
    """Every group that lies there whole, and which file it is: one that is written again is another."""
    return {file.name: file.stat().st_ino for file in folder.glob("groups/*") if file.suffix != ".part"}


def told(folder: Path, query: str) -> list[tuple]:
    """What the database says."""
    with closing(sqlite3.connect(folder / "mlflow.db")) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def whole(furnish, tmp_path_factory) -> Path:
    """The folder of a run that nobody has interrupted."""
    place = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        furnish(place, patch)
        (place / "mlruns" / "mlflow.db").rename(place / "mlflow.db")
        assert run.main([*COMMAND, *places(place)]) == 0
    return place


@pytest.fixture
def place(workplace) -> Path:
    """A folder with an empty store."""
    (workplace / "mlruns" / "mlflow.db").rename(workplace / "mlflow.db")
    return workplace


def kill_amid(place: Path, n_more: int) -> None:
    """Kills a command once it has kept so many groups more, a moment later."""
    command = [sys.executable, "-m", "pipeline.run", *COMMAND, *places(place)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    before, end = len(groups(place)), time.monotonic() + _SECONDS
    with subprocess.Popen(command, cwd=place, env=environment, stderr=subprocess.PIPE, text=True) as process:
        while len(groups(place)) < before + n_more:
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < end
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def test_a_run_that_was_killed_twice_has_the_scores_of_one_that_was_not(whole, place):
    kept = {}
    for n_more in (1, 2):
        kill_amid(place, n_more)
        assert groups(place).items() >= kept.items(), "what was finished is not written again"
        kept = groups(place)
        assert len(kept) < GROUPS
        assert told(place, "SELECT count(*) FROM runs WHERE status = 'RUNNING'") != [(0,)]
    assert run.main([*COMMAND, *places(place)]) == 0
    assert groups(place).items() >= kept.items()
    assert groups(place).keys() == groups(whole).keys()
    assert len(groups(whole)) == GROUPS
    assert scores(place)[-1:] == scores(whole)
    assert told(place, "SELECT count(*) FROM runs WHERE status = 'RUNNING'") == [(0,)]
    assert told(place, "SELECT count(*) FROM logged_models WHERE status = 1") == [(0,)]  # half logged
    found = told(place, "SELECT value FROM tags WHERE key = 'groups'")
    assert found[0][0].startswith(f"{len(kept)} of {GROUPS} groups of trainings were done before")


@pytest.fixture
def stopped(place, monkeypatch, capfd) -> str:
    """The ID of a run that was interrupted behind its second candidate, by its folder."""
    evaluate, scored = scoring.evaluate, []

    def interrupted(*arguments):
        scored.append(evaluate(*arguments))
        if len(scored) == 3:
            raise KeyboardInterrupt
        return scored[-1]

    with monkeypatch.context() as patch:
        patch.setattr(scoring, "evaluate", interrupted)
        assert run.main([*COMMAND, "--fresh", *places(place)], prog="chalktape run") == 130
    of_comparisons = "JOIN tags USING (run_uuid) WHERE key = 'kind' AND value = 'comparison'"
    ((run_id,),) = told(place, f"SELECT run_uuid FROM runs {of_comparisons} AND status = 'KILLED'")
    return run_id


def test_who_interrupts_a_run_is_told_what_goes_on_and_resumes_it_by_its_id(whole, place, stopped, capfd):
    errors = capfd.readouterr().err
    assert "in a run marked KILLED. This goes on from there, without what was trained already: chalktape run " in errors
    assert shlex.split(errors.partition("already: ")[2]) == ["chalktape", "run", *COMMAND, *places(place)]
    kept = groups(place)
    assert 0 < len(kept) < GROUPS
    assert run.main(["--resume", stopped, *places(place)]) == 0
    assert groups(place).items() > kept.items()
    assert scores(place)[-1:] == scores(whole)
    ((again,),) = told(place, f"SELECT run_uuid FROM tags WHERE key = 'resumes' AND value = '{stopped}'")
    ((arguments,),) = told(place, f"SELECT value FROM tags WHERE key = 'command' AND run_uuid = '{again}'")
    assert json.loads(arguments) == [*COMMAND, "--quiet", "--quiet"]
    assert run.main(["--resume", again, *places(place)]) == 2
    assert "resume: expected a run that did not end well." in capfd.readouterr().err


@pytest.mark.parametrize(
    ("beside", "message"),
    [
        ([], "resume: expected the ID of a run in the store. Received: run='none'."),
        (["iris"], "expected a run to --resume and nothing else about what is run. Received: names=['iris']"),
        (["--seed", "3"], "nothing else about what is run. Received: seed=3"),
        (["--fresh"], "nothing else about what is run. Received: fresh=True"),
    ],
)
def test_what_cannot_be_resumed_is_refused(place, capfd, beside, message):
    assert run.main([*beside, "--resume", "none", *places(place)]) == 2
    assert message in capfd.readouterr().err


def test_who_wants_all_anew_finds_nothing_of_before(whole):
    uri = f"sqlite:///{whole / 'mlflow.db'}"
    (planned, anew) = (plan([], [IRIS], How(tracking_uri=uri, n_folds=2, fresh=fresh)) for fresh in (False, True))
    (group,) = trainer_of(IRIS.candidates[0]).groups(works_of(planned), desk_of(planned, Terminal(quiet=True)).means())
    assert planned.finished.find(group) is not None
    assert anew.finished.find(group) is None


def works_of(planned):
    """Of the first candidate."""
    (job,) = planned.jobs
    return [Work(candidate=IRIS.candidates[0], dataset=job.dataset, fold=fold, epochs=5) for fold in job.folds]


@pytest.mark.parametrize("uri", ["http://me:secret@there:5000", "postgresql://me:secret@there/runs"])
def test_a_password_is_neither_remembered_nor_told(uri):
    for given in (["--tracking-uri", uri], [f"--tracking-uri={uri}"]):
        assert remembered(["iris", *given, "--seed", "2"]) == ["iris", "--seed", "2"]
        command = command_that_goes_on("chalktape run", ["iris", *given])
        assert "secret" not in command
        assert "me:PASSWORD@there" in command
