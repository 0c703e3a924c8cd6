"""What is told while a run works: in a pipe a line for each candidate, and one now and then where that takes long."""

import pytest

from pipeline.telling import terminal
from pipeline.telling.terminal import Terminal


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets; its only number is the time in seconds."""
    now = [100.0]
    monkeypatch.setattr(terminal, "monotonic", lambda: now[0])
    return now


def test_a_pipe_is_told_now_and_then(clock, capfd):
    with Terminal().progress("mine", 2) as told:
        for second in range(200):
            clock[0] = 100.0 + second
            told.update(0, "images", f"image {second} of 200", second / 200)
        told.finish(0, "images", "done")
        clock[0] += 79
        told.update(1, "conv_4", "fold 0", 0.0)
        clock[0] += 1
        told.update(1, "conv_4", "", 0.0)
        told.update(1, "conv_4", "fold 1", 0.1)
    assert capfd.readouterr().out.splitlines() == [
        "mine: images (1 of 2), image 10 of 200",
        "mine: images (1 of 2), image 30 of 200",
        "mine: images (1 of 2), image 70 of 200",
        "mine: images (1 of 2), image 150 of 200",
        "mine: images (1 of 2), done",
    ]


def test_a_night_has_few_lines(clock, capfd):
    with Terminal().progress("mine", 1) as told:
        for second in range(0, 36_000, 5):
            clock[0] = 100.0 + second
            told.update(0, "conv_4", f"second {second}", 0.0)
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "mine: conv_4, second 10"
    assert 100 < len(lines) < 130


def test_who_wants_nothing_told_is_told_nothing(clock, capfd):
    with Terminal(quiet=True).progress("mine", 1) as told:
        clock[0] += 1000
        told.update(0, "conv_4", "fold 0", 0.0)
        told.finish(0, "conv_4", "done")
    assert capfd.readouterr() == ("", "")
