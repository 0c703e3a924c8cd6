"""A table of one's own becomes a data set: what is predicted, what is used, what is told, what is refused."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

from experiments.language import Splitting
from models.encoding.columns import Columns
from models.encoding.encoder import Encoder
from pipeline.data.inferred import describe, encoded_width
from pipeline.data.split import split
from pipeline.data.table import Table
from pipeline.data.task import Classification, Regression

TABLES = Path(__file__).parents[2] / "data" / "tables"
CHURN, FLATS = TABLES / "churn.csv", TABLES / "wohnungen.csv"


def rows(n_rows: int = 60, **more) -> pd.DataFrame:
    """A table of nobody: two numbers, a category, and a target of two classes."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "size": rng.normal(size=n_rows).round(3),
            "age": rng.integers(18, 90, n_rows),
            "color": rng.choice(["red", "green", "blue"], n_rows),
            "left": rng.choice(["no", "yes"], n_rows, p=[0.6, 0.4]),
            **more,
        }
    )


def inferred(frame, target: str = "left", **options):
    return Table(source=frame, target=target, **options).inferred


def kinds(frame, target: str = "left", **options) -> dict[str, str]:
    return {column.name: column.kind for column in inferred(frame, target, **options).columns.columns}


def refused(frame, *parts: str, target: str = "left", **options) -> None:
    with pytest.raises(ValueError, match="expected ") as caught:
        Table(source=frame, target=target, **options).load()
    told = str(caught.value)
    for part in parts:
        assert part in told
    assert "\n" not in told
    assert len(told) < 500


# The whole way


def test_a_table_is_told_line_by_line():
    assert describe(Table(source=CHURN, target="churn").inferred, split="five parts.") == [
        f"{CHURN}: 38 rows, 6 of 9 columns used, commas between the cells.",
        "2 rows without a target are left out.",
        "column      kind      missing  distinct  example        why                         what is done",
        "customerID  id        -        38        1033-CDDFG     every cell is another text  not used",
        "zip         category  -        4         01067          codes with leading zeros    a 0 or 1 for each of 4",
        "country     category  -        3         DE             text of few values          a 0 or 1 for each of 3",
        "contract    category  -        3         monthly        text of few values          a 0 or 1 for each of 3",
        "tenure      number    -        32        50             every cell is a number      a number",
        "bill        number    26.3 %   28        58.95          every cell is a number      a number; median, flag",
        "joined      date      -        38        2020-08-09     ISO dates                   days, month, weekday, "
        "hour if any",
        "gift        constant  100.0 %  0                        empty                       not used",
        'note        id        -        38        said: " no 0"  every cell is another text  not used',
        "Target churn: 2 classes (two values): no 23, yes 15.",
        "Positive class: yes (it says yes); --positive overrules.",
        "Metric: roc_auc (two classes, none of them rare).",
        "Split: five parts.",
        "Warning: gift: 100.0 % missing.",
    ]


def test_a_table_becomes_a_data_set_by_its_contract():
    dataset = Table(source=CHURN, target="churn").load()
    frame = pd.read_csv(CHURN, dtype=str, keep_default_na=False)
    frame = frame[frame["churn"] != ""]
    assert dataset.name == "churn"
    assert dataset.feature_names == ("zip", "country", "contract", "tenure", "bill", "joined")
    assert dataset.task == Classification(class_names=("no", "yes"))
    np.testing.assert_array_equal(dataset.y, frame["churn"] == "yes")
    assert (dataset.X.dtype, dataset.y.dtype) == (np.float64, np.int64)
    np.testing.assert_array_equal(dataset.X, dataset.columns.matrix(frame))
    zips = sorted({*frame["zip"]})
    assert [zips[int(code)] for code in dataset.X[:, 0]] == [*frame["zip"]]
    bill = [float(cell) if cell not in ("", "n/a") else np.nan for cell in frame["bill"]]
    np.testing.assert_array_equal(dataset.X[:, 4], bill)
    days = (pd.to_datetime(frame["joined"]) - pd.Timestamp(1970, 1, 1)).dt.days
    np.testing.assert_array_equal(dataset.X[:, 5], days)


