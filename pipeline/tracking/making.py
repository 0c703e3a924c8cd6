"""A database that is not there yet: made by one process, while others that want it wait.

MLflow makes its tables step by step, and two processes that do so at once break the database for all. A file is made
whole beside its place and moved there, so that nobody ever sees half of one, not even after a ``kill -9``; of a
PostgreSQL server a lock of its own is asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy

from pipeline.process.alone import alone
from pipeline.tracking.address import of_file

_SECONDS_TO_WAIT = 120  # making one takes three
_LOCK = 0x6368616C6B  # "chalk", among the advisory locks of a PostgreSQL server


def make(file: Path, artifacts: Path) -> None:
    """Makes a database where there is none, or waits for whoever is making it.

    Args:
        file: Where it will lie; an empty file counts as none.
        artifacts: Folder for files of runs that belong to no experiment.

    Raises:
        TimeoutError: Somebody else is making it and does not come to an end.
    """
    if _is_made(file):
        return
    with alone(file, _SECONDS_TO_WAIT):
        if not _is_made(file):
            _make_aside(file, artifacts)


@contextmanager
def one_at_a_time(uri: str) -> Iterator[None]:
    """Keeps other processes of this program from opening the same PostgreSQL database meanwhile."""
    engine = sqlalchemy.create_engine(uri, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_lock(_LOCK)))
        yield  # closing the connection gives the lock back, and so does the server when this process dies


def _is_made(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False


def _make_aside(file: Path, artifacts: Path) -> None:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore  # for once in the life of a database

    whole = file.resolve()  # what a link points to
    aside = whole.with_name(f".{whole.name}.unfinished")
    for left in (aside, aside.with_name(f"{aside.name}-journal")):
        left.unlink(missing_ok=True)
    try:
        store = SqlAlchemyStore(of_file(aside), artifacts.as_uri())
        store.engine.dispose()
        aside.replace(whole)
    finally:
        aside.unlink(missing_ok=True)  # on a full disk it would take what room there is
