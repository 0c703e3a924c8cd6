"""A store that is looked at before anything is written to it, and opened."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import mlflow
import sqlalchemy
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from models.checks import mistake, require
from pipeline.process.provenance import versions
from pipeline.tracking.address import address, database, is_web, sign_in, told
from pipeline.tracking.answering import StoreGone, first_line, heeded, require_answer
from pipeline.tracking.making import make, one_at_a_time

_PAST_OUR_ARGUMENTS = (
    "MLFLOW_RUN_ID",
    "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_EXPERIMENT_NAME",
    "MLFLOW_REGISTRY_URI",
    "MLFLOW_ACTIVE_MODEL_ID",
    "_MLFLOW_ACTIVE_MODEL_ID",
)
"""What an outer program leaves in the environment, and MLflow heeds although we say something else."""


@contextmanager
def talking_to(uri: str) -> Iterator[None]:
    """Makes a store the one that MLflow talks to.

    Whatever else the environment says of runs, experiments or a registry is not heeded meanwhile.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    sign_in(uri)
    with _by_our_arguments(), _without_strays(uri):
        mlflow.set_tracking_uri(uri)
        yield


@contextmanager
def readable(uri: str) -> Iterator[None]:
    """Makes a store the one that MLflow talks to, and says in one line why it cannot be read.

    Raises:
        ValueError: A database of another MLflow, or not one at all.
    """
    with talking_to(uri):
        try:
            with heeded():
                yield
        except StoreGone as error:
            raise ValueError(str(error)) from error
        except (MlflowException, SQLAlchemyError) as error:
            expected = "a store that this MLflow can read"
            remedy = f"MLflow {versions()['mlflow']} says: {first_line(error)}"
            raise ValueError(mistake("tracking", expected, remedy, tracking_uri=told(uri))) from error


@contextmanager
def writable(uri: str) -> Iterator[None]:
    """Opens a store for runs, as ``readable`` does; a database that is not there yet is made.

    Raises:
        ValueError: It cannot be opened or written, in one line.
    """
    file = database(uri)
    if file is not None:
        artifacts = _writable_artifacts(file)
        try:
            make(file, artifacts)
        except (OSError, sqlite3.Error, MlflowException, SQLAlchemyError) as error:
            raise _not_writable(uri, error) from error
    else:
        sign_in(uri)
        require_answer(uri)
    with readable(uri), nullcontext() if file or is_web(uri) else one_at_a_time(uri):
        if file is not None:
            _require_writable(uri)
        yield


def existing(uri: str | None) -> str:
    """Returns the address, as ``address`` does, of a store that is there.

    Raises:
        ValueError: There is no such file, or the server does not answer.
    """
    uri = address(uri)
    if (file := database(uri)) is None:
        sign_in(uri)
        require_answer(uri)
    else:
        require(file.is_file(), "tracking", "a store", "Run something first, or give another.", tracking_uri=uri)
    return uri


def artifacts_of(uri: str) -> Path | None:
    """Returns where files of runs lie, as far as that is not for a server to say.

    Beside a database's file; of a PostgreSQL database in the working directory.
    """
    if is_web(uri):
        return None
    file = database(uri)
    return (file.absolute().parent if file else Path("mlruns").absolute()) / "artifacts"


def _writable_artifacts(database: Path) -> Path:
    folder = database.absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(
            f"tracking: expected a folder that can be written. Received: folder={str(folder)!r}. "
            f"{error.strerror}: give another with --tracking-uri sqlite:///folder/mlflow.db."
        ) from error
    return folder / "artifacts"


def place(artifact_uri: str, name: str) -> str:
    """Returns where a logged file lies: a path, or the address within the server's store.

    Example:
        >>> place("file:///home/ann/my%20runs/artifacts", "report.html")
        '/home/ann/my runs/artifacts/report.html'
        >>> place("mlflow-artifacts:/1/artifacts", "report.html")
        'mlflow-artifacts:/1/artifacts/report.html'
    """
    parts = urlsplit(artifact_uri)
    return f"{url2pathname(parts.path) if parts.scheme == 'file' else artifact_uri}/{name}"


def _require_writable(uri: str) -> None:
    """Begins to write to a database's file and takes it back: MLflow would find out only behind the first training."""
    engine = sqlalchemy.create_engine(uri, poolclass=sqlalchemy.NullPool)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("ROLLBACK")
    except SQLAlchemyError as error:
        raise _not_writable(uri, error) from error


def _not_writable(uri: str, error: Exception) -> ValueError:
    """Returns what is told of a database's file that cannot be used."""
    why = first_line(getattr(error, "orig", None) or error)
    remedy = f"SQLite says: {why}. Give another with --tracking-uri sqlite:///folder/mlflow.db."
    return ValueError(mistake("tracking", "a database that can be written", remedy, tracking_uri=uri))


@contextmanager
def _by_our_arguments() -> Iterator[None]:
    """Takes out of the environment what would be heeded instead of what we say, and puts it back."""
    before = {name: os.environ.pop(name) for name in _PAST_OUR_ARGUMENTS if name in os.environ}
    try:
        yield
    finally:
        for name in _PAST_OUR_ARGUMENTS:
            os.environ.pop(name, None)
        os.environ |= before


@contextmanager
def _without_strays(uri: str) -> Iterator[None]:
    """Removes the empty folders that MLflow makes where it takes a percent sign of an address as it stands."""
    taken = Path(uri.removeprefix("sqlite:///")).parent if "%" in uri and not is_web(uri) else Path()
    strays = [folder for folder in (taken, *taken.parents) if not folder.exists()]
    try:
        yield
    finally:
        for folder in strays:
            with suppress(OSError):
                folder.rmdir()
