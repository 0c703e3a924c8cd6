import numpy as np
import pandas as pd
import pytest

from models.encoding.cells import dates
from models.encoding.dates import DateParts


def days(*words):
    return dates(pd.Series(words, dtype=object)).values[:, None]


@pytest.mark.parametrize("moment", ["1969-12-31", "1970-01-01", "2000-02-29", "2024-12-31T23:30", "1850-07-04"])
def test_month_weekday_and_hour_are_those_of_the_calendar(moment):
    stamp = pd.Timestamp(moment)
    X = days("1900-01-01T06:00", moment)
    _, month, weekday, hour = DateParts().fit_transform(X)[1]
    assert (month, weekday) == (stamp.month, stamp.weekday())
    assert hour == pytest.approx(stamp.hour + stamp.minute / 60, abs=1e-6)


def test_days_are_counted_from_the_first_training_date_also_for_earlier_ones():
    parts = DateParts().fit(days("2022-03-05", "2022-03-01"))
    assert parts.transform(days("2022-02-28"))[0, 0] == -1
    assert parts.parts() == [["days", "month", "weekday"]]


def test_a_gap_is_told_where_training_rows_have_some_and_only_there():
    X = np.hstack([days("2022-03-05", None), days("2022-03-05", "2022-03-06T12:00")])
    parts = DateParts().fit(X)
    assert parts.parts() == [["days", "month", "weekday", "missing"], ["days", "month", "weekday", "hour"]]
    coded = parts.transform(np.full((1, 2), np.nan))[0]
    np.testing.assert_array_equal(coded, [np.nan] * 3 + [1] + [np.nan] * 4)
    assert DateParts(flags=False).fit(X).transform(X).shape == (2, 7)


def test_a_column_without_a_date_is_all_gaps():
    X = np.full((2, 1), np.nan)
    np.testing.assert_array_equal(DateParts().fit_transform(X), [[np.nan] * 3 + [1]] * 2)
