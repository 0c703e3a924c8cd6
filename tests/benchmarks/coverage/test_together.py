"""The fast part of what is simulated of rows that hang together: who takes them for single ones is too sure."""

from unittest.mock import patch

import numpy as np
import pytest

from benchmarks.coverage import together
from benchmarks.coverage.parts import PARTS
from benchmarks.coverage.spread import Effort
from benchmarks.coverage.together import METRICS, PROBLEMS, coverage, true_of_few, truth

EFFORT, RUNS = Effort(processes=1), 20


def problem(words):
    return next(one for one in PROBLEMS if one.words == words)


@pytest.mark.parametrize(
    "words",
    [
        "20 groups of 15 rows, one test set, one in two positive",
        "600 rows in 1 block of time, 0.95 shared from row to row, one in two positive",
    ],
)
@patch.object(together, "DRAWS", 50)
def test_single_rows_are_too_sure_of_themselves_and_clusters_are_not(words):
    found = coverage(problem(words), EFFORT, RUNS)
    for metric in ("accuracy", "log_loss"):
        assert found[metric].held.count >= 0.8 * RUNS
        assert found[metric].plain.count <= found[metric].held.count - 0.15 * RUNS


@pytest.mark.parametrize(
    "words",
    [
        "300 rows with lognormal weights of 1.2, one test set, one in two positive",
        "20 groups of 15 rows, 10 random splits, one in two positive",
    ],
)
@patch.object(together, "DRAWS", 50)
def test_what_is_told_of_weights_and_of_random_splits_of_groups_holds(words):
    for metric, found in coverage(problem(words), EFFORT, RUNS // 2).items():
        assert found.held.may_be(0.93, 1.0), metric
        assert found.may_agree, metric


@patch.object(together, "DRAWS", 200)
def test_f1_of_few_rows_is_another_than_of_many():
    of_many, folds = truth(-4.0)["f1"], problem("60 groups of 5 rows, 10 random splits, one in nine positive")
    assert 0.01 < of_many - true_of_few(folds)["f1"] < 0.1


def test_every_problem_can_be_drawn_and_has_words_of_its_own():
    for one in PROBLEMS:
        scores, folds, _ = one.drawn(np.random.default_rng(0))
        assert len(scores) == len(folds), one.words
        assert set(scores[0].metrics) == set(METRICS)
        for fold in folds:
            assert not set(fold.train_rows) & set(fold.test_rows)
    assert len({one.words for one in PROBLEMS}) == len(PROBLEMS)
    assert "together" in PARTS


def test_groups_stand_on_one_side_of_a_split():
    one = problem("20 groups of 15 rows, 10 random splits, one in two positive")
    _, folds, _ = one.drawn(np.random.default_rng(0))
    groups = np.arange(300) // 15
    for fold in folds:
        assert not set(groups[fold.train_rows]) & set(groups[fold.test_rows])
        assert len(fold.test_rows) == 60
