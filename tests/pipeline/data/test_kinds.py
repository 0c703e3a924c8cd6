"""What a column is, decided on all rows; each test names the mistake that the naive way makes."""

import re

import numpy as np
import pandas as pd
import pytest

from models.encoding.columns import Column
from pipeline.data.doubts import require_no_doubt
from pipeline.data.formats import fitting
from pipeline.data.kinds import RULES, column_of, is_named_id, most_levels
from pipeline.data.reading import read
from pipeline.data.tally import Wish, tally


@pytest.fixture
def column(tmp_path):
    """Returns what a column of a text is; cells are quoted, so that they may have commas."""

    def column(cells, name: str = "x", **wish) -> Column:
        file = tmp_path / "rows.csv"
        quoted = ['"' + str(cell).replace('"', '""') + '"' for cell in cells]
        file.write_text(f"{name},other\n" + "".join(f"{cell},1\n" for cell in quoted))
        return column_of(tally(read(file), name, Wish(**wish)))

    return column


def typed(cells, name: str = "x", **wish) -> Column:
    """Returns what a column of a frame is."""
    return column_of(tally(read(pd.DataFrame({name: cells, "other": 1})), name, Wish(**wish)))


def refused(make, cells, *parts: str, **wish) -> None:
    with pytest.raises(ValueError, match="expected ") as caught:
        make(cells, **wish)
    for part in parts:
        assert part in str(caught.value)


NUMBERS = [1.5 * row for row in range(40)]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["5", "5", "5"], "constant"),
        (["", "", ""], "constant"),
        (["2022-03-05", "2022-03-06", "2022-03-07", "2022-03-05"], "date"),
        (["yes", "no", "yes"], "yes/no"),
        (["3", "7", "7", "3"], "yes/no"),
        (["a1", "b7", "c9"], "id"),
        (["12", "11", "13"], "id"),
        (["1", "2", "4"], "number"),
        (["1", "2", "3", "3"], "number"),
        (["red", "green", "blue", "red"], "category"),
        (["01234", "02134", "99999", "01234"], "category"),
        ([f"word {row % 150}" for row in range(300)], "text"),
    ],
)
def test_the_first_kind_that_fits_is_taken(column, cells, kind):
    found = column(cells)
    assert found.kind == kind
    assert found.reason != ""
    assert found.distinct == len({*cells} - {""})


def test_the_rules_are_asked_in_the_order_of_the_page():
    assert [rule.__name__ for rule in RULES] == [
        *("_constant", "_date", "_yes_no", "_id", "_number", "_category", "_text")
    ]


# Numbers


def test_a_number_is_what_a_table_means_by_one(column):
    found = column(["1e5", "-.5", "+3", "7.", " 8 ", "0", "0.25"])
    assert (found.kind, found.lowest, found.highest, found.distinct) == ("number", -0.5, 1e5, 7)


@pytest.mark.parametrize("slip", ["5_1", "٣", "0x1F", "1e999", "inf", "abc", "1 2", "½"])
def test_a_slip_among_numbers_is_refused_by_line_and_cell(column, slip):
    # Python's float reads 5_1 as 51 and ٣ as 3; a tool that gives up reads the whole column as categories.
    refused(column, [*NUMBERS, slip], f"line={len(NUMBERS) + 2}, column='x', cell={slip!r}", "--kind x=category")


def test_digits_of_python_are_no_numbers_wherever_they_stand(column):
    assert column(["1_0", "2_0", "3_0", "1_0"]).kind == "category"
    assert column(["١", "٢", "٣", "١"]).kind == "category"
    assert column(["0x1A", "0x1B", "0x1C", "0x1A"]).kind == "category"


def test_kinds_are_decided_on_all_rows_not_the_first_200(column):
    codes = [str(row % 9) for row in range(5000)]
    assert column(codes).kind == "number"
    late = column([*codes, "A"])
    assert (late.kind, late.levels) == ("category", (*"012345678", "A"))
    refused(column, [*(str(row / 7) for row in range(5000)), "A"], "line=5002", "cell='A'")


def test_many_cells_that_are_no_number_make_a_category_not_a_slip(column):
    # Diagnoses as in ICD-9: numbers, and 2 % that begin with a letter.
    diagnoses = ["250.01", "401", "428", "414.2", "V27"] * 2 + ["250.01", "401", "428"] * 30
    assert column(diagnoses).kind == "category"


