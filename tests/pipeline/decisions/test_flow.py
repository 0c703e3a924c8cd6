import json
from dataclasses import replace
from pathlib import Path

import mlflow
import pandas as pd

from experiments.language import Decision
from pipeline import run

FILES = {"decisions", "calibration", "gains", "importance", "cost_differences", "cost_curves"}


def test_a_declared_decision_is_made_logged_and_told(workplace, small, monkeypatch, capfd):
    decision = Decision(candidates=("sigmoid_4", "logistic_regression"), cost_ratio=3, n_inner=2, rows="flowers")
    monkeypatch.setattr(run, "COMPARISONS", {"small": replace(small, positive_class=1, decision=decision)})
    assert run.main(["small", "--json", "results.json"]) == 0
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


def test_too_small_a_class_is_bad_input(workplace, small, monkeypatch, capfd):
    decision = Decision(candidates=("sigmoid_4",), cost_ratio=3, n_inner=60)
    monkeypatch.setattr(run, "COMPARISONS", {"small": replace(small, positive_class=1, decision=decision)})
    assert run.main(["small"]) == run.BAD_INPUT
    assert "decide: expected 60 training rows or more of every class" in capfd.readouterr().err


def _parent(workplace):
    mlflow.set_tracking_uri(f"sqlite:///{workplace / 'mlruns/mlflow.db'}")
    client = mlflow.MlflowClient()
    found = client.search_runs([client.get_experiment_by_name("small").experiment_id])
    (parent,) = [item for item in found if "mlflow.parentRunId" not in item.data.tags]
    return client, parent
