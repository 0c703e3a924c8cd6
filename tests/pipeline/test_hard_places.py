"""Where a command may have to run: no home, a terminal of few columns and letters, a disk that is full or read-only."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import predict, run

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")


def test_without_a_home_in_twenty_columns_and_in_ascii_a_run_is_done(workplace):
    command = [sys.executable, "-m", "chalktape", "run", "iris", "--folds", "2", "--candidates", "logistic_regression"]
    left_out = ("HOME", "TF_CPP_MIN_LOG_LEVEL")  # TensorFlow set the second in this process, a user's shell has none
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "COLUMNS": "20"}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=200)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"logistic_regression" in done.stdout
    assert b"Report: " in done.stdout
    assert [path.name for path in workplace.iterdir()] == ["mlruns"]


@needs_full
def test_answers_that_find_no_room_are_told_in_one_line(flowers, tmp_path, capfd):
    flowers.rows[:3].to_csv(tmp_path / "rows.csv", index=False)
    arguments = ["models:/flowers@champion", str(tmp_path / "rows.csv"), "--tracking-uri", flowers.uri]
    assert predict.main([*arguments, "-o", str(FULL)]) == 1
    assert capfd.readouterr().err.splitlines()[-1].endswith("expected to write '/dev/full'. No space left on device.")


@needs_full
def test_results_that_find_no_room_are_told_in_one_line(workplace, capfd):
    assert run.main(["backpropagation", "--json", str(FULL), "--quiet"]) == 1
    *_, told, goes_on = capfd.readouterr().err.splitlines()
    assert "Received: a full disk" in told
    assert goes_on.startswith("This goes on from there")


def test_a_database_that_finds_no_room_leaves_nothing(tmp_path, monkeypatch, capfd):
    def no_room(uri, artifacts):
        Path(uri.removeprefix("sqlite:///")).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mlflow.store.tracking.sqlalchemy_store.SqlAlchemyStore", no_room)
    assert run.main(["backpropagation", "--tracking-uri", f"sqlite:///{tmp_path}/runs/mlflow.db"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert "expected a database that can be written" in line
    assert "No space left on device" in line
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_folder_that_is_read_only_is_told_in_one_line(tmp_path, monkeypatch, capfd):
    """By the error that a file system gives that was mounted so: the superuser may write anywhere else."""

    def read_only(**options):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", read_only)
    assert run.main(["backpropagation", "--tracking-uri", f"sqlite:///{tmp_path}/mlflow.db"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert "expected a folder that can be written" in line
    assert "Read-only file system" in line
    assert list(tmp_path.iterdir()) == []