def test_a_german_table_of_prices_is_a_regression():
    # Semicolons, a mark, decimal commas, dotted dates, codes with zeros, umlauts.
    table = Table(source=FLATS, target="Preis", decimal=",", date_format="%d.%m.%Y")
    dataset = table.load()
    frame = pd.read_csv(FLATS, sep=";", decimal=",", dtype={"PLZ": str}, encoding="utf-8-sig")
    assert dataset.task == Regression(target="Preis")
    assert dataset.y.dtype == np.float64
    np.testing.assert_array_equal(dataset.y, frame["Preis"])
    assert dataset.feature_names == ("PLZ", "Verkauft am", "Fläche")
    np.testing.assert_array_equal(dataset.X[:, 2], frame["Fläche"])
    assert dataset.columns.task == "regression"
    assert describe(table.inferred)[-2:] == [
        "Target Preis: a number (numbers with fractions, of many values).",
        "Metric: r2 (a share of what there is to explain, whatever the unit).",
    ]
    refused(FLATS, "decimal sign", "--decimal ,", target="Preis")
    np.testing.assert_array_equal(Table(source=FLATS, target="Preis", decimal=",").load().X, dataset.X)


@pytest.mark.parametrize("load", [load_iris, load_breast_cancer])
def test_scikit_learns_tables_come_back_bit_for_bit(load, tmp_path):
    source = load(as_frame=True)
    frame = source.data.assign(target=source.target_names[source.target])
    frame.to_csv(tmp_path / "rows.csv.gz", index=False)
    frame.to_parquet(tmp_path / "rows.parquet")
    for given in (frame, tmp_path / "rows.csv.gz", tmp_path / "rows.parquet"):
        dataset = Table(source=given, target="target").load()
        np.testing.assert_array_equal(dataset.X, source.data)
        assert [dataset.class_names[code] for code in dataset.y] == [*frame["target"]]


def test_diabetes_is_a_regression_of_whole_numbers(tmp_path):
    source = load_diabetes(as_frame=True)
    source.frame.to_csv(tmp_path / "diabetes.csv", index=False)
    table = Table(source=tmp_path / "diabetes.csv", target="target")
    dataset = table.load()
    np.testing.assert_array_equal(dataset.y, source.target)
    others = [column for column in source.data if column != "sex"]
    used = [dataset.feature_names.index(column) for column in others]
    np.testing.assert_array_equal(dataset.X[:, used], source.data[others])
    assert table.inferred.task_reason == "whole numbers of many values"
    assert kinds(source.frame, "target")["sex"] == "yes/no"


def test_the_source_is_read_once(tmp_path):
    file = tmp_path / "rows.csv"
    rows().to_csv(file, index=False)
    table = Table(source=file, target="left")
    first = table.load()
    file.unlink()
    assert table.load() is first
    assert table.inferred.n_rows == 60


# The target


@pytest.mark.parametrize(
    ("target", "task", "reason"),
    [
        (["no", "yes"], "classification", "two values"),
        ([0, 1], "classification", "two values"),
        ([2.5, 7.5], "classification", "two values"),
        (["a", "b", "c"], "classification", "text of few values"),
        ([*range(21)], "regression", "whole numbers of many values"),
        ([number / 2 for number in range(21)], "regression", "numbers with fractions, of many values"),
    ],
)
def test_the_task_is_inferred(target, task, reason):
    found = inferred(rows(84, left=(target * 84)[:84]))
    assert (found.columns.task, found.task_reason) == (task, reason)


def test_codes_with_leading_zeros_are_classes(tmp_path):
    file = tmp_path / "rows.csv"
    rows(left=[f"{row % 30:03d}" for row in range(60)]).to_csv(file, index=False)
    found = inferred(file)
    assert found.columns.class_names[:2] == ("000", "001")
    assert found.task_reason == "codes with leading zeros"


@pytest.mark.parametrize("values", [[1, 2, 3, 4, 5], [1.0, 1.5, 2.0, 2.5], [*range(20)]])
def test_grades_are_asked_about_and_never_guessed(values):
    # Ratings 1-5 taken for classes: autogluon-assistant's issue 37.
    frame = rows(left=(values * 60)[:60])
    refused(frame, f"distinct={len(values)}", "--task classification", "--task regression")
    assert inferred(frame, task="regression").columns.task == "regression"
    classes = inferred(frame, task="classification")
    assert len(classes.columns.class_names) == len(values)
    assert classes.task_reason == "as you say"


