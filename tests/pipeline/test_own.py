"""A table of one's own through the command: from a file to a registered model that takes the file's own columns."""

import json
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from experiments import tries
from experiments.own import Own, own_comparison
from models import checks
from pipeline import own, predict, run
from pipeline.data.naming import experiment_of
from pipeline.usage import parser_of

LEFT = ("scores.csv", "split.csv")


@pytest.fixture
def churn(workplace) -> pd.DataFrame:
    """Customers with an id, codes with leading zeros, gaps, an umlaut and some rows twice, as ``churn.csv``."""
    random, n = np.random.default_rng(0), 260
    frame = pd.DataFrame(
        {
            "customerID": [f"C{number:04d}" for number in range(n)],
            "tenure": random.integers(0, 72, n),
            "Contract": random.choice(["Month", "One year", "Zwölf"], n),
            "zip": [f"{code:05d}" for code in random.integers(0, 7, n)],
            "charges": np.where(random.random(n) < 0.1, np.nan, random.gamma(2.0, 30.0, n).round(2)),
        }
    )
    logit = 1 - 0.06 * frame["tenure"] + 1.5 * (frame["Contract"] == "Month")
    frame["Churn"] = np.where(random.random(n) < 1 / (1 + np.exp(-logit)), "Yes", "No")
    frame.to_csv("churn.csv", index=False)
    return frame


def test_a_file_becomes_a_compared_and_served_model(workplace, churn, capfd):
    assert run.main(["churn.csv", "--target", "Churn", "--epochs", "2", "--folds", "5", "--json", "out.json"]) == 0
    told = capfd.readouterr().out
    for line in ("customerID  id", "zip         category", "Positive class: Yes (it says yes)", "Metric: roc_auc"):
        assert line in told
    (record,) = json.loads(Path("out.json").read_text())["experiments"]
    assert {one["candidate"] for one in record["summaries"]} == {
        item.name for item in own_comparison(Own(name="churn", target="Churn", class_counts=(130, 130))).candidates
    }
    mlflow.set_tracking_uri(f"sqlite:///{workplace / 'mlruns/mlflow.db'}")
    client = mlflow.MlflowClient()
    runs = client.search_runs([client.get_experiment_by_name("churn").experiment_id], "tags.kind = 'comparison'")
    columns = json.loads(mlflow.artifacts.load_text(f"runs:/{runs[0].info.run_id}/columns.json"))
    assert [column["kind"] for column in columns["columns"]] == ["id", "number", "category", "category", "number"]
    logged = mlflow.search_logged_models(
        experiment_ids=[runs[0].info.experiment_id], filter_string="name = 'sigmoid_30'", output_format="list"
    )
    served = mlflow.pyfunc.load_model(logged[0].model_uri)
    rows = pd.read_csv("churn.csv", dtype={"zip": str, "tenure": float}).drop(columns=["Churn", "customerID"])
    straight, turned = served.predict(rows), served.predict(rows[rows.columns[::-1]])
    np.testing.assert_allclose(straight, turned)
    assert list(straight.columns) == ["No", "Yes"]
    assert predict.main([logged[0].model_uri, "churn.csv", "-o", "scored.csv"]) == 0
    np.testing.assert_allclose(pd.read_csv("scored.csv")["probability_Yes"], straight["Yes"])
    left = {
        name: pd.read_csv(mlflow.artifacts.download_artifacts(f"runs:/{runs[0].info.run_id}/{name}")) for name in LEFT
    }
    scores, parts = (left[name].query("fold == 0") for name in LEFT)  # the logged model is that of fold 0
    tested = parts.query("part == 'test'")["row"]
    scores = scores.query("candidate == 'sigmoid_30'").set_index("metric")["value"]
    truth = (churn["Churn"] == "Yes")[tested]
    assert scores["roc_auc"] == pytest.approx(roc_auc_score(truth, straight["Yes"][tested]), abs=1e-6)
    assert scores["log_loss"] == pytest.approx(log_loss(truth, straight["Yes"][tested]), abs=1e-6)
    churn.replace({"tenure": {churn["tenure"][1]: "many"}}).to_csv("wrong.csv", index=False)
    assert predict.main([logged[0].model_uri, "wrong.csv"]) == run.BAD_INPUT
    assert "Column 'tenure'" in (error := capfd.readouterr().err)
    assert "line=3, value='many'" in error


