"""Where and from what a run was made: our own commit, and versions that can be read anywhere."""

import subprocess
from importlib import metadata
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from pipeline.process import provenance


@pytest.fixture
def copied(tmp_path):
    """The same module elsewhere: a stranger's repository around the folder that it was installed in."""
    file = tmp_path / "stranger" / "installed" / "pipeline" / "process" / "provenance.py"
    file.parent.mkdir(parents=True)
    file.write_text(Path(provenance.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    spec = spec_from_file_location("copied", file)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    commit(tmp_path / "stranger")
    return module


def commit(folder):
    """Makes the folder a repository with one commit of all that lies in it, and returns the commit."""
    git = ["git", "-c", "user.name=someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    return head.stdout.strip()


def test_a_repository_further_up_is_not_ours(copied):
    assert copied.git_commit() is None
    assert not copied.is_changed()


def test_the_commit_is_the_clones_and_says_when_files_differ(copied):
    clone = Path(copied.__file__).parents[2]
    head = commit(clone)
    assert copied.git_commit() == head
    assert not copied.is_changed()
    Path(copied.__file__).write_text("", encoding="utf-8")
    assert copied.git_commit() == f"{head}-dirty"
    assert copied.is_changed()


def test_versions_are_those_that_are_installed_and_this_codes():
    told = provenance.versions()
    assert told["keras"] == metadata.version("keras")
    assert told["chalktape"] == provenance.VERSION
    assert told["python"].startswith("3.")
