"""A lock between processes that ends with its holder, however that ends: SQLite's own, of an empty database."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from errno import EACCES
from pathlib import Path

_BETWEEN_TRIES = 0.05  # seconds


@contextmanager
def alone(path: Path, seconds: float = 0.0) -> Iterator[None]:
    """Keeps every other process that asks for the same path out meanwhile.

    Args:
        path: Of what is not to be shared; the lock lies beside it while it is held.
        seconds: How long to wait for whoever holds it.

    Raises:
        TimeoutError: Somebody else holds it.
    """
    lock = path.with_name(f".{path.name}.lock")
    end = time.monotonic() + seconds
    while (connection := _held(lock)) is None:
        if time.monotonic() >= end:
            raise TimeoutError(f"another process has held it for {seconds:g} seconds")
        time.sleep(_BETWEEN_TRIES)
    with closing(connection):
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                lock.unlink(missing_ok=True)  # who still waits for this one is refused it, and asks for the next


def _held(lock: Path) -> sqlite3.Connection | None:
    with contextlib.ExitStack() as failed:
        try:
            connection = failed.enter_context(closing(sqlite3.connect(lock, timeout=0, isolation_level=None)))
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if not isinstance(error, sqlite3.OperationalError):
                raise PermissionError(EACCES, f"a file that is no lock stands there: {error}", str(lock)) from error
            if error.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN:
                raise PermissionError(EACCES, f"no lock can be laid beside it: {error}", str(lock)) from error
            return None
        failed.pop_all()  # it stays open, and so the lock is held
    return connection
