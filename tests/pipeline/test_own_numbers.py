"""A table whose target is a number, through the command: compared, registered, served, predicted with and explained."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from experiments.own import Own, own_comparison
from models.effects import background_rows
from pipeline import predict, run
from pipeline.data.table import Table
from pipeline.tracking.model import load_model

OF_CLASSES = r"probabilit|majority|\bclass|confus|\bROC\b|precision|accura|threshold|\bfalse alarm"
"""Words that numbers have no use for."""
IN_ANY_CASE = ("with a probability of", "probabilities of better, equal and worse", "any class", "a class of")
"""What is said of differences, whatever is predicted."""


def flats(n: int = 260) -> pd.DataFrame:
    """Flats with an id, codes with leading zeros, a gap here and there, a date and what nobody pays for."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "id": [f"F{number:04d}" for number in range(n)],
            "area": random.gamma(8.0, 12.0, n).round(1),
            "zip": [f"{code:05d}" for code in random.integers(0, 12, n)],
            "state": random.choice(["new", "old", "ruin"], n),
            "built": (pd.Timestamp("1950-01-01") + pd.to_timedelta(random.integers(0, 25_000, n), "D")).strftime(
                "%Y-%m-%d"
            ),
            "garden": random.choice(["yes", "no"], n),
            "noise": random.normal(size=n).round(5),
        }
    )
    worth = 40 + 2.2 * frame["area"] + 30 * (frame["state"] == "new") + 15 * (frame["garden"] == "yes")
    frame["price"] = (1000 * (worth + random.normal(0, 12, n))).round(2)
    frame.loc[random.random(n) < 0.08, "area"] = np.nan
    return frame


@dataclass(frozen=True)
class Ran:
    """One run for all tests: what it told, wrote and left."""

    place: Path
    told: str
    record: dict
    table: pd.DataFrame

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.place}/mlruns/mlflow.db"

    @property
    def page(self) -> str:
        """The words of the report."""
        (report,) = re.findall(r"Report: (.*)", self.told)
        html = re.sub(r"(?s)<(style|svg|script).*?</\1>", "", Path(self.place, report).read_text())
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture(scope="module")
def ran(furnish, tmp_path_factory) -> Ran:
    place = tmp_path_factory.mktemp("flats")
    with pytest.MonkeyPatch.context() as patch, pytest.MonkeyPatch.context() as streams:
        furnish(place, patch)
        table = flats()
        table.to_csv("flats.csv", index=False)
        from io import StringIO

        out = StringIO()
        streams.setattr("sys.stdout", out)
        options = [
            "--folds",
            "5",
            "--epochs",
            "3",
            "--skip",
            "random_forest,k_nearest_neighbors,tanh_30_vote",
            "--register",
        ]
        assert run.main(["flats.csv", "--target", "price", *options, "--json", "out.json"]) == 0
        (record,) = json.loads(Path("out.json").read_text())["experiments"]
    return Ran(place=place, told=out.getvalue(), record=record, table=table)


def test_what_was_inferred_is_told_with_reasons(ran):
    for line in (
        "Target price: a number (numbers with fractions, of many values).",
        "Metric: r2 (a share of what there is to explain, whatever the unit).",
        "Split: all rows dealt out to 5 parts",
    ):
        assert line in ran.told


def test_nets_and_baselines_are_compared_and_the_line_is_registered(ran):
    means = {one["candidate"]: one["mean"] for one in ran.record["summaries"] if one["metric"] == "r2"}
    assert list(means) == ["sigmoid_30", "mean", "linear_regression", "gradient_boosting"]
    assert means["mean"] < 0.05 < 0.8 < means["linear_regression"]
    assert {one["metric"] for one in ran.record["summaries"]} == {"r2", "rmse", "mae", "median_absolute_error"}
    assert ran.record["confusion"] == []
    assert ran.record["registration"]["candidate"] == "linear_regression"
    assert "Registered: models:/flats@champion" in ran.told
    assert ran.record["data"]["target"]["name"] == "price"
    assert "class_counts" not in ran.record["data"]


