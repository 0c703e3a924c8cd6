import json
from dataclasses import replace
from pathlib import Path

import mlflow
import pandas as pd
import pytest

from experiments.language import Decision
from pipeline.decisions.flow import make_decisions
from pipeline.plan import carry_out, plan
from pipeline.scoring.result import Result
from pipeline.telling.terminal import Terminal

FILES = {"decisions", "calibration", "gains", "cost_differences", "cost_curves"} | {
    "net_benefit",
    "recalibration",
    "net_benefit_differences",
    "decision_curves",
}


def decided(small, **how):
    """The small comparison with a decision on two of its candidates."""
    decision = Decision(candidates=("sigmoid_4", "logistic_regression"), cost_ratio=3, rows="flowers", **how)
    return replace(small, positive_class=1, decision=decision)


def test_a_declared_decision_is_made_logged_and_told(workplace, small, capfd):
    carry_out(plan([], [decided(small, n_inner=2)]), Terminal(), json_file=Path("results.json"))
    output = capfd.readouterr().out
    assert "small, decisions: sigmoid_4 (1 of 2)" in output
    assert "as much as 3 false alarms" in output
    (record,) = json.loads(Path("results.json").read_text())["experiments"]
    assert set(record["decisions"]) == FILES
    client, parent = _parent(workplace)
    artifacts = Path(parent.info.artifact_uri.removeprefix("file://"))
    assert {Path(file.path).stem for file in client.list_artifacts(parent.info.run_id)} >= FILES
    table = pd.read_csv(artifacts / "decisions.csv")
    logged = table.query("candidate == 'sigmoid_4' and case == 'cheapest' and quantity == 'cost'")["mean"].item()
    told = {(one["candidate"], one["case"], one["quantity"]): one["mean"] for one in record["decisions"]["decisions"]}
    assert told["sigmoid_4", "cheapest", "cost"] == logged
    assert 'id="decisions"' in (artifacts / "report.html").read_text()
    assert "as much as 3 false alarms" in parent.data.tags["mlflow.note.content"]


def test_the_declared_candidates_alone_are_trained_again_on_inner_folds(small, quiet_desk, watched):
    (job,) = plan([], [decided(small, n_inner=2)]).jobs
    job.run(quiet_desk)
    outer, inner = watched.trained[: 4 * 2], watched.trained[4 * 2 :]
    assert {run.candidate.name for run in outer} == {candidate.name for candidate in small.candidates}
    assert [run.candidate.name for run in inner] == 4 * ["sigmoid_4"] + 4 * ["logistic_regression"]
    for run in inner:
        assert {*run.train_rows} < {*outer[run.fold_index // 2].train_rows}


def test_without_a_decision_nothing_is_trained_again(small, quiet_desk, watched):
    (job,) = plan([], [small]).jobs
    assert job.inner_folds == ()
    result = Result(comparison=small, dataset=job.dataset, folds=job.folds)
    assert make_decisions(result, job.inner_folds, quiet_desk) is None
    assert watched.trained == []


def test_too_small_a_class_is_told_before_anything_is_trained(workplace, small):
    with pytest.raises(ValueError, match=r"split: expected n_inner training rows of every class or more.*n_inner=60"):
        plan([], [decided(small, n_inner=60)])


def _parent(workplace):
    mlflow.set_tracking_uri(f"sqlite:///{workplace / 'mlruns/mlflow.db'}")
    client = mlflow.MlflowClient()
    found = client.search_runs([client.get_experiment_by_name("small").experiment_id])
    (parent,) = [item for item in found if "mlflow.parentRunId" not in item.data.tags]
    return client, parent
