"""Servers that tests start themselves: PostgreSQL, where it is installed."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PASSWORD = "s3cr3t/@:?%"
"""Of signs that mean something in an address."""
QUOTED = "s3cr3t%2F%40%3A%3F%25"


@dataclass(frozen=True)
class Postgres:
    """A server of its own, away from any other.

    Attributes:
        place: Its folder.
        programs: The folder of its programs.
        port: On 127.0.0.1.
    """

    place: Path
    programs: Path
    port: int

    def uri(self, name: str, password: str = QUOTED) -> str:
        """The address of a database, as a user writes it."""
        return f"postgresql://ann:{password}@127.0.0.1:{self.port}/{name}"

    def new(self, name: str) -> str:
        """Makes an empty database and returns its address."""
        self._call("createdb", "--host", "127.0.0.1", "--port", str(self.port), "--username", "ann", name)
        return self.uri(name)

    def told(self, name: str, query: str) -> list[str]:
        """What the database says, a line a row."""
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--username", "ann", "--dbname", name]
        return self._call("psql", *options, "--tuples-only", "--no-align", "--command", query).split("\n")[:-1]

    def dump(self, name: str) -> str:
        """All that it holds."""
        return self._call("pg_dump", "--host", "127.0.0.1", "--port", str(self.port), "--username", "ann", name)

    def start(self) -> None:
        """Starts it."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        log = str(self.place / "log")
        self._call("pg_ctl", "-D", str(self.place / "data"), "-l", log, "-o", options, "-w", "start")

    def stop(self) -> None:
        """Ends it at once, as a machine does that is switched off."""
        self._call("pg_ctl", "-D", str(self.place / "data"), "-m", "immediate", "-w", "stop")

    def make(self) -> None:
        """Makes its files; who comes needs a password."""
        (self.place / "password").write_text(PASSWORD)
        files = ["--pgdata", str(self.place / "data"), "--pwfile", str(self.place / "password")]
        self._call("initdb", *files, "--username", "ann", "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync")

    def _call(self, program: str, *arguments: str) -> str:
        """PostgreSQL refuses to be started by the superuser."""
        own = {"user": "postgres"} if os.getuid() == 0 else {}
        environment = {**os.environ, "PGPASSWORD": PASSWORD, "LC_ALL": "C"}
        command = [str(self.programs / program), *arguments]
        # Its log would keep a pipe open for as long as it runs.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(command, cwd="/", env=environment, stdout=output, stderr=output, timeout=60, **own)
            output.seek(0)
            said = output.read()
        assert done.returncode == 0, said
        return said


def _programs() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests; they are skipped where it is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    if find_spec("psycopg2") is None:
        pytest.skip("its driver is not installed: pip install 'chalktape[postgres]'")
    place = Path(tempfile.mkdtemp(prefix="postgres-"))  # pytest's own folders are closed to the user who may start it
    if os.getuid() == 0:
        shutil.chown(place, "postgres")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Postgres(place=place, programs=programs, port=port)
    try:
        server.make()
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


AT_ONCE = """
import os, sys, time
from pipeline.process.options import quieten_mlflow
quieten_mlflow()
from pipeline.tracking import Tracker

def log(number):
    with Tracker(sys.argv[1]).run("small", name=f"run {number}", tags={"kind": "comparison"}) as run:
        run.log_texts({"number.txt": str(number)})

begin, processes = time.time() + 0.5, []
for number in range(8):
    processes.append(os.fork())
    if not processes[-1]:
        time.sleep(max(0, begin - time.time()))
        log(number)
        os._exit(0)
print(*(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes))
"""
"""Eight processes that have imported everything and open nothing before all are there."""


REGISTER_AT_ONCE = """
import json, os, sys, time
from pipeline.process.options import quieten_mlflow
quieten_mlflow()
import mlflow
import mlflow.store.model_registry.sqlalchemy_store, mlflow.store.tracking.sqlalchemy_store  # not in each of eight
from pipeline.tracking.address import address
from pipeline.tracking.registry import register
from pipeline.tracking.store import talking_to

def apart(do, *given):
    process = os.fork()
    if not process:
        with talking_to(uri):
            os._exit(not do(*given))
    return process

def log():
    experiment = mlflow.create_experiment("shared", artifact_location=os.getcwd())
    with mlflow.start_run(experiment_id=experiment) as run:
        model = mlflow.initialize_logged_model(name="echo", source_run_id=run.info.run_id)
        mlflow.finalize_logged_model(model.model_id, "READY")
    with open("logged", "w") as file:
        return file.write(model.model_uri)

def one(number, logged, begin):
    time.sleep(max(0, begin - time.time()))
    own = str(number)
    told, address = register("shared", logged, how=own, description=own, tags={"candidate": own})
    return address or print(told, file=sys.stderr)

def ends(processes):
    return [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]

uri = address(sys.argv[1])
assert ends([apart(log)]) == [0]  # who has opened a store must not fork
with open("logged") as file:
    logged = file.read()
ended = ends([apart(one, number, logged, begin) for begin in [time.time() + 0.5] for number in range(8)])
with talking_to(uri):
    client = mlflow.MlflowClient()
    versions = client.search_model_versions("name = 'shared'")
    print(json.dumps({
        "ended": ended,
        "versions": {int(one.version): [one.tags["candidate"], one.description] for one in versions},
        "aliases": client.get_registered_model("shared").aliases,
    }))
"""
"""Eight processes that register a model under one name, none of which was there before."""


def _at_once(script: str, uri: str, folder: Path) -> tuple[str, str]:
    """Returns what a script says of its processes in a store, and what they complained of."""
    command = [sys.executable, "-c", script, uri]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    return done.stdout.strip(), done.stderr


@pytest.fixture(scope="session")
def eight_at_once() -> Callable[[str, Path], tuple[str, str]]:
    """Eight first runs at once in a store, from a folder: their exit codes, and what they complained of."""
    return partial(_at_once, AT_ONCE)


@pytest.fixture(scope="session")
def eight_register(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """Eight that register at once in a store: their exit codes, the versions and the aliases."""

    def register(uri: str) -> dict[str, Any]:
        said, complaints = _at_once(REGISTER_AT_ONCE, uri, tmp_path_factory.mktemp("register"))
        assert said, complaints
        return json.loads(said.splitlines()[-1])

    return register
