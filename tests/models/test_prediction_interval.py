import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline

from models import regressor
from models.prediction_interval import PredictionInterval, calibrated, fewest_rows


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_the_fewest_rows_are_those_of_which_the_largest_error_is_large_enough(level):
    least = fewest_rows(level)
    assert calibrated(np.arange(1.0, least + 1), level=level).reach == least
    with pytest.raises(ValueError, match=rf"expected {least} calibration rows or more for .* Received: n={least - 1}"):
        calibrated(np.arange(1.0, least), level=level)
    chance_of_the_largest = least / (least + 1)  # that a new error is at most the largest of as many
    assert chance_of_the_largest >= level - 1e-12
    assert (least - 1) / least < level - 1e-12


@pytest.mark.parametrize(("n", "level"), [(9, 0.9), (24, 0.9), (60, 0.9), (60, 0.8), (39, 0.95)])
def test_new_rows_are_held_as_often_as_the_theorem_says_however_wild_the_errors(n, level):
    """The chance is that of the rank of one among n + 1: at least the level, at most 1 / (n + 1) more."""
    random, times = np.random.default_rng(0), 20_000
    errors = random.standard_cauchy((times, n + 1)) ** 3
    held = np.mean([abs(row[-1]) <= calibrated(row[:-1], level=level).reach for row in errors])
    expected = np.ceil(round((n + 1) * level, 9)) / (n + 1)
    assert level <= expected <= level + 1 / (n + 1)
    assert held == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / times))


def test_the_sign_of_an_error_does_not_count_and_ends_are_as_far_from_the_middle():
    errors = np.array([-5.0, 4, -3, 2, 1, 0.5, -0.25, 0.1, 0])
    found = calibrated(errors)
    assert found.reach == 5
    assert found == calibrated(-errors)
    low, high = found.bounds(np.array([10.0]))
    assert (low.item(), high.item()) == (5, 15)


@pytest.mark.parametrize(
    ("errors", "level", "message"),
    [
        (np.ones(20), 1.0, r"a level between 0 and 1. Received: level=1.0"),
        (np.ones(20), 0.0, r"a level between 0 and 1. Received: level=0.0"),
        (np.array([1.0, np.nan] * 10), 0.9, "finite errors"),
        (np.ones(0), 0.9, "9 calibration rows or more for 90 %"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(errors, level, message):
    with pytest.raises(ValueError, match=message):
        calibrated(errors, level=level)


def test_what_was_written_is_read_again_and_a_later_versions_word_does_not_disturb():
    found = calibrated(np.arange(30.0), chosen_on="30 rows of the last fold")
    assert PredictionInterval.from_json(found.to_json()) == found
    assert PredictionInterval.from_json(found.to_json().replace("{", '{"shape": "round",', 1)) == found


def test_it_is_told_in_the_unit_of_the_target():
    told = PredictionInterval(level=0.95, reach=1234.5678, n_calibration=7, chosen_on="7 rows of a fifth").words()
    assert told.startswith("Intervals of ± 1235 around each prediction, made to hold 95 % of new rows")
    assert told.endswith("calibrated on 7 rows of a fifth")


def test_a_served_regressor_answers_with_both_ends_beside_the_number(tmp_path):
    X, y = np.arange(20.0)[:, None], 3 * np.arange(20.0)
    fitted = regressor.PipelineRegressor(Pipeline([("line", LinearRegression())]).fit(X, y))
    interval = PredictionInterval(level=0.9, reach=2.0, n_calibration=50)
    table = pd.DataFrame({"x": [4.0, 5.0]}, index=["a", "b"])
    for folder, carried, columns in (
        ("with", interval, ["price", "price_low", "price_high"]),
        ("without", None, ["price"]),
    ):
        regressor.save(fitted, tmp_path / folder, "price", interval=carried)
        served = regressor._load_pyfunc(str(tmp_path / folder))
        assert served.interval == carried
        found = served.predict(table)
        assert [*found] == columns
        assert found.index.tolist() == ["a", "b"]
        np.testing.assert_allclose(found["price"], [12, 15])
    found = regressor._load_pyfunc(str(tmp_path / "with")).predict(table)
    np.testing.assert_allclose(found[["price_low", "price_high"]], [[10, 14], [13, 17]])
