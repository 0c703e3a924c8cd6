"""Columns that say something of their rows: read, refused by line, kept out of the features."""

import numpy as np
import pandas as pd
import pytest

from models.encoding.columns import Columns
from pipeline.data.inferred import describe
from pipeline.data.roles import joined
from pipeline.data.table import Table

N = 60


def table(**change):
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "patient": [f"p{row // 5}" for row in range(N)],
            "day": pd.date_range("2024-01-01", periods=N).strftime("%Y-%m-%d"),
            "counts": random.integers(1, 5, N) / 2,
            "size": random.normal(size=N).round(3),
            "ill": random.choice(["no", "yes"], N),
            **change,
        }
    )


def written(tmp_path, frame):
    path = tmp_path / "visits.csv"
    frame.to_csv(path, index=False)
    return path


ROLES = {"group": "patient", "time": "day", "weight": "counts"}


def test_what_a_column_says_of_rows_is_no_feature_and_stays_in_the_contract(tmp_path):
    frame = table()
    loaded = Table(source=written(tmp_path, frame), target="ill", **ROLES).load()
    assert loaded.feature_names == ("size",)
    np.testing.assert_array_equal(loaded.groups, np.arange(N) // 5)
    np.testing.assert_array_equal(loaded.times, np.arange(N))
    np.testing.assert_array_equal(loaded.weights, frame["counts"])
    roles = {column.role: (column.name, column.kind) for column in loaded.columns.columns}
    assert roles == {
        None: ("size", "number"),
        "group": ("patient", "id"),
        "time": ("day", "date"),
        "weight": ("counts", "number"),
    }


def test_a_contract_that_is_given_back_says_it_again(tmp_path):
    path = written(tmp_path, table())
    first = Table(source=path, target="ill", **ROLES).load()
    again = Table(source=path, target="ill", columns=Columns.from_json(first.columns.to_json())).load()
    for what in ("groups", "times", "weights"):
        np.testing.assert_array_equal(getattr(again, what), getattr(first, what))
    assert again.feature_names == first.feature_names


def test_a_contract_of_a_table_without_roles_has_none_in_its_text(tmp_path):
    loaded = Table(source=written(tmp_path, table()), target="ill").load()
    assert "role" not in loaded.columns.to_json()


def test_two_columns_of_one_role_are_refused(tmp_path):
    loaded = Table(source=written(tmp_path, table()), target="ill", **ROLES).load()
    text = loaded.columns.to_json().replace('"role": "time"', '"role": "group"')
    with pytest.raises(ValueError, match="Columns: expected each role once"):
        Columns.from_json(text)


def test_the_printed_lines_say_what_is_done(tmp_path):
    lines = describe(Table(source=written(tmp_path, table()), target="ill", **ROLES).inferred)
    assert any(line.startswith("patient  group") and "its rows stay together; not used" in line for line in lines)
    assert any(line.startswith("day      time") and "the past is learned from; not used" in line for line in lines)
    assert any(line.startswith("counts   weight") and "how much a row counts; not used" in line for line in lines)


def test_rows_of_one_time_have_one_number(tmp_path):
    frame = table(day=["2024-03-01", "2024-01-01", "2024-02-01"] * 20)
    loaded = Table(source=written(tmp_path, frame), target="ill", time="day").load()
    np.testing.assert_array_equal(loaded.times, np.tile([2, 0, 1], 20))


def test_dates_that_a_frame_calls_text_are_times():
    loaded = Table(source=table(), target="ill", time="day", weight="counts").load()
    np.testing.assert_array_equal(loaded.times, np.arange(N))


def test_times_may_be_numbers(tmp_path):
    frame = table(day=np.arange(N)[::-1] * 10)
    loaded = Table(source=written(tmp_path, frame), target="ill", time="day").load()
    np.testing.assert_array_equal(loaded.times, np.arange(N)[::-1])


def test_groups_written_as_numbers_are_one_by_their_value(tmp_path):
    frame = table(patient=["7", "7.0", "8"] * 20)
    loaded = Table(source=written(tmp_path, frame), target="ill", group="patient").load()
    assert len(np.unique(loaded.groups)) == 2


@pytest.mark.parametrize("as_frame", [False, True])
def test_groups_and_times_beyond_float64_are_told_apart(tmp_path, as_frame):
    frame = table(patient=10**18 + np.arange(N) // 5, day=10**18 - np.arange(N))
    source = frame if as_frame else written(tmp_path, frame)
    loaded = Table(source=source, target="ill", group="patient", time="day").load()
    np.testing.assert_array_equal(loaded.groups, np.arange(N) // 5)
    np.testing.assert_array_equal(loaded.times, np.arange(N)[::-1])


def test_groups_that_somebody_calls_words_are_told_apart_by_them_ever_after(tmp_path):
    path = written(tmp_path, table(patient=["1.1", "1.10", "7"] * 20))
    first = Table(source=path, target="ill", group="patient", kinds={"patient": "category"}).load()
    assert len(np.unique(first.groups)) == 3
    again = Table(source=path, target="ill", columns=Columns.from_json(first.columns.to_json())).load()
    np.testing.assert_array_equal(again.groups, first.groups)


def test_months_are_ordered_where_their_format_is_said(tmp_path):
    months = [f"2021.{month}" for month in (1, 10, 2, 11, 9)] * 12
    loaded = Table(source=written(tmp_path, table(day=months)), target="ill", date_format={"day": "%Y.%m"}, time="day")
    np.testing.assert_array_equal(loaded.load().times[:5], [0, 3, 1, 4, 2])


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["2021.1", "2021.10", "2021.2"], {"date_format": "%Y.%m"}),
        (["2021,1", "2021,10", "2021,2"], {"date_format": {"day": "%Y,%m"}}),
        (["2021,1", "2021,10", "2021,2"], {"date_format": {"day": "%Y,%m"}, "decimal": ","}),
        (["2021.1", "2021.10", "2021.2"], {"date_format": {"day": "%Y.%m"}, "decimal": ","}),
        (["1.2021", "10.2021", "2.2021"], {"date_format": {"day": "%m.%Y"}}),
        (["20211", "202110", "20212"], {"date_format": {"day": "%Y%m"}}),
    ],
)
def test_what_the_error_names_is_a_way_out(tmp_path, cells, options):
    frame = table(day=cells * 20).drop(columns=["counts", "size"]).assign(a=np.arange(N) * 7 % 60)
    for source in (written(tmp_path, frame), frame):
        loaded = Table(source=source, target="ill", time="day", **options).load()
        np.testing.assert_array_equal(loaded.times[:3], [0, 2, 1])


