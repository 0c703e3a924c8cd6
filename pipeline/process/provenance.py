"""Where and from what a run was made: the record that lets another machine repeat it."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = ("tensorflow", "keras", "tensorflow-datasets", "numpy", "scipy", "pandas", "scikit-learn", "mlflow")


def versions() -> dict[str, str]:
    """Returns the versions of Python and of the packages that decide a result."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _PACKAGES}}


def machine() -> dict[str, Any]:
    """Returns what decides the last bits of a result besides versions: processor, threads, switches."""
    switches = ("TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "environment": {name: os.environ[name] for name in switches if name in os.environ},
    }


def git_commit() -> str | None:
    """Returns the commit of this code, marked ``-dirty`` when files differ from it; ``None`` outside a checkout."""
    here = Path(__file__).parent
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
