"""What the commands have in common: exit codes, the form of a usage error, and quiet libraries."""

import argparse
import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from models.checks import nearest, require

DONE, FAILED, BAD_INPUT, STORE_GONE, INTERRUPTED, CLOSED = 0, 1, 2, 75, 130, 141
"""As shells have them: 75 says that it is worth another try, 141 is 128 and the number of SIGPIPE."""
NOT_PASSED, ANOTHER_CHAMPION, MOVED = 3, 4, 5
"""Done, and what was asked to be told: no champion passed its gate, another one is served, a repetition differs."""

MOST_FOLDS, MOST_EPOCHS, MOST_WORKERS, MOST_SEED = 10_000, 10_000_000, 10_000, 100_000_000
"""What may be asked for; seeds of folds within folds are multiples of the one that is given, and have 32 bits."""

_MOST_DIGITS = 18

TRACKING_URI_HELP = (
    "MLflow store, sqlite:///FILE or http://SERVER (default: $MLFLOW_TRACKING_URI, else sqlite:///mlruns/mlflow.db)"
)

_USUAL = {
    DONE: "done",
    FAILED: "failed while running",
    BAD_INPUT: "bad usage or input",
    INTERRUPTED: "interrupted",
    CLOSED: "nobody reads",
}


def exit_codes(own: Mapping[int, str] = MappingProxyType({})) -> str:
    """Returns what a command's help tells of its exit codes.

    Args:
        own: Exit code -> what it says, of those that other commands do not have or that say something else.

    Example:
        >>> exit_codes({DONE: "all is logged"})
        'Exit codes: 0 all is logged, 1 failed while running, 2 bad usage or input, 130 interrupted, 141 nobody reads.'
    """
    told = sorted((_USUAL | dict(own)).items())
    return f"Exit codes: {', '.join(f'{code} {words}' for code, words in told)}."


class Parser(argparse.ArgumentParser):
    """A parser that answers bad usage with one line, and a misspelt option with the one that is probably meant."""

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Returns the options; what is none ends the program."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}{self._meant(unknown[0])}")
        return options

    def error(self, message: str) -> NoReturn:
        """Ends the program."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}{'' if message.endswith('?') else '.'} See --help.\n")

    def _meant(self, unknown: str) -> str:
        known = nearest(unknown.partition("=")[0], self._option_string_actions) if unknown.startswith("--") else None
        return f". Did you mean {known}?" if known else ""


def complain(text: str) -> None:
    """Prints an error where errors go. Needs no library, so that bad input is answered at once."""
    print(text, file=sys.stderr)


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Returns the type of an option that is a whole number.

    Args:
        least: That it may be.
        most: Likewise; more would only be found out by a machine that is stuck.
    """
    bounds = f"{least} or more" if most is None else f"{least} to {most}"

    def convert(text: str) -> int:
        plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
        if not (plain and least <= int(text) <= (most or int(text))):
            told = text if len(text) <= _MOST_DIGITS else f"{text[:_MOST_DIGITS]}..."
            raise argparse.ArgumentTypeError(f"expected a whole number of {bounds}. Received: {told!r}")
        return int(text)

    return convert


def require_writable(command: str, option: str, path: Path) -> None:
    """Checks, before long work, that its result can be written.

    Raises:
        ValueError: The path is a folder, in one that cannot be written, a file of several names, or a thing that
            nothing can be written to row by row.
    """
    if is_stream(path):
        allowed, expected = os.access(path, os.W_OK), "a device or a pipe that can be written"
        require(allowed, command, f"{expected} for {option}", "Give another.", path=str(path))
        return
    target = path.resolve()  # what a link points to is written, and the link stays
    folder = target.parent
    plain = target.is_file() or not target.exists()
    require(
        folder.is_dir() and os.access(folder, os.W_OK) and plain,
        command,
        f"a file in a folder that can be written for {option}",
        "Give another place.",
        path=str(path),
    )
    n_names = target.stat().st_nlink if target.exists() else 1
    remedy = "Its other names would keep what it was before: remove this one first, or give another."
    require(n_names == 1, command, f"a file of one name for {option}", remedy, path=str(path), names=n_names)


def is_stream(path: Path) -> bool:
    """Returns whether a path is a device of letters or a pipe: written to as it comes, and never replaced."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)


def quieten_mlflow() -> None:
    """Keeps MLflow's own log lines and progress bars away from the user."""
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