@pytest.mark.parametrize("what", ["told", "page"])
def test_no_word_of_classes_is_told_of_numbers(ran, what):
    text = getattr(ran, what).replace("\u00a0", " ")
    for words in IN_ANY_CASE:
        text = text.replace(words, "")
    assert re.findall(f".{{0,30}}(?:{OF_CLASSES}).{{0,30}}", text, re.IGNORECASE) == []
    assert "guessing the mean" in text


def test_it_is_shown_again(ran, capfd):
    from pipeline.tracking.reading import finished_comparisons

    (stored,) = finished_comparisons("flats", 1, ran.uri)
    assert stored.primary_metric == "r2"
    assert "guessing the mean" in stored.verdict


def test_a_number_too_wide_to_be_answered_is_refused_by_line_and_column(ran, capfd):
    area = ran.table["area"].astype(object)
    area[area.notna().idxmax()] = 1e308  # a line says more than 2,000 times that
    code, answers = scored(ran, ran.table.assign(area=area), "rows.csv")
    assert (code, answers) == (run.BAD_INPUT, None)
    line = int(area.notna().idxmax()) + 2
    told = f"expected numbers that can be answered. Received: line={line}, column='area', value=1e+308."
    assert told in capfd.readouterr().err


@pytest.fixture(scope="module")
def served(ran):
    return load_model("models:/flats@champion", ran.uri)


def test_the_signature_says_what_goes_in_and_what_comes_out(ran):
    mlflow.set_tracking_uri(ran.uri)
    signature = mlflow.models.get_model_info("models:/flats@champion").signature
    assert signature.outputs.input_names() == ["price", "price_low", "price_high"]  # predict: prediction, ...
    assert [str(kind) for kind in signature.inputs.input_types()] == [
        "DataType.double",
        "DataType.string",
        "DataType.string",
        "DataType.string",
        "DataType.string",
        "DataType.double",
    ]
    assert {column.name: column.required for column in signature.inputs.inputs}["area"] is False


WRITTEN = {
    "rows.csv": lambda rows, path: rows.to_csv(path, index=False),
    "rows.json": lambda rows, path: rows.to_json(path, orient="records", lines=True),
    "rows.parquet": lambda rows, path: rows.to_parquet(path),
}


def scored(ran, rows, name, *options):
    WRITTEN[name](rows, ran.place / name)
    target = ran.place / "scored.csv"
    target.unlink(missing_ok=True)
    arguments = ["models:/flats@champion", str(ran.place / name), "-o", str(target), "--tracking-uri", ran.uri]
    code = predict.main([*arguments, *options])
    return code, pd.read_csv(target) if target.exists() else None


@pytest.mark.parametrize("name", WRITTEN)
def test_answers_are_those_of_a_frame_in_every_form(ran, served, name):
    rows = ran.table[list(reversed(ran.table.columns))]
    code, answers = scored(ran, rows, name, "--keep", "id,price")
    assert code == 0
    assert list(answers) == ["id", "price", "prediction", "prediction_low", "prediction_high"]
    np.testing.assert_array_equal(answers["price"], ran.table["price"])
    expected = served.predict(ran.table.drop(columns=["price", "id"]))["price"]
    np.testing.assert_allclose(answers["prediction"], expected, rtol=1e-12)


def test_answers_of_a_served_table_by_http_are_the_same(ran, served):
    """What a scoring server does with JSON, without the server."""
    from mlflow.pyfunc.scoring_server import infer_and_parse_data

    mlflow.set_tracking_uri(ran.uri)
    model = mlflow.pyfunc.load_model("models:/flats@champion")
    rows = served.columns.typed(ran.table.drop(columns="price"))
    body = json.loads(rows.to_json(orient="split"))
    data = infer_and_parse_data({"dataframe_split": body}, model.metadata.get_input_schema())
    np.testing.assert_allclose(model.predict(data)["price"], served.predict(ran.table)["price"], rtol=1e-12)


