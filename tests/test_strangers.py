"""A metric and a kind of net from outside: somebody else's file, no line changed in ours, all of the house at work."""

import html
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from experiments.language import KINDS, METRICS, Metric, Net, metric, register
from models import classifier, nets
from pipeline.data.ingest import ingest
from pipeline.scoring import metrics
from pipeline.training import train

ROOT = Path(__file__).parents[1]
STRANGER = '''
"""Somebody else's file: a metric, a kind of net, and a comparison with both."""

from typing import ClassVar

import keras

from experiments.language import (
    Baseline, Comparison, Ensemble, Gate, Inputs, Metric, Net, Search, Splitting, Training, metric, register
)
from models import nets
from pipeline.plan import How, carry_out, plan
from pipeline.scoring import metrics
from pipeline.telling.terminal import Terminal

metric.register(
    Metric(
        name="worst_miss",
        words="worst miss",
        meaning="share that was missed of the class of which the most was",
        lower_is_better=True,
        kind="mean",
    )
)


def worst_miss(y_true, y_proba, positive_class=None):
    predicted = y_proba.argmax(axis=1)
    return float(max((predicted[y_true == k] != k).mean() for k in set(y_true.tolist())))


metrics.register("worst_miss", worst_miss)


class ShortcutNet(Net):
    width: int
    n_blocks: int = 1
    inputs: Inputs = "standardize"

    flattens: ClassVar[bool] = True

    def check(self, expect):
        super().check(expect)
        expect.least("n_blocks", 1, "One is a start.")

    def words(self):
        return f"{self.n_blocks} shortcuts around {self.width} neurons; {self.training.words()}"


register("shortcut_net", ShortcutNet)


def build(shape, n_outputs, *, output_activation=None, seed, name=None, width, n_blocks):
    def drawn(number):
        return keras.initializers.GlorotUniform(seed=100 * seed + number)

    inputs = keras.Input(shape)
    outputs = keras.layers.Dense(width, kernel_initializer=drawn(0))(inputs)
    for number in range(1, n_blocks + 1):
        bent = keras.layers.Dense(width, activation="relu", kernel_initializer=drawn(number))(outputs)
        outputs = keras.layers.Add()([outputs, bent])
    activation = output_activation or ("sigmoid" if n_outputs == 1 else "softmax")
    outputs = keras.layers.Dense(n_outputs, activation=activation, kernel_initializer=drawn(99))(outputs)
    return keras.Model(inputs, outputs, name=name)


nets.register("shortcut_net", build)

NET = ShortcutNet(
    name="shortcuts",
    width=6,
    n_blocks=2,
    training=Training(epochs=15, learning_rate=0.02, batch_size=16, optimizer="adam"),
)
STRANGE = Comparison(
    name="strange",
    title="Strangers",
    where="nowhere",
    data="iris",
    splitting=Splitting(n_folds=1),
    candidates=(
        NET,
        Ensemble(name="vote", net=NET, n_members=2),
        Search(name="searched", candidate=NET, space={"n_blocks": (1, 2)}, n_trials=2, n_inner=2),
        Baseline(name="majority_class", algorithm="majority_class"),
    ),
    metrics=("worst_miss", "accuracy", "log_loss"),
    primary_metric="worst_miss",
    gate=Gate(simplest="shortcuts"),
)
carry_out(plan([], [STRANGE], How()), Terminal())
'''


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a stranger's run left.

    Attributes:
        place: Its working directory, with the store.
        shown: In the terminal.
    """

    place: Path
    shown: str

    @cached_property
    def client(self) -> MlflowClient:
        """Of its store."""
        return MlflowClient(f"sqlite:///{self.place}/mlruns/mlflow.db")

    @cached_property
    def runs(self) -> dict[str, mlflow.entities.Run]:
        """By name."""
        experiment = self.client.get_experiment_by_name("strange")
        return {run.info.run_name: run for run in self.client.search_runs([experiment.experiment_id])}

    @property
    def parent(self) -> mlflow.entities.Run:
        """The run of the whole comparison."""
        return next(run for run in self.runs.values() if run.data.tags["kind"] == "comparison")

    def file(self, name: str) -> Path:
        """A file of the comparison."""
        return Path(self.parent.info.artifact_uri.removeprefix("file://")) / name

    def model(self, candidate: str) -> Path:
        """The folder of a logged model."""
        run = self.runs[candidate].info
        found = self.client.search_logged_models([run.experiment_id], filter_string=f"name = '{candidate}'")
        (found,) = (one for one in found if one.source_run_id == run.run_id)  # the champion is refitted under its name
        return Path(found.artifact_location.removeprefix("file://"))

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Of fold 0: metric -> value, a row for each candidate."""
        table = pd.read_csv(self.file("scores.csv"))
        return table[table["fold"] == 0].pivot(index="candidate", columns="metric", values="value")

    @cached_property
    def test_rows(self) -> np.ndarray:
        """Of fold 0."""
        table = pd.read_csv(self.file("split.csv"))
        return table.loc[(table["fold"] == 0) & (table["part"] == "test"), "row"].to_numpy()


@pytest.fixture(scope="module")
def visit(tmp_path_factory, furnish):
    """The stranger's file, run once in a process of its own, away from the checkout."""
    place = tmp_path_factory.mktemp("visit")
    with pytest.MonkeyPatch.context() as patch:
        furnish(place, patch)
        (place / "stranger.py").write_text(STRANGER, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "stranger.py"], cwd=place, env=environment, capture_output=True, text=True, timeout=300
        )
    assert done.returncode == 0, done.stderr
    return Visit(place=place, shown=done.stdout)