def test_classes_of_numbers_are_in_the_order_of_numbers():
    frame = rows(left=[10.0, 9.0, 100.0] * 20)
    dataset = Table(source=frame, target="left", task="classification").load()
    assert dataset.class_names == ("9", "10", "100")
    np.testing.assert_array_equal(dataset.y, [1, 0, 2] * 20)


@pytest.mark.parametrize(
    ("left", "part"),
    [
        (["x"] * 60, "two values or more"),
        ([None] * 60, "two values or more"),
        ([f"said {row}" for row in range(60)], "Free text and ids cannot be predicted"),
        (pd.date_range("2022-01-01", periods=60), "Dates cannot be predicted"),
    ],
)
def test_a_target_that_cannot_be_predicted_is_refused(left, part):
    refused(rows(left=left), part)


def test_a_slip_in_the_target_is_told_by_line(tmp_path):
    file = tmp_path / "rows.csv"
    rows(left=[*(f"{row / 3:.2f}" for row in range(59)), "?!"]).to_csv(file, index=False)
    refused(file, "line=61, column='left', cell='?!'")
    refused(file, "line=61, column='left', cell='?!'", task="regression")
    refused(rows(), "a number in each cell", "column='left'", task="regression")


def test_the_target_is_named_or_the_closest_is():
    refused(rows(), "Received: target='lefd'. Did you mean 'left'?", target="lefd")
    refused(rows(), "Did you mean 'left'?", target="LEFT")
    refused(rows().rename(columns=lambda name: f"{name}_of_a_long_table"), "Columns: size_of", target="zzz")


def test_an_unknown_name_among_thousands_is_answered_in_a_line():
    wide = pd.DataFrame(np.zeros((2, 3000)), columns=[f"name {number:04d}" for number in range(3000)])
    refused(wide, "and 2995 more", target="!")


