"""A database that is not there yet, wanted by several at once: one makes it, the others wait, and all are served."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.tracking import making
from pipeline.tracking.making import make


def told(database: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def test_eight_first_runs_at_once_all_end_well(tmp_path, eight_at_once):
    """Also where one that was killed has left half a database beside its place."""
    (tmp_path / "cold").mkdir()
    for left in (".mlflow.db.unfinished", ".mlflow.db.unfinished-journal", ".mlflow.db.lock"):
        (tmp_path / "cold" / left).write_text("half" * left.count("unfinished"))
    assert eight_at_once("sqlite:///cold/mlflow.db?timeout=60", tmp_path) == ("0 0 0 0 0 0 0 0", "")
    database = tmp_path / "cold" / "mlflow.db"
    assert told(database, "SELECT name, count(*) FROM experiments GROUP BY name") == [("Default", 1), ("small", 1)]
    assert told(database, "SELECT name FROM runs WHERE status = 'FINISHED' ORDER BY name") == [
        (f"run {number}",) for number in range(8)
    ]
    texts = sorted(file.read_text() for file in tmp_path.glob("cold/artifacts/small/*/artifacts/number.txt"))
    assert texts == [str(number) for number in range(8)]
    assert sorted(file.name for file in database.parent.iterdir()) == ["artifacts", "mlflow.db"]


@pytest.fixture
def made(monkeypatch):
    """Where databases were made; what is made is a word."""
    places = []

    def make_aside(file, artifacts):
        places.append(file)
        file.write_text("made")

    monkeypatch.setattr(making, "_make_aside", make_aside)
    return places


def test_an_empty_file_counts_as_none_and_one_that_is_there_is_left_alone(tmp_path, made):
    (tmp_path / "empty.db").touch()
    for name in ("empty.db", "new.db", "empty.db", "new.db"):
        make(tmp_path / name, tmp_path / "artifacts")
    assert made == [tmp_path / "empty.db", tmp_path / "new.db"]


def test_who_waits_too_long_says_for_whom(tmp_path, made, monkeypatch):
    monkeypatch.setattr(making, "_SECONDS_TO_WAIT", 0.2)
    with closing(sqlite3.connect(tmp_path / ".mlflow.db.lock", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TimeoutError, match=r"another process has held it for 0\.2 seconds"):
            make(tmp_path / "mlflow.db", tmp_path / "artifacts")
    assert made == []
