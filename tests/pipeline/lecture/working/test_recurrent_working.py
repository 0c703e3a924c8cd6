import numpy as np

from experiments.worked.recurrent import DROPOUT
from pipeline.lecture.work import work


def test_every_value_and_slope_is_that_of_keras(lecture):
    for name in ("recurrent", "dropout"):
        assert lecture[name].agreements
        assert [each for each in lecture[name].agreements if not each.holds] == []
    assert len(lecture["recurrent"].agreements) == 11


def test_without_a_loop_it_is_quiet_at_once_and_with_one_it_fires_on(lecture):
    worked = lecture["recurrent"]
    last = worked.example.givens["pulse_at"][-1]
    after = {name: worked.arrays[name][last + 3] for name in ("loop.0", "loop.0.7", "loop.0.98", "lstm")}

    assert after["loop.0"] == 0
    assert 0.2 < after["loop.0.7"] < after["loop.0.98"] < after["lstm"]
    assert worked.arrays["loop.0.7"][-1] < 0.01


def test_the_table_has_all_sixteen_ways_the_likeliest_first(lecture):
    table = lecture["dropout"].tables["ways"]

    assert len(table) == 16
    assert table["hidden_neurons_that_stay"].iloc[0] == "1, 2, 3, 4"
    assert np.diff(table["chance"]).max() <= 1e-15
    assert work(DROPOUT.with_givens(rate=0.5)).tables["ways"]["chance"].nunique() == 1
