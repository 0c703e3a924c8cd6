"""``--strategy multi_worker`` through the command: two real processes that train together, of which one leaves a trace.

Both run the same flow over a comparison with a search and a decision, which train a second time on inner folds, with a
second seed and on fewer rows, over a leak, and over a comparison whose champion is refitted: a worker that follows has
no registry to look at. Each process gets the declarations from the program below, since catalogued ones are larger.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = '''
import sys

from sklearn.datasets import load_iris

from dataclasses import replace

from experiments.language import Baseline, Comparison, Decision, DenseNet, Gate, Leak, Search, Splitting, Training
from pipeline import run, usage
from pipeline.comparison import registration
from pipeline.data import ingest
from pipeline.data.task import Classification
from pipeline.data.values import Dataset


class Flowers:
    """Two species that overlap, of one of them 15 flowers only."""

    def load(self, *, data_dir=None, download=False):
        iris = load_iris()
        return Dataset(
            name="flowers",
            X=iris.data[50:115],
            y=(iris.target[50:115] == 2).astype("int64"),
            feature_names=tuple(iris.feature_names),
            task=Classification(class_names=("versicolor", "virginica")),
            source="Anderson",
            citation="Anderson (1936)",
            version="1",
        )


ingest.register("flowers", Flowers())
NET = DenseNet(
    name="sigmoid_4",
    hidden_units=(4,),
    training=Training(epochs=2, learning_rate=0.05, batch_size=16, optimizer="adam"),
)
MAJORITY = Baseline(name="majority_class", algorithm="majority_class")
SHARED = dict(
    title="Small",
    where="nowhere",
    data="flowers",
    metrics=("log_loss", "brier_score", "roc_auc"),
    primary_metric="log_loss",
    positive_class=1,
)
COMPARISON = Comparison(
    name="small",
    splitting=Splitting(n_folds=1, test_share=0.4),
    candidates=(
        NET,
        Search(
            name="searched", candidate=NET, space={"training.learning_rate": (0.001, 0.05)}, n_trials=2, n_inner=2
        ),
        MAJORITY,
    ),
    decision=Decision(candidates=("sigmoid_4",), cost_ratio=3, n_inner=2),
    n_seeds=2,
    learning_curve=(0.6,),
    **SHARED,
)
LEARNED = replace(NET, training=replace(NET.training, epochs=25, learning_rate=0.2))
GATED = Comparison(
    name="gated",
    splitting=Splitting(n_folds=3, test_share=0.4),
    candidates=(LEARNED, MAJORITY),
    gate=Gate(simplest="sigmoid_4"),
    **SHARED,
)
LEAK = Leak(name="small_leak", splitting=Splitting(n_folds=1, test_share=0.4), candidates=(NET, MAJORITY), **SHARED)
registration.is_changed = lambda: False  # also while somebody works on the program
usage.COMPARISONS = run.COMPARISONS = {"small": COMPARISON, "small_leak": LEAK, "gated": GATED}
sys.exit(run.main(sys.argv[1:]))
'''
TOGETHER = ("--strategy", "multi_worker")
_SECONDS = 480  # a process that waits for another for so long waits forever


def begin(place: Path, *arguments: str, **environment: str) -> subprocess.Popen:
    """Starts the command in a new folder."""
    place.mkdir(parents=True)
    variables = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=place,
        env={**variables, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def two(place: Path, *arguments: str) -> Iterator[list[subprocess.Popen]]:
    """Starts the command as a leader and one that follows; neither outlives the test."""
    with socket.socket() as first, socket.socket() as second:
        for free in (first, second):
            free.bind(("127.0.0.1", 0))
        workers = [f"127.0.0.1:{free.getsockname()[1]}" for free in (first, second)]
    processes = []
    for index, role in enumerate(("leader", "follower")):
        config = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
        processes.append(begin(place / role, *arguments, *TOGETHER, TF_CONFIG=json.dumps(config)))
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def ends(process: subprocess.Popen) -> tuple[int, str, str]:
    """Its exit code, and what it printed on both ways; a deadlock fails here."""
    output, errors = process.communicate(timeout=_SECONDS)
    return process.returncode, output, errors


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """One folder for all processes."""
    return tmp_path_factory.mktemp("workers")


@pytest.fixture(scope="module")
def alone(place):
    """The run of one process, with the same settings."""
    code, _, errors = ends(begin(place / "alone", "small", "small_leak", "gated"))
    assert code == 0, errors
    return place / "alone"


@pytest.fixture(scope="module")
def together(place):
    """The same run by two: exit code, output and errors of the leader and of the one that follows."""
    with two(place, "small", "small_leak", "gated") as (leader, follower):
        return ends(leader), ends(follower)


def table(place: Path, experiment: str, name: str) -> pd.DataFrame:
    (file,) = place.glob(f"mlruns/artifacts/{experiment}/*/artifacts/{name}")
    return pd.read_csv(file)


def test_both_end_well(together):
    for code, _, errors in together:
        assert code == 0, errors


@pytest.mark.parametrize(
    ("experiment", "name"),
    [
        ("small", "scores.csv"),
        ("small", "search.csv"),
        ("small", "comparison.csv"),
        ("small", "decisions.csv"),
        ("small", "seeds.csv"),
        ("small", "rows.csv"),
        ("small_leak", "comparison.csv"),
        ("gated", "comparison.csv"),
    ],
)
def test_two_processes_find_what_one_finds(alone, together, place, experiment, name):
    """To rounding: each takes half of a batch, so float32 gradients are added in another order."""
    one, two = (table(each, experiment, name) for each in (alone, place / "leader"))
    assert len(one) > 0
    assert np.isfinite(one.select_dtypes("number").to_numpy()).any()
    pd.testing.assert_frame_equal(two, one, rtol=0, atol=1e-6)


def test_both_took_part(together):
    (_, output, _), _ = together
    assert output.count("2 devices") == 2 + 1 + 2 + 1 + 3 + 2  # comparison, decision, seeds, fewer rows, leak, refit
    assert "Registered: models:/gated@champion, version 1, refitted on all 65 rows" in output


def test_the_follower_says_nothing_and_leaves_nothing(together, place):
    _, (_, output, errors) = together
    assert output == ""
    assert "Traceback" not in errors
    assert list((place / "follower").iterdir()) == []


def test_a_long_training_keeps_step(place):
    """Calls of the compiled loop get longer as they prove fast, by the same number of steps in both processes."""
    with two(place / "long", "small_leak", "--epochs", "300") as processes:
        for code, _, errors in [ends(process) for process in processes]:
            assert code == 0, errors


def test_a_request_to_end_ends_both(place):
    """The leader ends in order; the one that follows cannot go on alone."""
    with two(place / "asked", "small_leak", "--epochs", "1000000") as (leader, follower):
        wait_for_a_run(place / "asked" / "leader" / "mlruns" / "mlflow.db", leader)
        leader.send_signal(signal.SIGTERM)
        code, _, errors = ends(leader)
        assert code == 130
        assert "Interrupted. What was finished is in MLflow, in a run marked KILLED." in errors
        assert ends(follower)[0] != 0


def wait_for_a_run(database: Path, process: subprocess.Popen) -> None:
    end = time.monotonic() + _SECONDS
    while not statuses(database):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.5)


def statuses(database: Path) -> list[str]:
    """Of all runs; none while the store is being made."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return [status for (status,) in connection.execute("SELECT status FROM runs")]
    except sqlite3.OperationalError:
        return []
