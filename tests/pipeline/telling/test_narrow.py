"""A terminal of few columns: no number and no name is cut."""

import pandas as pd
import pytest

from pipeline.telling.terminal import Terminal

NAMES = {"logistic_regression": (0.9667, 0.924, 0.986), "majority_class": (0.2333, 0.029, 0.758)}
TABLE = pd.DataFrame(
    [(name, metric, *values, 2) for metric in ("accuracy", "roc_auc") for name, values in NAMES.items()],
    columns=["candidate", "metric", "mean", "low", "high", "n"],
)


@pytest.fixture
def narrow():
    terminal = Terminal()
    terminal.console.width = 20
    return terminal


def words(text):
    assert all(len(line) <= 20 or " " not in line for line in text.splitlines())
    return text.split()


def test_a_comparison_is_told_candidate_by_candidate(narrow, capsys):
    narrow.comparison("Iris", "accuracy", TABLE)
    table, _, more = capsys.readouterr().out.partition("In the report too: ")
    told = words(table)
    assert [told[told.index(f"{name}:") + 1] for name in NAMES] == ["0.9667", "0.2333"]
    for bounds in ("[0.924, 0.986]", "[0.029, 0.758]"):
        assert bounds in " ".join(told)
    assert more == "roc_auc.\n"


def test_so_are_several_runs(narrow, capsys):
    narrow.side_by_side("Iris", "accuracy", [("2026-01-02\nseed 1", TABLE), ("2026-01-01\nseed 7", TABLE)])
    told = " ".join(words(capsys.readouterr().out))
    assert told.count("logistic_regression: 0.9667 [0.924, 0.986]") == 2
    assert told.index("2026-01-02, seed 1") < told.index("2026-01-01, seed 7")


def test_where_there_is_room_it_is_a_table(narrow, capsys):
    narrow.console.width = 60
    narrow.comparison("Iris", "accuracy", TABLE)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("logistic_regression")]
    assert "0.9667 [0.924, 0.986]" in line
