"""Races are fair: whoever computes something else is found out."""

from dataclasses import dataclass

import pytest

from benchmarks.engines import Best
from benchmarks.page import Goal, Row
from benchmarks.timing import Clock, Timing, race, ratios


def contender(epoch, loss=1.0):
    return lambda: Timing(ready=1.0, epoch=epoch, loss=loss)


def test_whoever_ends_with_another_loss_has_not_done_the_same_work():
    with pytest.raises(ValueError, match="race: expected one final loss"):
        race({"fused": contender(1), "peer": contender(2, loss=1.1)}, 1)


def test_contenders_take_turns():
    calls = []

    def note(name):
        calls.append(name)
        return Timing(ready=0, epoch=1, loss=1)

    race({"a": lambda: note("a"), "b": lambda: note("b")}, 2)
    assert calls == ["a", "b", "a", "b"]


def test_a_ratio_is_taken_within_a_round():
    quiet, busy = Timing(ready=0, epoch=1, loss=1), Timing(ready=0, epoch=10, loss=1)
    assert ratios([quiet.times(3), busy.times(3)], [quiet, busy]) == pytest.approx([3, 3])


def test_getting_ready_is_no_part_of_an_epoch():
    clock = Clock()
    clock.notes = [(1, 5.0), (11, 25.0)]
    assert clock.timing(0.5) == Timing(ready=5.0, epoch=2.0, loss=0.5)


@pytest.mark.parametrize(("epoch", "verdict"), [(1, "**missed**"), (12, "reached"), (25, "aim reached")])
def test_the_page_says_what_was_missed(epoch, verdict):
    timings = {"fused": [contender(1)()], "peer": [contender(epoch)()]}
    (row,) = Row.of("work", timings, {"peer": Goal(must=10, aim=20)}, n_epochs=3, share=None)
    assert row.verdict == verdict
    assert verdict in str(row)


@pytest.mark.parametrize(("ready", "verdict"), [(10.0, "**missed**"), (29.0, "reached")])
def test_a_goal_may_be_of_the_whole_run(ready, verdict):
    """An epoch 1.5 times as long and a whole run of 2 or 4 times: 1 + 2 epochs of 1 beside the start and 2 of 1.5."""
    timings = {"fused": [Timing(ready=6.0, epoch=1.0, loss=1)], "peer": [Timing(ready=ready, epoch=1.5, loss=1)]}
    (row,) = Row.of("work", timings, {"peer": Goal(must=3, aim=5, of_whole=True)}, n_epochs=3, share=None)
    assert row.verdict == verdict
    assert "3 (5) whole" in str(row)


@pytest.mark.parametrize(("hidden_units", "warm_up"), [((30,), 4), (None, 2)])
def test_a_peer_at_its_best_is_the_fastest_of_its_settings(hidden_units, warm_up):
    trained = []

    def train(problem, setting):
        trained.append((problem.epochs, setting))
        return Timing(ready=1.0, epoch={"slow": 3.0, "fast": 1.0, "lame": 2.0}[setting], loss=1.0)

    best = Best(train, ("slow", "fast", "lame"), Small(hidden_units=hidden_units))
    assert [best().epoch, best().epoch] == [1.0, 1.0]
    assert [setting for epochs, setting in trained if epochs == 50] == ["fast", "fast"]
    assert [epochs for epochs, _ in trained] == [warm_up] * 3 + [50] * 2  # each setting once, then two rounds


@dataclass(frozen=True)
class Small:
    """All that a contender asks of a problem here."""

    hidden_units: tuple[int, ...] | None
    epochs: int = 50
