"""``chalktape.compare``: the command's own run, from a program, on a file or a frame."""

import inspect
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import chalktape
from chalktape.compared import compare
from pipeline import predict, run
from pipeline.usage import parser_of

CHURN = {"candidates": ["logistic_regression"], "folds": 5, "register": True, "quiet": True}


@pytest.fixture(scope="module")
def frame():
    """Customers with an id, a gap, a date and words; what they pay follows from two columns, but for chance."""
    random, n = np.random.default_rng(0), 240
    found = pd.DataFrame(
        {
            "customerID": [f"C{number:04d}" for number in range(n)],
            "tenure": random.integers(0, 72, n),
            "Contract": random.choice(["Month", "One year", "<Zwölf>"], n),
            "since": pd.date_range("2020-01-01", periods=n).strftime("%Y-%m-%d"),
        }
    )
    found["paid"] = 30.0 * found["tenure"] + 200 * (found["Contract"] == "Month") + random.normal(0, 100, n).round(2)
    logit = 2 - 0.09 * found["tenure"] + (found["Contract"] == "Month")
    found["Churn"] = np.where(random.random(n) < 1 / (1 + np.exp(-logit)), "Yes", "No")
    found.loc[3, "paid"] = np.nan
    return found


@pytest.fixture(scope="module")
def place(frame, furnish, tmp_path_factory):
    """A working directory with the table as a file."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("door")
        furnish(folder, patch)
        frame.to_csv(folder / "churn.csv", index=False)
        yield folder


@pytest.fixture(scope="module")
def outcome(place):
    return compare("churn.csv", "Churn", **CHURN)


@pytest.fixture(scope="module")
def of_numbers(place, frame):
    return compare(frame, "paid", name="paid", candidates=["linear_regression"], folds=5, register=True, quiet=True)


@pytest.fixture(scope="module")
def of_frame(place, frame):
    """Of the frame itself; a quick try, which registers nothing."""
    return compare(frame, "Churn", name="frame", kinds={"since": "date"}, **{**CHURN, "register": False})


def numbers_of(record):
    """All that a run's tables show, but for how long it took and where it was asked for."""
    return json.loads(json.dumps({name: record[name] for name in ("summaries", "contrasts")}, default=float))


def test_it_comes_to_the_numbers_of_the_command(outcome, place):
    asked = ["churn.csv", "--target", "Churn", "--candidates", "logistic_regression", "--folds", "5"]
    asked += ["--register", "--quiet", "--json", "out.json"]
    assert run.main(asked) == 0
    (record,) = json.loads(Path("out.json").read_text())["experiments"]
    assert record["summaries"] == numbers_of(outcome.found.record)["summaries"]
    assert record["contrasts"] == numbers_of(outcome.found.record)["contrasts"]
    command = "chalktape run churn.csv --target Churn --seed 1 --folds 5 --candidates logistic_regression"
    assert command in outcome.report.read_text("utf-8").replace("\n", " ")


def test_a_frame_comes_to_the_same_and_the_page_says_how_to_ask_again(of_frame, outcome):
    for one, other in zip(of_frame.result.scores, outcome.result.scores, strict=True):
        np.testing.assert_array_equal(one.predicted, other.predicted)
        assert one.metrics == other.metrics
    assert "chalktape run TABLE.csv --target Churn --kind since=date --name frame" in of_frame.report.read_text("utf-8")


def test_a_notebook_shows_a_leaderboard_with_intervals_and_what_may_be_said(outcome):
    shown = outcome._repr_html_()
    board = outcome.leaderboard
    assert board.index.tolist() == [one.candidate for one in outcome.result.ranked]
    best = outcome.result.ranked[0]
    assert (board["roc_auc"].iloc[0], board["low"].iloc[0], board["high"].iloc[0]) == (best.mean, best.low, best.high)
    assert f"{best.mean:.4f}" in shown
    assert f"{best.low:.4f} to {best.high:.4f}" in shown
    assert shown.index("logistic regression") < shown.index("majority class")
    assert "ROC-AUC" in shown
    assert outcome.verdict in repr(outcome)
    assert outcome.registered in repr(outcome)
    assert all(one in repr(outcome) for one in outcome.leaderboard)  # pandas would leave columns out
    assert "<Zwölf>" not in shown


def test_page_and_champion_are_there_and_the_store_names_the_version(outcome):
    assert outcome.report.is_file()
    assert outcome.champion == "models:/churn/1"
    assert outcome.registered.startswith("Registered: models:/churn@champion, version 1")


