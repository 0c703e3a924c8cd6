"""The model registry: the champion of each comparison, under the comparison's name."""

import random
import shlex
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from io import StringIO
from typing import TypeVar

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from pipeline.tracking.served import ALIAS, CHAMPION_FILE, Served

_TRIES, _SECONDS = 20, 0.3
_CAME_TOGETHER = ("Giving up after", "duplicate key", "UNIQUE constraint", "database is locked", "deadlock detected")
"""What MLflow, PostgreSQL and SQLite say of two that write the same row."""
_Made = TypeVar("_Made")
_PARENT_TAG = "mlflow.parentRunId"


def register(
    name: str, model_uri: str, *, how: str, description: str, tags: Mapping[str, str]
) -> tuple[str, str | None]:
    """Makes a logged model the newest version of a registered one, and the one that the alias names.

    Of several processes that do so at once each has its version, and the alias names that of the last one.

    Args:
        name: Of the registered model; made when it is new.
        model_uri: Of the logged model.
        how: It was trained, in a few words.
        description: Of the version: why it is the champion, and what it was trained on.
        tags: Of the version, to filter by.

    Returns:
        What happened, in a sentence: a store that cannot register must not cost the run. And the address of the
        version, which stays when another run moves the alias; ``None`` where there is none.
    """
    client = MlflowClient()
    try:
        with redirect_stderr(StringIO()):  # it prints what is returned here
            made = _patiently(lambda: mlflow.register_model(model_uri, name, tags=dict(tags)))
        _patiently(lambda: client.update_model_version(name, made.version, description))
        _patiently(lambda: client.set_registered_model_alias(name, ALIAS, made.version))
    except MlflowException as error:
        return f"Not registered: the store says {str(error).strip().splitlines()[0]!r}.", None
    return f"Registered: models:/{name}@{ALIAS}, version {made.version}, {how}.", f"models:/{name}/{made.version}"


def _patiently(step: Callable[[], _Made]) -> _Made:
    """Does what another process may be doing at the same moment; where both came together, once more."""
    for _ in range(_TRIES):
        try:
            return step()
        except MlflowException as error:
            if not any(sign in str(error) for sign in _CAME_TOGETHER):
                raise
            time.sleep(random.uniform(0, _SECONDS))
    return step()


def serving(name: str) -> Served | None:
    """Returns what the alias of a registered model names; ``None`` where none is registered."""
    try:
        version = MlflowClient().get_model_version_by_alias(name, ALIAS)
    except MlflowException:
        return None
    address, candidate = f"models:/{name}/{version.version}", version.tags.get("candidate", "")
    return Served(address=address, candidate=candidate, declared=_declared(version.run_id), tags=dict(version.tags))


def _declared(run_id: str | None) -> str:
    """Returns how the model of a run was declared; nothing where its comparison did not say so, or is not there."""
    if not run_id:  # registered by hand, from a folder
        return ""
    try:
        parent = MlflowClient().get_run(run_id).data.tags.get(_PARENT_TAG, "")
        place = MlflowClient().get_run(parent).info.artifact_uri
        with redirect_stderr(StringIO()):  # it draws a bar of progress
            return mlflow.artifacts.load_text(f"{place}/{CHAMPION_FILE}")
    except (MlflowException, OSError, UnicodeDecodeError):
        return ""


def commands(name: str, rows: str | None) -> str:
    """Returns what to type to score rows with the champion and to serve it, in the store that is open.

    Args:
        name: Of the registered model.
        rows: What is scored, as a file or folder may be called; ``None`` where it is in neither.
    """
    model = f"models:/{name}@{ALIAS}"
    score = [f"chalktape predict {model} {rows} -o scored.csv"] if rows else []
    lines = (
        "To score rows with it, and to serve it:" if rows else "To serve it:",
        f"export MLFLOW_TRACKING_URI={shlex.quote(mlflow.get_tracking_uri())}",
        *score,
        f"mlflow models serve -m {model} --env-manager local --port 5001",
    )
    return "\n    ".join(lines)
