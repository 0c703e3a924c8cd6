"""The address of a store: of which kind it is, what may be told of it, and where its password goes.

A password stands in no text that anybody prints or logs: it is taken out of the address here and laid where the client
of the store looks for it.
"""

import os
import warnings
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SAWarning

from models.checks import mistake, require

_KINDS = ("sqlite", "postgresql", "http", "https")
_EXPECTED = "an address of sqlite:///, http:// or https://, or postgresql://"
_DRIVERS = ("psycopg2", "psycopg")

_passwords: dict[str, tuple[str, str]] = {}
"""Address without a password -> user and password that it was given with; of this process alone."""


def address(uri: str | None) -> str:
    """Returns the store's address: as given, else ``MLFLOW_TRACKING_URI``, else a database in the working directory.

    User and password of a server are taken out of it, the password of a database likewise; see ``sign_in``.

    Example:
        >>> address("https://ann:secret@runs.example.org:5000/mlflow")
        'https://runs.example.org:5000/mlflow'

    Raises:
        ValueError: It is of another kind than ``sqlite:///file``, ``postgresql://server/database``, ``http://server``
            or ``https://server``; the database would be forgotten with the process; a driver is not installed.
    """
    uri = uri or os.environ.get("MLFLOW_TRACKING_URI") or of_file(Path("mlruns/mlflow.db").absolute())
    parts = _parts(uri)
    kind = parts.scheme.partition("+")[0]
    require(
        kind in _KINDS, "tracking", _EXPECTED, "MLflow 3 no longer writes to plain folders.", tracking_uri=told(uri)
    )
    if kind == "sqlite":
        _require_file(uri)
        return uri
    if kind == "postgresql":
        parts = _parts(with_driver(uri))
        hidden, remedy = "password=" not in parts.query, "Write USER:PASSWORD@SERVER, or lay it into $PGPASSWORD."
        require(hidden, "tracking", "no password behind the question mark", remedy, server=parts.hostname)
    return _without_password(parts)


def with_driver(uri: str) -> str:
    """Returns the address of a PostgreSQL database with the driver that is installed here, where it names none.

    SQLAlchemy's own choice has changed from one version to the next.

    Raises:
        ValueError: None is installed.
    """
    if not uri.startswith("postgresql://"):
        return uri
    found = next((name for name in _DRIVERS if find_spec(name)), None)
    remedy = "Install it: pip install 'chalktape[postgres]'."
    require(found is not None, "tracking", "a driver for PostgreSQL", remedy, tracking_uri=told(uri))
    return uri.replace("postgresql://", f"postgresql+{found}://", 1)


def sign_in(uri: str) -> None:
    """Lays user and password that an address was given with where the client of its store looks for them."""
    if uri not in _passwords:
        return
    user, password = _passwords[uri]
    if not is_web(uri):
        os.environ["PGPASSWORD"] = password
    else:
        os.environ |= {"MLFLOW_TRACKING_USERNAME": user, "MLFLOW_TRACKING_PASSWORD": password}


def told(uri: str) -> str:
    """Returns an address as it may be told.

    Example:
        >>> told("postgresql://ann:secret@there/runs")
        'postgresql://ann:PASSWORD@there/runs'
    """
    user, at, rest = uri.partition("://")[2].rpartition("@")
    name, colon, _ = user.partition(":")
    return f"{uri.partition('://')[0]}://{name}:PASSWORD@{rest}" if at and colon else uri


def of_file(path: Path) -> str:
    """Returns the address of a database's file, as the installed SQLAlchemy reads it.

    Example:
        >>> of_file(Path("/my runs/mlflow.db"))
        'sqlite:////my runs/mlflow.db'
    """
    text = str(path)
    if make_url("sqlite:///%25").database != "%":  # before 2.1 it took every sign as it stands
        require("?" not in text, "tracking", "a path without a question mark", "Rename the folder.", path=text)
        return f"sqlite:///{text}"
    return f"sqlite:///{text.replace('%', '%25').replace('?', '%3F')}"


def database(uri: str) -> Path | None:
    """Returns the file of a database's address, without what follows a question mark; ``None`` for a server's."""
    return Path(make_url(uri).database or "") if urlsplit(uri).scheme.startswith("sqlite") else None


def is_web(uri: str) -> bool:
    """Returns whether a store is a tracking server."""
    return uri.startswith(("http://", "https://"))


def groups_of(uri: str) -> Path:
    """Returns where groups that were trained lie: beside a database, for a server in the working directory."""
    file = database(uri)
    return (file.absolute().parent if file else Path("mlruns").absolute()) / "groups"


def _parts(uri: str) -> SplitResult:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError as error:
        raise ValueError(
            f"tracking: expected {_EXPECTED}. Received: tracking_uri={told(uri)!r}. {error}: write it otherwise; signs "
            "like / and @ of a password as %2F and %40."
        ) from error
    return parts


def _require_file(uri: str) -> None:
    try:
        url = make_url(uri)
    except (ArgumentError, ValueError):
        url = None
    file = "" if url is None or url.host else url.database or ""
    there = bool(file) and file != ":memory:" and not file.startswith("file:")
    remedy = "What is kept in memory ends with the process: give sqlite:///folder/mlflow.db."
    require(there, "tracking", "the path of a database's file", remedy, tracking_uri=uri)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SAWarning)  # of what has no effect
            create_engine(uri, poolclass=NullPool)
    except (SAWarning, TypeError, ValueError) as error:
        why = str(error).partition(";")[0]
        expected, remedy = "?timeout=SECONDS or nothing behind the file", f"SQLAlchemy says: {why}."
        raise ValueError(mistake("tracking", expected, remedy, tracking_uri=uri)) from error


def _without_password(parts: SplitResult) -> str:
    """Takes the password out, of a web server the user, too, and remembers both for ``sign_in``."""
    user, at, host = parts.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    keeps_name = parts.scheme.startswith("postgresql") and name
    netloc = f"{name}@{host}" if keeps_name else host
    uri = parts._replace(netloc=netloc).geturl()
    if at and colon:
        _passwords[uri] = (unquote(name), unquote(password))
    return uri
