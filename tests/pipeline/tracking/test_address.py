"""Addresses of stores: what is taken, what is refused by name, and that no password is told."""

import os
from pathlib import Path

import pytest

from pipeline.tracking import address as module
from pipeline.tracking.address import address, database, groups_of, of_file, sign_in, told

SECRET = "s3cr3t/@:?%"
WRITTEN = "s3cr3t%2F%40%3A%3F%25"


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "PGPASSWORD"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(module, "_passwords", {})


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("sqlite://", "the path of a database's file"),
        ("sqlite:///", "the path of a database's file"),
        ("sqlite:///:memory:", "What is kept in memory ends with the process"),
        ("sqlite:///:memory:?cache=shared", "the path of a database's file"),
        ("sqlite:///file:runs?mode=memory&cache=shared&uri=true", "the path of a database's file"),
        ("sqlite://there/runs.db", "the path of a database's file"),
        ("sqlite:///runs.db?nonsense=1", "SQLAlchemy says: Query string argument(s) 'nonsense' are not accepted"),
        ("sqlite:///runs.db?timeout=soon", "SQLAlchemy says: could not convert string to float: 'soon'."),
        ("file:./mlruns", "sqlite:///, http:// or https://"),
        ("mlruns", "MLflow 3 no longer writes to plain folders."),
        ("mysql://there/runs", "or postgresql://"),
        ("http://there:port", "write it otherwise"),
        ("postgresql://ann@there/runs?password=s3cr3t", "no password behind the question mark"),
    ],
)
def test_what_is_no_store_is_refused_in_one_line(uri, message):
    with pytest.raises(ValueError, match=r"^tracking: expected ") as refused:
        address(uri)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "address_of_it"),
    [
        (f"http://ann:{WRITTEN}@there:5000", "http://there:5000"),
        (f"https://ann:{WRITTEN}@there/mlflow/", "https://there/mlflow/"),
        (f"postgresql+psycopg2://ann:{WRITTEN}@there:5432/runs", "postgresql+psycopg2://ann@there:5432/runs"),
        (f"postgresql+psycopg2://ann:{WRITTEN}@/runs?host=/run", "postgresql+psycopg2://ann@/runs?host=/run"),
    ],
)
def test_a_password_is_taken_out_and_laid_where_it_is_looked_for(given, address_of_it):
    assert address(given) == address_of_it
    sign_in(address_of_it)
    place = "PGPASSWORD" if given.startswith("postgresql") else "MLFLOW_TRACKING_PASSWORD"
    assert os.environ[place] == SECRET
    assert os.environ["MLFLOW_TRACKING_USERNAME"] == ("" if given.startswith("postgresql") else "ann")
    assert WRITTEN not in told(given)
    assert "PASSWORD@" in told(given)


def test_an_address_that_is_written_wrongly_does_not_tell_its_password():
    with pytest.raises(ValueError, match="ann:PASSWORD@there:5000x") as refused:
        address("http://ann:s3cr3t@there:5000x")
    assert "s3cr3t" not in str(refused.value)


def test_the_driver_is_named_or_its_lack_is_told(monkeypatch):
    for installed in ("psycopg2", "psycopg"):
        monkeypatch.setattr(module, "find_spec", lambda name, there=installed: name == there or None)
        assert address("postgresql://there/runs") == f"postgresql+{installed}://there/runs"
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install 'chalktape\[postgres\]'") as refused:
        address("postgresql://ann:s3cr3t@there/runs")
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize("name", ["a b", "Ökonomie", "100%", "50%25", "a#b", "why?", "a&b=c"])
def test_a_files_address_leads_back_to_it(name):
    path = Path("/somewhere") / name / "mlflow.db"
    uri = of_file(path)
    assert database(uri) == path
    assert database(f"{uri}?timeout=60") == path
    assert address(uri) == uri
    assert groups_of(f"{uri}?timeout=60") == path.parent / "groups"


def test_by_default_it_is_the_working_directorys_whatever_that_is_called(tmp_path, monkeypatch):
    (tmp_path / "50% done").mkdir()
    monkeypatch.chdir(tmp_path / "50% done")
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert database(address(None)) == tmp_path / "50% done" / "mlruns" / "mlflow.db"
