"""Rows that hang together: who takes them for single ones is too sure, as few runs show."""

from functools import partial

import numpy as np
import pytest

from benchmarks.coverage.together import METRICS, cells, held, in_groups, in_time, truth, weighed

TRUE = truth(0.0)
RUNS = 20


@pytest.mark.parametrize(
    "draw",
    [
        partial(in_groups, n_groups=20, size=15, n_folds=1, shift=0.0),
        partial(in_time, n=600, phi=0.95, n_blocks=1, shift=0.0),
    ],
)
def test_single_rows_are_too_sure_of_themselves_and_clusters_are_not(draw):
    together, single = held(draw, TRUE, RUNS), held(draw, TRUE, RUNS, single=True)
    for metric in ("accuracy", "log_loss"):
        assert together[metric] >= 0.8
        assert single[metric] <= together[metric] - 0.15


def test_weights_of_single_rows_hold():
    shares = held(partial(weighed, n=200, sigma=1.2, n_folds=1, shift=0.0), TRUE, RUNS // 2)
    assert min(shares.values()) >= 0.8


def test_every_cell_can_be_drawn():
    for name, draw, _ in cells(-4.0):
        scores, folds, _ = draw(np.random.default_rng(0))
        assert len(scores) == len(folds), name
        assert set(scores[0].metrics) == set(METRICS)
