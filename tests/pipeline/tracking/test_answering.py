"""Servers that are silent, slow, damaged or something else: told within seconds, whatever they do."""

import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import mlflow
import pytest
from mlflow.exceptions import MlflowException

from pipeline.tracking import answering
from pipeline.tracking.answering import StoreGone, heeded, require_answer

OK = json.dumps({"experiments": []}).encode()


def answered(status: str, body: bytes, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


class Stub:
    """A server that answers one question as a store does, and everything else in its own way."""

    def __init__(self) -> None:
        self.mode = "well"
        self._server = socket.create_server(("127.0.0.1", 0))
        self.uri = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with closing(connection), connection:
            try:
                asked = connection.recv(65536)
                getattr(self, f"_{self.mode}")(connection, asked)
            except OSError:  # who asked has gone
                pass

    def _well(self, connection, asked) -> None:
        connection.sendall(answered("200 OK", OK))

    def _silent(self, connection, asked) -> None:
        time.sleep(30)

    def _trickles(self, connection, asked) -> None:
        for letter in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 3000:
            connection.sendall(bytes([letter]))
            time.sleep(0.2)

    def _fails(self, connection, asked) -> None:
        connection.sendall(answered("500 Oops", b"oops"))

    def _dies(self, connection, asked) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")

    def _is_no_web_server(self, connection, asked) -> None:
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    def _is_a_page(self, connection, asked) -> None:
        connection.sendall(answered("200 OK", b"<html></html>", "text/html"))

    def _knows_nothing(self, connection, asked) -> None:
        connection.sendall(answered("404 Not Found", b"nope"))

    def _lets_nobody_in(self, connection, asked) -> None:
        connection.sendall(answered("401 Unauthorized", b"who?"))

    def _only_health(self, connection, asked) -> None:
        if b"/health" not in asked:
            time.sleep(30)
        connection.sendall(answered("200 OK", b"OK", "text/plain"))


BAD = ("silent", "trickles", "fails", "dies", "is_no_web_server", "is_a_page", "knows_nothing", "only_health")


@pytest.fixture
def stub(monkeypatch):
    for name, value in {"TIMEOUT": "1", "MAX_RETRIES": "1", "BACKOFF_FACTOR": "0"}.items():
        monkeypatch.setenv(f"MLFLOW_HTTP_REQUEST_{name}", value)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    monkeypatch.setattr(answering, "SECONDS_TO_ANSWER", 0.7)
    monkeypatch.setattr(answering, "_SECONDS_BETWEEN", 0.5)
    monkeypatch.setattr(answering, "_SECONDS_TO_READ", 0.4)
    monkeypatch.setattr(answering._State, "gone", None)
    before = mlflow.get_tracking_uri()
    server = Stub()
    mlflow.set_tracking_uri(server.uri)
    yield server
    server.close()
    mlflow.set_tracking_uri(before)


def test_one_that_answers_is_taken(stub):
    require_answer(stub.uri)
    require_answer(f"{stub.uri}/")


@pytest.mark.parametrize("mode", [*BAD, "lets_nobody_in"])
def test_one_that_does_not_is_told_in_one_line_and_in_time(stub, mode):
    stub.mode = mode
    begun = time.monotonic()
    with pytest.raises(ValueError, match=r"tracking: expected a server that answers within 0\.7 seconds") as refused:
        require_answer(stub.uri)
    assert time.monotonic() - begun < 5
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 500
    assert ("does not let in" in str(refused.value)) == (mode == "lets_nobody_in")


def ask():
    with heeded():
        mlflow.MlflowClient().search_experiments()


@pytest.mark.parametrize("mode", ["silent", "trickles", "fails", "dies"])
def test_one_that_goes_away_later_is_told_and_then_at_once(stub, mode):
    require_answer(stub.uri)
    ask()
    stub.mode = mode
    begun = time.monotonic()
    with pytest.raises(StoreGone, match=r"tracking: expected a server that answers\. .* What was trained is kept\."):
        ask()
    assert time.monotonic() - begun < 8
    again = time.monotonic()
    with pytest.raises(StoreGone):
        ask()
    assert time.monotonic() - again < 0.1
    stub.mode = "well"
    require_answer(stub.uri)
    ask()


def test_a_call_that_takes_long_is_not_ended_while_the_server_answers(stub):
    with heeded():
        time.sleep(1.5)  # as many bytes may


def test_a_call_that_holds_what_the_question_needs_is_not_taken_for_silence(stub, monkeypatch):
    held = threading.Lock()  # as an import holds its module, which clients of a server import, too
    ask_web = answering._ask_web

    def ask_with_it(uri):
        with held:
            return ask_web(uri)

    monkeypatch.setattr(answering, "_ask_web", ask_with_it)
    with heeded():
        with held:
            time.sleep(0.8)  # a question begins after 0.5, and is given up 0.7 later
        time.sleep(1)


@contextmanager
def ending(server):
    try:
        yield
    finally:
        server.kill()


ELSEWHERE = """
import socket, time
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    connection.recv(65536)
    time.sleep(0.3)
    connection.sendall({answer!r})
    connection.close()
"""


def test_a_call_that_lets_no_thread_run_is_not_taken_for_silence(stub, monkeypatch):
    """As one call of a library may: the answer of a server elsewhere lies there, and nobody can read it."""
    monkeypatch.setattr(answering, "_SECONDS_TO_READ", 5)
    begun = time.monotonic()
    sum(range(3_000_000))
    numbers = int(3_000_000 * 1.6 / (time.monotonic() - begun))
    told = ELSEWHERE.format(answer=answered("200 OK", OK))
    with subprocess.Popen([sys.executable, "-c", told], stdout=subprocess.PIPE, text=True) as server, ending(server):
        mlflow.set_tracking_uri(f"http://127.0.0.1:{server.stdout.readline().strip()}")
        with heeded():
            time.sleep(0.6)  # a question is on its way since 0.5
            sum(range(numbers))
            time.sleep(0.6)


def test_an_error_that_is_not_the_servers_stays_what_it_is(stub):
    with pytest.raises(MlflowException), heeded():
        raise MlflowException.invalid_parameter_value("a name that is too long")
    ask()


def test_the_timer_and_its_handler_are_as_before(stub):
    before = signal.getsignal(signal.SIGALRM)
    ask()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_another_thread_limits_of_sockets_hold(stub):
    stub.mode, said = "silent", []

    def asking():
        try:
            ask()
        except StoreGone as error:
            said.append(error)

    thread = threading.Thread(target=asking)
    thread.start()
    thread.join(15)
    assert len(said) == 1


def test_no_library_tells_its_tries(stub, caplog):
    require_answer(stub.uri)
    assert logging.getLogger("urllib3").level == logging.ERROR