def test_a_number_is_never_taken_for_a_category_however_few_values_it_has(column):
    assert column(["1", "2", "3"] * 50).kind == "number"
    assert typed([1, 2, 3] * 50).kind == "number"


@pytest.mark.parametrize(
    ("cells", "decimal", "line", "cell"),
    [
        (["3", "1,5", "2,25", "3"], None, 3, "1,5"),
        (["1.5", "2.25", "1,75", "3"], None, 4, "1,75"),
        (["999", "1,234", "12,345", "1,234"], None, 3, "1,234"),
        (["999", "1,234.50", "12,345.00", "999"], None, 3, "1,234.50"),
        (["1.234,5", "999,5", "1,5", "1,5"], ",", 2, "1.234,5"),
        (["1.234", "2.500", "3.100", "1.234"], ",", 2, "1.234"),
    ],
)
def test_decimal_signs_that_nobody_announced_are_refused_by_cell(column, cells, decimal, line, cell):
    # The naive way makes 1234 of 1,234 and 1.234 of 1.234, a thousandth of what a German file means.
    refused(column, cells, f"line={line}, column='x', cell={cell!r}", "decimal", decimal=decimal)


def test_announced_decimal_commas_are_numbers(column):
    found = column(["1,5", "2,25", "-3", ",5"], decimal=",")
    assert (found.kind, found.decimal, found.lowest, found.highest) == ("number", ",", -3, 2.25)
    assert column(["1.5", "2", "3", "3"], decimal=".").decimal == "."


def test_what_somebody_calls_text_is_not_asked_about(column):
    assert column(["1,5", "2,5", "1,5"], kind="category").levels == ("1,5", "2,5")
    assert column([*NUMBERS, "abc"], kind="text").kind == "text"


# Missing cells


def test_na_is_a_gap_among_numbers_and_dates_and_namibia_among_countries(column):
    numbers = column(["1.5", "NA", "", "n/a", "null", "?", "2.5", "4"])
    assert (numbers.kind, numbers.missing, numbers.distinct) == ("number", 5 / 8, 3)
    assert {"NA", "n/a", "null", "?"} <= {*numbers.missing_words}
    dates = column(["2022-03-05", "NA", "2022-03-06", "2022-03-07"])
    assert (dates.kind, dates.missing) == ("date", 1 / 4)
    countries = column(["NA", "DE", "", "FR", "NA"])
    assert (countries.kind, countries.levels, countries.missing) == ("category", ("DE", "FR", "NA"), 1 / 5)
    assert countries.missing_words == ()


def test_a_missing_word_does_not_make_a_second_value(column):
    assert column(["5", "NA", "5"]).kind == "constant"
    flag = column(["0", "1", "NA", "1"])
    assert (flag.kind, flag.levels, flag.missing) == ("yes/no", ("0", "1"), 1 / 4)


def test_whole_numbers_with_a_gap_stay_whole_numbers():
    # Int64 with NA, and the float64 that pandas makes of it.
    for cells in (pd.array([3, None, 1, 3], dtype="Int64"), [3.0, np.nan, 1.0, 3.0]):
        flag = typed(cells)
        assert (flag.kind, flag.levels, flag.missing) == ("yes/no", ("1", "3"), 1 / 4)
    counts = typed(pd.array([3, None, 1, 7], dtype="Int64"))
    assert (counts.kind, counts.missing, counts.lowest, counts.highest) == ("number", 1 / 4, 1, 7)


# Codes, categories, text


def test_leading_zeros_are_kept_and_make_a_category_however_many(column):
    zips = [f"{row:05d}" for row in range(90, 20_000, 7)]
    found = column(zips, "zip")
    assert (found.kind, found.distinct) == ("category", len(zips))
    assert found.levels == tuple(zips)
    assert column(["0", "0.5", "10", "20"]).kind == "number"
    assert column([*map(str, range(2, 40)), "007"]).kind == "category"


def test_a_category_has_at_most_100_or_5_percent_values(column):
    assert (most_levels(200), most_levels(10_000)) == (100, 500)
    assert column([f"w{row % 100}" for row in range(200)]).kind == "category"
    assert column([f"w{row % 101}" for row in range(202)]).kind == "text"
    assert column([f"w{row % 200}" for row in range(4000)]).kind == "category"