def test_an_effect_is_coefficient_times_distance_from_the_mean_in_the_targets_unit(ran):
    code, answers = scored(ran, ran.table, "rows.csv", "--explain", "6")
    assert code == 0
    dataset = Table(source=ran.place / "flats.csv", target="price").load()
    pipeline = mlflow.pyfunc.load_model("models:/flats@champion").get_raw_model().regressor.pipeline
    names = list(pipeline["encoder"].get_feature_names_out())
    slope = (pipeline["regressor"].coef_ / pipeline["inputs"].scale_)[names.index("noise")]
    rows = background_rows(np.arange(dataset.n_samples), 1)
    told = answers.filter(regex="^(why|effect)_").to_numpy()
    found = [dict(zip(row[::2], row[1::2], strict=True))["noise"] for row in told]
    expected = slope * (ran.table["noise"] - ran.table["noise"].to_numpy()[rows].mean())
    np.testing.assert_allclose(np.array(found, float), expected, atol=1e-6)
    assert answers["why_1"].value_counts().idxmax() in ("area", "state")


def test_a_threshold_on_a_number_is_refused(ran, capfd):
    code, answers = scored(ran, ran.table, "rows.csv", "--threshold", "0.5")
    assert (code, answers) == (run.BAD_INPUT, None)
    assert "predict: expected a model of classes for a threshold. Received: target='price'." in capfd.readouterr().err


def test_a_missing_column_is_refused_by_name(ran, capfd):
    code, _ = scored(ran, ran.table.drop(columns="state"), "rows.csv")
    assert code == run.BAD_INPUT
    assert "missing=['state']" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("n_rows", "kind", "n_folds", "n_candidates"),
    [(500, "k_fold", 10, 7), (5_000, "k_fold", 5, 7), (50_000, "k_fold", 3, 5), (500_000, "random", 1, 5)],
)
def test_size_decides_folds_and_candidates(n_rows, kind, n_folds, n_candidates):
    comparison = own_comparison(Own(name="x", target="y", n_numbers=n_rows))
    assert (comparison.splitting.kind, comparison.splitting.n_folds) == (kind, n_folds)
    assert len(comparison.candidates) == n_candidates
    assert (comparison.primary_metric, comparison.task, comparison.dummy) == ("r2", "regression", "mean")


@pytest.mark.parametrize("counts", [{"n_numbers": 1_000_000}, {"class_counts": (600_000, 400_000)}])
def test_on_very_many_rows_a_tree_learns_from_a_share_of_them(counts):
    """A share, since a fold of large groups may have fewer rows than any fixed number."""
    forest = next(one for one in own_comparison(Own(name="x", target="y", **counts)).candidates if "forest" in one.name)
    assert forest.settings["max_samples"] == 0.05
    assert "each tree learns from 5 % of the rows" in forest.reason
    few = own_comparison(Own(name="x", target="y", n_numbers=100_000)).candidates
    assert not any("max_samples" in getattr(one, "settings", {}) for one in few)


def test_a_decision_on_a_number_is_refused():
    with pytest.raises(ValueError, match="expected two classes for a decision"):
        Own(name="x", target="y", n_numbers=100, cost_ratio=3.0)
    with pytest.raises(ValueError, match="expected two classes or more, or rows of a number"):
        Own(name="x", target="y", n_numbers=100, class_counts=(50, 50))


def test_test_rows_rewritten_change_no_model(ran, tmp_path):
    """Numbers, levels and gaps of test rows, and their targets, are nothing to what is trained."""
    from pipeline.data.split import split
    from pipeline.training.train import train

    shutil.copy(ran.place / "flats.csv", tmp_path / "flats.csv")
    dataset = Table(source=tmp_path / "flats.csv", target="price").load()
    comparison = own_comparison(Own(name="flats", target="price", n_numbers=dataset.n_samples))
    (fold, *_) = split(dataset, comparison.splitting, seed=1)
    X, y = dataset.X.copy(), dataset.y.copy()
    X[fold.test_rows] = np.where(np.isnan(X[fold.test_rows]), 3.0, np.nan)
    y[fold.test_rows] *= -1e3
    other = type(dataset)(**{**vars(dataset), "X": X, "y": y})
    for candidate in comparison.candidates:
        if candidate.name in ("k_nearest_neighbors", "random_forest", "tanh_30_vote"):
            continue
        (one,), (again,) = (train(candidate, each, [fold], epochs=2) for each in (dataset, other))
        np.testing.assert_array_equal(one.model.predict(dataset.X), again.model.predict(dataset.X))
