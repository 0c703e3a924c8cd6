"""Whole runs of the command: what it leaves in MLflow, and what it answers to bad input."""

import io
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from experiments import catalogue
from experiments.lecture import EXAMPLES
from experiments.worked.backpropagation import BACKPROPAGATION
from pipeline import plan, run, stored, usage
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.flow import each
from pipeline.scoring import evaluate as scoring
from pipeline.telling.terminal import Terminal
from pipeline.tracking import answering
from pipeline.tracking import runs as tracking_runs

ROOT = Path(__file__).parents[2]


@pytest.fixture
def catalog(monkeypatch, small):
    list_only(small, monkeypatch)


def list_only(comparison, patch):
    """As if this comparison were all that is declared."""
    for room in (run, usage):
        patch.setattr(room, "COMPARISONS", {comparison.name: comparison})
    patch.setattr(run, "STANDARD", (comparison.name,))


def store(workplace):
    mlflow.set_tracking_uri(f"sqlite:///{workplace / 'mlruns/mlflow.db'}")
    return mlflow.MlflowClient()


def runs(client, name="small"):
    experiment = client.get_experiment_by_name(name)
    found = client.search_runs([experiment.experiment_id]) if experiment else []
    parents = [item for item in found if "mlflow.parentRunId" not in item.data.tags]
    return parents, {item.data.tags["mlflow.runName"]: item for item in found if item not in parents}


def artifact(parent, name):
    return Path(parent.info.artifact_uri.removeprefix("file://")) / name


def table(parent, name):
    return pd.read_csv(artifact(parent, name))


