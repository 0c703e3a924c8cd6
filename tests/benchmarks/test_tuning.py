"""A way is taken within the widest limits that hold nothing but sure gains; the table keeps what others measured."""

import json
from dataclasses import asdict

import pytest

from benchmarks import tuning
from benchmarks.turns import Gain, Steps, in_turns, of_median
from models.engine.faster import halves, lanes, small_batches
from models.engine.ways import Ways, of_plain_values

FOUND = Ways(lanes=8, most_added=0.2)
NAMES = {"silent neurons": lanes.NAME, "row by row": small_batches.NAME, "halves": halves.NAME}


def gained(times, unsure=0.02):
    return Gain(usual=times, other=1.0, times=times, low=times - unsure, high=times + unsure)


def of_large(*times):
    """What the conv net gains at each size of batch, the smallest first."""
    return list(zip(tuning.large(FOUND), map(gained, times), strict=True))


@pytest.mark.parametrize(
    ("times", "halved_from", "halved_to"),
    [
        ((1.1, 1.1, 1.1, 1.1, 1.1), 25, None),  # and so larger ones
        ((0.9, 1.1, 1.1, 1.1, 1.1), 50, None),
        ((0.9, 1.1, 1.02, 1.1, 1.1), 128, None),  # 1.00 to 1.04 is not sure enough
        ((0.9, 1.1, 1.1, 1.1, 0.9), 50, 128),
        ((1.1, 0.9, 1.1, 0.9, 1.2), 200, None),  # the one that gains most of those between which others lose
        ((0.9, 0.9, 0.9, 0.9, 0.9), None, None),
    ],
)
def test_halves_are_taken_where_all_gain(times, halved_from, halved_to):
    ways = tuning.widest(tuning.limits_of_large(FOUND), of_large(*times), FOUND)
    assert ways == Ways(lanes=8, most_added=0.2, halved_from=halved_from, halved_to=halved_to)


@pytest.mark.parametrize(
    ("least", "onednn_from"),
    [(0, 92_160), (1_000_000, 1_179_648), (5_000_000, 9_216_000), (10**9, None)],
)
def test_convolutions_are_onednns_from_as_many_multiplications_as_gain(least, onednn_from):
    """8 x 8 pixels and 16 maps of 3 x 3 take 9,216 of a row; of 16 x 16 pixels and 32 rows as many as of 128 rows."""
    gains = [(cell, gained(1.2 if tuning.fewest(cell.problem) >= least else 0.9)) for cell in tuning.of_images()]
    ways = tuning.widest(tuning.limits_of_images(FOUND, gains), gains, FOUND)
    assert ways == Ways(lanes=8, most_added=0.2, onednn_from=onednn_from)


def of_widths(times):
    return [(cell, gained(times(cell.net))) for cell in tuning.widths()]


def test_silent_neurons_are_added_up_to_the_share_that_gains():
    gains = of_widths(lambda net: 1.2 if "-30-" in net else 1.3 if "as 64" in net else 0.9)
    ways = tuning.widest(tuning.limits_of_widths(Ways()), gains, Ways())
    assert [ways.width(units) for units in (20, 30, 50, 100)] == [20, 32, 50, 100]


@pytest.mark.parametrize(("times", "lanes"), [(1.05, 8), (1.1, 8), (1.15, 16)])
def test_as_many_lanes_as_gain_more_and_the_fewer_where_that_is_equal(times, lanes):
    gains = of_widths(lambda net: 0.9 if "-20-" in net else times if "as 64" in net or "as 112" in net else 1.1)
    ways = tuning.widest(tuning.limits_of_widths(Ways()), gains, Ways())
    expected = {8: [20, 32, 56, 104], 16: [20, 32, 64, 112]}
    assert [ways.width(units) for units in (20, 30, 50, 100)] == expected[lanes]


MOST_ROWS = {10: 16, 30: 16, 100: 4, 300: 0, 1000: 10}


