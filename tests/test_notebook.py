"""The Colab entry: short, clean in the repository, and whole when it runs."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "experiments" / "lecture.ipynb"


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook, run from top to bottom in an empty folder."""
    folder = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.chdir(folder)
        NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    return folder, {cell.source: cell for cell in notebook.cells if cell.cell_type == "code"}


def output_of(executed, start, kind="text/plain"):
    """What the cell with this line shows."""
    cell = next(cell for source, cell in executed[1].items() if start in source)
    return "".join(output["data"].get(kind, "") for output in cell.outputs if "data" in output)


def test_it_is_short_and_stripped(notebook):
    assert len(notebook.cells) <= 28
    for cell in notebook.cells:
        assert len(cell.source.splitlines()) <= 45
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_it_is_the_format_that_it_says(notebook):
    nbformat.validate(notebook)
    assert json.loads(NOTEBOOK.read_text("utf-8"))["metadata"]["kernelspec"]["name"] == "python3"


def test_pictures_are_shown(executed):
    for cell in ("forward, backward, error, last = draw(worked)", "interval_plot("):
        assert "data:image/svg+xml;base64," in output_of(executed, cell, "text/html")


def test_a_changed_given_is_noticed(executed):
    shown = output_of(executed, "with_givens(w5=0.41)")
    assert "a_o1" in shown
    assert "w5..w8" in shown


def test_the_tape_written_in_the_notebook_ends_at_the_slides_digits(executed):
    shown = [
        float(text) for text in re.findall(r"-?[0-9]+\.[0-9]+", output_of(executed, "def update(rows, wanted, alpha)"))
    ]
    intercept, x1, x2, cost = shown

    assert [f"{value:.3f}" for value in (intercept, x1, x2)] == ["-10.631", "2.868", "-4.460"]
    assert f"{cost:.5f}" == "0.09924"
    assert float(output_of(executed, "model.train_on_batch").splitlines()[-1]) < 0.69  # of a neuron that knows nothing


def test_the_ledger_has_every_row_and_every_misprint(executed):
    counts = output_of(executed, '["verdict"].value_counts()')
    rows = (Path(__file__).parent / "data" / "printed.csv").read_text("utf-8").splitlines()[1:]
    assert sum(int(line.split()[-1]) for line in counts.splitlines()[1:-1]) == len(rows)
    assert sum(",misprint," in row for row in rows) == output_of(executed, "== 'MISPRINT'").count("MISPRINT")


def test_runs_and_page_are_left_behind(executed):
    folder, _ = executed
    assert (folder / "mlruns" / "mlflow.db").is_file()
    assert "<h2" in (folder / "lecture.html").read_text("utf-8")
    assert output_of(executed, "search_runs").count("FINISHED") == 6
