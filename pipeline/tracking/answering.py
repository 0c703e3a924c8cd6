"""Whether a server answers: asked within seconds, whatever it does instead of answering."""

import os
import re
import threading
from collections.abc import Callable

import sqlalchemy
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from models.checks import mistake
from pipeline.tracking.address import is_web, told

SECONDS_TO_ANSWER = 10
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


def require_answer(uri: str) -> None:
    """Checks that a server is there, speaks as such a store does, and lets in who asks.

    Args:
        uri: Without a password, which has been laid where it is looked for.

    Raises:
        ValueError: It does not do so within seconds.
    """
    be_impatient()
    why = _why_not(lambda: _ask_web(uri) if is_web(uri) else _ask_database(uri))
    if why:
        kind = "a server" if is_web(uri) else "a database"
        expected = f"{kind} that answers within {SECONDS_TO_ANSWER} seconds"
        remedy = f"{why}: start it, or leave --tracking-uri out."
        raise ValueError(mistake("tracking", expected, remedy, tracking_uri=told(uri)))


def answers(uri: str) -> bool:
    """Returns whether a server answers now, within seconds."""
    return not _why_not(lambda: _ask_web(uri) if is_web(uri) else _ask_database(uri))


def _why_not(ask: Callable[[], str]) -> str:
    """Returns why there is no answer, nothing where there is one.

    A server that sends a letter a second never exceeds a time limit of its socket: who asks is left behind instead.
    """
    said = [f"no answer for {SECONDS_TO_ANSWER} seconds"]
    asking = threading.Thread(target=lambda: said.insert(0, ask()), daemon=True)
    asking.start()
    asking.join(SECONDS_TO_ANSWER)
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
        told = re.findall(r"\[Errno -?\d+\] ([^'\")\]]+)", str(error))
        return told[-1] if told else f"no MLflow server speaks so ({type(error).__name__})"
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