def test_a_file_without_a_header_is_told(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("5.1,3.5,1\n4.9,3.0,0\n")
    refused(file, "The first line must name the columns", target="species")


@pytest.mark.parametrize("sign", [":", " "])
def test_a_text_that_reads_as_one_column_is_told_how_cells_are_parted(tmp_path, sign):
    """Instead of being asked whether its whole header is the target."""
    (tmp_path / "table.csv").write_text(
        "".join(f"{row}{sign}{left}\n" for row, left in [("x", "left"), (1, 0), (2, 1)])
    )
    with pytest.raises(ValueError, match=rf"several cells in a line. Received: first_line='x{sign}left'. Part them by"):
        Table(source=tmp_path / "table.csv", target="left").load()


def test_rows_without_a_target_are_left_out_and_counted(tmp_path):
    file = tmp_path / "rows.csv"
    frame = rows(left=["", " ", "no", "yes", "yes", "no"] * 10)
    frame.to_csv(file, index=False)
    table = Table(source=file, target="left")
    assert table.inferred.n_left_out == 20
    np.testing.assert_array_equal(table.load().X[:, 0], frame["size"][frame["left"].str.len() > 1])
    assert table.load().class_counts == {"no": 20, "yes": 20}
    numbers = rows(left=[None, *range(29), None, *range(29)])
    assert inferred(numbers).n_left_out == 2


def test_na_is_a_class_among_words_and_a_gap_among_numbers(tmp_path):
    file = tmp_path / "rows.csv"
    rows(left=["NA", "DE", "ZA"] * 20).to_csv(file, index=False)
    assert inferred(file).columns.class_names == ("DE", "NA", "ZA")
    rows(left=["NA", *map(str, range(29))] * 2).to_csv(file, index=False)
    assert inferred(file).n_left_out == 2


@pytest.mark.parametrize("word", ["NA", "?", "none"])
def test_a_class_that_is_called_as_a_gap_is_warned_of(word):
    told = inferred(rows(left=[word, "no", "yes"] * 20)).warnings
    assert (
        f"left: {word!r} often means a gap and is taken for a class, 20 rows: leave the cell empty where it is one."
        in told
    )
    told = inferred(rows(left=["+", "-", word] * 20)).warnings
    assert [one for one in told if "means a gap" in one] == [
        *(one for one in told if one.startswith(f"left: {word!r} often means a gap"))
    ]
    for fine in (["no", "yes"], ["+", "-"]):
        assert not any("means a gap" in one for one in inferred(rows(left=fine * 30)).warnings)


def test_dates_that_are_text_in_a_frame_are_told_and_the_kind_reads_them():
    joined = pd.date_range("2020-01-01", periods=60).astype(str)
    told = inferred(rows(joined=joined))
    assert "joined: dates as text, but a frame's types are believed: --kind joined=date reads them." in told.warnings
    assert next(one for one in told.columns.columns if one.name == "joined").kind == "id"
    said = inferred(rows(joined=joined), kinds={"joined": "date"})
    assert not any("dates as text" in one for one in said.warnings)
    levels = inferred(rows(joined=pd.Categorical([*joined[:20]] * 3)))
    assert not any("dates as text" in one for one in levels.warnings)
    either = rows(joined=[f"0{1 + row % 9}.0{1 + row // 9}.2021" for row in range(60)])
    assert any("--date-format joined=%d.%m.%Y reads them" in one for one in inferred(either).warnings)
    assert kinds(either, date_format={"joined": "%d.%m.%Y"})["joined"] == "date"
    assert not any("dates as text" in one for one in inferred(rows(joined=[f"a{row}" for row in range(60)])).warnings)


def test_two_classes_that_differ_in_capitals_only_are_asked_back():
    told = (
        "classes that differ in more than capitals. Received: target='left', classes=['Yes', 'yes']. Write them alike"
    )
    refused(rows(left=["yes", "no", "Yes"] * 20), told)
    refused(rows(left=pd.Categorical(["a", "b", "A"] * 20)), "Received: target='left', classes=['A', 'a']")
    assert inferred(rows(left=["Masse", "b", "Maße"] * 20)).columns.class_names == ("Masse", "Maße", "b")
    contract = Table(source=rows(left=["yes", "no"] * 30), target="left").load().columns
    named = replace(contract, class_names=("no", "Yes", "yes"))  # by somebody, one by one
    assert inferred(rows(left=["yes", "no", "Yes"] * 20), columns=named).columns.class_names == ("no", "Yes", "yes")


def test_json_is_no_table(tmp_path):
    file = tmp_path / "rows.csv"
    lines, whole = '{"left": "yes", "size": 1}\n{"left": "no", "size": 2}\n', '[{"left": "yes"}, {"left": "no"}]'
    for text in (lines, whole, '[\n  {\n    "left": "yes"\n  }\n]', "[[1, 2], [3, 4]]"):
        file.write_text(text)
        refused(file, "expected a table as CSV or Parquet. Received: found='JSON'. Save it as one of these.")


# The positive class


@pytest.mark.parametrize(
    ("left", "positive", "reason"),
    [
        (["yes", "no", "yes"], "yes", "it says yes"),
        (["Y", "N", "Y"], "Y", "it says yes"),
        ([True, True, False], "True", "it says yes"),
        ([1, 1, 0], "1", "it says yes"),
        ([1.0, 0.0, 1.0], "1", "it says yes"),
        ([1, -1, 1], "1", "it says yes"),
        (["alive", "dead", "alive"], "dead", "the rarer one, 20 of 60 rows"),
        (["dead", "alive", "dead"], "alive", "the rarer one, 20 of 60 rows"),
        ([2, 1, 1], "2", "the rarer one, 20 of 60 rows"),
        (["b", "a"], "b", "both are as frequent: the last in order"),
    ],
)
def test_the_positive_class_is_the_last_of_two(left, positive, reason):
    frame = rows(left=left * (60 // len(left)))
    table = Table(source=frame, target="left")
    dataset, found = table.load(), table.inferred
    assert dataset.class_names[found.positive] == positive
    assert found.positive_reason == reason
    said = [str(int(value)) if isinstance(value, float) else str(value) for value in frame["left"]]
    np.testing.assert_array_equal(dataset.y, [value == positive for value in said])


def test_positive_overrules():
    for positive in ("no", "yes"):
        table = Table(source=rows(), target="left", positive=positive)
        assert table.load().class_names[table.inferred.positive] == positive
        np.testing.assert_array_equal(table.load().y, rows()["left"] == positive)
    assert Table(source=rows(left=[1, 0] * 30), target="left", positive=0).load().class_names == ("1", "0")
    refused(rows(), "positive among the classes", "Did you mean 'yes'?", positive="yse")
    refused(rows(left=["a", "b", "c"] * 20), "two classes only", positive="a")
    refused(rows(left=range(60)), "two classes only", positive="a")
    assert inferred(rows(left=["a", "b", "c"] * 20)).positive is None


# Options


def test_ignored_columns_are_left_out_and_said():
    table = Table(source=rows(), target="left", ignore=("age",))
    assert table.load().feature_names == ("size", "color")
    assert [column.name for column in table.inferred.columns.columns] == ["size", "color"]
    (line,) = [line for line in describe(table.inferred) if line.startswith("age ")]
    assert re.fullmatch("age +ignored +as you say +not used", line)


def test_kinds_overrule():
    assert kinds(rows())["age"] == "number"
    dataset = Table(source=rows(), target="left", kinds={"age": "category", "color": "text"}).load()
    assert dataset.feature_names == ("size", "age")
    levels = dataset.columns.used[1].levels
    assert [int(levels[int(code)]) for code in dataset.X[:, 1]] == [*rows()["age"]]


def test_an_option_that_names_no_column_or_has_no_effect_is_an_error():
    refused(rows(), "a column beside the target", "Did you mean 'color'?", ignore=("colour",))
    refused(rows(), "Did you mean 'color'?", kinds={"colour": "text"})
    refused(rows(), "a column beside the target", kinds={"left": "category"})
    refused(rows(), "a column beside the target", date_format={"joined": "%d.%m.%Y"})
    refused(rows(), "No column's cells are all dates in it", date_format="%d.%m.%Y")
    refused(rows(), "Did you mean 'category'?", kinds={"color": "categorical"})
    refused(rows(), "a known task", task="classify")
    refused(rows(), "decimal of '.' or ','", decimal=";")
    refused(rows(), "lower-case letters", name="My Table")


def test_a_format_for_one_column_overrules_for_that_one(tmp_path):
    file = tmp_path / "rows.csv"
    rows(sold=["05.03.2022", "06.03.2022"] * 30, paid=["03/05/2022", "03/06/2022"] * 30).to_csv(file, index=False)
    table = Table(source=file, target="left", date_format={"sold": "%d.%m.%Y", "paid": "%m/%d/%Y"})
    sold, paid = table.load().X[:2, -2:].T
    np.testing.assert_array_equal(sold, paid)
    refused(file, "column='paid'", date_format="%d.%m.%Y")


def test_a_name_comes_from_the_file_unless_it_is_given(tmp_path):
    file = tmp_path / "Bank Churn (1).csv.gz"
    rows().to_csv(file, index=False)
    assert Table(source=file, target="left").load().name == "bank_churn_1"
    assert Table(source=file, target="left", name="bank").load().name == "bank"
    assert Table(source=rows(), target="left").load().name == "table"


# The contract given back


def test_the_contract_given_back_gives_the_same_data(tmp_path):
    first = Table(source=CHURN, target="churn").load()
    file = tmp_path / "columns.json"
    file.write_text(first.columns.to_json())
    for given in (first.columns, file):
        again = Table(source=CHURN, target="churn", columns=given).load()
        np.testing.assert_array_equal(again.X, first.X)
        np.testing.assert_array_equal(again.y, first.y)
        assert again.class_names == first.class_names
        assert {column.reason for column in again.columns.columns} == {"columns.json"}
        assert again.columns == replace(
            first.columns, columns=tuple(replace(column, reason="columns.json") for column in first.columns.columns)
        )


def test_an_edited_contract_is_obeyed(tmp_path):
    record = json.loads(Table(source=CHURN, target="churn").load().columns.to_json())
    columns = {column["name"]: column for column in record["columns"]}
    columns["tenure"]["kind"] = "category"
    columns["zip"]["kind"] = "id"
    columns["zip"]["levels"] = []
    columns["contract"]["levels"] = ["two years", "one year", "monthly"]
    record["columns"] = [column for name, column in columns.items() if name != "country"]
    record["class_names"] = ["yes", "no"]
    table = Table(source=CHURN, target="churn", columns=Columns.from_json(json.dumps(record)))
    dataset = table.load()
    assert dataset.feature_names == ("contract", "tenure", "bill", "joined")
    assert dataset.columns.used[0].levels == ("two years", "one year", "monthly")
    assert len(dataset.columns.used[1].levels) == 32
    assert dataset.class_names == ("yes", "no")
    assert table.inferred.positive_reason == "the last one of columns.json"


def test_codes_of_categories_do_not_drift_between_tables():
    # Codes that come of the rows at hand differ from table to table (flaml's issue 1101).
    first = Table(source=rows(), target="left").load()
    fewer = rows()[rows()["color"] != "blue"]
    own = Table(source=fewer, target="left").load()
    by_contract = Table(source=fewer, target="left", columns=first.columns).load()
    kept = (rows()["color"] != "blue").to_numpy()
    np.testing.assert_array_equal(by_contract.X[:, 2], first.X[kept, 2])
    assert not np.array_equal(own.X[:, 2], first.X[kept, 2])
    more = rows(color=["red", "violet"] * 30)
    assert set(Table(source=more, target="left", columns=first.columns).load().X[:, 2]) == {2, -1}


def test_a_contract_that_does_not_fit_is_refused(tmp_path):
    contract = Table(source=rows(), target="left").load().columns
    refused(rows(), "the target of columns.json, 'left'", target="color", columns=contract)
    refused(rows().drop(columns="age"), "columns='age'", columns=contract)
    refused(rows(left=["no", "maybe"] * 30), "one of the classes no, yes", "cell='maybe'", columns=contract)
    refused(rows(age=["old"] * 60), "a number in each cell", "column='age', cell='old'", columns=contract)
    refused(rows(), "a columns.json", columns=tmp_path / "none.json")
    (tmp_path / "columns.json").write_text("{")
    refused(rows(), "columns.json: expected what a run wrote", columns=tmp_path / "columns.json")


# Refused, told


def test_a_table_of_nothing_to_learn_from_is_refused():
    refused(pd.DataFrame({"id": range(60), "left": ["no", "yes"] * 30}), "a column to learn from", "'id': 'id'")
    refused(pd.DataFrame({"left": ["no", "yes"] * 30}), "a column to learn from")


def test_3000_columns_are_used():
    rng = np.random.default_rng(0)
    wide = {f"x{number}": rng.normal(size=40) for number in range(3000)}
    frame = pd.DataFrame({**wide, "left": ["no", "yes"] * 20})
    table = Table(source=frame, target="left")
    assert table.load().X.shape == (40, 3000)
    assert "40 rows for 3000 columns are very few: intervals will be wide." in table.inferred.warnings


def test_too_many_columns_after_encoding_are_refused():
    categories = {f"x{number}": np.resize([*"abcdefghi"], 60) for number in range(500)}
    refused(rows(**categories), "at most 5000 columns after encoding", "columns=5006", "--ignore")


def test_the_width_after_encoding_counts_flags_levels_and_parts_of_dates():
    columns = Table(source=CHURN, target="churn").load().columns
    # zip 4 and other, country 3 and other, contract 3 and other, tenure, bill and its flag, a date in four parts
    assert encoded_width(columns) == 5 + 4 + 4 + 1 + 2 + 4


def test_the_width_after_encoding_is_not_exceeded_by_training_rows_of_few_levels():
    frame = rows(n_rows=400, town=[f"town {k}" for k in np.resize(np.arange(8), 398)] + ["far", "farther"])
    dataset = Table(source=frame, target="left").load()
    assert len(dataset.columns.used[-1].levels) == 10
    for used in (398, 400):
        encoded = Encoder(dataset.columns).fit_transform(dataset.X[:used], dataset.y[:used])
        assert encoded.shape[1] <= encoded_width(dataset.columns)


def test_a_class_of_3_rows_is_the_splits_to_refuse():
    dataset = Table(source=rows(left=["a"] * 30 + ["b"] * 27 + ["c"] * 3), target="left").load()
    assert dataset.class_counts == {"a": 30, "b": 27, "c": 3}
    with pytest.raises(ValueError, match="n_splits rows of each class or more"):
        split(dataset, Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5), seed=1)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda left: left.map({"no": "stayed", "yes": "gone"}), "the target once more"),
        (lambda left: (left == "yes") * 100.0 + np.arange(60) / 100, "a number that tells it"),
        (lambda left: np.where(left == "yes", np.arange(60) / 7, np.nan), "filled in afterwards"),
        (lambda left: pd.Series(pd.date_range("2022-01-01", periods=60)).where(left == "yes"), "when it left"),
        (lambda left: left.map({"no": None, "yes": "moved"}).where(np.arange(60) % 9 > 0, "other"), "why"),
    ],
)
def test_a_leak_is_told(make, name):
    # A target that stands among the columns under another name: TabPFN's PR 1012.
    frame = rows()
    leaking = frame.assign(**{name: make(frame["left"])})
    clean = frame.assign(**{name: make(frame["left"].sample(frac=1, random_state=1).reset_index(drop=True))})
    told = [warning for warning in inferred(leaking).warnings if "tells the target alone" in warning]
    if name == "why":
        assert told == [], "every ninth row has another reason"
    else:
        assert [warning.partition(":")[0] for warning in told] == [name]
    assert not [warning for warning in inferred(clean).warnings if "tells the target alone" in warning]


