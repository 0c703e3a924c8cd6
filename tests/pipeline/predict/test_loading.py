"""What answers is loaded, and nothing else: TensorFlow only for a net, and then without its greeting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
QUIET = "TF_CPP_MIN_LOG_LEVEL"  # of the tests, which say themselves how much is to be heard
ASKED = """
import sys
from pipeline.predict import main
assert main(sys.argv[1:]) == 0
print("tensorflow" in sys.modules)
"""


@pytest.mark.parametrize(("model", "loaded"), [("linear", False), ("net", True)])
def test_tensorflow_is_loaded_for_a_net_and_says_nothing(model, loaded, store, table, tmp_path):
    table[:2].to_csv(tmp_path / "rows.csv", index=False)
    arguments = [store.models[model], "rows.csv", "-o", "scored.csv", "--tracking-uri", store.uri]
    done = subprocess.run(
        [sys.executable, "-c", ASKED, *arguments],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != QUIET} | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{loaded}\n"
    assert done.stderr.startswith("Rows scored: 2.\n")
