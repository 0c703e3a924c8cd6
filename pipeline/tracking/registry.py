"""The model registry: the champion of each comparison, under the comparison's name."""

import shlex
from collections.abc import Mapping
from contextlib import redirect_stderr
from io import StringIO

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from pipeline.tracking.served import CHAMPION_FILE, Served

ALIAS = "champion"
_DONE = "Registered:"
_PARENT_TAG = "mlflow.parentRunId"


def register(name: str, model_uri: str, *, how: str, description: str, tags: Mapping[str, str]) -> str:
    """Makes a logged model the newest version of a registered one, and the one that the alias names.

    Args:
        name: Of the registered model; made when it is new.
        model_uri: Of the logged model.
        how: It was trained, in a few words.
        description: Of the version: why it is the champion, and what it was trained on.
        tags: Of the version, to filter by.

    Returns:
        What happened, in a sentence: a store that cannot register must not cost the run.
    """
    client = MlflowClient()
    try:
        with redirect_stderr(StringIO()):  # it prints what is returned here
            version = mlflow.register_model(model_uri, name, tags=dict(tags)).version
        client.update_model_version(name, version, description)
        client.set_registered_model_alias(name, ALIAS, version)
    except MlflowException as error:
        return f"Not registered: the store says {str(error).strip().splitlines()[0]!r}."
    return f"{_DONE} models:/{name}@{ALIAS}, version {version}, {how}."


def is_registered(told: str) -> bool:
    """Returns whether what ``register`` told is that it was done."""
    return told.startswith(_DONE)


def champion_of(name: str) -> str:
    """Returns the address of the version that the alias names now: another run may move the alias, never the version.

    Args:
        name: Of the registered model, which has one.
    """
    return f"models:/{name}/{MlflowClient().get_model_version_by_alias(name, ALIAS).version}"


def serving(name: str) -> Served | None:
    """Returns what the alias of a registered model names; ``None`` where none is registered."""
    try:
        version = MlflowClient().get_model_version_by_alias(name, ALIAS)
    except MlflowException:
        return None
    address, candidate = f"models:/{name}/{version.version}", version.tags.get("candidate", "")
    return Served(address=address, candidate=candidate, declared=_declared(version.run_id))


def _declared(run_id: str) -> str:
    """Returns how the model of a run was declared; nothing where its comparison did not say so, or is not there."""
    try:
        parent = MlflowClient().get_run(run_id).data.tags.get(_PARENT_TAG, "")
        place = MlflowClient().get_run(parent).info.artifact_uri
        with redirect_stderr(StringIO()):  # it draws a bar of progress
            return mlflow.artifacts.load_text(f"{place}/{CHAMPION_FILE}")
    except (MlflowException, OSError, UnicodeDecodeError):
        return ""


def commands(name: str, rows: str) -> str:
    """Returns what to type to score rows with the champion and to serve it, in the store that is open.

    Args:
        name: Of the registered model.
        rows: What is scored, as a file or folder may be called.
    """
    model = f"models:/{name}@{ALIAS}"
    lines = (
        "To score rows with it, and to serve it:",
        f"export MLFLOW_TRACKING_URI={shlex.quote(mlflow.get_tracking_uri())}",
        f"chalktape predict {model} {rows} -o scored.csv",
        f"mlflow models serve -m {model} --env-manager local --port 5001",
    )
    return "\n    ".join(lines)