class TestAWholeRun:
    """One run, looked at from every side: a run costs seconds."""

    @pytest.fixture(scope="class")
    def done(self, small, furnish, tmp_path_factory):
        """The place of the run and what it told."""
        place = tmp_path_factory.mktemp("whole_run")
        told = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(told):
            furnish(place, patch)
            list_only(small, patch)
            assert run.main(["small", "--json", "results.json"]) == 0
        return place, told.getvalue()

    @pytest.fixture
    def client(self, done):
        return store(done[0])

    @pytest.fixture
    def parent(self, client):
        ((parent,), _) = runs(client)
        return parent

    @pytest.fixture
    def children(self, client):
        return runs(client)[1]

    def test_it_is_finished_with_a_run_below_it_for_each_candidate(self, parent, children, small):
        assert parent.info.status == "FINISHED"
        assert list(children) == [candidate.name for candidate in reversed(small.candidates)]
        assert {child.data.tags["mlflow.parentRunId"] for child in children.values()} == {parent.info.run_id}

    def test_the_terminal_shows_every_candidate_and_where_the_page_is(self, done, small):
        told = done[1]
        for candidate in small.candidates:
            assert candidate.name in told
        assert "accuracy [95 %]" in told
        assert "report.html" in told

    def test_the_tables_agree_with_the_scores_of_each_fold(self, parent, small):
        scores, summaries, contrasts = (table(parent, f"{name}.csv") for name in ("scores", "comparison", "contrasts"))
        assert list(scores) == ["candidate", "fold", "seed", "metric", "value"]
        assert list(summaries) == ["candidate", "metric", "mean", "low", "high", "n"]
        n_candidates, n_metrics = len(small.candidates), len(small.metrics)
        assert len(scores) == n_candidates * n_metrics * 2
        assert len(contrasts) == n_metrics * n_candidates * (n_candidates - 1)
        means = scores.groupby(["candidate", "metric"])["value"].mean()
        for row in summaries.itertuples():
            assert row.mean == pytest.approx(means[row.candidate, row.metric])
            assert row.low <= row.mean <= row.high
        for row in contrasts.itertuples():
            difference = means[row.candidate, row.metric] - means[row.reference, row.metric]
            assert row.difference == pytest.approx(difference)

    def test_what_repeats_it_is_recorded(self, parent, small):
        record = json.loads(artifact(parent, "experiment.json").read_text())
        assert record["experiment"]["candidates"][0]["training"]["epochs"] == 3
        assert record["seed"] == 1
        assert {"keras", "chalktape"} <= set(record["versions"])
        fold_0 = split(ingest("iris"), small.splitting, seed=1)[0]
        rows = table(parent, "split.csv").query("fold == 0 and part == 'test'")["row"]
        assert rows.tolist() == fold_0.test_rows.tolist()
        (dataset,) = parent.inputs.dataset_inputs
        assert dataset.dataset.name == "iris"
        assert ingest("iris").content_sha256.startswith(dataset.dataset.digest)

    def test_the_page_and_the_answer_are_there(self, parent):
        assert "<html" in artifact(parent, "report.html").read_text()
        assert parent.data.tags["mlflow.note.content"].partition(": ")[2].startswith("By accuracy, ")

    def test_a_net_holds_its_parameters_means_bounds_folds_and_curves(self, client, children):
        net = children["stopped_early"]
        assert net.data.tags["family"] == "net"
        assert net.data.params["training.patience"] == "2"
        metrics = net.data.metrics
        low, high = (metrics[f"interval/accuracy_{bound}"] for bound in ("low", "high"))
        assert low <= metrics["test/accuracy"] <= high
        by_fold = client.get_metric_history(net.info.run_id, "by_fold/accuracy")
        assert [point.step for point in by_fold] == [0, 1]
        assert np.mean([point.value for point in by_fold]) == pytest.approx(metrics["test/accuracy"])
        curve = client.get_metric_history(net.info.run_id, "by_epoch/validation_loss")
        assert [point.step for point in curve] == [0, 1, 2]
        assert metrics["training/best_validation_loss"] <= min(point.value for point in curve) + 1e-9

    def test_every_loaded_model_gives_the_runs_own_probabilities(self, client, parent, children, small):
        iris = ingest("iris")
        columns = pd.DataFrame(iris.X, columns=iris.feature_names)[list(reversed(iris.feature_names))]
        test_rows = table(parent, "split.csv").query("fold == 0 and part == 'test'")["row"]
        labels = iris.y[test_rows]
        models = {model.name: model for model in client.search_logged_models([parent.info.experiment_id])}
        assert set(models) == {candidate.name for candidate in small.candidates}
        for name, child in children.items():
            y_proba = mlflow.pyfunc.load_model(models[name].model_uri).predict(columns[::-1])
            assert list(y_proba.columns) == list(iris.class_names)
            tested = y_proba.loc[test_rows].to_numpy()
            accuracy, loss = (
                client.get_metric_history(child.info.run_id, f"by_fold/{metric}")[0].value
                for metric in ("accuracy", "log_loss")
            )
            assert (tested.argmax(axis=1) == labels).mean() == pytest.approx(accuracy)
            assert -np.log(tested[np.arange(len(labels)), labels]).mean() == pytest.approx(loss, abs=1e-6)

    def test_json_holds_what_the_tables_show(self, done, parent):
        (experiment,) = json.loads((done[0] / "results.json").read_text())["experiments"]
        summaries, contrasts = table(parent, "comparison.csv"), table(parent, "contrasts.csv")
        assert [row["mean"] for row in experiment["summaries"]] == pytest.approx(summaries["mean"].tolist())
        assert [row["judgment"] for row in experiment["contrasts"]] == contrasts["judgment"].tolist()
        assert set(experiment["ranks"]["average"]) == set(summaries["candidate"])


@pytest.mark.usefixtures("catalog")
def test_the_same_seed_gives_the_same_scores_and_another_seed_others(workplace):
    for seed in ("5", "5", "6"):
        assert run.main(["small", "--seed", seed, "--epochs", "2", "--quiet"]) == 0
    parents, _ = runs(store(workplace))
    other, again, one = (artifact(parent, "scores.csv").read_text() for parent in parents)
    assert one == again
    assert one != other


def test_a_quiet_run_prints_nothing_and_no_library_does(workplace):
    """A process of its own: libraries read how loud they may be when they are imported."""
    command = [sys.executable, "-m", "pipeline.run", "iris", "--folds", "2", "--epochs", "1", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)  # TensorFlow set it in this process, a user's shell has none
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.usefixtures("catalog")
def test_an_error_leaves_a_failed_run_with_its_reason_and_what_was_finished(workplace, monkeypatch, capfd):
    train_works = each.train_works

    def failing(works, *arguments):
        if works[0].candidate.name == "majority_class":
            raise RuntimeError("out of luck")
        return train_works(works, *arguments)

    monkeypatch.setattr(each, "train_works", failing)
    assert run.main(["small", "--epochs", "1"]) == 1
    (parent,), children = runs(store(workplace))
    assert parent.info.status == "FAILED"
    assert parent.data.tags["reason"] == "RuntimeError: out of luck"
    assert set(children) == {"sigmoid_4", "stopped_early"}
    assert set(pd.read_csv(artifact(parent, "scores.csv"))["candidate"]) == {"sigmoid_4", "stopped_early"}
    assert "out of luck" in capfd.readouterr().err