def test_a_decision_is_made_where_a_cost_is_named_and_told_for_each_level(workplace, churn, capfd):
    options = ["--epochs", "1", "--folds", "5", "--cost-ratio", "4", "--recall", "0.8", "--by", "Contract"]
    options += ["--quiet", "--json", "out.json"]
    assert run.main(["churn.csv", "--target", "Churn", *options]) == 0
    (record,) = json.loads(Path("out.json").read_text())["experiments"]
    assert record["experiment"]["decision"]["cost_ratio"] == 4
    assert {one["case"] for one in record["decisions"]["decisions"]} >= {"cheapest", "recall"}
    levels = {one["case"] for one in record["decisions"]["subgroups"]}
    assert levels == {"all rows", "Month", "One year", "Zwölf"}
    (page,) = (each.read_text() for each in Path("mlruns").rglob("report.html"))
    told = page[page.index("What each column was taken for") : page.index('<h2 id="method">')]
    assert ["tenure" in told, "every cell is a number" in told, "Contract" in told] == [True] * 3
    assert str(churn["customerID"].iloc[0]) not in told  # a page is handed on


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["churn.csv", "--target", "Churn", "--by", "Contrakt"], "Did you mean 'Contract'?"),
        (["churn.csv", "--target", "Churn", "--by", "customerID"], "expected a column that models look at"),
        (["iris", "--by", "Contract"], "expected a comparison with a decision for --by"),
        (["churn.csv"], "expected --target with a table"),
        (["nowhere.csv", "--target", "Churn"], "expected a file or folder that is there"),
        (["chrn.csv", "--target", "Churn"], "Did you mean 'churn.csv'?"),
        (["other.csv", "--target", "Churn"], "Received: file='other.csv'. Check its name."),
        (["churn", "--target", "Churn"], "There is no file of that name. Did you mean 'churn.csv'?"),
        (["churn.csv", "--target", "Churm"], "Did you mean 'Churn'?"),
        (["churn.csv", "iris", "--target", "Churn"], "expected one table by itself"),
        (["iris", "--target", "Churn"], "expected a table for options of a table"),
        (["churn.csv", "--target", "Churn", "--kind", "zip=categry"], "Known: number, yes/no, date, category"),
        (["churn.csv", "--target", "Churn", "--kind", "zip"], "expected --kind COLUMN=KIND"),
        (["churn.csv", "--target", "charges", "--recall", "0.8"], "expected a target of classes for --recall"),
        (["churn.csv", "--target", "charges", "--cost-ratio", "5"], "expected a target of classes for --cost-ratio"),
        (["churn.csv", "--target", "charges", "--by", "Contract"], "expected a target of classes for --by"),
        (["churn.csv", "--target", "charges", "--positive", "Yes"], "expected a positive class of two classes only"),
        (["churn.csv", "--target", "charges", "--metric", "accuracy"], "expected a metric of regression"),
        (["churn.csv", "--target", "Churn", "--metric", "r2"], "expected a metric of classification"),
        (["churn.csv", "--target", "Churn", "--positive", "yess"], "expected positive among the classes"),
        (["churn.csv", "--target", "Churn", "--also", "lightbm"], "Did you mean 'lightgbm'?"),
        (["iris", "--also", "lightgbm"], "expected a table for options of a table"),
        (["churn.csv", "--target", "Churn", "--primary", "sigmoid_30"], "expected primary as NET,BASELINE"),
        (["churn.csv", "--target", "Churn", "--primary", "random_forest,sigmoid_30"], "Nets: sigmoid_30, "),
        (["churn.csv", "--target", "Churn", "--primary", "sigmoid_30,majority_class"], "Baselines: logistic_"),
        (["iris", "--primary", "sigmoid_30,random_forest"], "expected a table for options of a table"),
        (
            ["churn.csv", "--target", "Churn", "--primary", "sigmoid_30,random_forest", "--skip", "random_forest"],
            "expected both of the primary pair among what is tried",
        ),
        (
            [
                *("churn.csv", "--target", "Churn", "--primary", "sigmoid_30,random_forest"),
                *("--set", "sigmoid_30.hidden_units=8"),
            ],
            "expected both of the primary pair among what is tried",
        ),
    ],
)
def test_what_cannot_be_meant_is_one_line_and_leaves_nothing(workplace, churn, capfd, arguments, said):
    before = sorted(workplace.rglob("*"))
    assert run.main(arguments) == run.BAD_INPUT
    error = capfd.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert sorted(workplace.rglob("*")) == before