def test_it_predicts_what_the_command_predicts(outcome, frame):
    found = outcome.predict(frame)
    assert [*found] == ["predicted_class", "probability_No", "probability_Yes"]
    assert predict.main([outcome.champion, "churn.csv", "-o", "scored.csv"]) == 0
    scored = pd.read_csv("scored.csv")
    assert found["predicted_class"].tolist() == scored["predicted_class"].tolist()
    np.testing.assert_allclose(found["probability_Yes"], scored["probability_Yes"], rtol=0, atol=1e-12)
    turned = frame[frame.columns[::-1]].assign(more=1).set_index("customerID").iloc[5:8]
    again = outcome.predict(turned)
    assert again.index.tolist() == ["C0005", "C0006", "C0007"]
    np.testing.assert_allclose(again["probability_Yes"], found["probability_Yes"].iloc[5:8])
    with pytest.raises(ValueError, match="tenure"):
        outcome.predict(frame.drop(columns="tenure"))


def test_numbers_are_compared_and_predicted_with_intervals(of_numbers, frame):
    assert of_numbers.result.primary.name == "r2"
    assert of_numbers.leaderboard["rmse"].iloc[0] == pytest.approx(100, rel=0.15)
    found = of_numbers.predict(frame)
    assert [*found] == ["prediction", "prediction_low", "prediction_high"]
    reach = of_numbers.found.registration.refitted.interval.reach
    np.testing.assert_allclose(found["prediction_high"] - found["prediction"], reach)
    paid = frame["paid"]
    held = paid.between(found["prediction_low"], found["prediction_high"])[paid.notna()].mean()
    assert 0.8 < held < 1  # of rows that it has learned from
    assert predict.main([of_numbers.champion, "churn.csv", "-o", "paid.csv"]) == 0
    pd.testing.assert_frame_equal(pd.read_csv("paid.csv"), found, check_exact=False, rtol=1e-12)


def test_without_a_registered_model_nothing_is_predicted_and_why_is_told(of_frame, frame):
    assert of_frame.champion is None
    with pytest.raises(ValueError, match=r"a registered champion. Received: champion=None. Not registered: .*declared"):
        of_frame.predict(frame)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"target": "Churm"}, r"Did you mean 'Churn'\?"),
        ({"kinds": {"Contract": "categry"}}, "Did you mean 'category'"),
        ({"metric": "r2"}, "a metric of classification"),
        ({"candidates": ["forest"]}, "a candidate of the comparison"),
        ({"candidates": "random_forest"}, r"candidates as a list of names. Received: candidates='random_forest'"),
        ({"ignore": "customerID"}, "ignore as a list of names"),
        ({"primary": 5}, "primary as a pair of names"),
        ({"primary": ["sigmoid_30,random_forest"]}, "primary as a pair of names"),
        ({"primary": "sigmoid_30,random_forest"}, "primary as a pair of names"),
        ({"primary": ("sigmoid_30", "forest")}, "NET,BASELINE, two of the candidates"),
        (
            {"primary": ("sigmoid_30", "random_forest"), "skip": ["random_forest"]},
            "both of the primary pair among what is tried",
        ),
        ({"cost_ratio": 0}, "cost_ratio as a number above 0"),
        ({"recall": 1.5}, "recall as a number above 0, at most 1"),
        ({"recall": "x"}, "recall as a number above 0, at most 1"),
        ({"cost_ratio": [20]}, "cost_ratio as a number above 0"),
        ({"cost_ratio": "20"}, "cost_ratio as a number above 0"),
        ({"kinds": "age=number"}, "kinds as a mapping"),
        ({"table": [1, 2]}, "a table. Received: table='list'. Give a frame, or the path of a file"),
        ({"table": None}, "a table. Received: table='NoneType'"),
        ({"folds": 0}, "folds as a whole number of 1 to 10000"),
        ({"folds": 1_000_000_000}, "folds as a whole number of 1 to 10000"),
        ({"folds": True}, "folds as a whole number of 1 to 10000"),
        ({"seed": -1}, "seed as a whole number of 0 to 100000000"),
        ({"settings": {"sigmoid_30.hidden_unit": 4}}, "hidden_units"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_leaves_nothing(workplace, frame, asked, said):
    before = sorted(workplace.rglob("*"))
    with pytest.raises(ValueError, match=said):
        compare(**{"table": frame, "target": "Churn", "quiet": True, **asked})
    assert sorted(workplace.rglob("*")) == before


def test_every_option_of_a_table_is_an_argument():
    renamed = {"kind": "kinds", "set": "settings"}
    elsewhere = {"names", "list", "json", "data_dir", "download", "strategy", "help"}
    elsewhere |= {"size", "flip"}  # of images
    elsewhere |= {"workers", "cluster", "resume", "fail_on"}  # of long runs, and of an exit code
    options = {action.dest for action in parser_of("run")._actions} - elsewhere
    assert {renamed.get(name, name) for name in options} <= set(inspect.signature(compare).parameters)


def test_the_door_names_it():
    assert chalktape.compare is compare
    assert chalktape.Outcome.__name__ == "Outcome"
    assert {"compare", "Outcome", "judge"} <= set(dir(chalktape))