@pytest.mark.parametrize("make", [lambda y: 3 * y - 7, lambda y: np.exp(y / 10), lambda y: y + 1e-3 * np.sin(99 * y)])
def test_a_leak_of_a_number_is_told(make):
    y = np.random.default_rng(1).uniform(0, 100, 2000)
    frame = rows(2000, left=y).assign(leak=make(y), honest=y + np.random.default_rng(2).normal(size=2000))
    told = [warning.partition(":")[0] for warning in inferred(frame).warnings]
    assert told == ["leak"]


def test_a_strong_feature_is_no_leak():
    source = load_iris(as_frame=True)
    frame = source.data.assign(left=source.target_names[source.target])
    assert not [warning for warning in inferred(frame).warnings if "alone" in warning]


def test_repeated_rows_stay_together_and_are_told():
    frame = rows(200)
    twice = pd.concat([frame, frame.iloc[[3, 7, 7]]], ignore_index=True)
    table = Table(source=twice, target="left")
    (told,) = [warning for warning in table.inferred.warnings if "repeat" in warning]
    assert told.startswith("3 rows repeat another")
    assert "row 200 (row 3)" in told
    groups = table.load().groups
    np.testing.assert_array_equal(groups, [*range(200), 3, 7, 7])
    assert Table(source=frame, target="left").load().groups is None
    for fold in split(table.load(), Splitting(kind="stratified_k_fold", n_splits=5, n_folds=5), seed=1):
        assert not {*groups[fold.train_rows]} & {*groups[fold.test_rows]}