@pytest.mark.usefixtures("catalog")
def test_an_interrupt_leaves_a_killed_run(workplace, monkeypatch, capfd):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(scoring, "evaluate", interrupted)
    assert run.main(["small", "--epochs", "1"]) == 130
    (parent,), _ = runs(store(workplace))
    assert parent.info.status == "KILLED"
    assert "Interrupted" in capfd.readouterr().err


@pytest.mark.usefixtures("catalog")
def test_a_signal_during_writing_waits_until_it_is_done(workplace, monkeypatch):
    log_model = tracking_runs.log_model

    def struck(*arguments):
        signal.raise_signal(signal.SIGTERM)
        return log_model(*arguments)

    monkeypatch.setattr(tracking_runs, "log_model", struck)
    assert run.main(["small", "--epochs", "1"]) == 130
    (parent,), children = runs(store(workplace))
    assert parent.info.status == "KILLED"
    assert {name: child.info.status for name, child in children.items()} == {"sigmoid_4": "FINISHED"}
    assert (artifact(parent, "scores.csv")).exists()


@pytest.mark.usefixtures("catalog")
def test_an_interrupt_that_a_library_turned_into_its_own_error_is_still_one(workplace, monkeypatch, capfd):
    def translated(*arguments, **options):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise RuntimeError("the database is locked") from None

    monkeypatch.setattr(scoring, "evaluate", translated)
    assert run.main(["small", "--epochs", "1"]) == 130
    (parent,), _ = runs(store(workplace))
    assert parent.info.status == "KILLED"
    assert parent.data.tags["reason"] == "interrupted"
    assert "locked" not in capfd.readouterr().err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_killed_process_leaves_no_run_running(workplace, how):
    command = [sys.executable, "-m", "pipeline.run", "iris", "--folds", "2", "--epochs", "100000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = store(workplace)
    _wait_until(lambda: any(parent.info.status == "RUNNING" for parent in runs(client, "iris")[0]))
    process.send_signal(how)
    code = process.wait(timeout=60)
    if how == signal.SIGKILL:
        plan.Tracker()  # the next command that opens the store
    else:
        assert code == 130
    parents, _ = runs(client, "iris")
    assert [parent.info.status for parent in parents] == ["KILLED"]
    assert parents[0].data.tags["reason"]


@pytest.mark.usefixtures("catalog")
def test_an_interrupt_during_a_net_keeps_what_was_trained_so_far(workplace, monkeypatch):
    """Ctrl-C as soon as the first loss is told; the bar is where a user would see it."""

    class Impatient(Terminal):
        @contextmanager
        def progress(self, experiment, n_candidates):
            class Told:
                def update(self, position, name, where, share):
                    if share > 0.001:  # past the first epoch
                        raise KeyboardInterrupt

            yield Told()

    monkeypatch.setattr("pipeline.telling.terminal.Terminal", Impatient)
    assert run.main(["small", "--epochs", "5000"]) == 130
    (parent,), children = runs(store(workplace))
    assert parent.info.status == "KILLED"
    net = children["sigmoid_4"]
    assert net.info.status == "KILLED"
    curve = store(workplace).get_metric_history(net.info.run_id, "by_epoch/train_loss")
    assert 1 <= len(curve) < 5000
    assert curve[-1].value < curve[0].value or len(curve) == 1


_MEASURED = """
import os, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
time.perf_counter = time.process_time  # what a clock would show if the core were its own
from contextlib import contextmanager
from dataclasses import replace
from experiments.digits import DIGITS
from pipeline import run
from pipeline.telling import terminal

first, *others = DIGITS.candidates
wide = replace(first, hidden_units=(500, 500))  # a second holds few of its epochs
run.COMPARISONS = {"digits": replace(DIGITS, candidates=(wide, *others))}
told = []

class Watched(terminal.Terminal):
    @contextmanager
    def progress(self, experiment, n_candidates):
        yield self

    def update(self, position, name, where, share):
        if share * 1_000_000 > 1:  # past the first epoch, in which each part is compiled
            told.append(time.process_time())
        if told and told[-1] - told[0] > 5:
            raise KeyboardInterrupt

terminal.Terminal = Watched
assert run.main(["digits", "--folds", "2", "--epochs", "1000000", "--quiet"]) == 130
print(*(after - before for before, after in zip(told, told[1:])))
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="a process cannot be given a core of its own here")
def test_progress_of_nets_comes_at_least_every_two_seconds(workplace):
    """Measured over 5 seconds of a training; what others take from the core does not count."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", _MEASURED], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    gaps = [float(gap) for gap in done.stdout.split()]
    assert sum(gaps) > 5
    assert max(gaps) < 2


