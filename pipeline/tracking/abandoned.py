"""Runs whose process has ended without a word: after a ``kill -9`` nothing else can close them."""

import os
import socket

from mlflow.entities import LoggedModelStatus, Run
from mlflow.tracking import MlflowClient

from pipeline.process import interrupts

PROCESS_TAG = "process"
_PARENT_TAG = "mlflow.parentRunId"


def this_process() -> str:
    """Returns what tells this process from any other that may write to the same store."""
    return f"{socket.gethostname()}:{os.getpid()}"


@interrupts.held_back()
def close_abandoned(client: MlflowClient) -> None:
    """Marks KILLED what a process of this machine left RUNNING that is no more: parents, and what is below them.

    Models that were half logged are marked FAILED.
    """
    for experiment in client.search_experiments():
        running = client.search_runs([experiment.experiment_id], "attributes.status = 'RUNNING'")
        closed = {run.info.run_id for run in running if _is_abandoned(run)}
        closed |= {run.info.run_id for run in running if run.data.tags.get(_PARENT_TAG) in closed}
        for run_id in closed:
            client.set_tag(run_id, "reason", "the process ended without a word")
            client.set_terminated(run_id, "KILLED")
        if closed:
            _close_models(client, experiment.experiment_id, closed)


def _close_models(client: MlflowClient, experiment_id: str, run_ids: set[str]) -> None:
    for run_id in run_ids:
        for model in client.search_logged_models([experiment_id], f"source_run_id = '{run_id}'"):
            if not LoggedModelStatus.is_finalized(model.status):
                client.finalize_logged_model(model.model_id, LoggedModelStatus.FAILED)


def _is_abandoned(run: Run) -> bool:
    host, _, process = run.data.tags.get(PROCESS_TAG, "").partition(":")
    return host == socket.gethostname() and not _is_alive(int(process))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
