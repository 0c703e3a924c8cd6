"""What a flow works at: a silent desk leaves nothing, a run at another has its names and tags."""

import os
from dataclasses import replace
from datetime import datetime, timedelta

import mlflow
import pytest

from models.engine.devices import choose
from pipeline.flow.desk import Desk
from pipeline.plan import plan
from pipeline.training.executors import Here
from pipeline.training.work import NothingFinished


def test_a_silent_desk_leaves_no_file_and_no_word(workplace, small, capfd):
    (job,) = plan([], [small]).jobs
    before = {path: path.stat().st_mtime_ns for path in workplace.rglob("*")}
    placement = choose()
    capfd.readouterr()  # what TensorFlow says of devices that it looks for the first time
    results = job.run(Desk.silent(placement, epochs=1))
    assert {path: path.stat().st_mtime_ns for path in workplace.rglob("*")} == before
    assert capfd.readouterr() == ("", "")
    assert len(results["scores"]) == len(small.candidates) * len(small.metrics) * 2


def run_of(desk, *arguments, **how):
    with desk.run(*arguments, **how):
        return mlflow.active_run().data.tags, mlflow.active_run().info.run_id


@pytest.mark.parametrize(
    ("how", "name"),
    [({}, "{}, flowers"), ({"seed": 7}, "{}, flowers, seed 7"), ({"seed": 7, "name": "own"}, "own")],
)
def test_a_run_is_called_after_its_time_experiment_and_seed_unless_it_has_a_name(quiet_desk, how, name):
    before = datetime.now()
    tags, _ = run_of(quiet_desk, "comparison", "flowers", **how)
    times = [before + timedelta(seconds=passed) for passed in range(int((datetime.now() - before).total_seconds()) + 2)]
    assert tags["mlflow.runName"] in [name.format(f"{now.day} {now:%b %H:%M:%S}") for now in times]
    assert tags.get("seed") == ("7" if "seed" in how else None)


def test_a_run_is_tagged_by_its_kind_and_data_and_has_them_as_input(quiet_desk, small):
    dataset = plan([], [small]).jobs[0].dataset
    tags, run_id = run_of(quiet_desk, "leak", "flowers", dataset=dataset, seed=0)
    assert (tags["kind"], tags["dataset"], tags["seed"]) == ("leak", "iris", "0")
    assert tags["git"]
    (logged,) = mlflow.get_run(run_id).inputs.dataset_inputs
    assert logged.dataset.name == "iris"
    assert "dataset" not in run_of(quiet_desk, "lecture", "flowers")[0]


def test_what_trains_at_a_desk_is_what_stands_on_it(quiet_desk, watched):
    judge, finished = object(), object()
    means = replace(quiet_desk, finished=finished).means(judge)
    assert (means.placement, means.executor) == (quiet_desk.placement, watched)
    assert (means.judge, means.finished) == (judge, finished)
    assert isinstance(quiet_desk.means().finished, NothingFinished)


def test_a_run_has_the_tags_of_its_desk_and_says_what_was_found(quiet_desk):
    class Found(NothingFinished):
        def told(self):
            return "Two were found."

    desk = replace(quiet_desk, finished=Found(), tags={"command": "[]"})
    tags = mlflow.get_run(run_of(desk, "leak", "flowers")[1]).data.tags
    assert (tags["command"], tags["groups"], tags["kind"]) == ("[]", "Two were found.", "leak")
    assert "groups" not in mlflow.get_run(run_of(quiet_desk, "leak", "flowers")[1]).data.tags


def test_without_a_word_a_desk_trains_here_on_all_threads():
    silent = Desk.silent(choose())
    assert isinstance(silent.executor, Here)
    assert silent.executor.threads == os.cpu_count()
    assert silent.epochs is None