def test_rows_that_few_values_make_equal_are_told_and_dealt_out_one_by_one():
    frame = rows(400)[["color", "left"]].assign(size=np.tile(["S", "M"], 200))
    table = Table(source=frame, target="left")
    assert table.load().groups is None
    (told,) = [warning for warning in table.inferred.warnings if "repeat" in warning]
    assert "by chance" in told


def test_what_is_remarkable_about_a_column_is_told(tmp_path):
    file = tmp_path / "rows.csv"
    rows(
        100,
        seldom=[*(["7.5", "8", "9.25"]), *[""] * 97],
        flag=["Y", *[""] * 99],
        patient_id=[row % 40 for row in range(100)],
        grade=[*(["1", "2", "3"] * 33), "A"],
        price=[f"${row}.50" for row in range(100)],
        left=["no"] * 94 + ["yes"] * 6,
    ).to_csv(file, index=False)
    told = inferred(file).warnings
    for part in (
        "seldom: 97.0 % missing.",
        "flag: 'Y' or nothing. Not used; if nothing means no, --kind flag=yes/no",
        "patient_id: named as an id, but its values repeat: used as number.",
        "grade: 99 of 100 cells are numbers, but not line 101, cell 'A': taken for category.",
        "price: numbers with a sign or a unit, as '$0.50'. Not used",
        "'yes' is rare, 6.0 % of the rows: candidates are ranked by average precision.",
    ):
        assert [warning for warning in told if part in warning], part
    assert inferred(file).metric == "average_precision"
    assert inferred(rows()).warnings == ()


