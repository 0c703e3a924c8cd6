"""Whether a server answers: asked within seconds, whatever it does instead of answering."""

import logging
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

import mlflow
import sqlalchemy
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from models.checks import mistake
from pipeline.tracking.address import is_web, told

SECONDS_TO_ANSWER = 10
_SECONDS_BETWEEN = 8  # two questions whether a server is still there
_SECONDS_TO_LOOK = 0.5  # after its answer
_SECONDS_TO_READ = 2  # an answer that came while a library kept the interpreter to itself
_LETTERS_TOLD = 300
_OWN_FAULTS = ("INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE")
"""What MLflow calls errors of a server, and those of the way to it."""
_PATIENCE = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "8",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "2",
    "PGCONNECT_TIMEOUT": str(SECONDS_TO_ANSWER),
}
"""MLflow's own would wait for minutes; together these stay below half a minute."""


def be_impatient() -> None:
    """Lets no client of a server wait for minutes, where the environment says nothing else."""
    for name, value in _PATIENCE.items():
        os.environ.setdefault(name, value)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it tells every try


def require_answer(uri: str) -> None:
    """Checks that a server is there, speaks as such a store does, and lets in who asks.

    Args:
        uri: Without a password, which has been laid where it is looked for.

    Raises:
        ValueError: It does not do so within seconds.
    """
    be_impatient()
    _State.gone = None
    why = _why_not(lambda: _ask_web(uri) if is_web(uri) else _ask_database(uri))
    if why:
        kind = "a server" if is_web(uri) else "a database"
        expected = f"{kind} that answers within {SECONDS_TO_ANSWER} seconds"
        remedy = f"{why}: start it, or leave --tracking-uri out."
        raise ValueError(mistake("tracking", expected, remedy, tracking_uri=told(uri)))


def _why_not(ask: Callable[[], str]) -> str:
    """Returns why there is no answer, nothing where there is one.

    A server that sends a letter a second never exceeds a time limit of its socket: who asks is left behind instead.
    Where one call of a library lets no thread run for as long as that, the answer may have come and not been read.
    """
    said = [f"no answer for {SECONDS_TO_ANSWER} seconds"]
    asking = threading.Thread(target=lambda: said.insert(0, ask()), daemon=True)
    asking.start()
    asking.join(SECONDS_TO_ANSWER)
    asking.join(_SECONDS_TO_READ)
    return said[0]


def _ask_web(uri: str) -> str:
    from mlflow.utils.credentials import get_default_host_creds
    from mlflow.utils.rest_utils import http_request

    place = "/api/2.0/mlflow/experiments/search"
    try:
        # Another timeout than anybody else's: sessions are shared by their settings, and this one may be left behind.
        answer = http_request(
            get_default_host_creds(uri),
            place,
            "GET",
            params={"max_results": 1},
            max_retries=0,
            timeout=SECONDS_TO_ANSWER,
            raise_on_status=False,
        )
        if answer.status_code in (401, 403):
            return "it does not let in this user with this password"
        if answer.status_code != 200:
            return f"it answers with status {answer.status_code}"
        answer.json()
    except (MlflowException, OSError, ValueError) as error:
        return _shortly(error)
    return ""


def _ask_database(uri: str) -> str:
    engine = sqlalchemy.create_engine(uri, poolclass=sqlalchemy.NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.select(1))
    except (SQLAlchemyError, TypeError, ValueError) as error:
        return first_line(getattr(error, "orig", None) or error)
    return ""


def first_line(error: BaseException) -> str:
    """Returns what an error says, in a line and without the dot at its end."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


class StoreGone(Exception):
    """A server that answered before does not do so any more, or answers that it cannot."""


class _Silent(BaseException):
    """Ends a call that waits for a server which is gone; libraries retry, or swallow, whatever is less."""


class _State:
    """Of the process, as its timer is."""

    is_watched = False
    gone: StoreGone | None = None


@contextmanager
def heeded() -> Iterator[None]:
    """Watches the server that MLflow talks to while something is asked of it: one that is gone is told soon, and once.

    While a call takes its time, the server is asked every few seconds whether it is still there: many bytes take long,
    and a server that sends a letter a second is silent all the same. A file's database needs none of this.

    Raises:
        StoreGone: It does not answer, or says that it cannot; from then on at once, until it was asked anew.
    """
    uri = mlflow.get_tracking_uri()
    if uri.startswith("sqlite") or _State.is_watched:
        yield
        return
    if _State.gone is not None:
        raise _State.gone
    _State.is_watched = True
    try:
        with _asked_meanwhile(uri):
            yield
    except (_Silent, MlflowException, SQLAlchemyError) as error:
        if (gone := as_gone(error)) is None:
            raise
        raise gone from error
    finally:
        _State.is_watched = False


def as_gone(error: BaseException) -> StoreGone | None:
    """Returns what says that the server is gone; ``None`` of an error that says something else."""
    uri = mlflow.get_tracking_uri()
    if isinstance(error, StoreGone):
        return error
    if uri.startswith("sqlite") or not isinstance(error, _Silent | MlflowException | SQLAlchemyError):
        return None
    if getattr(error, "error_code", _OWN_FAULTS[0]) not in _OWN_FAULTS:
        return None
    remedy = f"{_shortly(error)}. What was trained is kept."
    _State.gone = StoreGone(mistake("tracking", "a server that answers", remedy, tracking_uri=told(uri)))
    return _State.gone


@contextmanager
def _asked_meanwhile(uri: str) -> Iterator[None]:
    """Interrupts the call by a timer's signal, which only the main thread has, and not every system.

    A thread of its own asks and waits; the signal's handler only looks up what it found out. A handler that waited
    would keep the call from going on, and with it whatever the question needs that the call holds, such as the lock of
    a module that is being imported: a server that answers at once would be called silent. What the question is known
    to import is imported before the call; a call that holds anything else of it for as long as an answer may take is
    still taken for a silent server.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    if is_web(uri):
        import_module("mlflow.tracking.request_header.registry")  # by the first request, else
    found: list[str] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(_SECONDS_BETWEEN):
            if why := _why_not(lambda: _ask_web(uri) if is_web(uri) else _ask_database(uri)):
                found.append(why)
                return

    def interrupt(*_: object) -> None:
        if found and not over.is_set():
            raise _Silent(found.pop())  # once: what cleans up after the call is not interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        try:
            threading.Thread(target=ask, daemon=True).start()
            signal.setitimer(signal.ITIMER_REAL, _SECONDS_BETWEEN, _SECONDS_TO_LOOK)
            yield
        finally:
            over.set()
    finally:  # in any case, even where the signal came at the last moment
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _shortly(error: BaseException) -> str:
    """Returns what went wrong on the way to a server, of a library's long story."""
    story = str(error)
    if errors := re.findall(r"\[Errno -?\d+\] ([^'\")\]]+)", story):
        return str(errors[-1])
    if status := re.search(r"(?:error code|too many) (\d{3})", story):
        return f"It answers with status {status[1]}"
    if "timed out" in story:
        return "No answer in time"
    said = first_line(error)
    return said[:1].upper() + said[1:_LETTERS_TOLD]