def _wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["smal"], "Received: name='smal'. Did you mean 'small'?"),
        (["small", "--fold", "2"], "unrecognized arguments"),
        (["--folds", "0"], "expected a whole number of 1 to 10000. Received: '0'"),
        (["--folds", "1000000000"], "expected a whole number of 1 to 10000. Received: '1000000000'"),
        (["--epochs", "9" * 5000], "expected a whole number of 1 to 10000000. Received: '999999999999999999...'"),
        (["--seed", "4294967295"], "expected a whole number of 0 to 100000000."),
        (["--workers", "1000000000"], "expected a whole number of 0 to 10000."),
        (["--epochs", "-1"], "expected"),
        (["--seed", "x"], "expected a whole number of 0 to 100000000. Received: 'x'"),
        (["--seed", "1.5"], "expected a whole number of 0 to 100000000"),
        (["--data-dir", "nowhere"], "nowhere"),
        (["--json", "nowhere/results.json"], "expected a file in a folder that can be written for --json"),
        (["--tracking-uri", "file:./mlruns"], "sqlite:///, http:// or https://"),
        (["--tracking-uri", "sqlite:////proc/none/mlflow.db"], "expected a folder that can be written"),
    ],
)
def test_bad_usage_and_input_end_with_2_and_one_message(workplace, capfd, arguments, message):
    before = (workplace / "mlruns/mlflow.db").read_bytes()
    try:
        code = run.main(arguments)
    except SystemExit as end:
        code = end.code
    output = capfd.readouterr()
    assert code == 2
    assert message in output.err
    assert "Traceback" not in output.err
    assert output.out == ""
    assert (workplace / "mlruns/mlflow.db").read_bytes() == before
    assert [file.name for file in workplace.iterdir()] == ["mlruns"]


