"""``chalktape ui``: which store it shows, and that no password is on the command line of its server."""

import subprocess

import pytest

from pipeline import ui


class Ended:
    """A server that ends at once."""

    def __init__(self, command, env):
        self.command, self.env = command, env
        Ended.last = self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def wait(self):
        """Returns the exit code."""
        return 0


@pytest.mark.parametrize(
    ("asked", "environment", "shown"),
    [
        (["--tracking-uri", "http://me:secret@there"], "sqlite:////elsewhere.db", "http://me:secret@there"),
        ([], "sqlite:////elsewhere.db", "sqlite:////elsewhere.db"),
        ([], None, "sqlite:///{folder}/mlruns/mlflow.db"),
        ([], "", "sqlite:///{folder}/mlruns/mlflow.db"),
    ],
)
def test_it_shows_the_store_that_was_asked_for(tmp_path, monkeypatch, capsys, asked, environment, shown):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "Popen", Ended)
    monkeypatch.setattr(ui, "_newest", lambda uri, port: "")
    if environment is None:
        monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    else:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", environment)
    assert ui.main(asked) == 0
    assert Ended.last.env["MLFLOW_BACKEND_STORE_URI"] == shown.format(folder=tmp_path)
    assert "secret" not in " ".join(Ended.last.command) + capsys.readouterr().out
