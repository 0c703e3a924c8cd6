"""Runs whose process has ended without a word: after a ``kill -9`` nothing else can close them."""

import re
import socket

import psutil  # type: ignore[import-untyped]
from mlflow.entities import LoggedModelStatus, Run
from mlflow.tracking import MlflowClient, fluent

from pipeline.process import interrupts

PROCESS_TAG = "process"
_PARENT_TAG = "mlflow.parentRunId"
_forgotten: set[str] = set()
"""Runs of this very process that it cannot end."""
_TOLD = re.compile(r"\d{1,18}(:\d+\.\d+:\d+\.\d+)?")
_SAME = 0.1  # seconds between two readings of one start


def this_process() -> str:
    """Returns what tells this process from any other that may write to the same store.

    The machine, the process's number, and when it started, in seconds of the clock and since the machine did: numbers
    are given again.
    """
    return ":".join([socket.gethostname(), *_identity(psutil.Process())])


def forget(run_id: str) -> None:
    """Lets MLflow forget an open run whose store is gone; whoever opens that store again closes it."""
    _forgotten.add(run_id)
    open_runs = fluent._active_run_stack.get()
    if open_runs and open_runs[-1].info.run_id == run_id:
        open_runs.pop()  # to end it would ask the store


@interrupts.held_back()
def close_abandoned(client: MlflowClient) -> None:
    """Marks KILLED what a process of this machine left RUNNING that is no more: parents, and what is below them.

    Models that were half logged are marked FAILED.
    """
    for experiment in client.search_experiments():
        running = client.search_runs([experiment.experiment_id], "attributes.status = 'RUNNING'")
        left = {run.info.run_id for run in running if run.info.run_id in _forgotten or _is_abandoned(run)}
        left |= {run.info.run_id for run in running if run.data.tags.get(_PARENT_TAG) in left}
        # Of a process that is gone this is the last word: it may have ended well since its run was found.
        closed = {run_id for run_id in left if client.get_run(run_id).info.status == "RUNNING"}
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
    host, _, told = run.data.tags.get(PROCESS_TAG, "").partition(":")
    if host != socket.gethostname() or not _TOLD.fullmatch(told):  # somebody else's, or changed by hand
        return False
    process, *started = told.split(":")
    return not _is_alive(int(process), started)


def _is_alive(process: int, started: list[str]) -> bool:
    """Returns whether a process is still there; ``started`` is empty where an earlier version wrote only its number."""
    try:
        found = psutil.Process(process)
        if found.status() == psutil.STATUS_ZOMBIE:
            return False
        _, *now = _identity(found)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
    # A clock that is set moves the one, a machine that starts again the other.
    return not started or any(abs(float(a) - float(b)) < _SAME for a, b in zip(started, now, strict=False))


def _identity(process: psutil.Process) -> tuple[str, str, str]:
    started = process.create_time()
    return str(process.pid), f"{started:.2f}", f"{started - psutil.boot_time():.2f}"