def test_levels_do_not_depend_on_the_order_of_rows(column):
    rng = np.random.default_rng(0)
    cells = rng.choice(["b", "a", "d", "c", "é"], 50)
    assert column(cells).levels == column(rng.permutation(cells)).levels == tuple(sorted({*cells}))


@pytest.mark.parametrize(
    ("cells", "levels"),
    [
        (["Yes", "No"], ("No", "Yes")),
        (["true", "false"], ("false", "true")),
        (["1", "0"], ("0", "1")),
        (["10", "9"], ("9", "10")),
        (["ja", "nein"], ("nein", "ja")),
        (["north", "east"], ("east", "north")),
        (["2.5", "1.5"], ("1.5", "2.5")),
    ],
)
def test_of_two_values_the_one_that_says_yes_or_is_larger_is_1(column, cells, levels):
    assert column(cells * 2).levels == levels


def test_a_frames_own_types_are_believed():
    assert typed(pd.Categorical([3, 1, 2, 3])).levels == ("1", "2", "3")
    assert typed(["1.5", "2.5", "3.5", "1.5"]).kind == "category"
    assert typed(["1.5", "2.5", "3.5", "1.5"], kind="number").kind == "number"
    assert typed([True, False, None, True]).levels == ("False", "True")
    assert typed(pd.to_datetime(["2022-03-05", "2022-03-06", "2022-03-07"])).kind == "date"
    assert typed([1, "a", 2.5, 1]).levels == ("1", "2.5", "a")


@pytest.mark.parametrize(
    "cells",
    [
        [[1], [2], [1]],
        pd.to_timedelta([1, 2, 1], unit="D"),
        pd.period_range("2022-01", periods=3, freq="M"),
        [b"x", b"y", b"x"],
        [1j, [2], {}],
    ],
)
def test_types_that_no_model_takes_are_text_and_not_used(cells):
    # A list of two values would else be a yes/no that nobody can read at prediction.
    found = typed(cells)
    assert (found.kind, found.reason) == ("text", "of a type that no model takes")
    refused(typed, cells, "a type that a table has", "column='x'", kind="category")


def test_infinity_in_a_frame_is_refused_by_row():
    refused(typed, [1.0, np.inf, 2.0, 3.0], "a finite number", "row=1, column='x'")


# Ids


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ([f"7590-{row}X" for row in range(30)], "customer"),
        ([str(100 + row) for row in range(30)], "nr"),
        ([str(row * row) for row in range(30)], "PassengerId"),
        ([str(row * row) for row in range(30)], "uuid"),
        ([str(row * row) for row in range(30)], "Unnamed: 0"),
        ([f"{row:05d}" for row in range(1, 31)], "nr"),
        ([f"{row * row:05d}" for row in range(30)], "customer_id"),
    ],
)
def test_ids_are_not_used(column, cells, name):
    # AutoGluon trains on them (its issue 370, open since 2020).
    found = column(cells, name)
    assert found.kind == "id"
    assert not found.is_used


def test_a_few_rows_twice_do_not_make_a_number_of_an_id(column):
    assert column([*(str(row * row) for row in range(100)), "0", "1"], "id").kind == "id"


def test_what_only_looks_like_an_id_is_used(column):
    assert column([str(row * row) for row in range(30)], "paid").kind == "number"
    assert column([str(row / 3) for row in range(30)], "id").kind == "number"
    assert column([str(row % 7) for row in range(30)], "patient_id").kind == "number"
    assert [is_named_id(name) for name in ("idle", "grid", "valid", "width", "ID", "id_2")] == [False] * 4 + [True] * 2


# Dates


def test_a_date_that_can_be_read_in_two_ways_is_refused(column):
    # Day and month are swapped in silence where the first format that fits is taken (nannyml's issue 104).
    refused(column, ["05.03.2022", "06.03.2022"] * 9, "line=2", "'%d.%m.%Y', '%m.%d.%Y'", "--date-format %d.%m.%Y")
    refused(column, ["3/5/22", "4/6/22"] * 9, "%m/%d/%y")


