import numpy as np
import pytest

from experiments.worked.rprop import RPROP
from pipeline.lecture.drawing import draw
from pipeline.lecture.work import work


@pytest.fixture(scope="module")
def worked():
    return work(RPROP.with_givens(max_steps=200, lab_max_steps=20))


def test_both_ways_start_alike_and_take_as_many_steps(worked):
    assert [each for each in worked.agreements if not each.holds] == []
    for net in ("4-10-3", "4-5-3-3", "64-15-10"):
        by_rprop, by_descent = worked.curves[f"{net}.rprop"], worked.curves[f"{net}.descent"]
        assert len(by_rprop) == len(by_descent)
        assert by_rprop[0] == pytest.approx(by_descent[0])


def test_the_error_in_the_table_is_the_last_of_the_curve(worked):
    table = worked.tables["nets"]

    ends = [worked.curves[f"{net}.{way}"][-1] for net in ("4-10-3", "4-5-3-3") for way in ("rprop", "descent")]
    np.testing.assert_array_equal(table["error"], ends)
    assert (table["steps"] == 200).all()


def test_every_net_is_drawn(worked):
    assert [figure.title.split(":")[0] for figure in draw(worked)] == ["4-10-3", "4-5-3-3", "64-15-10"]
