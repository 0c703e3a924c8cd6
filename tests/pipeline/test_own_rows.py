"""Groups, times and weights through the command: what is printed, divided, scored, told and served."""

import json

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.own import Own, own_comparison
from pipeline import predict, run

N = 240
QUICK = ["--candidates", "logistic_regression", "--quiet"]


@pytest.fixture
def visits(workplace) -> pd.DataFrame:
    """Visits of patients on days, as ``visits.csv``; how much each counts is known."""
    random = np.random.default_rng(0)
    patient = np.arange(N) // 6
    luck = random.normal(size=N // 6)[patient]
    size = luck + random.normal(size=N)
    frame = pd.DataFrame(
        {
            "patient": [f"p{k:02d}" for k in patient],
            "day": (pd.Timestamp("2024-01-01") + pd.to_timedelta(random.permutation(N) // 2, "D")).strftime("%Y-%m-%d"),
            "counts": random.integers(0, 5, N),
            "size": size.round(3),
            "height": random.normal(size=N).round(3),
            "ill": np.where(size + random.normal(size=N) > 0, "yes", "no"),
        }
    )
    frame.to_csv("visits.csv", index=False)
    return frame


def artifacts(workplace):
    """Returns what the last run has left."""
    mlflow.set_tracking_uri(f"sqlite:///{workplace / 'mlruns/mlflow.db'}")
    runs = mlflow.search_runs(
        experiment_names=["visits"], filter_string="tags.kind = 'comparison'", output_format="list"
    )
    return lambda name: mlflow.artifacts.load_text(f"runs:/{runs[0].info.run_id}/{name}")


def test_groups_and_weights_from_the_command_to_what_is_served(workplace, visits, capfd):
    asked = ["visits.csv", "--target", "ill", "--group", "patient", "--weight", "counts", "--ignore", "day"]
    assert run.main([*asked, "--register", "--candidates", "logistic_regression"]) == 0
    told = capfd.readouterr().out
    for line in (
        "its rows stay together; not used",
        "how much a row counts; not used",
        "Split: by group, whole 'patient' dealt out to 5 parts, each part the test rows once (rows of one tell of each",
        "rows that have a weight of 0 in 'counts' are left out.",
        f"refitted on all {(visits['counts'] > 0).sum()} rows",
    ):
        assert line in told
    visits = visits[visits["counts"] > 0].reset_index(drop=True)
    left = artifacts(workplace)
    roles = {column["name"]: column.get("role") for column in json.loads(left("columns.json"))["columns"]}
    assert roles == {"size": None, "height": None, "patient": "group", "counts": "weight"}
    page = left("report.html")
    for sentence in (
        "No &#39;patient&#39; stands on both sides of a split",
        "Rows count by &#39;counts&#39;: in the loss of every candidate",
        "corrected resampled t over folds of whole groups",
        "k nearest neighbors are left out, since they cannot weigh rows",
        "Test rows are of a &#39;patient&#39; that was not learned from",
        "--group patient --weight counts",
    ):
        assert sentence in page
    split = pd.read_csv(pd.io.common.StringIO(left("split.csv")))
    scores = pd.read_csv(pd.io.common.StringIO(left("scores.csv")))
    X, y, w = visits[["size", "height"]].to_numpy(), (visits["ill"] == "yes").to_numpy(int), visits["counts"].to_numpy()
    for fold, own in split.groupby("fold"):
        train, test = (own.loc[own["part"] == part, "row"].to_numpy() for part in ("train", "test"))
        assert not set(visits["patient"][train]) & set(visits["patient"][test])
        peer = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        peer.fit(X[train], y[train], logisticregression__sample_weight=w[train] / w[train].mean())
        expected = roc_auc_score(y[test], peer.predict_proba(X[test])[:, 1], sample_weight=w[test])
        found = scores.query(f"candidate == 'logistic_regression' and metric == 'roc_auc' and fold == {fold}")["value"]
        assert found.item() == pytest.approx(expected, abs=1e-6)
    later = visits[["height", "size", "patient"]].head(9)
    later.to_csv("later.csv", index=False)
    assert predict.main(["models:/visits@champion", "later.csv", "-o", "scored.csv", "--keep", "patient"]) == 0
    answered = pd.read_csv("scored.csv")
    assert answered["patient"].tolist() == later["patient"].tolist()
    peer = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    peer.fit(X, y, logisticregression__sample_weight=w / w.mean())
    np.testing.assert_allclose(answered["probability_yes"], peer.predict_proba(X[:9])[:, 1], atol=1e-6)


def test_time_from_the_command_to_the_report(workplace, visits, capfd):
    assert run.main(["visits.csv", "--target", "ill", "--time", "day", *QUICK[:2], "--folds", "4"]) == 0
    told = capfd.readouterr().out
    assert "day      time      -        120" in told
    assert (
        "Split: by time, 5 blocks of 'day' one after the other, each tested by what has learned from all rows" in told
    )
    left = artifacts(workplace)
    page = left("report.html")
    for sentence in (
        "Nothing is learned from a row that is not before all test rows by &#39;day&#39;",
        "block bootstrap: test rows redrawn in whole stretches of time (Carlstein 1986)",
        "corrected t over folds does not hold where each fold learns from all before it",
        "Each block of time was predicted by what had learned from all before it",
    ):
        assert sentence in page
    split = pd.read_csv(pd.io.common.StringIO(left("split.csv")))
    assert split["fold"].nunique() == 4
    for _, own in split.groupby("fold"):
        first, last = (visits["day"][own.loc[own["part"] == part, "row"]] for part in ("train", "test"))
        assert first.max() < last.min()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--group", "patiant"], "Did you mean 'patient'?"),
        (["--group", "ill"], "expected a column for --group beside the target"),
        (["--time", "patient"], "expected dates or numbers for --time"),
        (["--weight", "size"], "expected weights of 0 or more. Received: line="),
        (["--group", "day", "--time", "day"], "expected a column of its own for each of --group, --time and --weight"),
        (["--weight", "counts", "--cost-ratio", "5"], "expected no decision with weights"),
        (["--weight", "counts", "--candidates", "k_nearest_neighbors"], "expected a candidate of the comparison"),
        (["--group", "patient", "--folds", "7"], "--folds of 5, 10 and so on"),
        (["--time", "day", "--folds", "200"], "expected 201 or more times. Received: blocks=200, times=120"),
    ],
)
def test_what_cannot_be_heeded_is_one_line_and_leaves_nothing(workplace, visits, capsys, options, said):
    before = sorted(workplace.rglob("*"))
    assert run.main(["visits.csv", "--target", "ill", *options]) == run.BAD_INPUT
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert sorted(workplace.rglob("*")) == before


@pytest.mark.parametrize("n_groups", [5, 6])
def test_a_decision_of_too_few_groups_is_refused_in_the_commands_words(workplace, visits, capsys, n_groups):
    visits.assign(patient=np.arange(N) % n_groups).to_csv("visits.csv", index=False)
    assert run.main(["visits.csv", "--target", "ill", "--group", "patient", "--cost-ratio", "5"]) == run.BAD_INPUT
    error = capsys.readouterr().err
    assert "expected training rows of 5 groups or more for --cost-ratio" in error
    assert "leave --cost-ratio out" in error


def test_rows_of_weight_0_change_no_score_and_no_answer(workplace, visits):
    """The scale of the target, its means of a category's levels and the calibration of intervals counted them."""
    frame = visits.assign(size=visits["size"] * 3 + 50, counts=1 + visits["counts"]).drop(
        columns=["patient", "day", "ill"]
    )
    frame["ward"] = [f"w{k % 15}" for k in range(N)]
    nothing = frame.tail(40).assign(size=1e6, height=-1e6, ward="other", counts=0)
    asked = ["--target", "size", "--weight", "counts", "--candidates", "linear_regression", "--quiet"]
    found = {}
    for name, table in {"with": pd.concat([nothing, frame]), "without": frame}.items():
        place = workplace / name
        place.mkdir()
        table.to_csv(place / "visits.csv", index=False)
        assert run.main([str(place / "visits.csv"), *asked, "--json", str(place / "told.json")]) == 0
        found[name] = json.loads((place / "told.json").read_text())["experiments"][0]
    for what in ("summaries", "contrasts", "prediction_intervals"):
        ours, theirs = (found[name][what] for name in ("with", "without"))
        assert ours == theirs
        assert ours


def test_too_few_rows_that_count_are_refused_with_the_number_of_the_others(workplace, visits, capsys):
    visits.assign(counts=np.where(np.arange(N) % 80, 0, 1)).to_csv("visits.csv", index=False)
    assert run.main(["visits.csv", "--target", "ill", "--weight", "counts", "--ignore", "day"]) == run.BAD_INPUT
    error = capsys.readouterr().err
    assert "expected 5 rows or more of each class. Received: rows={" in error
    assert error.strip().endswith("237 rows that have a weight of 0 in 'counts' are left out.")


def test_three_groups_register_nothing_and_nothing_is_sure_anywhere(workplace, visits, capfd):
    """Scores had no interval, and a difference that had one registered the model."""
    visits["patient"] = np.arange(N) % 3
    visits["size"] += 4 * (visits["ill"] == "yes")
    visits.to_csv("visits.csv", index=False)
    told_json = workplace / "told.json"
    asked = ["visits.csv", "--target", "ill", "--group", "patient", "--ignore", "day", "--register"]
    assert run.main([*asked, "--candidates", "logistic_regression", "--json", str(told_json)]) == 0
    told = capfd.readouterr().out
    assert "does not pass the gate, the rule for what is registered: how sure its mean is, is not known" in told
    assert "(no interval: 3 groups of test rows" in told
    assert "What drives logistic regression is told without a word about chance: 3 groups of test rows" in told
    assert "Registered" not in told
    assert "nan" not in told
    (left,) = json.loads(told_json.read_text())["experiments"]
    assert not any(one["beyond_chance"] for one in left["drivers"]["importance"])
    bounds = [one["low"] for one in [*left["summaries"], *left["contrasts"], *left["drivers"]["importance"]]]
    assert all(low is None or np.isnan(low) for low in bounds)


def test_options_of_rows_need_a_table(workplace, capfd):
    assert run.main(["iris", "--group", "species"]) == run.BAD_INPUT
    assert "expected a table for options of a table. Received: options=['--group']" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("change", "kind", "n_splits", "n_folds", "words"),
    [
        ({"group": "g", "n_groups": 60}, "stratified_k_fold", 5, 5, "by group, whole 'g' dealt out to 5 parts"),
        ({"group": "g", "n_groups": 3}, "stratified_k_fold", 3, 3, "by group, whole 'g' dealt out to 3 parts"),
        ({"time": "t"}, "forward", None, 5, "by time, 5 blocks of 't'"),
        ({"time": "t", "group": "g", "n_groups": 9}, "forward", None, 5, "by group and time, 5 blocks of 't'"),
        (
            {"group": "g", "n_groups": 9, "class_counts": (90_000, 90_000)},
            "random",
            None,
            1,
            "by group, whole 'g' at random",
        ),
        (
            {"time": "t", "class_counts": (90_000, 90_000)},
            "forward",
            None,
            1,
            "by time, the last 20 % of the rows by 't'",
        ),
    ],
)
def test_what_is_said_of_rows_decides_how_they_are_divided(change, kind, n_splits, n_folds, words):
    own = Own(**{"name": "x", "target": "y", "class_counts": (300, 300), "positive_class": 1, **change})
    splitting, why = own.splitting
    assert (splitting.kind, splitting.n_splits, splitting.n_folds) == (kind, n_splits, n_folds)
    assert splitting.words().startswith(words)
    assert ("3 of them only" in why) == (change.get("n_groups") == 3)


def test_with_weights_neighbors_are_left_out_and_the_notes_say_so():
    own = Own(name="x", target="y", class_counts=(300, 300), positive_class=1, weight="w")
    comparison = own_comparison(own)
    assert "k_nearest_neighbors" not in {candidate.name for candidate in comparison.candidates}
    assert "k nearest neighbors are left out, since they cannot weigh rows" in comparison.notes
