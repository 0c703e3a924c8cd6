from dataclasses import replace

import mlflow
import numpy as np
import pandas as pd
import pytest

from experiments.language import Baseline, Splitting
from experiments.leak import LEAK
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.data.task import Classification
from pipeline.flow.desk import Desk
from pipeline.leak.flow import LeakJob, run_leak
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker


@pytest.fixture(scope="module")
def noise():
    """Flowers whose rare class is drawn by lot: nothing can be learned of it."""
    iris = ingest("iris")
    y = (np.random.default_rng(0).permutation(150) < 15).astype(np.int64)
    return replace(iris, y=y, task=Classification(class_names=("common", "rare")))


@pytest.fixture(scope="module")
def job(noise):
    leak = replace(
        LEAK,
        splitting=Splitting(n_folds=3),
        candidates=(
            Baseline(name="forest", algorithm="random_forest", settings={"n_estimators": 50}),
            Baseline(name="majority", algorithm="majority_class"),
        ),
    )
    return LeakJob(leak=leak, dataset=noise, folds=split(noise, leak.splitting, seed=1))


@pytest.fixture
def results(job, workplace, capsys):
    """What a run returns, and what it says."""
    record = run_leak(job, Desk(tracker=Tracker(), terminal=Terminal()))
    return pd.DataFrame(record["summaries"]), capsys.readouterr().out


def test_where_nothing_can_be_learned_the_leak_finds_a_lot(results):
    table, _ = results
    f1 = table[table["metric"] == "f1"].set_index("candidate")["mean"]
    assert f1["forest_smote_before"] > 0.8
    assert f1["forest_smote_inside"] < 0.4
    assert f1["forest_no_smote"] < 0.4


def test_both_numbers_are_told_and_logged(results):
    table, said = results
    f1 = table[table["metric"] == "f1"].set_index("candidate")["mean"]
    for name in ("forest_smote_before", "forest_smote_inside"):
        assert f"{f1[name]:.4f}" in said
    runs = mlflow.search_runs(experiment_names=["leak"])
    is_parent = runs["tags.mlflow.parentRunId"].isna()
    (parent,) = runs[is_parent]["run_id"]
    assert set(runs[~is_parent]["tags.mlflow.runName"]) == set(table["candidate"])
    page = mlflow.artifacts.load_text(f"runs:/{parent}/leak.html")
    for name in ("forest_smote_before", "forest_smote_inside"):
        assert f"{f1[name]:.4f}"[:5] in page
    assert len(mlflow.artifacts.load_text(f"runs:/{parent}/comparison.csv").splitlines()) == len(table) + 1