@pytest.fixture
def nothing_prepared(workplace, monkeypatch):
    """A store of its own: what other tests have prepared there counts as had."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(workplace / "store"))


@pytest.mark.usefixtures("nothing_prepared")
@pytest.mark.parametrize("name", ["mnist", "bankruptcy"])
def test_a_named_experiment_without_its_data_ends_with_2_and_says_where_to_get_them(workplace, capfd, name):
    assert run.main([name]) == 2
    message = capfd.readouterr().err
    assert str(workplace / "data") in message
    assert "--download" in message


@pytest.mark.usefixtures("nothing_prepared")
def test_without_a_name_what_has_no_data_is_left_out_and_said_so(workplace, monkeypatch, capfd, small):
    mnist = replace(catalogue.COMPARISONS["mnist"], candidates=small.candidates[2:3], gate=None)
    for room in (run, usage):
        monkeypatch.setattr(room, "COMPARISONS", {"small": small, "mnist": mnist})
    monkeypatch.setattr(run, "STANDARD", ("small", "mnist"))
    monkeypatch.setattr(run, "ALL_EXAMPLES", (BACKPROPAGATION,))
    assert run.main(["--epochs", "1", "--folds", "2"]) == 0
    assert "Left out: mnist." in capfd.readouterr().out


def test_folds_of_a_set_with_canonical_test_rows_are_refused(workplace, capfd):
    assert run.main(["mnist", "--folds", "3"]) == 2
    assert "Leave --folds out" in capfd.readouterr().err


@pytest.mark.usefixtures("catalog")
def test_a_tracking_server_that_does_not_answer_is_said_so(workplace, capfd):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert run.main(["small", "--tracking-uri", address]) == 2
    assert "expected a server that answers within 10 seconds" in capfd.readouterr().err


@pytest.mark.usefixtures("catalog")
def test_a_database_of_a_newer_mlflow_is_refused_and_kept(workplace, capfd):
    database = workplace / "mlruns/mlflow.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    connection.close()
    before = database.read_bytes()
    assert run.main(["small"]) == 2
    assert "expected a store that this MLflow can read" in capfd.readouterr().err
    assert database.read_bytes() == before


@pytest.mark.usefixtures("workplace")
def test_a_tracking_server_keeps_runs_and_the_champion_and_shows_them_again(
    tmp_path_factory, monkeypatch, flowers_comparison, capfd
):
    monkeypatch.setattr(answering, "SECONDS_TO_ANSWER", 60)  # what is asked is what a busy server keeps, not how soon
    list_only(flowers_comparison, monkeypatch)
    monkeypatch.setattr(stored, "COMPARISONS", run.COMPARISONS)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    place = tmp_path_factory.mktemp("server")
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{place}/mlflow.db",
        "--artifacts-destination",
        str(place / "artifacts"),
    ]
    server = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until(lambda: _answers(port))
        address = f"http://127.0.0.1:{port}"
        assert run.main(["flowers", "--tracking-uri", address, "--quiet"]) == 0
        mlflow.set_tracking_uri(address)
        (parent,), children = runs(mlflow.MlflowClient(), "flowers")
        assert parent.info.status == "FINISHED"
        candidates = {candidate.name for candidate in flowers_comparison.candidates}
        assert set(children) == candidates | {"tanh_8, refitted on all rows"}
        assert mlflow.MlflowClient().get_model_version_by_alias("flowers", "champion").tags["candidate"] in children
        assert run.main(["compare", "flowers", "--tracking-uri", address]) == 0
        assert "tanh_8" in capfd.readouterr().out
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_the_list_names_every_experiment(capsys):
    assert run.main(["--list"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    examples = [example.name for example in run.ALL_EXAMPLES]
    assert listed == ["lecture", *examples, *catalogue.COMPARISONS, *catalogue.LADDERS]


class TestTheLecture:
    def test_it_runs_whole_and_lists_every_printed_number(self, workplace, capfd):
        assert run.main(["lecture", "--json", "lecture.json"]) == 0
        printed = pd.read_csv(ROOT / "tests/data/printed.csv", dtype=str, keep_default_na=False)
        (parent,), children = runs(store(workplace), "lecture")
        ledger = pd.read_csv(artifact(parent, "ledger.csv"), dtype=str, keep_default_na=False)
        assert set(zip(ledger["item"], ledger["symbol"], strict=True)) == set(
            zip(printed["item"], printed["symbol"], strict=True)
        )
        assert set(ledger.query("verdict == 'MISPRINT'")["symbol"]) == set(
            printed.query("status == 'misprint'")["symbol"]
        )
        assert parent.info.status == "FINISHED"
        assert set(children) == {example.name for example in EXAMPLES}
        assert "<math" in artifact(parent, "lecture.html").read_text()
        curve = store(workplace).get_metric_history(children["logistic_regression"].info.run_id, "cost")
        assert len(curve) >= 5000
        assert "dE_dw5" in capfd.readouterr().out
        assert len(json.loads((workplace / "lecture.json").read_text())["lecture"]["ledger"]) == len(printed)

    def test_one_example_runs_alone(self, workplace, capfd):
        assert run.main(["backpropagation"]) == 0
        _, children = runs(store(workplace), "lecture")
        assert list(children) == ["backpropagation"]
        assert "glm_x1" not in capfd.readouterr().out

    def test_another_given_ends_with_1_and_a_failed_run_that_holds_the_ledger(self, workplace, monkeypatch, capfd):
        monkeypatch.setattr(run, "ALL_EXAMPLES", (BACKPROPAGATION.with_givens(w5=0.41),))
        assert run.main(["backpropagation"]) == 1
        (parent,), _ = runs(store(workplace), "lecture")
        assert parent.info.status == "FAILED"
        assert "disagrees" in artifact(parent, "ledger.csv").read_text()
        assert "example8 a_o1" in capfd.readouterr().err

    def test_epochs_have_no_effect_on_it_and_are_refused(self, workplace, capfd):
        assert run.main(["lecture", "--epochs", "3"]) == 2
        assert "Leave --epochs out" in capfd.readouterr().err


@pytest.mark.usefixtures("catalog")
def test_a_full_disk_is_said_in_one_message(workplace, monkeypatch, capfd):
    """SQLite's own limit of pages stands for the disk's end: the same error from the same place."""
    connect = sqlite3.dbapi2.connect

    def small_disk(*arguments, **options):
        connection = connect(*arguments, **options)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        return connection

    monkeypatch.setattr(sqlite3.dbapi2, "connect", small_disk)
    assert run.main(["small", "--epochs", "1", "--quiet"]) == 1
    *_, last_message, goes_on = capfd.readouterr().err.strip().splitlines()
    assert "Received: a full disk" in last_message
    assert goes_on.startswith("This goes on from there")