@pytest.mark.parametrize(
    ("cells", "expected"), [(["4.9", "4.90", "4.8"], [1, 1, 0]), (["3.9", "3.11", "3.10"], [2, 1, 0])]
)
def test_times_that_somebody_calls_numbers_are_numbers(tmp_path, cells, expected):
    frame = table(day=cells * 20)
    loaded = Table(source=written(tmp_path, frame), target="ill", time="day", kinds={"day": "number"}).load()
    np.testing.assert_array_equal(loaded.times[:3], expected)


def test_a_frames_text_is_asked_about_like_a_files():
    months = table(day=["2018.1", "2018.10", "2018.9"] * 20)
    with pytest.raises(ValueError, match="each time written in one way"):
        Table(source=months, target="ill", time="day").load()
    for options in ({"weight": "counts"}, {"kinds": {"counts": "number"}}):
        with pytest.raises(ValueError, match="numbers that can be read in one way"):
            Table(source=table(counts=["987", "1.272", "2.459"] * 20), target="ill", **options).load()
    numbers = table(ill=[f"{k}.{k:03d}" if k % 2 else f"{k}" for k in range(1, N + 1)])
    with pytest.raises(ValueError, match="numbers that can be read in one way"):
        Table(source=numbers, target="ill", task="regression").load()


def test_a_format_that_numbers_of_a_frame_do_not_have_is_refused():
    frame = table(day=[2018.1, 2018.2, 2018.11] * 20)
    with pytest.raises(ValueError, match=r"a date as %Y\.%m in each cell"):
        Table(source=frame, target="ill", time="day", date_format={"day": "%Y.%m"}).load()


