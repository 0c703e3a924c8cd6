"""Downloads against a server on this machine: whole or nothing, and never a hang."""

import hashlib
import http.server
import socket
import threading

import pytest

from pipeline.data.builders import mnist
from pipeline.data.builders.bankruptcy import Bankruptcy
from pipeline.data.download import TIMEOUT, fetch
from pipeline.data.sources import DataUnavailable

CONTENT = b"seventy thousand digits" * 1000
KNOWN = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the content, or half of it where the path says so."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if "missing" in self.path:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2] if "half" in self.path else CONTENT)

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        server.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_file_arrives_whole_and_alone(server, tmp_path):
    file = fetch("set.zip", urls=[f"{server.address}/set.zip"], known_hash=KNOWN, folder=tmp_path / "new" / "folder")
    assert file == tmp_path / "new" / "folder" / "set.zip"
    assert file.read_bytes() == CONTENT
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("path", "known_hash", "reason"),
    [
        ("half", KNOWN, "IncompleteRead"),
        ("other", f"md5:{'0' * 32}", "does not match the known hash"),
        ("missing", KNOWN, "404"),
    ],
    ids=["cut off", "wrong digest", "not there"],
)
def test_a_bad_download_is_told_and_leaves_nothing(path, known_hash, reason, server, tmp_path):
    with pytest.raises(DataUnavailable, match=reason) as caught:
        fetch("set.zip", urls=[f"{server.address}/{path}"], known_hash=known_hash, folder=tmp_path)
    assert f"{server.address}/{path}" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_next_mirror_serves_when_the_first_fails(server, tmp_path):
    urls = [f"{server.address}/{path}" for path in ("missing", "half", "whole", "unneeded")]
    assert fetch("set.zip", urls=urls, known_hash=KNOWN, folder=tmp_path).read_bytes() == CONTENT
    assert server.asked == ["/missing", "/half", "/whole"]


def test_a_server_that_never_answers_is_given_up_within_the_time_out(monkeypatch, tmp_path):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/set.zip"
        with pytest.raises(DataUnavailable, match="timed out"):
            fetch("set.zip", urls=[url], known_hash=KNOWN, folder=tmp_path, timeout=(0.5, 0.5))
    assert list(tmp_path.iterdir()) == []
    assert max(TIMEOUT) <= 10, "seconds"


def test_a_folder_that_cannot_be_made_is_told(server, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(DataUnavailable, match=r"Not a directory|File exists"):
        fetch("set.zip", urls=[f"{server.address}/set.zip"], known_hash=KNOWN, folder=blocked / "folder")


def test_addresses_are_https():
    assert all(url.startswith("https://") for url in (*Bankruptcy.URLS, *mnist.Mnist.MIRRORS))


def test_mnist_fetches_only_what_is_missing(server, tmp_path, monkeypatch):
    md5 = hashlib.md5(CONTENT).hexdigest()
    monkeypatch.setattr(mnist, "FILES", {name: idx._replace(archive_md5=md5) for name, idx in mnist.FILES.items()})
    monkeypatch.setattr(mnist.Mnist, "MIRRORS", (f"{server.address}/missing", server.address))
    (tmp_path / "t10k-labels-idx1-ubyte").touch()
    mnist.Mnist.download(tmp_path)
    fetched = ["t10k-images-idx3-ubyte.gz", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]
    assert sorted(file.name for file in (tmp_path / "mnist").iterdir()) == fetched
    assert len(mnist.Mnist.locate(tmp_path)) == 4
