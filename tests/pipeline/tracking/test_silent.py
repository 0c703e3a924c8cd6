"""The store of a worker that follows another takes every call and leaves nothing."""

import inspect

import pytest

from pipeline.tracking import Tracker
from pipeline.tracking.runs import ParentRun
from pipeline.tracking.silent import SilentTracker


@pytest.fixture
def run():
    with SilentTracker().run("any", name="any", tags={}) as run:
        yield run


PUBLIC = [name for name, each in vars(ParentRun).items() if callable(each) and not name.startswith("_")]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_call_of_a_run_is_taken(run, name):
    assert getattr(run, name)("anything", or_by="name") == ""


@pytest.mark.parametrize("name", ["log_candidat", "experiment_id"])
def test_what_a_run_cannot_be_called_is_an_error_here_too(run, name):
    with pytest.raises(AttributeError, match=name):
        getattr(run, name)


def test_it_is_opened_as_a_store_is():
    silent, loud = (inspect.signature(tracker.run).parameters for tracker in (SilentTracker, Tracker))
    assert silent == loud


@pytest.mark.usefixtures("asked_to_end")
def test_an_end_that_was_asked_for_is_heard_when_a_run_is_opened():
    with pytest.raises(KeyboardInterrupt), SilentTracker().run("any", name="any", tags={}):
        pass
