"""What each part of a recipe is worth: candidates that differ in it alone, and the table of what was measured."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks import ablations
from benchmarks.ranks.tables import TABLES
from experiments.language import Ensemble

TASKS = ("classification", "regression")


def settings(candidate):
    """All that a candidate declares but its name, a vote's beside those of its net."""
    own = {item.name: getattr(candidate, item.name) for item in fields(candidate) if item.name not in ("name", "net")}
    return own | (settings(candidate.net) if isinstance(candidate, Ensemble) else {})


@pytest.mark.parametrize("task", TASKS)
def test_candidates_of_one_kind_differ_in_the_part_alone(task):
    expected = {
        "embedding": {"n_embedded", "training"},  # without an embedding it has no rate
        "levels": {"categories"},
        "smoothing": {"training"},
        "clip": {"inputs"},
        "schedule": {"training"},
        "adapters": {"adapters"},
        "ramps": {"inputs"},
        "diversity": {"column_share"},
        "bagging": {"bagging"},
        "caruana": {"weights"},
    }
    found = {}
    for name, part in ablations.parts(task, epochs=3).items():
        if type(part.has) is type(part.lacks):
            one, other = settings(part.has), settings(part.lacks)
            found[name] = {field for field in one if one[field] != other[field]}
    assert found == expected


def test_the_table_has_means_and_the_corrected_interval_of_each_part():
    gains = np.array([0.02, -0.01, 0.03, 0.01, 0.0, 0.02])
    rows = {"table": "wine", "part": "ramps", "n_train": 118, "n_test": 60, "has": 0.1 - gains, "lacks": 0.1}
    *_, line = ablations.told(pd.DataFrame(rows | {"better_by": gains}))
    half = stats.t.ppf(0.975, 5) * gains.std(ddof=1) * np.sqrt(1 / 6 + 60 / 118)
    low, high = gains.mean() - half, gains.mean() + half
    assert line == (
        "| ramps between quantiles; z-scores | wine, log loss "
        f"| {0.1 - gains.mean():.4f} | 0.1000 | {gains.mean():+.4f} [{low:+.4f}, {high:+.4f}] |"
    )


def test_a_part_is_measured_on_every_fold_and_better_is_positive():
    rows = ablations.measure("wine", "ramps", epochs=2, repeats=1)
    assert [row["fold"] for row in rows] == [0, 1, 2]
    for row in rows:
        assert row["better_by"] == pytest.approx(row["lacks"] - row["has"])  # a log loss is better lower
        assert row["n_train"] + row["n_test"] == 178
    assert TABLES["diabetes"].metric == "rmse"
    assert ablations.measure("diabetes", "smoothing", epochs=2, repeats=1) == []
    assert ablations.measure("wine", "levels", epochs=2, repeats=1) == []  # it has no categories
