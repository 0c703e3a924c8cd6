"""A run says that it lives before it loads what takes seconds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "matplotlib", "sklearn", "keras", "mlflow", "rich")

NO_TENSORFLOW = f"""
import os, sys
os.write(1, " ".join(name for name in {HEAVY} if name in sys.modules).encode() + b"|")
sys.stdout.flush()
os._exit(9)
"""
"""Instead of TensorFlow: tells what was loaded before it, and ends where loading would begin."""


def begun(arguments, place, *, reads=True):
    """What the command told before TensorFlow was loaded, after what else was loaded by then."""
    (place / "tensorflow.py").write_text(NO_TENSORFLOW)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(place), str(ROOT)])}
    command = [sys.executable, "-m", *arguments]
    with subprocess.Popen(command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as begun:
        if not reads:
            begun.stdout.close()
        told = begun.stdout.read().decode() if reads else ""
        assert begun.wait(timeout=60) == 9, begun.stderr.read().decode()
        assert begun.stderr.read() == b""
    return told


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["pipeline.run"], "lecture, iris, digits, mnist, bankruptcy"),
        (["pipeline.run", "iris", "digits", "--folds", "5"], "iris, digits"),
        (["chalktape", "run", "lecture"], "lecture"),
    ],
)
def test_the_first_line_comes_before_all_that_takes_seconds(arguments, names, tmp_path):
    first = f"Runs {names}, once TensorFlow, scikit-learn and MLflow are loaded.\n"
    assert begun(arguments, tmp_path) == f"{first}|"


def test_a_quiet_run_says_nothing(tmp_path):
    assert begun(["pipeline.run", "iris", "--quiet"], tmp_path) == "|"


def test_a_reader_that_went_away_does_not_end_the_run(tmp_path):
    assert begun(["pipeline.run", "iris"], tmp_path, reads=False) == ""  # and it came to where loading would begin
