"""The fast part of what is simulated of a class that is hardly found."""

from unittest.mock import patch

from benchmarks.coverage import hardly
from benchmarks.coverage.parts import PARTS
from benchmarks.coverage.spread import Effort


@patch.object(hardly, "TRAININGS", 200)
def test_what_is_told_of_a_tree_that_finds_few_holds_and_is_not_called_better_while_it_may_be_0():
    tree = next(one for one in hardly.SETTINGS if one.kind and one.metric == "f1")
    found = hardly.found(tree, Effort(processes=1), 60)
    assert 0.08 < found.truth < 0.18
    assert found.too_sure.count == 0
    for own in (found.held, found.equal_held, found.apart_held):  # the last held in 46 of 60 as of shares
        assert own.may_be(0.93, 1)
    assert found.apart_held.count >= 55
    assert found.width < found.apart_width < found.equal_width


@patch.object(hardly, "TRAININGS", 200)
def test_what_is_told_of_a_tree_that_misses_most_holds_and_is_not_called_better_while_it_may_miss_all():
    tree = next(one for one in hardly.SETTINGS if one.kind and one.metric == "type_1_error")
    found = hardly.found(tree, Effort(processes=1), 60)
    assert 0.8 < found.truth < 0.95
    assert found.too_sure.count == 0
    for own in (found.held, found.equal_held, found.apart_held):
        assert own.may_be(0.93, 1)


def test_each_setting_is_called_by_another_name():
    assert len({hardly.words(setting) for setting in hardly.SETTINGS}) == len(hardly.SETTINGS)
    assert "hardly" in PARTS