def test_floats_that_are_rounded_already_are_no_groups(tmp_path):
    frame = table(patient=1e17 + 7.0 * (np.arange(N) // 5))
    with pytest.raises(ValueError, match="numbers that are told apart"):
        Table(source=frame, target="ill", group="patient").load()
    ids = [str(10**16 + k // 5) for k in range(N)]
    loaded = Table(source=written(tmp_path, table(patient=["12.50", *ids[1:]])), target="ill", group="patient").load()
    assert len(np.unique(loaded.groups)) == 13


def test_numbers_of_as_many_digits_are_times(tmp_path):
    loaded = Table(source=written(tmp_path, table(day=["0.50", "0.75", "1.00"] * 20)), target="ill", time="day").load()
    np.testing.assert_array_equal(loaded.times[:3], [0, 1, 2])


def test_groups_and_repeated_rows_are_kept_together(tmp_path):
    random = np.random.default_rng(1)
    frame = table(age=random.normal(size=N).round(3), pulse=random.normal(size=N).round(3)).drop(columns=["day"])
    measured = ["counts", "size", "age", "pulse", "ill"]
    frame.loc[10, measured] = frame.loc[0, measured]  # of another patient
    loaded = Table(source=written(tmp_path, frame), target="ill", group="patient").load()
    assert loaded.groups[0] == loaded.groups[11]
    assert len(np.unique(loaded.groups)) == 11


def test_joined_groups_are_connected_components():
    random = np.random.default_rng(3)
    one, other = random.integers(40, size=60), random.integers(40, size=60)
    expected = np.arange(60)
    for _ in range(60):  # the slow way: neighbors take the smallest number until nothing changes
        for labels in (one, other):
            for value in np.unique(labels):
                expected[labels == value] = expected[labels == value].min()
    found = joined(one, other)
    assert [set(np.flatnonzero(found == k)) for k in found] == [set(np.flatnonzero(expected == k)) for k in expected]


LONE = ["1"] * (N - 1)
REFUSED = {
    "group unknown": (
        {},
        {"group": "patiant"},
        r"a column beside the target\. Received: group='patiant'\. Did you mean 'patient'",
    ),
    "group is the target": ({}, {"group": "ill"}, r"a column for --group beside the target\. Received: group='ill'"),
    "time is the target": ({}, {"time": "ill"}, r"a column for --time beside the target"),
    "one column for two": (
        {},
        {"group": "patient", "time": "patient"},
        "a column of its own for each of --group, --time and --weight",
    ),
    "left out by name": ({}, {"group": "patient", "ignore": ("patient",)}, "a column for --group that is not left out"),
    "a gap among groups": (
        {"patient": [*LONE, ""]},
        {"group": "patient"},
        r"a group in each row\. Received: line=61, column='patient'",
    ),
    "a gap among times": (
        {"day": [*LONE, ""]},
        {"time": "day"},
        r"a time in each row\. Received: line=61, column='day'",
    ),
    "a gap among weights": (
        {"counts": [*LONE, ""]},
        {"weight": "counts"},
        r"a weight in each row\. Received: line=61, column='counts'",
    ),
    "a negative weight": (
        {"counts": [*LONE, "-2"]},
        {"weight": "counts"},
        r"weights of 0 or more\. Received: line=61, column='counts', cell='-2'",
    ),
    "weights of nothing": (
        {"counts": ["0"] * N},
        {"weight": "counts"},
        r"a weight above 0 in some row\. Received: weight='counts'",
    ),
    "weights of text": (
        {},
        {"weight": "patient"},
        r"numbers for --weight\. Received: line=2, column='patient', cell='p0'",
    ),
    "times of text": (
        {},
        {"time": "patient"},
        r"dates or numbers for --time\. Received: line=2, column='patient', cell='p0'",
    ),
    "times in two ways": (
        {"day": ["05.03.2022", "06.04.2022"] * 30},
        {"time": "day"},
        r"dates that can be read in one way.*--date-format",
    ),
    "months as numbers": (
        {"day": ["2021.1", "2021.2", "2021.10"] * 20},
        {"time": "day"},
        r"each time written in one way\. Received: line=2, column='day', cell='2021.1'.*--date-format day=%Y\.%m",
    ),
    "months without an October": (
        {"day": ["2021.2", "2021.9", "2021.11"] * 20},
        {"time": "day"},
        r"each time written in one way\. Received: line=2",
    ),
    "times whose digits order otherwise": (
        {"day": ["1.9", "1.10", "1.8"] * 20},
        {"time": "day"},
        r"each time written in one way\. Received: line=2, column='day', cell='1.9'",
    ),
    "two texts of one number": (
        {"patient": ["1.1", "1.10", "7"] * 20},
        {"group": "patient"},
        r"each group written in one way\. Received: line=3.*cell='1.10'.*--kind patient=category",
    ),
    "months behind which the year stands": (
        {"day": ["10.2018", "2.2018", "1.2019"] * 20},
        {"time": "day"},
        r"each time written in one way.*--date-format day=%m\.%Y",
    ),
    "months of two-digit years": (
        {"day": ["18.2", "18.11", "17.9"] * 20},
        {"time": "day"},
        r"each time written in one way.*--date-format day=%y\.%m",
    ),
    "months without a sign": (
        {"day": ["20189", "201810", "20191"] * 20},
        {"time": "day"},
        r"each time written in one way.*--date-format day=%Y%m",
    ),
    "months with a comma": (
        {"day": ["2018,1", "2018,10", "2018,9"] * 20},
        {"time": "day", "decimal": ","},
        r"each time written in one way.*--date-format day=%Y,%m",
    ),
    "a format of times that does not fit": (
        {"day": ["2021.1", "2021.2"] * 30},
        {"time": "day", "date_format": {"day": "%d.%m.%Y"}},
        r"a date as %d\.%m\.%Y in each cell",
    ),
    "weights that are called words": (
        {},
        {"weight": "counts", "kinds": {"counts": "category"}},
        r"number for --weight\. Received: column='counts', kind='category'",
    ),
    "times that are called words": (
        {},
        {"time": "day", "kinds": {"day": "text"}},
        r"date or number for --time\. Received: column='day', kind='text'",
    ),
    "thousands as weights": (
        {"counts": ["987", "1.272", "2.459"] * 20},
        {"weight": "counts"},
        r"numbers that can be read in one way",
    ),
    "thousands as times": (
        {"day": ["987", "1.272", "2.459"] * 20},
        {"time": "day"},
        r"numbers that can be read in one way\. Received: line=3",
    ),
    "one time": ({"day": ["2024-01-01"] * N}, {"time": "day"}, "two times or more"),
    "one group": ({"patient": ["a"] * N}, {"group": "patient"}, "two groups or more"),
    "a class in one group": (
        {"ill": ["yes"] * 5 + ["no"] * 55},
        {"group": "patient"},
        r"rows of each class in two groups or more.*classes=\['yes'\]",
    ),
    "groups that are the classes": (
        {"patient": ["a", "b"] * 30, "ill": ["yes", "no"] * 30},
        {"group": "patient"},
        "rows of each class in two groups or more",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_relied_on_is_refused_by_name(case, tmp_path):
    change, options, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        Table(source=written(tmp_path, table(**change)), target="ill", **options).load()


def test_rows_without_a_target_may_lack_the_rest(tmp_path):
    frame = table()
    frame.loc[3, ["patient", "day", "counts", "ill"]] = None
    loaded = Table(source=written(tmp_path, frame), target="ill", **ROLES).load()
    assert loaded.n_samples == N - 1 == len(loaded.weights)


def test_groups_of_single_rows_are_told(tmp_path):
    warnings = Table(source=written(tmp_path, table(patient=np.arange(N))), target="ill", **ROLES).inferred.warnings
    assert "patient: each row is a group of its own, so that nothing is kept together." in warnings


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_rows_of_weight_0_are_left_out_as_if_the_table_did_not_have_them(tmp_path, task):
    """They are of a class, a level, a group and a time of their own, and their numbers are beyond all others."""
    strange = {"patient": "nobody", "day": "1999-01-01", "counts": 0, "size": 1e9, "ill": "perhaps"}
    frame = table()
    if task == "regression":
        frame["ill"], strange["ill"] = frame["size"] * 2 + 1, 1e12
    with_them = pd.concat([pd.DataFrame([strange] * 2), frame, pd.DataFrame([strange])], ignore_index=True)
    with_them.loc[len(with_them)] = {"counts": 0}  # a row without a target says nothing, whatever it weighs
    found = Table(source=written(tmp_path, with_them), target="ill", task=task, **ROLES)
    ours, lines = found.load(), describe(found.inferred)
    expected = Table(source=written(tmp_path, frame), target="ill", task=task, **ROLES)
    theirs = expected.load()
    for what in ("X", "y", "groups", "times", "weights"):
        np.testing.assert_array_equal(getattr(ours, what), getattr(theirs, what))
    assert ours.columns.to_json() == theirs.columns.to_json()
    assert ours.content_sha256 == theirs.content_sha256
    assert len(found.inferred.warnings) == len(expected.inferred.warnings)  # these name lines
    assert "visits.csv: 60 rows, " in lines[0]
    assert lines[1:3] == [
        "1 row without a target is left out.",
        "3 rows that have a weight of 0 in 'counts' are left out.",
    ]
    assert not any("weight of 0" in line for line in describe(expected.inferred))


def test_one_row_of_weight_0_is_one(tmp_path):
    frame = table(counts=[0, *[1.5] * (N - 1)])
    lines = describe(Table(source=written(tmp_path, frame), target="ill", weight="counts").inferred)
    assert lines[1] == "1 row that has a weight of 0 in 'counts' is left out."


def test_what_lacks_because_rows_of_weight_0_are_left_out_is_refused_with_their_number(tmp_path):
    frame = table()
    frame["counts"] = np.where(frame["ill"] == "yes", 0, 1)
    n = int((frame["counts"] == 0).sum())
    message = rf"a target of two values or more.*{n} rows that have a weight of 0 in 'counts' are left out\."
    with pytest.raises(ValueError, match=message):
        Table(source=written(tmp_path, frame), target="ill", **ROLES).load()
    frame = table(counts=[1, *[0] * (N - 1)])
    with pytest.raises(ValueError, match=r"59 rows that have a weight of 0 in 'counts' are left out\."):
        Table(source=written(tmp_path, frame), target="ill", **ROLES).load()


def test_rows_that_repeat_each_other_by_chance_are_not_said_to_stay_together(tmp_path):
    frame = table(size=np.random.default_rng(0).integers(3, size=N))
    told = Table(source=written(tmp_path, frame), target="ill", **ROLES).inferred.warnings
    assert any("columns of so few values make about as many by chance" in one for one in told)
    assert not any("they stay on one side of every split" in one for one in told)
