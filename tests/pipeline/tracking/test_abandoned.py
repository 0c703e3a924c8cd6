"""Who is asked whether a process is still there, and what is closed when it is not."""

import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest
from mlflow.tracking import MlflowClient

from pipeline.tracking import Tracker, abandoned
from pipeline.tracking.abandoned import PROCESS_TAG, _is_abandoned, this_process

HERE = socket.gethostname()


def is_abandoned(tag: str) -> bool:
    return _is_abandoned(SimpleNamespace(data=SimpleNamespace(tags={PROCESS_TAG: tag})))


@pytest.fixture(scope="module")
def ended() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def shifted(seconds: float, *, both: bool) -> str:
    """This process, as if it had started at another time: by the clock, and since the machine started."""
    host, process, started, since = this_process().split(":")
    return f"{host}:{process}:{float(started) + seconds}:{float(since) + seconds * both}"


def test_a_process_is_there_or_not(ended):
    assert not is_abandoned(this_process())
    assert not is_abandoned(f"{HERE}:{os.getpid()}")  # as earlier versions wrote it
    assert is_abandoned(f"{HERE}:{ended}")
    assert is_abandoned(f"{HERE}:{ended}:1.0:1.0")


def test_a_number_that_was_given_again_is_another_process():
    assert is_abandoned(shifted(3600, both=True))
    assert is_abandoned(shifted(-0.5, both=True))


def test_a_clock_that_was_set_ends_nobody():
    assert not is_abandoned(shifted(3600, both=False))


def test_one_that_has_ended_and_was_not_heard_is_not_there():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        told = f"{HERE}:{process.pid}"
        psutil.Process(process.pid)  # it is listed until its parent hears of its end
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_abandoned(told)


@pytest.mark.parametrize(
    "tag", ["", "elsewhere:1:1.0:1.0", "Tuesday", f"{HERE}:", f"{HERE}:me", f"{HERE}:1:2", "{HERE}::"]
)
def test_what_people_made_of_the_tag_and_other_machines_close_nothing(tag):
    assert not is_abandoned(tag)


def test_the_next_who_opens_the_store_closes_parents_and_children(workplace, ended):
    client = MlflowClient(Tracker().uri)
    experiment = client.create_experiment("small")
    gone = {PROCESS_TAG: f"{HERE}:{ended}:1.0:1.0"}
    parent = client.create_run(experiment, tags=gone).info.run_id
    children = [
        client.create_run(experiment, tags={"mlflow.parentRunId": parent, **own}).info.run_id for own in (gone, {})
    ]
    alive = client.create_run(experiment, tags={PROCESS_TAG: this_process()}).info.run_id
    Tracker()
    assert [client.get_run(run).info.status for run in (parent, *children, alive)] == [*["KILLED"] * 3, "RUNNING"]
    assert client.get_run(parent).data.tags["reason"] == "the process ended without a word"


def test_a_run_that_ends_well_while_it_is_looked_for_stays_so(workplace, monkeypatch):
    client = MlflowClient(Tracker().uri)
    run_id = client.create_run(client.create_experiment("small"), tags={PROCESS_TAG: this_process()}).info.run_id

    def ends_now(run) -> bool:
        client.set_terminated(run.info.run_id, "FINISHED")
        return True

    monkeypatch.setattr(abandoned, "_is_abandoned", ends_now)
    Tracker()
    found = client.get_run(run_id)
    assert (found.info.status, found.data.tags.get("reason")) == ("FINISHED", None)
