"""Where and from what a run was made: the record that lets another machine repeat it."""

import hashlib
import os
import platform
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

VERSION = "0.2.0"
"""Of this code; also where it is a clone that nobody has installed."""

_PACKAGES = ("tensorflow", "keras", "tensorflow-datasets", "numpy", "scipy", "pandas", "scikit-learn", "mlflow")

_ROOMS_THAT_DECIDE = ("models", "experiments/language", "pipeline/data", "pipeline/training", "pipeline/scoring")


def versions() -> dict[str, str]:
    """Returns the versions of Python, of this code and of the packages that decide a result."""
    return {"python": platform.python_version(), "chalktape": VERSION, **_packages()}


@cache
def _packages() -> dict[str, str]:
    """Returns versions as they were when the first was asked for: what is loaded stays, whatever is installed since."""
    from importlib import metadata  # it brings the reader of mails, which no command needs to tell its usage

    return {name: metadata.version(name) for name in _PACKAGES}


@cache
def code_sha256() -> str:
    """Returns a digest of all files of this program that decide what comes out of a training."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for room in _ROOMS_THAT_DECIDE:
        for file in sorted((root / room).rglob("*.py")):
            digest.update(hashlib.sha256(file.relative_to(root).as_posix().encode()).digest())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def switches() -> dict[str, str]:
    """Returns the environment's switches that change the last bits of a training."""
    of_tensorflow = ("TF_ENABLE_ONEDNN_OPTS", "TF_XLA_FLAGS", "TF_NUM_INTRAOP_THREADS", "TF_DETERMINISTIC_OPS")
    names = (*of_tensorflow, "NVIDIA_TF32_OVERRIDE", "XLA_FLAGS", "ONEDNN_MAX_CPU_ISA", "NPY_DISABLE_CPU_FEATURES")
    return {name: os.environ[name] for name in names if name in os.environ}


def machine() -> dict[str, Any]:
    """Returns what decides the last bits of a result besides versions: processor, threads, switches."""
    from models.engine.ways import vectors  # it brings NumPy, which no command needs to tell its usage

    switches = ("TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "vectors": vectors(),
        "cores": os.cpu_count(),
        "environment": {name: os.environ[name] for name in switches if name in os.environ},
    }


def git_commit() -> str | None:
    """Returns the commit of this code, marked ``-dirty`` when files differ from it; ``None`` outside a checkout.

    A repository further up, in whose environment this code is installed, is not ours.
    """
    root = Path(__file__).resolve().parents[2]
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"],
            cwd=root,
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(root.parent)},
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def is_changed() -> bool:
    """Returns whether files of this code differ from its commit: no commit then repeats what they do."""
    return (git_commit() or "").endswith("-dirty")