@pytest.mark.parametrize("option", ["--also", "--candidates"])
def test_a_candidate_that_was_asked_for_is_refused_where_its_library_is_not_installed(
    workplace, churn, capfd, monkeypatch, option
):
    for module in (checks, tries):
        monkeypatch.setattr(module, "is_installed", lambda name: name != "lightgbm")
    assert run.main(["churn.csv", "--target", "Churn", option, "lightgbm"]) == run.BAD_INPUT
    refused = "candidate 'lightgbm': expected a library that is installed."
    install = "Received: library='lightgbm'. Call: pip install 'chalktape[boosting]'.\n"
    assert capfd.readouterr().err == f"{refused} {install}"


def test_a_candidate_on_request_is_one_more_and_the_page_says_how_to_ask_again(workplace, churn):
    options = parser_of("run").parse_args(["churn.csv", "--target", "Churn", "--also", "xgboost", "--also", "lightgbm"])
    comparison, _ = own.comparison_of(own.table_of(options, "run"), options, "run")
    usual = own_comparison(Own(name="churn", target="Churn", class_counts=(130, 130)))
    names = [candidate.name for candidate in comparison.candidates]
    assert names == [*(candidate.name for candidate in usual.candidates), "xgboost", "lightgbm"]
    assert comparison.asked == "churn.csv --target Churn --also xgboost --also lightgbm"


@pytest.mark.parametrize("option", ["--skip", "--candidates", "--fail-on"])
def test_names_that_are_given_one_by_one_are_those_of_one_list(option):
    name = option.removeprefix("--").replace("-", "_")
    several = parser_of("run").parse_args(["iris", option, "gate", option, "champion"])
    assert getattr(several, name) == getattr(parser_of("run").parse_args(["iris", option, "gate,champion"]), name)
    assert getattr(several, name) == ["gate", "champion"]
    assert getattr(parser_of("run").parse_args(["iris"]), name) == []


@pytest.mark.parametrize("positive", [0, False])
def test_a_class_called_nothing_is_asked_for_again_on_the_page(workplace, churn, positive):
    """From a notebook a class may be a number or a truth."""
    options = parser_of("run").parse_args(["churn.csv", "--target", "Churn"])
    options.positive = positive
    assert own._asked(options) == f"churn.csv --target Churn --positive {positive}"


@pytest.mark.parametrize(
    ("n_rows", "asked", "said"),
    [
        (4, [], "expected 5 rows or more of each class. Received: rows={'Yes': 4}."),
        (6, ["--recall", "0.9"], "expected 7 rows or more of each class for --recall. Received: rows={'Yes': 6}."),
    ],
)
def test_a_class_of_too_few_rows_is_named(workplace, churn, capfd, n_rows, asked, said):
    """Into how many parts rows are dealt nobody is asked: what can be done is told in rows."""
    rare = churn[churn["Churn"] == "Yes"][:n_rows]
    pd.concat([rare, churn[churn["Churn"] == "No"]]).to_csv("churn.csv", index=False)
    assert run.main(["churn.csv", "--target", "Churn", *asked]) == run.BAD_INPUT
    assert f"{said} They are dealt out to parts: give more rows" in capfd.readouterr().err


def test_a_table_does_not_share_the_name_of_a_declared_experiment(workplace, churn):
    """Its champion would be served as that of the other, and its runs stand among those of the other."""
    Path("churn.csv").rename("Iris.csv")
    options = parser_of("run").parse_args(["Iris.csv", "--target", "Churn"])
    assert own.table_of(options, "run").name == "own_iris"
    assert experiment_of("Iris.csv") == "own_iris"
    options.name = "iris"
    assert own.table_of(options, "run").name == "iris"