def test_a_stray_among_points_that_may_stand_between_thousands_is_told_by_its_line(tmp_path):
    file = tmp_path / "rows.csv"
    prices = [f"{1 + k}.{100 + 7 * k}" for k in range(60)]
    prices[30] = "1.5"
    for options in ({}, {"task": "regression"}):
        rows(price=prices).to_csv(file, index=False)
        (told,) = inferred(file, target="price" if options else "left", **options).warnings
        assert told == (
            "price: three digits behind each point, as '1.100', unlike line 32, cell '1.5', read as decimals: "
            "take points between thousands out."
        )


def test_text_of_numbers_in_a_frame_is_told():
    told = inferred(rows(size=["1.5", "2.5", "3.5"] * 20)).warnings
    assert [warning for warning in told if "--kind size=number if they are a quantity" in warning]
    told = inferred(rows(size=["1,5", "2,5", "3,5"] * 20)).warnings
    assert [warning for warning in told if "--kind size=number, with --decimal , if" in warning]


def test_words_among_numbers_with_commas_are_told_as_among_those_with_points(tmp_path):
    file = tmp_path / "rows.csv"
    rows(100, size=["1,5", "2,5", "3,5", "4,5"] * 24 + ["k.A."] * 4).to_csv(file, index=False)
    told = "size: 96 of 100 cells are numbers, but not line 98, cell 'k.A.': taken for category."
    assert told in inferred(file).warnings


