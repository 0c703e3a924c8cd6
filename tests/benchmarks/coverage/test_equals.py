"""Two that are worth the same are called apart seldom enough, and often where rows are taken for single ones."""

from dataclasses import replace
from itertools import count
from unittest.mock import patch

import pytest

from benchmarks.coverage import equals
from benchmarks.coverage.equals import told_apart
from benchmarks.coverage.hanging import METRICS, Rows, sure
from benchmarks.coverage.parts import PARTS
from benchmarks.coverage.spread import Effort
from benchmarks.coverage.together import PROBLEMS

EFFORT, RUNS = Effort(processes=1), 40


def problem(words):
    return next(one for one in PROBLEMS if one.words == words)


def test_rows_that_hang_together_do_not_tell_equals_apart_and_single_ones_would():
    one = problem("20 groups of 15 rows, one test set, one in two positive")
    found = told_apart(one, EFFORT, RUNS)
    assert {*found} == {*METRICS}
    assert all(each.may_be(0, 0.05) for each in found.values())

    def alone(rows, *given):
        return [replace(one, clusterings=()) for one in scores(rows, *given)]

    scores = Rows.scores
    with patch.object(Rows, "scores", alone):
        too_sure = told_apart(one, EFFORT, RUNS)
    for metric in ("accuracy", "log_loss"):
        assert too_sure[metric].count > found[metric].count + 0.2 * RUNS


@pytest.mark.parametrize("words", ["2,000 rows in 5 blocks", "200 groups of 3 rows, 5", "200 groups of 3 rows, one"])
def test_what_differs_is_told_apart(words):
    """The net says one in two of every row."""
    one, asked = next(each for each in PROBLEMS if words in each.words), count()
    with patch.object(equals, "sure", lambda odds, unknown: sure(odds * (next(asked) % 2), unknown)):
        found = told_apart(one, EFFORT, 10)
    assert found["roc_auc"].count >= 9
    assert found["log_loss"].count >= 5


def test_differences_of_which_nothing_is_known_do_not_count():
    """Of ten groups, seldom five have a positive row."""
    one = replace(problem("10 groups of 30 rows, one test set, one in nine positive"), shift=-9.0)
    found = told_apart(one, EFFORT, 10)
    assert found["accuracy"].n == 10
    assert found["type_1_error"].n < 10


def test_the_page_has_a_section_of_it():
    assert "equals" in PARTS