def test_one_format_that_fits_the_whole_column_is_taken(column):
    found = column(["05.03.2022", "16.03.2022", "", "06.03.2022"])
    assert (found.kind, found.date_format) == ("date", "%d.%m.%Y")
    days = [(pd.Timestamp(2022, 3, day) - pd.Timestamp(1970, 1, 1)).days for day in (5, 16)]
    assert [found.lowest, found.highest] == days
    given = column(["05.03.2022", "06.03.2022", "05.03.2022"], date_format="%d.%m.%Y")
    assert (given.kind, given.lowest) == ("date", days[0])


@pytest.mark.parametrize(
    ("cells", "formats"),
    [
        (["2022-03-05", "2022-03-06T10:30", "2022-03-06 10:30:15.25Z"], ["ISO"]),
        (["3/31/2022", "12/1/2022"], ["%m/%d/%Y"]),
        (["31.12.99", "01.02.98"], ["%d.%m.%y"]),
        (["2022/03/05", "2022/03/06"], ["%Y/%m/%d"]),
        (["5 March 2022", "17 June 2021"], ["%d %B %Y"]),
        (["5-Mar-22", "17-Jun-21"], ["%d-%b-%y"]),
        (["May 5, 2022", "May 17, 2021"], ["%b %d, %Y"]),
        (["31/12/2022 23:59", "01/02/2022 00:00"], ["%d/%m/%Y %H:%M"]),
        (["12/31/2022 11:59:00 PM", "1/2/2022 1:00:00 AM"], ["%m/%d/%Y %I:%M:%S %p"]),
        (["20220305", "20220306"], []),
        (["192.168.1.1", "10.0.0.1"], []),
        (["1.2.3", "1.2.4"], []),
        (["2022-02-30", "2022-02-28"], []),
        (["12-34", "56-78"], []),
        (["555-123-4567", "555-987-6543"], []),
        (["well - no", "a.b.c"], []),
    ],
)
def test_formats_that_fit(cells, formats):
    assert fitting(pd.Series(cells)) == formats


def test_a_slip_among_dates_is_refused_by_line(column):
    days = [f"2022-03-{day:02d}" for day in range(1, 29)]
    refused(column, [*days, "2022-02-30"], "line=30", "cell='2022-02-30'", "a date as ISO")
    refused(column, [*days, "0000-00-00"], "line=30", "cell='0000-00-00'")


def test_numbers_that_are_dates_are_dates_only_if_somebody_says_so(column):
    assert column(["20220305", "20220306", "20220309"]).kind == "number"
    said = column(["20220305", "20220306", "20220309"], kind="date", date_format="%Y%m%d")
    assert said.highest - said.lowest == 4


# What somebody says


def test_what_somebody_says_is_done(column):
    assert column(["1", "2", "3"], kind="number").kind == "number"
    assert column(["01", "02", "12", "12"], kind="number").highest == 12
    assert column(["3", "1", "2", "10"], kind="category").levels == ("1", "2", "3", "10")
    assert column(["b", "a", "b"], kind="category", levels=("b", "a")).levels == ("b", "a")
    assert column(["Y", "", "Y"], kind="yes/no").levels == ("Y",)
    assert column(["Y", "", "Y"]).kind == "constant"
    empty = column(["", ""], kind="number")
    assert (empty.kind, empty.missing, empty.lowest) == ("number", 1, None)


def test_what_somebody_says_and_does_not_fit_is_refused_by_line(column):
    refused(column, ["1", "a", "b"], "a number in each cell", "line=3", "cell='a'", "cells_like_it=2", kind="number")
    refused(column, ["2022-03-05", "soon"], "a date as ISO", "line=3", "cell='soon'", kind="date")
    refused(column, ["a", "b", "c"], "two values", "distinct=3", kind="yes/no")
    refused(column, ["05.03.2022", "06.03.2022"], "in one way", kind="date")


def test_a_long_cell_is_not_told_whole(column):
    refused(column, [*NUMBERS, "x" * 1000], "x" * 60 + "...")


def test_columns_of_numbers_are_doubted_by_nobody(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("x,y\n1,2\n2,3\n")
    assert require_no_doubt(tally(read(file), "x")) is None


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "NA", "2.50", "-3e2", " 4 ", "?"], "number"),
        (["2022-03-05", "", "2022-03-05T12:00", "NA"], "date"),
        (["no", "yes", "", "no"], "yes/no"),
        (["0.0", "1.0", "NA", "1.0"], "yes/no"),
        (["NA", "b", "", "c", "b"], "category"),
        (["007", "7", "", "012", "7"], "category"),
    ],
)
def test_a_decided_column_reads_every_cell_it_was_decided_by(column, cells, kind):
    """The contract's own reader finds as many gaps as were counted, and no cell that it does not know."""
    found = column(cells)
    assert found.kind == kind
    values = found.read(pd.Series(cells))
    assert np.isnan(values).mean() == found.missing
    assert not (values == -1).any()
    if found.lowest is not None:
        assert (np.nanmin(values), np.nanmax(values)) == (found.lowest, found.highest)


