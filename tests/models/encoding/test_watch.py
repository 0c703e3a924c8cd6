"""Rows against the training table: parts count as one, shares stand beside those of the training."""

import pandas as pd

from models.encoding.columns import Column, Columns
from models.encoding.watch import Watch


def looked(columns, *parts):
    watch = Watch(Columns(columns=columns, target="y"), "rows")
    for start, part in enumerate(parts):
        first = 2 + start * len(part)
        watch.look(part.set_axis(pd.RangeIndex(first, first + len(part), name="line")))
    return watch


def test_parts_count_as_one_and_the_columns_told_are_bounded():
    part = pd.DataFrame({f"c{k}": ["b", "a"] for k in range(30)})
    columns = tuple(Column(name=name, kind="category", levels=("a",)) for name in part)
    _, *told, last = looked(columns, part, part).words()
    assert told[0] == "  c0: 2 of 4 cells are no known level, first 'b' on line 2."
    assert (len(told), last) == (20, "  and 10 more columns.")


def test_shares_of_all_parts_stand_beside_those_of_the_training():
    columns = (
        Column(name="size", kind="number", lowest=0.0, highest=10.0, missing=0.25),
        Column(name="town", kind="category", levels=("Bonn", "Rome")),
    )
    first = pd.DataFrame({"size": ["11", "3"], "town": ["Bonn", "Oslo"]})
    second = pd.DataFrame({"size": ["", "-1"], "town": ["", "Rome"]})
    pd.testing.assert_frame_equal(
        looked(columns, first, second).shares(),
        pd.DataFrame(
            [("size", 0.25, 0.25, 0.0, 0.5), ("town", 0.25, 0.0, 0.25, 0.0)],
            columns=["column", "missing", "missing_in_training", "unseen", "out_of_range"],
        ),
    )
