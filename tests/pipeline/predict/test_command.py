"""Many rows through a registered model: the run's own probabilities, in order, or one clear message."""

import gzip
import io

import numpy as np
import pandas as pd
import pytest

from models.threshold import Threshold
from pipeline import predict
from pipeline.predict import command
from pipeline.predict import rows as rows_module
from pipeline.predict.answers import score
from pipeline.predict.rows import rows_of
from pipeline.tracking.model import ServedModel

MODEL = "models:/flowers@champion"


@pytest.fixture
def scored(flowers, tmp_path):
    """Calls the command on a table or a text and returns its exit code and what it wrote."""

    def call(rows, model=MODEL, uri=flowers.uri):
        text = rows if isinstance(rows, str) else rows.to_csv(index=False)
        (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
        target = tmp_path / "scored.csv"
        code = predict.main([model, str(tmp_path / "rows.csv"), "-o", str(target), "--tracking-uri", uri])
        assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.csv"] + ["scored.csv"] * target.exists()
        return code, pd.read_csv(target) if target.exists() else None

    return call


def test_the_file_holds_the_runs_own_probabilities_in_the_rows_order(flowers, scored):
    rows = flowers.rows.assign(number=range(len(flowers.rows)), remark='a, "quoted"\nremark')
    code, table = scored(rows[list(reversed(rows.columns))])
    assert code == 0
    names = flowers.dataset.class_names
    assert list(table) == ["predicted_class", *(f"probability_{name}" for name in names)]
    assert np.abs(table.iloc[:, 1:].to_numpy() - flowers.y_proba).max() < 1e-6
    assert table["predicted_class"].tolist() == [names[index] for index in flowers.y_proba.argmax(axis=1)]


def test_a_reader_that_went_away_is_the_doors(flowers, tmp_path, monkeypatch):
    """Which ends the command without a word, as it does all others."""
    flowers.rows.to_csv(tmp_path / "rows.csv", index=False)

    def gone(*_):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(command, "_score", gone)
    with pytest.raises(BrokenPipeError):
        predict.main([MODEL, str(tmp_path / "rows.csv"), "-o", "-", "--tracking-uri", flowers.uri])


def test_a_place_where_no_lock_can_be_laid_is_told_in_one_line(flowers, tmp_path, capsys):
    """The longest name that a file may have: the lock beside it has a longer one."""
    flowers.rows.to_csv(tmp_path / "rows.csv", index=False)
    target = tmp_path / f"{'x' * 251}.csv"
    assert predict.main([MODEL, str(tmp_path / "rows.csv"), "-o", str(target), "--tracking-uri", flowers.uri]) == 1
    told = capsys.readouterr().err.strip()
    assert "no lock can be laid beside it" in told
    assert "\n" not in told
    assert [one.name for one in tmp_path.iterdir()] == ["rows.csv"]


def test_another_file_in_the_place_of_a_lock_is_told_in_one_line(flowers, tmp_path, capsys):
    flowers.rows.to_csv(tmp_path / "rows.csv", index=False)
    target = tmp_path / "scored.csv"
    (tmp_path / ".scored.csv.lock").write_text("no database, but a text of somebody's own\n" * 100)
    assert predict.main([MODEL, str(tmp_path / "rows.csv"), "-o", str(target), "--tracking-uri", flowers.uri]) == 1
    told = capsys.readouterr().err.strip()
    assert "a file that is no lock stands there" in told
    assert "\n" not in told
    assert not target.exists()


def test_chunks_change_nothing(flowers, scored, monkeypatch):
    _, at_once = scored(flowers.rows)
    monkeypatch.setattr(rows_module, "ROWS_AT_ONCE", 7)
    _, in_chunks = scored(flowers.rows)
    pd.testing.assert_frame_equal(at_once, in_chunks, rtol=0, atol=1e-7)


def test_a_model_without_a_threshold_decides_nothing_of_several_classes(flowers, scored, tmp_path, capsys):
    _, table = scored(flowers.rows[:3])
    assert "decision" not in table
    assert "hreshold" not in capsys.readouterr().err
    arguments = [MODEL, str(tmp_path / "rows.csv"), "--tracking-uri", flowers.uri, "--threshold", "0.5"]
    assert predict.main(arguments) == 2
    message = (
        "expected a model of two classes for a threshold. Received: class_names=('setosa', 'versicolor', 'virginica')"
    )
    assert message in capsys.readouterr().err


def of_two(threshold=None):
    """A model that says yes with the probability that it is given."""
    answer = lambda table: pd.DataFrame({"no": 1 - table["x"], "yes": table["x"]})  # noqa: E731
    return ServedModel(input_names=("x",), predict=answer, class_names=("no", "yes"), threshold=threshold)


@pytest.fixture
def decisions(tmp_path):
    """Calls a model on five rows and returns its answers."""

    def call(model):
        (tmp_path / "rows.csv").write_text("x\n0\n0.2\n0.25\n0.3\n1\n")
        target = io.StringIO()
        score(model, rows_of(tmp_path / "rows.csv"), target)
        return pd.read_csv(io.StringIO(target.getvalue()))

    return call


def test_a_threshold_decides_and_leaves_the_predicted_class_alone(decisions):
    table = decisions(of_two(Threshold(positive_class="yes", value=0.25)))
    assert list(table) == ["predicted_class", "decision", "probability_no", "probability_yes"]
    assert table["decision"].tolist() == ["leave", "leave", "leave", "raise", "raise"]
    assert table["predicted_class"].tolist() == ["no", "no", "no", "no", "yes"]


def test_a_given_threshold_is_on_the_models_own_class_else_on_the_second_of_two(decisions):
    assert decisions(of_two().decided_at(0.2))["decision"].tolist() == ["leave", "leave", "raise", "raise", "raise"]
    stored = of_two(Threshold(positive_class="no", value=0.9, rule="cheapest"))
    table = decisions(stored.decided_at(0.7))
    assert table["decision"].tolist() == ["raise", "raise", "raise", "leave", "leave"]
    assert stored.decided_at(0.7).threshold == Threshold(positive_class="no", value=0.7)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_threshold_that_is_no_probability_is_refused(value, capsys):
    with pytest.raises(ValueError, match="predict: expected a threshold of 0 to 1"):
        of_two().decided_at(value)
    with pytest.raises(SystemExit) as ended:
        predict.main([MODEL, __file__, f"--threshold={value}"])
    assert ended.value.code == 2
    assert f"expected a number of 0 to 1. Received: '{value}'" in capsys.readouterr().err


def test_only_some_rows_are_held_at_a_time(tmp_path):
    """What an archive unpacks to is never asked for whole."""
    sizes = []

    def remember(table):
        sizes.append(len(table))
        return pd.DataFrame({"no": 1 - table["x"], "yes": table["x"]})

    with gzip.open(tmp_path / "rows.csv.gz", "wt") as file:
        file.write("x\n" + "0.25\n" * 20_000)
    target = io.StringIO()
    assert score(ServedModel(input_names=("x",), predict=remember), rows_of(tmp_path / "rows.csv.gz"), target) == 20_000
    assert sizes == [4096] * 4 + [20_000 - 4 * 4096]
    assert target.getvalue().count("no,0.75,0.25\n") == 20_000


def test_integers_blanks_around_names_and_a_byte_order_mark_are_read(flowers, scored):
    header = ", ".join(flowers.dataset.feature_names)
    code, table = scored(f"\ufeff{header}\n5, 3,1,0\n\n")
    assert code == 0
    assert table["predicted_class"].tolist() == ["setosa"]


def test_without_output_it_goes_to_standard_output(flowers, tmp_path, capsys):
    flowers.rows[:2].to_csv(tmp_path / "rows.csv", index=False)
    assert predict.main([MODEL, str(tmp_path / "rows.csv"), "--tracking-uri", flowers.uri]) == 0
    output = capsys.readouterr()
    assert [line.partition(",")[0] for line in output.out.splitlines()] == ["predicted_class", "setosa", "setosa"]
    assert "Rows scored: 2." in output.err


def broken(cell, at=(70, 1)):
    def change(rows):
        rows = rows.astype(object)
        rows.iloc[at] = cell
        return rows

    return change


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        (broken(""), ["expected a finite number", "line=72, column='sepal width (cm)', cell=''", "Fill it in"]),
        (broken("nan"), ["line=72, column='sepal width (cm)', cell='nan'"]),
        (broken("wide"), ["line=72, column='sepal width (cm)', cell='wide'"]),
        (broken("inf", at=(0, 0)), ["line=2, column='sepal length (cm)', cell='inf'"]),
        (
            lambda rows: rows.drop(columns="petal width (cm)"),
            ["expected a column for each input", "['petal width (cm)']"],
        ),
        (
            lambda rows: rows.rename(columns={"petal width (cm)": "petal widht (cm)"}),
            ["Did you mean 'petal widht (cm)'?"],
        ),
        (
            lambda rows: pd.concat([rows, rows[["petal width (cm)"]]], axis=1),
            ["each column once", "['petal width (cm)']"],
        ),
        (lambda rows: rows[:0], ["expected rows below the header"]),
        (lambda rows: "", ["The file is empty"]),
        (lambda rows: rows.to_csv(index=False) + "1,2,3\n", ["expected 4 cells", "line=152, cells=3"]),
    ],
)
def test_bad_rows_leave_no_file_and_one_message(flowers, scored, capsys, change, messages):
    code, table = scored(change(flowers.rows))
    error = capsys.readouterr().err
    assert (code, table) == (2, None)
    assert all(message in error for message in messages), error
    assert "Traceback" not in error


