"""Of which state of the program a section was counted: the commit that last changed what is counted."""

import os
import subprocess
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_COUNTED = (
    "benchmarks/coverage",
    "experiments/language",
    "models/prediction_interval.py",
    "pipeline/comparison/champion.py",
    "pipeline/comparison/verdict.py",
    "pipeline/data/forward.py",
    "pipeline/data/split.py",
    "pipeline/data/task.py",
    "pipeline/data/values.py",
    "pipeline/scoring",
    "pipeline/words/numbers.py",
)
_WHOLE = ("benchmarks/coverage", "experiments", "models", "pipeline")
"""What whole runs go through, which are counted in minutes."""
_TOLD = (  # what words and the page say of it changes nothing that is counted
    "benchmarks/coverage/__main__.py",
    "benchmarks/coverage/goals.py",
    "benchmarks/coverage/page.py",
    "benchmarks/coverage/state.py",
    "benchmarks/coverage/told.py",
    "experiments/language/chosen.py",
    "pipeline/scoring/captions.py",
)


def state(part: str, root: Path = _ROOT) -> str:
    """Returns the commit, with a plus where files have changed since; nothing without git.

    Args:
        part: Name of a section.
        root: Of the checkout.
    """
    of = ["--", *(_WHOLE if part == "runs" else _COUNTED), *(f":!{path}" for path in _TOLD)]
    commit = _git(root, "log", "-1", "--format=%h", "--abbrev=7", *of)
    return f"{commit}+" if commit and _git(root, "status", "--porcelain", *of) else commit


def _git(root: Path, *arguments: str) -> str:
    here = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}  # a hook's is another
    try:
        found = subprocess.run(["git", *arguments], cwd=root, env=here, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found.stdout.strip()
