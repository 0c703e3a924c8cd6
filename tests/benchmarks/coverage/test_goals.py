"""The page's first table counts what its sections say, and a cell that fails is seen in it."""

from benchmarks.coverage.goals import cells_of, in_short
from benchmarks.coverage.page import merged

ALARMS = """Words.

| rows | asked for | at most .05 | others | at most .05 |
| --- | --- | --- | --- | --- |
| 300 rows | 0.018 [0.007, 0.036] | yes | 0.110 [0.081, 0.145] | **no** |
| 500 rows | 0.018 [0.007, 0.036] | yes | 0.010 [0.003, 0.025] |  |

Over all such cells: 0.018.

| the net | at least .6 |
| --- | --- |
| the first | yes |
"""
COVERED = """| rows and folds | metric | covered | told |
| --- | --- | --- | --- |
| 150 rows | f1 | 0.848 [0.824, 0.870] | 0.93 to 1.00 **no** |
| 150 rows | accuracy | 0.926 [0.908, 0.941] | 0.93 to 1.00 |
| 150 rows | log_loss | 0.998 [0.993, 1.000] | 0.91 to 1.00 |
"""


def test_each_goal_of_each_table_is_counted_two_of_one_title_included():
    lines = [*in_short({"Equal": ALARMS, "Intervals": COVERED})]
    assert lines[2:] == [
        "| Equal | at most .05 | 3 | 2 |  |  |",
        "| Equal | at least .6 | 1 | 1 |  |  |",
        "| Intervals | .93 or more covered | 3 | 2 | 1 | 1 |",
    ]


def test_what_fails_is_told_apart():
    found = [cell for cell in cells_of({"Intervals": COVERED})]
    assert [cell.holds for cell in found] == [False, True, True]
    assert [cell.wide for cell in found] == [False, False, True]
    assert [cell.contradicted for cell in found] == [True, False, False]


def test_the_page_begins_with_it_and_it_is_no_section():
    page = merged("", {"folds": COVERED})
    assert page.index("| section | must be |") < page.index("## 95 % intervals over folds")
    assert merged(page, {}) == page


def test_nothing_simulated_has_no_table():
    assert not [*in_short({})]
    assert "| section |" not in merged("", {})
