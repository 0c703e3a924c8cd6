"""The address of an MLflow store, looked at before anything is written to it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlparse
from urllib.request import urlopen

import mlflow
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from models.checks import require
from pipeline.process.provenance import versions

_SECONDS_TO_ANSWER = 5


def address(uri: str | None) -> str:
    """Returns the store's address: as given, else ``MLFLOW_TRACKING_URI``, else a database in the working directory.

    Raises:
        ValueError: It is of another kind than ``sqlite:///file``, ``http://server`` or ``https://server``.
    """
    uri = uri or os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{Path('mlruns/mlflow.db').absolute()}"
    require(
        urlparse(uri).scheme in {"sqlite", "http", "https"},
        "tracking",
        "an address of sqlite:///, http:// or https://",
        "MLflow 3 no longer writes to plain folders.",
        tracking_uri=uri,
    )
    return uri


def database(uri: str) -> Path | None:
    """Returns the file of a database's address; ``None`` for a server's."""
    return Path(uri.removeprefix("sqlite:///")) if urlparse(uri).scheme == "sqlite" else None


def groups_of(uri: str) -> Path:
    """Returns where groups that were trained lie: beside a database, for a server in the working directory."""
    file = database(uri)
    return (file.absolute().parent if file else Path("mlruns").absolute()) / "groups"


def writable_artifacts(database: Path) -> Path:
    """Returns the artifact folder beside a database, after making sure that both can be written.

    Raises:
        ValueError: They cannot.
    """
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


def require_answer(uri: str) -> None:
    """Checks that a server is there.

    Raises:
        ValueError: It does not answer within seconds.
    """
    try:
        with urlopen(f"{uri.rstrip('/')}/health", timeout=_SECONDS_TO_ANSWER):
            pass
    except (URLError, OSError) as error:
        raise ValueError(
            f"tracking: expected a server that answers within {_SECONDS_TO_ANSWER} seconds. Received: "
            f"tracking_uri={uri!r}. {getattr(error, 'reason', error)}: start it, or leave --tracking-uri out."
        ) from error


def existing(uri: str | None) -> str:
    """Returns the address, as ``address`` does, of a store that is there.

    Raises:
        ValueError: There is no such file, or the server does not answer.
    """
    uri = address(uri)
    if (file := database(uri)) is None:
        require_answer(uri)
    else:
        require(file.is_file(), "tracking", "a store", "Run something first, or give another.", tracking_uri=uri)
    return uri


@contextmanager
def readable(uri: str) -> Iterator[None]:
    """Makes a store the one that MLflow talks to, and says in one line why it cannot be read.

    Raises:
        ValueError: A database of another MLflow, or not one at all.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    mlflow.set_tracking_uri(uri)
    try:
        yield
    except (MlflowException, SQLAlchemyError) as error:
        raise ValueError(
            f"tracking: expected a store that this MLflow can read. Received: tracking_uri={uri!r}. "
            f"MLflow {versions()['mlflow']} says: {str(error).strip().splitlines()[0]}"
        ) from error


def place(artifact_uri: str, name: str) -> str:
    """Returns where a logged file lies: a path, or the address within the server's store."""
    return f"{artifact_uri.removeprefix('file://')}/{name}"
