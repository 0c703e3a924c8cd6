"""A row is raised above the threshold, as on the page; what is written is read again."""

import json

import numpy as np
import pytest

from models.threshold import Threshold
from pipeline.decisions.costs import EVERYBODY, NOBODY

CHOSEN = Threshold(
    positive_class="bankrupt",
    value=0.031249,
    rule="recall",
    by_rule={"cheapest": 0.05, "recall": 0.031249},
    cost_ratio=35,
    recall=0.8,
    chosen_on="90 rows",
)


def test_it_is_written_and_read_to_the_bit():
    for value in (0.1 + 0.2, EVERYBODY, NOBODY):
        one = Threshold(**{**vars(CHOSEN), "value": value})
        assert Threshold.from_json(one.to_json()) == one


def test_what_a_later_version_writes_besides_is_left_out():
    assert Threshold.from_json(json.dumps({**json.loads(CHOSEN.to_json()), "later": 1})) == CHOSEN


@pytest.mark.parametrize(
    ("value", "decided"),
    [
        (0.5, ["leave", "leave", "raise", "raise"]),
        (0.0, ["leave", "raise", "raise", "raise"]),
        (EVERYBODY, ["raise", "raise", "raise", "raise"]),
        (NOBODY, ["leave", "leave", "leave", "leave"]),
    ],
)
def test_a_row_is_raised_above_it(value, decided):
    probability = np.array([0.0, 0.5, 0.75, 1.0])
    assert Threshold(positive_class="x", value=value).decide(probability).tolist() == decided


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            "Threshold 0.0312 on the probability of 'bankrupt', the highest that finds 80 % of its rows (lower than "
            "0.05, the cheapest where a missed row costs 35 false alarms), chosen on 90 rows",
        ),
        (
            {"rule": "cheapest", "value": 0.05, "by_rule": {"cheapest": 0.05}, "recall": None},
            "Threshold 0.05 on the probability of 'bankrupt', the cheapest where a missed row costs 35 false alarms, "
            "chosen on 90 rows",
        ),
        (
            {"rule": "cheapest", "value": 0.02, "by_rule": {"cheapest": 0.02, "recall": 0.03}},
            "Threshold 0.02 on the probability of 'bankrupt', the cheapest where a missed row costs 35 false alarms "
            "(lower than 0.03, the highest that finds 80 % of its rows), chosen on 90 rows",
        ),
        (
            {"rule": "cheapest", "value": NOBODY, "by_rule": None},
            "Threshold 1 on the probability of 'bankrupt', the cheapest where a missed row costs 35 false alarms, "
            "which is to raise no row, chosen on 90 rows",
        ),
        (
            {"value": EVERYBODY},
            "Threshold 0 on the probability of 'bankrupt', the highest that finds 80 % of its rows, which is to raise "
            "every row (lower than 0.05, the cheapest where a missed row costs 35 false alarms), chosen on 90 rows",
        ),
        ({"rule": "given"}, "Threshold 0.0312 on the probability of 'bankrupt', as given"),
    ],
)
def test_it_is_told_with_its_reason(changes, words):
    assert Threshold(**{**vars(CHOSEN), **changes}).words() == words
