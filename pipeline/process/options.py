"""What the commands have in common: exit codes, the form of a usage error, and quiet libraries."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from models.checks import require

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

TRACKING_URI_HELP = (
    "MLflow store, sqlite:///FILE or http://SERVER (default: $MLFLOW_TRACKING_URI, else sqlite:///mlruns/mlflow.db)"
)


class Parser(argparse.ArgumentParser):
    """A parser that answers bad usage with one line."""

    def error(self, message: str) -> NoReturn:
        """Ends the program."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}. See --help.\n")


def complain(text: str) -> None:
    """Prints an error where errors go. Needs no library, so that bad input is answered at once."""
    print(text, file=sys.stderr)


def whole(least: int) -> Callable[[str], int]:
    """Returns the type of an option that is a whole number."""

    def convert(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"expected a whole number of {least} or more. Received: {text!r}")
        return int(text)

    return convert


def require_writable(command: str, option: str, path: Path) -> None:
    """Checks, before long work, that its result can be written.

    Raises:
        ValueError: The path is a folder, or in one that cannot be written.
    """
    folder = path.absolute().parent
    require(
        folder.is_dir() and os.access(folder, os.W_OK) and not path.is_dir(),
        command,
        f"a file in a folder that can be written for {option}",
        "Give another place.",
        path=str(path),
    )


def quieten_mlflow() -> None:
    """Keeps MLflow's own log lines and progress bars away from the user."""
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


def import_tensorflow_quietly() -> None:
    """Keeps TensorFlow's log lines away from the user.

    It writes its greeting straight to file descriptor 2 while it is imported, whatever its log level is.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    original = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        import tensorflow  # noqa: F401
    finally:
        os.dup2(original, 2)
        os.close(original)