@pytest.mark.parametrize(("small_kernels_gain", "least_weights"), [(True, 95 * 32), (False, 784 * 10)])
def test_gradients_are_taken_row_by_row_as_far_as_each_width_gains(small_kernels_gain, least_weights):
    def times(cell):
        (units,) = cell.problem.hidden_units
        gains = cell.problem.batch_size <= MOST_ROWS[units] and (small_kernels_gain or cell.problem.X.shape[1] == 784)
        return 1.5 if gains else 0.8

    gains = [(cell, gained(times(cell))) for cell in tuning.small(FOUND)]
    ways = tuning.widest(tuning.limits_of_small(FOUND, gains), gains, FOUND)
    assert (ways.lanes, ways.least_weights) == (8, least_weights)
    assert ways.rows == ((10, 16), (32, 16), (104, 4), (304, 0), (1000, 10))
    assert [cell.takes(ways) for cell, _ in gains] == [gain.times > 1 for _, gain in gains]
    nothing = [(cell, gained(0.99)) for cell, _ in gains]
    assert tuning.widest(tuning.limits_of_small(FOUND, nothing), nothing, FOUND) == FOUND


def test_every_cell_is_trained_by_the_way_that_it_is_named_after():
    cells = {"silent neurons": tuning.widths(), "row by row": tuning.small(FOUND), "halves": tuning.large(FOUND)}
    for name, of_grid in cells.items():
        cell = next(of_grid)
        usual, other = (Steps(cell.problem, ways, cell.make_optimizer) for ways in (cell.usual, cell.other))
        assert set(other.reworked.taken) - set(usual.reworked.taken) == {NAMES[name]}
        assert cell.takes(cell.other)
        assert not cell.takes(cell.usual)


def test_turns_compare_trainings_that_come_to_the_same(monkeypatch):
    monkeypatch.setattr("benchmarks.turns.SECONDS", 0.002)
    problem = tuning.noise(20, 10, (6,), 8)
    usual, other = Steps(problem, Ways()), Steps(problem, Ways(lanes=8, most_added=1.0))
    gain = in_turns(usual, other, (5,))
    assert 0 < gain.low <= gain.times <= gain.high
    assert usual.loss == pytest.approx(other.loss, rel=1e-4)
    usual.take(50)
    with pytest.raises(ValueError, match="in_turns: expected one loss"):
        in_turns(usual, other, (5,))


def test_the_interval_of_a_median_are_the_values_that_hold_it_19_times_in_20():
    """By the binomial table: of 15 values the 4th and the 12th hold it 96.5 %, the 5th and the 11th 88.2 %."""
    assert of_median([float(value) for value in range(15)]) == (3.0, 11.0)
    assert of_median([2.0, 1.0]) == (1.0, 2.0)


def test_what_is_not_measured_stays(monkeypatch):
    monkeypatch.setattr(tuning.Cell, "measure", lambda cell, n_turns: gained(1.5))
    before = Ways(lanes=8, most_added=0.2, rows=((32, 10),), least_weights=100, halved_from=200)
    told = []
    ways, gains = tuning.tune(before, ["halves"], (5,), told.append)
    assert ways == Ways(lanes=8, most_added=0.2, rows=((32, 10),), least_weights=100, halved_from=25)
    assert list(gains) == ["halves"]
    assert told[0] == "halves: conv 20-40 maps, descent, batch 25: 1.500 times, 1.480 to 1.520"
    monkeypatch.setattr(tuning.Cell, "measure", lambda cell, n_turns: gained(0.9))
    assert tuning.tune(before, list(tuning.PARTS), (5,), told.append)[0] == Ways()


def test_the_table_keeps_what_was_measured_on_other_processors_and_of_other_ways_and_a_cell_is_a_line():
    in_halves, ways = of_large(1.1, 1.1, 1.1, 1.1, 1.1), Ways(halved_from=25)
    own = {"ways": asdict(ways), "gains": {"halves": tuning.block(ways, in_halves)}}
    others = {"ways": asdict(FOUND), "gains": {"silent neurons": {"measured": "once", "cells": []}}}
    text = tuning.written({"NEON": {"8": others}, "AVX2": {"16": others, "2": others}}, "AVX2", 2, own)
    table = json.loads(text)
    assert (list(table), list(table["AVX2"])) == (["AVX2", "NEON"], ["2", "16"])
    assert of_plain_values(table["AVX2"]["2"]["ways"]) == ways
    assert of_plain_values(table["NEON"]["8"]["ways"]) == of_plain_values(table["AVX2"]["16"]["ways"]) == FOUND
    assert list(table["AVX2"]["2"]["gains"]) == ["silent neurons", "halves"]
    assert sum('"batch": ' in line and '"taken": true}' in line for line in text.splitlines()) == len(in_halves)
