"""Both ways to a kernel's gradient are taken where the page says so."""

import numpy as np
from sklearn.datasets import load_digits

from benchmarks import batches
from benchmarks.problems import Problem
from models import small_batches


def test_each_case_is_trained_both_ways_whatever_the_rule_chooses(monkeypatch):
    monkeypatch.setattr(batches, "CASES", ((100, 10), (100, 20), (10, 10)))
    monkeypatch.setattr(batches, "N_ROUNDS", 1)
    rows, original = [], small_batches._row_by_row
    monkeypatch.setattr(small_batches, "_row_by_row", lambda X, kernel: rows.append(X.shape[0]) or original(X, kernel))
    X, y = load_digits(return_X_y=True)
    problem = Problem(
        name="digits", X=(X[:80] / 16).astype(np.float32), y=y[:80], hidden_units=(), batch_size=1, epochs=1
    )
    limits = small_batches.MOST_ROWS, small_batches.LEAST_WEIGHTS, small_batches.MOST_UNITS
    cases = list(batches.measure(problem))
    assert [(case.net, case.batch_size, case.chosen) for case in cases] == [
        ("64-100-10", 10, True),
        ("64-100-10", 20, False),
        ("64-10-10", 10, False),
    ]
    assert {10, 20} <= set(rows)
    assert limits == (small_batches.MOST_ROWS, small_batches.LEAST_WEIGHTS, small_batches.MOST_UNITS)
