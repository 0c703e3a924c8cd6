"""Intervals of decisions are simulated through the product's own."""

from math import ceil, floor
from pathlib import Path

import numpy as np

from benchmarks.decisions import PROBLEMS, QUANTITIES, table_of
from pipeline.decisions.page import HELD

UNBROKEN = "\u00a0"
PAGE = Path(__file__).parents[2] / "docs" / "decisions.md"


def cells(lines):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_near_0_and_1_a_t_over_folds_does_not_hold_and_these_do():
    found = cells(table_of(PROBLEMS[3], 20))
    assert [line[1] for line in found] == list(QUANTITIES)
    ours, plain = (np.array([float(line[place].split()[0]) for line in found]) for place in (3, 4))
    assert ours.min() >= 0.8
    assert plain.mean() < 0.75


def test_the_report_says_what_was_counted_outwards_to_a_percent():
    found = cells(line for line in PAGE.read_text().splitlines() if "% positive" in line)
    assert [line[:2] for line in found] == [[each.words, quantity] for each in PROBLEMS for quantity in QUANTITIES]
    shares = [float(line[3].split()[0]) for line in found if line[3] != "none is told"]
    assert f"{floor(100 * min(shares))} to {ceil(100 * max(shares))}\u00a0%" == HELD
    told = (PAGE.parent / "tables.md").read_text()
    assert f"they held the truth in {HELD.replace(UNBROKEN, ' ')} of simulated runs" in told