@pytest.mark.parametrize(
    ("left", "metric"),
    [
        (["no", "yes"] * 30, "roc_auc"),
        (["no"] * 55 + ["yes"] * 5, "average_precision"),
        (["a", "b", "c"] * 20, "accuracy"),
        (["a"] * 30 + ["b"] * 25 + ["c"] * 5, "balanced_accuracy"),
        ([*range(60)], "r2"),
    ],
)
def test_the_metric_follows_from_the_target(left, metric):
    assert inferred(rows(left=left)).metric == metric


def test_many_classes_are_told_shortly():
    frame = rows(300, left=[f"class {row % 30:02d}" for row in range(300)])
    (line,) = [line for line in describe(inferred(frame)) if line.startswith("Target")]
    assert line.endswith("class 09 10 and 20 more.")


def test_whole_numbers_with_a_gap_give_the_same_table_as_a_file(tmp_path):
    # A gap makes 3 to 3.0: read as text, a code becomes another one (autogluon's issue 601).
    frame = rows(age=pd.array([None, 1, 2] * 20, dtype="Int64"), rooms=pd.array([3, 4, None] * 20, dtype="Int64"))
    file = tmp_path / "rows.csv"
    frame.to_csv(file, index=False)
    typed = Table(source=frame, target="left", kinds={"rooms": "category"}).load()
    read = Table(source=file, target="left", kinds={"rooms": "category"}).load()
    floats = Table(
        source=frame.astype({"age": float, "rooms": float}), target="left", kinds={"rooms": "category"}
    ).load()
    np.testing.assert_array_equal(typed.X, read.X)
    np.testing.assert_array_equal(typed.X, floats.X)
    assert [column.levels for column in typed.columns.columns] == [column.levels for column in read.columns.columns]


def test_1000000_rows_are_decided_on_to_the_last_in_bounded_memory(tmp_path):
    """Measured: eight times a file of so narrow rows, twice a wide one; a copy as strings would be eight times more."""
    file = tmp_path / "rows.csv"
    left = np.random.default_rng(0).integers(0, 2, 999_999)
    rows = (f"{row / 8},{row % 6},2022-03-{1 + row % 31:02d},{left[row]}\n" for row in range(999_999))
    file.write_text("size,grade,day,left\n" + "".join(rows) + "0.5,x,,1\n")
    code = f"""
import resource
from pipeline.data.inferred import describe
from pipeline.data.table import Table
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(*describe(Table(source={str(file)!r}, target="left").inferred), sep="\\n")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert told[:-1] == [
        f"{file}: 1000000 rows, 3 of 3 columns used, commas between the cells.",
        "column  kind      missing  distinct  example     why                     what is done",
        "size    number    -        999999    0.0         every cell is a number  a number",
        "grade   category  -        7         0           text of few values      a 0 or 1 for each of 7",
        "day     date      < 0.1 %  31        2022-03-01  ISO dates               days, month, weekday, hour if any; "
        "median, flag",
        f"Target left: 2 classes (two values): 0 {(left == 0).sum()}, 1 {(left == 1).sum() + 1}.",
        "Positive class: 1 (it says yes); --positive overrules.",
        "Metric: roc_auc (two classes, none of them rare).",
        "Warning: grade: 999999 of 1000000 cells are numbers, but not line 1000001, cell 'x': taken for category.",
    ]
    assert int(told[-1]) < 12 * file.stat().st_size
