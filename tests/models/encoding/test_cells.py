import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.encoding import cells

NO_NUMBERS = ["5_1", "٣", "0x1F", "inf", "nan", "1e999", "1,5", "1.234.5", "--1", "1e", ".", "abc", "1 000"]


@pytest.mark.parametrize("word", NO_NUMBERS)
def test_what_is_no_number_of_a_table_is_wrong_and_no_gap(word):
    read = cells.numbers(pd.Series(["1", word, None]))
    np.testing.assert_array_equal(read.values, [1, np.nan, np.nan])
    assert read.wrong.tolist() == [False, True, False]


@pytest.mark.parametrize(("word", "value"), [("1e5", 1e5), ("+2", 2), (" -.5 ", -0.5), ("3.", 3), ("007", 7)])
def test_numbers_as_files_write_them(word, value):
    assert cells.numbers(pd.Series([word])).values == value


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5))
def test_text_of_a_number_is_that_number_to_the_last_bit(values):
    written = pd.Series([repr(value) for value in values], dtype=object)
    assert cells.numbers(written).values.tolist() == values


def test_the_decimal_sign_is_the_columns_own():
    read = cells.numbers(pd.Series(["1,5", ",25", "2e1", "1.5"]), decimal=",")
    np.testing.assert_array_equal(read.values, [1.5, 0.25, 20, np.nan])
    assert read.wrong.tolist() == [False, False, False, True]


TYPED = {
    "int64": pd.Series([3, 4]),
    "Int64": pd.Series([3, 4], dtype="Int64"),
    "float32": pd.Series([3, 4], dtype="float32"),
    "arrow": pd.Series([3, 4], dtype=pd.ArrowDtype(pa.int16())),
    "categorical": pd.Series([3, 4], dtype="category"),
    "mixed": pd.Series([3, "4"], dtype=object),
}


@pytest.mark.parametrize("name", TYPED)
def test_numbers_of_any_type_are_the_same(name):
    assert cells.numbers(TYPED[name]).values.tolist() == [3, 4]
    assert cells.texts(TYPED[name]).tolist() == ["3", "4"]
    assert cells.codes(TYPED[name], levels=("4", "3")).values.tolist() == [1, 0]


GAPS = {
    "text": pd.Series(["1", None]),
    "blank": pd.Series(["1", "  "]),
    "float": pd.Series([1, np.nan]),
    "Int64": pd.Series([1, pd.NA], dtype="Int64"),
    "categorical": pd.Series(["1", None], dtype="category"),
    "mixed": pd.Series([1, pd.NaT], dtype=object),
}


@pytest.mark.parametrize("name", GAPS)
def test_a_gap_is_a_gap_in_every_type(name):
    for read in (cells.numbers(GAPS[name]), cells.codes(GAPS[name], levels=("0", "1"))):
        np.testing.assert_array_equal(read.values, [1, np.nan])
        assert not read.wrong.any()
    assert cells.texts(GAPS[name]).tolist() == ["1", None]


def test_missing_words_are_gaps_as_text_and_as_number_and_only_where_they_are_said_to_be():
    for column in (pd.Series(["-999", "5"]), pd.Series([-999, 5])):
        np.testing.assert_array_equal(cells.numbers(column, missing_words=["-999"]).values, [np.nan, 5])
    countries = pd.Series(["NA", "DE"])
    assert cells.codes(countries, levels=("DE", "NA")).values.tolist() == [1, 0]
    np.testing.assert_array_equal(cells.codes(countries, levels=("DE",), missing_words=["NA"]).values, [np.nan, 0])


@pytest.mark.parametrize("column", [pd.Series([True, False]), pd.Series(pd.to_datetime(["2022-01-01", "2022-01-02"]))])
def test_cells_of_another_type_are_no_numbers(column):
    assert cells.numbers(column).wrong.all()


def test_numbers_are_no_dates():
    assert cells.dates(pd.Series([20220305, 20220306])).wrong.all()


def test_leading_zeros_are_part_of_a_code():
    read = cells.codes(pd.Series(["01234", "1234", "001234"]), levels=("01234", "1234"))
    assert read.values.tolist() == [0, 1, cells.UNSEEN]


def test_long_codes_that_are_one_float_stay_apart():
    levels = ("12345678901234567890",)
    assert cells.codes(pd.Series(["12345678901234567891"]), levels=levels).values == cells.UNSEEN


@pytest.mark.parametrize("column", [["1.0", "0.0"], ["1", "0"], [1.0, 0.0], [True, False], ["true", "FALSE"]])
@pytest.mark.parametrize("levels", [("0", "1"), ("False", "True"), ("0.0", "1.0")])
def test_a_yes_is_a_yes_whatever_wrote_it(column, levels):
    assert cells.codes(pd.Series(column), levels=levels).values.tolist() == [1, 0]


def test_levels_that_say_the_same_twice_go_by_their_own_spelling():
    assert cells.codes(pd.Series(["1", "1.0", "true"]), levels=("1.0", "true", "1")).values.tolist() == [2, 0, 1]


DAY = (datetime.date(2022, 3, 5) - datetime.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("column", "date_format"),
    [
        (pd.Series(["2022-03-05"]), "ISO"),
        (pd.Series(["20220305"]), "ISO"),
        (pd.Series(["05.03.2022"]), "%d.%m.%Y"),
        (pd.Series(["03/05/22"]), "%m/%d/%y"),
        (pd.Series([datetime.date(2022, 3, 5)]), "%d.%m.%Y"),
        (pd.Series(pd.to_datetime(["2022-03-05"])), "%d.%m.%Y"),
        (pd.Series(["2022-03-05"], dtype="category"), "ISO"),
    ],
)
def test_a_day_is_the_same_day_in_every_format(column, date_format):
    assert cells.dates(column, date_format=date_format).values == DAY


def test_day_and_month_are_never_swapped_to_make_a_date_fit():
    read = cells.dates(pd.Series(["05.03.2022", "03.25.2022"]), date_format="%d.%m.%Y")
    assert read.wrong.tolist() == [False, True]


def test_hours_are_fractions_and_zones_become_one():
    column = pd.Series(["2022-03-05 06:00", "2022-03-05T12:00:00+06:00"])
    assert cells.dates(column).values.tolist() == [DAY + 0.25, DAY + 0.25]
    berlin = pd.Series(pd.to_datetime(["2022-03-05 07:00"]).tz_localize("Europe/Berlin"))
    assert cells.dates(berlin).values == DAY + 0.25


@given(
    st.lists(st.datetimes(min_value=datetime.datetime(1800, 1, 1), max_value=datetime.datetime(2200, 1, 1)), max_size=4)
)
def test_dates_are_read_back_as_they_are_written(moments):
    days = cells.dates(pd.Series(moments, dtype="datetime64[us]")).values
    again = cells.dates(pd.Series(cells.date_texts(days), dtype=object)).values
    np.testing.assert_allclose(again, days, rtol=0, atol=1e-10)
