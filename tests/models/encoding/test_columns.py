import re

import numpy as np
import pandas as pd
import pytest

from models.checks import renamed
from models.encoding.columns import Column, Columns

COLUMNS = Columns(
    columns=(
        Column(name="age", kind="number", missing=0.25, lowest=20, highest=60),
        Column(name="id", kind="id"),
        Column(name="joined", kind="date", date_format="%d.%m.%Y", lowest=18993, highest=19357),
        Column(name="member", kind="yes/no", levels=("no", "yes")),
        Column(name="zip", kind="category", levels=("01067", "10115", "80331")),
    ),
    target="left",
)
TABLE = pd.DataFrame(
    {
        "age": ["20", "", "41.5"],
        "id": ["a", "b", "c"],
        "joined": ["05.03.2022", "06.03.2022", None],
        "member": ["yes", "perhaps", "no"],
        "zip": ["80331", "99999", ""],
    }
)
EXPECTED = np.array([[20, 19056, 1, 2], [np.nan, 19057, np.nan, -1], [41.5, np.nan, 0, np.nan]])


def test_a_raw_table_becomes_numbers_by_the_contract():
    X = COLUMNS.matrix(TABLE)
    np.testing.assert_array_equal(X, EXPECTED)
    assert X.dtype == np.float64
    assert X.flags.c_contiguous


def test_a_row_becomes_the_same_whatever_stands_beside_it():
    for row in range(3):
        np.testing.assert_array_equal(COLUMNS.matrix(TABLE.iloc[[row]]), EXPECTED[[row]])


def test_columns_go_by_name_and_others_are_ignored():
    table = TABLE[["zip", "member", "joined", "age"]].assign(remark="x", age_2=5)
    np.testing.assert_array_equal(COLUMNS.matrix(table), EXPECTED)


def test_a_typed_table_is_the_same_table():
    table = TABLE.assign(
        age=pd.Series([20, pd.NA, 41.5], dtype="Float64"),
        joined=pd.to_datetime(TABLE["joined"], format="%d.%m.%Y"),
        member=TABLE["member"].astype("category"),
    )
    np.testing.assert_array_equal(COLUMNS.matrix(table), EXPECTED)


def test_a_column_that_serves_already_is_not_meant_for_a_missing_one():
    assert renamed("source", ["outcome"]) == "Add it, or rename what it is called now."
    assert renamed("Visits", ["visits_", "age"]) == "Did you mean 'visits_'?"


def test_a_missing_column_is_refused_by_name_with_the_closest():
    message = (
        "table: expected a column for each input of the model. Received: missing=['joined']. Did you mean 'joind'?"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        COLUMNS.matrix(TABLE.rename(columns={"joined": "joind"}))


def test_a_column_that_is_there_twice_is_refused():
    with pytest.raises(ValueError, match=r"each column once\. Received: twice=\['age'\]"):
        COLUMNS.matrix(pd.concat([TABLE, TABLE[["age"]]], axis=1))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("age", "old", "a finite number with '.' as decimal sign in each cell. Received: row=1, value='old'."),
        ("age", "1e999", "a finite number with '.' as decimal sign in each cell. Received: row=1, value='1e999'."),
        ("joined", "2022-03-05", "a date in the format %d.%m.%Y in each cell. Received: row=1, value='2022-03-05'."),
    ],
)
def test_a_cell_that_is_none_is_refused_with_column_row_and_value(name, value, expected):
    table = TABLE.copy()
    table.loc[1, name] = value
    with pytest.raises(ValueError, match=re.escape(f"Column {name!r}: expected {expected}")):
        COLUMNS.matrix(table)


def test_rows_are_called_as_the_frame_calls_them():
    table = TABLE.assign(age="old").set_axis([12, 14, 17])
    with pytest.raises(ValueError, match="row=12"):
        COLUMNS.matrix(table)


def test_numbers_become_the_table_they_were_read_from():
    X = EXPECTED[[0, 2]]
    table = COLUMNS.frame(X)
    assert list(table) == ["age", "joined", "member", "zip"]
    assert table["joined"].tolist()[0] == "05.03.2022"
    np.testing.assert_array_equal(COLUMNS.matrix(table), X)


def test_a_table_typed_for_a_signature_reads_the_same_and_keeps_what_was_never_seen():
    table = COLUMNS.typed(TABLE.assign(joined=pd.to_datetime(TABLE["joined"], format="%d.%m.%Y")))
    assert table["age"].dtype == np.float64
    assert table["zip"].fillna("gap").tolist() == ["80331", "99999", "gap"]
    assert table["joined"].fillna("gap").tolist() == ["05.03.2022", "06.03.2022", "gap"]
    np.testing.assert_array_equal(COLUMNS.matrix(table), EXPECTED)


@pytest.mark.parametrize(
    ("levels", "missing", "served_as", "written"),
    [
        (("no", "yes"), 0, "string", ["no", "yes", None]),
        (("False", "True"), 0, "boolean", [False, True, None]),
        (("False", "True"), 0.1, "string", ["False", "True", None]),
        (("0", "1"), 0, "double", [0, 1, None]),
        (("1.0", "2.0"), 0.1, "double", [1, 2, None]),
        (("01", "02"), 0, "string", ["01", "02", None]),
    ],
)
def test_a_yes_or_no_is_asked_for_as_people_have_it_and_read_back(levels, missing, served_as, written):
    column = Column(name="member", kind="yes/no", levels=levels, missing=missing)
    columns = Columns(columns=(column,), target="y")
    X = np.array([[0], [1], [np.nan]])
    table = columns.frame(X)
    assert column.served_as == served_as
    assert table["member"].astype(object).where(table["member"].notna(), None).tolist() == written
    for form in (table, columns.typed(table), columns.typed(pd.DataFrame({"member": [*levels, ""]}))):
        np.testing.assert_array_equal(columns.matrix(form), X)


def test_cells_are_counted_beside_those_of_the_training():
    age, joined, member, zip_code = COLUMNS.compared(TABLE.assign(age=["19", "", "61"]))
    assert (age.missing, age.missing_before, age.outside) == (1 / 3, 0.25, 2 / 3)
    assert (joined.missing, joined.outside) == (1 / 3, 0)
    assert (member.missing, member.unseen) == (0, 1 / 3)
    assert (zip_code.missing, zip_code.unseen) == (1 / 3, 1 / 3)


def test_counts_of_parts_add_up_to_those_of_the_whole():
    parts = zip(COLUMNS.compared(TABLE[:1]), COLUMNS.compared(TABLE[1:]), strict=True)
    assert tuple(first + second for first, second in parts) == COLUMNS.compared(TABLE)


def test_numbers_are_compared_as_the_table_they_came_from_but_for_a_yes_that_is_neither():
    member = COLUMNS.compared(EXPECTED)[2]
    assert (member.n_missing, member.n_unseen) == (1, 0)
    assert COLUMNS.compared(EXPECTED)[3] == COLUMNS.compared(TABLE)[3]


def test_the_contract_is_read_back_as_it_was_written():
    assert Columns.from_json(COLUMNS.to_json()) == COLUMNS


@pytest.mark.parametrize("text", ["{", '{"columns": []}', '{"columns": [{"nam": "x"}], "target": "y"}', "[]"])
def test_what_is_no_contract_is_refused(text):
    with pytest.raises(ValueError, match=r"columns\.json: expected what a run wrote"):
        Columns.from_json(text)
