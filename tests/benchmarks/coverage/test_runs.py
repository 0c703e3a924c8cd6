"""A whole run on labels by lot."""

from benchmarks.coverage.runs import Lots, whole_run


def test_a_whole_run_on_labels_by_lot_registers_nothing_and_says_why():
    ran = whole_run(1)
    assert not ran.registered
    assert "It does not pass the gate" in ran.told
    assert "not sure to beat" in ran.told or "no candidate is better than the majority class" in ran.told


def test_lots_are_others_with_another_seed():
    assert (Lots(1).load().y == Lots(1).load().y).all()
    assert (Lots(1).load().y != Lots(2).load().y).any()