def test_the_metric_ranks_and_is_told(visit):
    page = html.unescape(visit.file("report.html").read_text(encoding="utf-8"))
    assert "Worst miss" in page
    assert "Share that was missed of the class of which the most was." in page
    assert "By worst miss, " in page
    assert "worst_miss [95 %]" in visit.shown
    comparison = pd.read_csv(visit.file("comparison.csv"))
    means = comparison[comparison["metric"] == "worst_miss"].set_index("candidate")["mean"]
    assert means["majority_class"] == 1
    best = visit.parent.data.tags["mlflow.note.content"].partition("\n")[0]
    assert means.idxmin().replace("_", " ") in best


def test_the_metric_is_what_its_function_says(visit):
    iris = ingest("iris")
    loaded, _ = classifier.load(visit.model("shortcuts") / "data" / "classifier")
    y_true = iris.y[visit.test_rows]
    predicted = loaded.predict_proba(iris.X[visit.test_rows]).argmax(axis=1)
    missed = [np.mean(predicted[y_true == k] != k) for k in range(3)]
    assert visit.scores.loc["shortcuts", "worst_miss"] == pytest.approx(max(missed), abs=1e-12)


@pytest.mark.parametrize(("candidate", "algorithm"), [("shortcuts", "shortcut_net"), ("vote", "ensemble")])
def test_the_net_is_trained_and_logged_by_its_kind(visit, candidate, algorithm):
    run = visit.runs[candidate]
    assert run.data.params["algorithm"] == algorithm
    assert (run.data.params["net.width"], run.data.params["net.n_blocks"]) == ("6", "2")
    assert (run.data.params["family"], run.data.params["inputs"]) == ("net", "standardize")
    of_one = (4 + 1) * 6 + 2 * (6 + 1) * 6 + (6 + 1) * 3
    assert run.data.metrics["training/parameters"] == of_one * (2 if candidate == "vote" else 1)
    losses = [point.value for point in visit.client.get_metric_history(run.info.run_id, "by_epoch/train_loss")]
    assert len(losses) == 15
    assert losses[-1] < losses[0] / 2


def test_its_settings_are_searched(visit):
    table = pd.read_csv(visit.file("search.csv"))
    assert sorted(table["n_blocks"].unique()) == [1, 2]
    (chosen,) = table.loc[table["chosen"], "n_blocks"]
    assert visit.runs["searched"].data.params["chosen.n_blocks"] == str(chosen)


def test_the_net_is_told_in_its_own_words(visit):
    page = html.unescape(visit.file("report.html").read_text(encoding="utf-8"))
    assert "2 shortcuts around 6 neurons; adam at rate 0.02" in page.replace("Shortcuts", "shortcuts")
    assert "mean of 2 nets of different seeds, each: 2 shortcuts" in page.replace("Mean", "mean")


@pytest.mark.parametrize("candidate", ["shortcuts", "vote", "searched"])
def test_it_is_saved_and_loaded_where_nobody_knows_the_stranger(visit, candidate):
    """The probabilities of the loaded model have the log loss that the run logged."""
    assert "shortcut_net" not in KINDS
    iris = ingest("iris")
    loaded, _ = classifier.load(visit.model(candidate) / "data" / "classifier")
    y_proba = loaded.predict_proba(iris.X[visit.test_rows])
    loss = metrics.log_loss(iris.y[visit.test_rows], y_proba)
    assert loss == pytest.approx(visit.scores.loc[candidate, "log_loss"], abs=1e-7)
    assert loss < np.log(3) / 2


class Other(Net):
    """A kind that nobody has registered."""

    def words(self) -> str:
        return "nothing"


def metric_called(name: str) -> Metric:
    return Metric(name=name, words="another", meaning="nothing", kind="mean")


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (
            lambda: register("dense_net", Other),
            "register: expected a kind that is not taken. Received: kind='dense_net'. Choose another name.",
        ),
        (
            lambda: metric.register(metric_called("accuracy")),
            "register: expected a metric that is not taken. Received: metric='accuracy'. Choose another name.",
        ),
        (
            lambda: metrics.register("accuracy", metrics.f1),
            "metrics: expected a metric without a function. Received: name='accuracy'. Choose another name.",
        ),
        (
            lambda: metrics.register("acuracy", metrics.f1),
            "metric: expected a known metric. Received: metric='acuracy'. Did you mean 'accuracy'?",
        ),
        (
            lambda: nets.register("dense_net", nets.build),
            "nets.register: expected a kind that is not taken. Received: kind='dense_net'. Choose another name.",
        ),
        (
            lambda: train.register("search", train.NetTrainer()),
            "train: expected a kind without a trainer. Received: kind='search'. Choose another name.",
        ),
    ],
)
def test_a_name_that_is_taken_is_refused_and_keeps_its_meaning(attempt: Callable[[], None], message: str):
    kinds, declared = dict(KINDS), dict(METRICS)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        attempt()
    assert (dict(KINDS), dict(METRICS)) == (kinds, declared)
    assert metrics.score("accuracy", np.array([0, 1]), np.eye(2)) == 1
    assert nets.build("dense_net", (4,), 3, seed=1, hidden_units=(5,)).count_params() == (4 + 1) * 5 + (5 + 1) * 3