@pytest.mark.parametrize(
    ("target", "task", "activation", "rate"),
    [("Churn", [], "selu", 0.04), ("charges", ["--ignore", "customerID"], "mish", 0.2)],
)
def test_the_net_on_request_is_that_of_the_task(workplace, churn, target, task, activation, rate):
    options = parser_of("run").parse_args(["churn.csv", "--target", target, "--also", "real_mlp", *task])
    comparison, _ = own.comparison_of(own.table_of(options, "run"), options, "run")
    net = comparison.candidates[-1]
    assert (net.name, net.family, net.activation, net.training.learning_rate) == ("real_mlp", "net", activation, rate)
    assert net.categories == "embedding"


def test_a_name_of_the_catalogue_stays_a_name_and_all_else_that_is_there_is_a_file(workplace):
    for name in ("iris", "iris2", "iris.csv"):
        Path(name).touch()
    assert [own.is_table(name, ["iris"]) for name in ("iris", "./iris", "iris2", "iris.csv", "gone.csv", "gone")] == [
        False,  # the declared comparison
        True,
        True,
        True,
        True,
        False,
    ]


def test_equal_rows_never_stand_on_both_sides(workplace, churn):
    from pipeline.data.split import inner_folds, split
    from pipeline.data.table import Table

    doubled = pd.concat([churn, churn.head(60)], ignore_index=True).drop(columns="customerID")
    dataset = Table(source=doubled, target="Churn").load()
    comparison = own_comparison(Own(name="churn", target="Churn", class_counts=tuple(dataset.class_counts.values())))
    folds = split(dataset, comparison.splitting, seed=1)
    assert len(folds) == 10
    for fold in (*folds, *inner_folds(dataset, folds, 3)):
        assert not set(dataset.groups[fold.train_rows]) & set(dataset.groups[fold.test_rows])
    assert sorted(np.concatenate([fold.test_rows for fold in folds[:5]])) == list(range(320))


@pytest.mark.parametrize(
    ("counts", "metric", "n_folds"),
    [((900, 40), "average_precision", 10), ((600, 500), "roc_auc", 5), ((30_000, 9_000, 9_000), "accuracy", 3)],
)
def test_size_and_classes_decide_metric_and_folds(counts, metric, n_folds):
    positive = 1 if len(counts) == 2 else None
    comparison = own_comparison(Own(name="x", target="y", class_counts=counts, positive_class=positive))
    assert (comparison.primary_metric, comparison.splitting.n_folds) == (metric, n_folds)


def test_the_question_of_a_table_may_be_one_pair(workplace, capfd):
    options = [
        "--target",
        "left",
        "--primary",
        "sigmoid_30, logistic_regression",
        "--epochs",
        "1",
        "--json",
        "out.json",
    ]
    options += ["--candidates", "sigmoid_30,logistic_regression,random_forest"]
    rows = [f"{k % 7},{(3 * k) % 11},{'yes' if k % 7 > 3 else 'no'}" for k in range(90)]
    (workplace / "left.csv").write_text("\n".join(["a,b,left", *rows]))
    assert run.main(["left.csv", *options]) == 0
    assert "Asked was whether sigmoid 30 differs from logistic regression" in capfd.readouterr().out
    (record,) = json.loads((workplace / "out.json").read_text())["experiments"]
    asked = {(one["candidate"], one["reference"]) for one in record["contrasts"] if one["question"] == "primary"}
    assert asked == {("sigmoid_30", "logistic_regression"), ("logistic_regression", "sigmoid_30")}


def test_the_metric_that_is_told_is_the_one_that_ranks(workplace, capfd):
    options = ["--target", "left", "--metric", "log_loss", "--candidates", "logistic_regression"]
    rows = [f"{k % 7},{(3 * k) % 11},{'yes' if k % 7 > 3 else 'no'}" for k in range(90)]
    (workplace / "left.csv").write_text("\n".join(["a,b,left", *rows]))
    assert run.main(["left.csv", *options]) == 0
    told = capfd.readouterr().out
    assert "Metric: log_loss (as asked)." in told
    assert "log_loss [95 %]" in told