def test_a_file_that_was_there_survives_a_bad_one(flowers, tmp_path):
    (tmp_path / "scored.csv").write_text("before")
    (tmp_path / "rows.csv").write_text("a\n1\n")
    arguments = [MODEL, str(tmp_path / "rows.csv"), "-o", str(tmp_path / "scored.csv"), "--tracking-uri", flowers.uri]
    assert predict.main(arguments) == 2
    assert (tmp_path / "scored.csv").read_text() == "before"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "models:/flowers@nobody"}, "expected a model that can be loaded"),
        ({"model": "models:/flower@champion"}, "Did you mean 'flowers'?"),
        ({"model": "models:/flowers"}, "What is served is models:/flowers@champion, the last one models:/flowers/1."),
        ({"model": "models:/flowers/9"}, "What is served is models:/flowers@champion, the last one models:/flowers/1."),
        ({"model": "flowers"}, "There is no such folder. What is registered is models:/flowers@champion."),
        ({"uri": "sqlite:///nowhere/mlflow.db"}, "expected a store. Received: tracking_uri='sqlite:///nowhere"),
    ],
)
def test_a_model_that_is_not_there_is_said_so(flowers, scored, capsys, change, message):
    assert scored(flowers.rows, **change) == (2, None)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rows.csv", "-o", "scored.csv"], "expected a file of rows that can be read"),
        ([__file__, "-o", "nowhere/scored.csv"], "expected a file in a folder that can be written for --output"),
        ([__file__, "-o", __file__], "expected another file for --output than the rows"),
    ],
)
def test_places_are_looked_at_before_the_model_is_loaded(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert predict.main([MODEL, *arguments]) == 2
    assert message in capsys.readouterr().err


def test_text_that_is_not_utf8_is_said_so(flowers, tmp_path, capsys):
    (tmp_path / "rows.csv").write_bytes(flowers.rows.to_csv(index=False).encode() + b"\xe9,1,1,1\n")
    assert predict.main([MODEL, str(tmp_path / "rows.csv"), "--tracking-uri", flowers.uri]) == 2
    assert "expected text in UTF-8. Received: line=152, byte='0xe9'" in capsys.readouterr().err
