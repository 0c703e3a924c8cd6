"""A team's store as docs/scale.md has it: an MLflow server with passwords on PostgreSQL, artifacts beside it."""

import os
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import mlflow
import pytest

from pipeline import run
from pipeline.tracking import Tracker
from pipeline.tracking import address as module
from pipeline.tracking.address import address, with_driver
from pipeline.tracking.store import readable

PASSWORD, QUOTED = "s3cr3t/@: long enough", "s3cr3t%2F%40%3A%20long%20enough"
CONFIG = """[mlflow]
default_permission = READ
database_uri = sqlite:///users.db
admin_username = ann
admin_password = {password}
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
"""


@pytest.fixture(scope="module")
def port(postgres, tmp_path_factory):
    """Of the server, which has its place on a command line, and its passwords in the environment."""
    if find_spec("flask_wtf") is None:
        pytest.skip("users and passwords of MLflow's server are not installed: pip install 'mlflow[auth]'")
    place = tmp_path_factory.mktemp("team")
    (place / "users.ini").write_text(CONFIG.format(password=PASSWORD))
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth", "--host", "127.0.0.1"]
    command += ["--port", str(number), "--workers", "1", "--artifacts-destination", str(place / "artifacts")]
    environment = {
        **os.environ,
        "MLFLOW_BACKEND_STORE_URI": with_driver(postgres.new("team")),
        "MLFLOW_AUTH_CONFIG_PATH": str(place / "users.ini"),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "of this test",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    with (place / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(number, process, place / "log")
        yield number
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


def _wait(port, process, log):
    end = time.monotonic() + 120
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.3)


@pytest.fixture(autouse=True)
def clean(workplace, monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(module, "_passwords", {})


def test_a_run_is_logged_by_who_may_and_no_password_is_told(port, postgres, workplace, capfd):
    uri = f"http://ann:{QUOTED}@127.0.0.1:{port}"
    with Tracker(uri).run("small", name="one", tags={}) as opened:  # each question takes the server's hash of passwords
        opened.log_texts({"said.txt": "something"})
        assert opened.place("said.txt").startswith("mlflow-artifacts:/")
    assert postgres.told("team", "SELECT name, status FROM runs") == ["one|FINISHED"]
    with readable(address(uri)):
        (found,) = mlflow.search_runs(experiment_names=["small"], output_format="list")
        assert mlflow.artifacts.load_text(f"{found.info.artifact_uri}/said.txt") == "something"
    told = capfd.readouterr()
    seen = [told.out, told.err, postgres.dump("team")]
    seen += [file.read_bytes().decode("latin-1") for file in workplace.rglob("*") if file.is_file()]
    seen += [_command_line(place) for place in Path("/proc").glob("[0-9]*/cmdline")]
    assert not any("s3cr3t" in text for text in seen)


def _command_line(place: Path) -> str:
    try:
        return place.read_text()
    except OSError:
        return ""


@pytest.mark.parametrize("who", ["ann:wr0ng long enough@", "bob:wr0ng long enough@", ""])
def test_who_may_not_is_told_so(port, capfd, who):
    uri = f"http://{who.replace(' ', '%20')}127.0.0.1:{port}"
    assert run.main(["backpropagation", "--tracking-uri", uri]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert "it does not let in this user with this password" in line
    assert "wr0ng" not in line
