"""A command ends in one way, whoever reads what it says and whatever its terminal can show."""

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.process import door, interrupts
from pipeline.telling.terminal import Terminal

ROOT = Path(__file__).parents[3]
SAYS = """
from pipeline.telling.terminal import Terminal
for _ in range(3):
    Terminal().say('difference \u2212\u00a00.0995, é')
"""


def started(arguments, *, cwd, **environment):
    """A process of its own: what Python does while it ends is looked at, too."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "PYTHONIO", "LC_"))}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def unread(arguments, cwd, **environment):
    """Exit code and complaints of a program whose reader has gone before it says a word."""
    process = started(arguments, cwd=cwd, PYTHONUNBUFFERED="", **environment)
    process.stdout.close()
    with process:
        return process.wait(timeout=100), process.stderr.read().decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["--help"],
        [],
        ["--version"],
        ["run", "--help"],
        ["run", "--list"],
        ["show", "--help"],
        ["predict", "--help"],
        ["ui", "--help"],
    ],
    ids=" ".join,
)
def test_a_reader_that_goes_away_ends_a_command_without_a_word(arguments, tmp_path):
    assert unread(["-m", "chalktape", *arguments], tmp_path) == (door.CLOSED, "")


@pytest.mark.parametrize("module", ["pipeline.run", "pipeline.predict", "pipeline.ui"])
def test_so_does_each_module(module, tmp_path):
    assert unread(["-m", module, "--help"], tmp_path) == (door.CLOSED, "")


def test_what_is_run_goes_on_when_nobody_reads(tmp_path):
    code = f"import pathlib\n{SAYS}\npathlib.Path('done').touch()"
    assert unread(["-c", code], tmp_path) == (0, "")
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("cp1252", "difference -\u00a00.0995, é".encode("cp1252")),
        ("latin-1", "difference -\u00a00.0995, é".encode("latin-1")),
        ("ascii", b"difference - 0.0995, ?"),
        ("utf-8", "difference \u2212\u00a00.0995, é".encode()),
    ],
)
def test_what_the_output_cannot_show_is_replaced_and_ends_nothing(encoding, told, tmp_path):
    with started(["-c", SAYS], cwd=tmp_path, PYTHONIOENCODING=encoding) as process:
        output, errors = process.communicate(timeout=100)
    assert (process.returncode, errors) == (0, b"")
    assert output.splitlines() == [told] * 3


def test_the_list_is_told_in_ascii_too(tmp_path):
    with started(["-m", "chalktape", "list"], cwd=tmp_path, PYTHONIOENCODING="ascii") as process:
        output, errors = process.communicate(timeout=100)
    assert (process.returncode, errors) == (0, b"")
    assert b"lecture" in output


WRITES = """
import sys, time
from pathlib import Path
from pipeline.process.door import through
from pipeline.telling.files import whole

def write():
    with whole(Path("scored.csv")) as file:
        file.write("half")
        Path("ready").touch()
        time.sleep(60)
    return 0

sys.exit(through(write))
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_who_is_asked_to_end_leaves_no_half_files(how, tmp_path):
    with started(["-c", WRITES], cwd=tmp_path) as process:
        while not (tmp_path / "ready").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(how)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, b"Interrupted.\n")
    assert [file.name for file in tmp_path.iterdir()] == ["ready"]


def test_a_signal_that_is_ignored_stays_so_and_all_come_back():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        seen = []
        door.through(lambda: seen.append(signal.getsignal(signal.SIGHUP)) or 0)
        with interrupts.orderly():
            seen.append(signal.getsignal(signal.SIGHUP))
        assert seen == [signal.SIG_IGN] * 2
        handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
        assert door.through(lambda: 7) == 7
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == handlers
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("capfd")
def test_a_terminal_may_be_made_where_output_is_no_file():
    Terminal().say("seen")


def test_while_libraries_are_loaded_nobody_looks_for_garbage_and_behind_it_as_before():
    with door.loading():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    try:
        with door.loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_was_loaded_is_not_looked_through_again():
    before = gc.get_freeze_count()
    try:
        with door.loading():
            loaded = [[number] for number in range(1000)]
        assert gc.get_freeze_count() >= before + len(loaded)
        assert not any(item is loaded for item in gc.get_objects())
    finally:
        gc.unfreeze()