def test_an_error_is_one_line_in_the_one_form(column):
    with pytest.raises(ValueError, match="expected ") as caught:
        column([*NUMBERS, "5_1"])
    form = r"\S+rows\.csv: expected [^.]+\. Received: line=\d+, column='x', cell='5_1', cells_like_it=1\. .+\."
    assert re.fullmatch(form, str(caught.value))


# Points and digits that may mean something else


@pytest.mark.parametrize("cells", [["987", "1.272", "3.459", "12.300"], ["-987", "+1.272", "NA", "-1.272"]])
def test_points_that_may_stand_between_thousands_are_asked_back(column, cells):
    refused(column, cells, "line=3, column='x'", "1.272'", "numbers that can be read in one way")
    refused(column, cells, "--decimal .", kind="number")
    assert column(cells, decimal=".").kind == "number"


@pytest.mark.parametrize(
    "cells",
    [
        ["987", "0.272", "3.459"],  # nobody writes 272 like that
        ["987", "1.27", "3.459"],
        ["9870", "1.272", "3.459"],
        ["987", "986", "12"],
        ["1.005", "1.010", "1.025"],
    ],
)
def test_points_that_cannot_stand_between_thousands_are_not(column, cells):
    assert column(cells).kind == "number"


THOUSANDS = ["1.234", "12.300", "7.001", "45.678", "2.345", "9.876", "3.500", "8.250", "6.125", "5.050"]


@pytest.mark.parametrize(
    ("cells", "unlike"),
    [
        ([*THOUSANDS, "1500"], "unlike_line=12, unlike_cell='1500'"),
        ([*THOUSANDS, "987", "1500"], "unlike_line=13, unlike_cell='1500'"),
        ([*THOUSANDS, "987", "1.5"], "unlike_line=13, unlike_cell='1.5'"),
        ([*THOUSANDS, "987", "0.272"], "unlike_line=13, unlike_cell='0.272'"),
        ([*THOUSANDS * 10, *["1500"] * 5], "unlike_line=102, unlike_cell='1500'"),
        (["1500", "2300", "4100"] * 5 + ["1.234"], "line=17, column='x', cell='1.234'"),  # the stray is itself the one
    ],
)
def test_a_stray_does_not_decide_what_points_mean_for_all(column, cells, unlike):
    refused(column, cells, "numbers that can be read in one way", unlike)
    refused(column, cells, unlike, kind="number")
    assert column(cells, decimal=".").kind == "number"


@pytest.mark.parametrize(
    "cells",
    [
        [*THOUSANDS * 10, *["1.27"] * 6, "987"],  # of numbers rounded to three digits one in ten has two
        [*THOUSANDS * 10, *["0.272"] * 6, "987"],
        ["1500", "2300", "4100"] * 5 + ["1.234", "1.5", "2.75"],
    ],
)
def test_what_is_written_otherwise_more_often_than_a_slip_decides(column, cells):
    assert column(cells).kind == "number"


@pytest.mark.parametrize("number", ["12,{}", "1.234,{}", "1,234.{}", "1'234.{}", "1 234,{}"])
@pytest.mark.parametrize("decimal", [None, ",", "."])
def test_a_slip_among_numbers_of_any_writing_is_no_reason_for_another_kind(column, number, decimal):
    cells = [number.format(k) for k in range(4)] * 25
    refused(column, [*cells, "none yet"], "line=102", "cell='none yet'", "a number in each cell", decimal=decimal)
    refused(column, [f"{cell[:-1]}{k}" for k, cell in enumerate(cells)] + ["none yet"], "line=102", decimal=decimal)


def test_whole_numbers_beyond_float64_are_told_apart(column):
    ids = [str(10**18 + k) for k in (3, 1, 2)]
    assert column(ids, name="customer_id").kind == "id"
    assert column(ids).distinct == 3
