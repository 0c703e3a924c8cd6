"""A comparison's table, shown again from the store."""

import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest

from experiments import catalogue
from pipeline import run, stored
from pipeline.plan import How, carry_out, plan
from pipeline.telling.terminal import Terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def catalog(monkeypatch, flowers_comparison):
    monkeypatch.setattr(stored, "COMPARISONS", {"flowers": flowers_comparison, "iris": catalogue.COMPARISONS["iris"]})


def experiment_ids_of(uri):
    return [one.experiment_id for one in mlflow.MlflowClient(uri).search_experiments()]


def lines(text):
    return [line.rstrip() for line in text.splitlines()]


def test_the_last_run_is_shown_as_the_run_itself_showed_it(flowers, capsys):
    assert run.main(["compare", "flowers", "--tracking-uri", flowers.uri]) == 0
    again = lines(capsys.readouterr().out)
    of_the_run = ("flowers:", "flowers, ", "What drives", "Registered", "Report")
    commands = ("To score rows", "    export ", "    chalktape ", "    mlflow ")
    shown = [line for line in lines(flowers.shown) if not line.startswith((*of_the_run, *commands))]
    assert len([line for line in shown if line]) >= 6
    assert [line for line in shown if line] == [line for line in again if not line.startswith(("Run of", "Report"))]
    assert again[-1].endswith("report.html")
    assert "seed 1, folds: 5, commit" in again[-2]


def test_a_table_of_ones_own_is_shown_by_its_name(flowers, monkeypatch, capfd):
    monkeypatch.setattr(stored, "COMPARISONS", {"iris": catalogue.COMPARISONS["iris"]})
    assert run.main(["compare", "flowers", "--tracking-uri", flowers.uri]) == 0
    assert "tanh_8" in capfd.readouterr().out
    assert run.main(["compare", "flovers", "--tracking-uri", flowers.uri]) == 2
    assert "Did you mean 'flowers'?" in capfd.readouterr().err
    assert run.main(["compare", "leak", "--tracking-uri", flowers.uri]) == 2


def test_several_runs_stand_side_by_side_newest_first(flowers, tmp_path, capsys, flowers_comparison):
    """A copy of the store gets a second run, of other folds."""
    shutil.copy(flowers.uri.removeprefix("sqlite:///"), tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    how = How(seed=7, n_folds=3, tracking_uri=uri)
    carry_out(plan([], [flowers_comparison], how), Terminal(quiet=True), epochs=2)
    assert run.main(["compare", "flowers", "--tracking-uri", uri]) == 0
    assert "Not as declared: nets had 2 epochs instead of the declared ones." in lines(capsys.readouterr().out)
    assert run.main(["compare", "flowers", "--runs", "5", "--tracking-uri", uri]) == 0
    text = capsys.readouterr().out
    assert text.count("not as declared") == 1
    assert "Flowers: accuracy [95 %]" in text
    assert text.index("seed 7, folds: 3") < text.index("seed 1, folds: 5")
    for candidate in flowers_comparison.candidates:
        (row,) = [line for line in lines(text) if line.startswith(candidate.name)]
        assert row.count("[0.") == 2
    net = mlflow.MlflowClient(uri).search_runs(experiment_ids_of(uri), "attributes.run_name = 'tanh_8'", max_results=1)[
        0
    ]
    assert net.data.params["training.epochs"] == net.data.tags["epochs"] == "2"
    assert "(here 2 instead)" in net.data.tags["mlflow.note.content"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["flower"], "expected the name of a comparison. Received: name='flower'. Did you mean 'flowers'?"),
        (["iris"], "expected a finished run of the comparison. Received: name='iris'"),
        (["iris"], "Run it first: chalktape run iris."),
        (["text.db"], "Received: name='text'. It was never run: chalktape run text.db."),
        (["iris", "--tracking-uri", "sqlite:///nowhere/mlflow.db"], "expected a store. Received: "),
        (["text.db", "--tracking-uri", "sqlite:///nowhere/mlflow.db"], "expected a store. Received: "),
        (["iris", "--tracking-uri", "sqlite:///text.db"], "expected a store that this MLflow can read"),
        (["iris", "--tracking-uri", "file:./mlruns"], "sqlite:///, http:// or https://"),
        (["iris", "--runs", "0"], "expected a whole number of 1 or more. Received: '0'"),
        ([], "the following arguments are required: NAME"),
    ],
)
def test_bad_input_ends_with_2_and_one_message(workplace, capfd, arguments, message):
    (workplace / "text.db").write_text("not a database" * 100)
    try:
        code = run.main(["compare", *arguments])
    except SystemExit as end:
        code = end.code
    output = capfd.readouterr()
    assert code == 2
    assert message in output.err
    assert "Traceback" not in output.err
    assert sorted(path.name for path in workplace.iterdir()) == ["mlruns", "text.db"]


def test_a_server_that_is_away_is_said_so(capfd):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}"
    assert run.main(["compare", "iris", "--tracking-uri", address]) == 2
    assert "expected a server that answers within 10 seconds" in capfd.readouterr().err


def test_an_unfinished_run_is_not_shown(flowers, tmp_path, capfd):
    shutil.copy(flowers.uri.removeprefix("sqlite:///"), tmp_path / "mlflow.db")
    with sqlite3.connect(tmp_path / "mlflow.db") as connection:
        connection.execute("UPDATE runs SET status = 'KILLED'")
    arguments = ["compare", "flowers", "--tracking-uri", f"sqlite:///{tmp_path}/mlflow.db"]
    assert run.main(arguments) == 2
    told = capfd.readouterr().err
    assert "expected a finished run" in told
    assert "Run it first: chalktape run flowers." in told
    with connection:
        connection.execute("INSERT INTO tags SELECT 'command', '[\"flowers\"]', run_uuid FROM runs")
    connection.close()
    assert run.main(arguments) == 2
    assert "Its last run did not end well; this goes on with it: chalktape run --resume" in capfd.readouterr().err


def test_it_answers_without_tensorflow(flowers):
    code = f"""
import sys
from experiments import catalogue
from pipeline import run
from pipeline import stored
stored.COMPARISONS = {{"flowers": None}}
code = run.main(["compare", "flowers", "--tracking-uri", {flowers.uri!r}])
sys.exit(code or bool({{"tensorflow", "keras"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "tanh_8" in done.stdout


def test_help_explains_it(capsys):
    with pytest.raises(SystemExit):
        run.main(["--help"])
    assert "compare NAME" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        run.main(["compare", "--help"])
    assert "--runs N" in capsys.readouterr().out
