"""The notebook for a table of one's own: short, and whole from a file to predictions when it runs."""

from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "experiments"
OPTIONS = {"candidates": ["linear_regression"], "folds": 5, "register": True, "quiet": True}


def read(name="own_table"):
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook on few rows, a quick try, run from top to bottom in a folder with the file."""
    folder, random = tmp_path_factory.mktemp("own_table"), np.random.default_rng(0)
    frame = pd.DataFrame({"rooms": random.integers(1, 8, 90), "where": random.choice(["hill", "town"], 90)})
    frame["price"] = 50.0 * frame["rooms"] + 80 * (frame["where"] == "hill") + random.normal(0, 20, 90).round(3)
    frame.to_csv(folder / "homes.csv", index=False)
    notebook = read()
    table = code(notebook)[1]
    for line, value in (("TABLE", "homes.csv"), ("TARGET", "price"), ("OPTIONS", OPTIONS)):
        (old,) = [text for text in table.source.splitlines() if text.startswith(f"{line} = ")]
        table.source = table.source.replace(old, f"{line} = {value!r}")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setenv("PYTHONPATH", str(FOLDER.parent))  # also where it was installed before it had a door
        patch.chdir(folder)
        NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    return folder, frame, code(notebook)


def shown(cell, kind="text/html"):
    return "".join(output["data"].get(kind, "") for output in cell.outputs if "data" in output)


def test_it_is_three_cells_stripped_and_valid():
    notebook = read()
    nbformat.validate(notebook)
    assert len(code(notebook)) == 3
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_it_is_set_up_as_the_lectures_notebook_is():
    own, lecture = (code(read(name))[0].source for name in ("own_table", "lecture"))
    assert own.removeprefix("# ruff: noqa\n") == lecture


def test_the_leaderboard_is_what_it_shows(executed):
    _, _, (_, table, _) = executed
    board = shown(table)
    assert board.index("linear regression") < board.index("mean")
    assert "R²" in board
    assert "95\u00a0% interval" in board
    assert "Registered: models:/homes@champion, version 1" in board


def test_page_and_predictions_are_left_behind(executed):
    folder, frame, (_, _, last) = executed
    assert 'id="prediction-intervals"' in (folder / "report.html").read_text("utf-8")
    scored = pd.read_csv(folder / "scored.csv")
    assert [*scored] == ["prediction", "prediction_low", "prediction_high"]
    assert np.corrcoef(scored["prediction"], frame["price"])[0, 1] > 0.95
    assert f"{scored['prediction'][0]:.3f}"[:5] in shown(last)
