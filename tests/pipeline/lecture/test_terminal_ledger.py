"""The ledger in the terminal: misprints first, no number broken, at no width."""

import re

import pytest

from pipeline.lecture.ledger import ledger
from pipeline.telling.terminal import Terminal

NUMBER = re.compile(r"-?\d*\.?\d+")


@pytest.fixture(scope="module")
def table(lecture_checks):
    return ledger(lecture_checks)


def told(table, width):
    terminal = Terminal()
    terminal.console.width = width
    with terminal.console.capture() as shown:
        terminal.ledger(table)
    return shown.get()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160, 220])
def test_no_number_is_broken_at_any_width(table, width):
    shown = set(NUMBER.findall(told(table, width)))

    for column in ("printed", "by_hand", "by_tape", "by_library"):
        for text in table[column]:
            assert set(NUMBER.findall(text)) <= shown


@pytest.mark.parametrize("width", [60, 160])
def test_misprints_come_first_with_their_reasons(table, width):
    lines = told(table, width).splitlines()
    misprints = table[table["verdict"] == "MISPRINT"]
    starts = [line for line in lines if line.startswith("MISPRINT: ")]

    assert lines[0].startswith("MISPRINT: ")
    assert len(starts) == len(misprints) == 6
    together = " ".join(" ".join(lines).split())
    assert all(" ".join(why.split()) in together for why in misprints["why"])


def test_every_verdict_is_counted(table):
    last = told(table, 160).splitlines()[-1]

    assert sum(int(number) for number in re.findall(r": (\d+)", last)) == len(table)
