"""Runs that were trained and could not be logged, because their server went away: logged once it is there again.

What was trained lies with the other groups; what is kept here is the command that trained it. It is carried out once
more, and nothing is trained: where something is missing, that is where the server went away.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from models.checks import require
from models.quietly import import_tensorflow_quietly
from pipeline.process.alone import alone
from pipeline.process.options import (
    BAD_INPUT,
    DONE,
    FAILED,
    TRACKING_URI_HELP,
    Parser,
    complain,
    exit_codes,
    quieten_mlflow,
)

FOLDER = Path("mlruns/pending")
LOGGED, LATER, REFUSED = "logged", "later", "refused"
"""What became of a run: it is in the store, the server went away again, or it cannot be done any more."""

Replay = Callable[["Waiting"], str]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A run that waits to be logged.

    Attributes:
        command: Its arguments, without the store.
        store: The store's address, without a password.
        since: When the server went away, in local time.
        why: What was said of it.
    """

    command: list[str]
    store: str
    since: str
    why: str


def keep(command: Sequence[str], store: str, why: str) -> None:
    """Keeps the command of a run that could not be logged."""
    from pipeline.telling.files import to_json, write

    since = time.strftime("%Y-%m-%d %H:%M:%S")
    waiting = Waiting(command=list(command), store=store, since=since, why=why)
    FOLDER.mkdir(parents=True, exist_ok=True)
    write(FOLDER / f"{time.time_ns()}-{os.getpid()}.json", to_json(asdict(waiting)))


def log_waiting(store: str, replay: Replay) -> int:
    """Logs what waits for a store that answers now, each by one process alone; returns how many could not be.

    Args:
        store: Its address, without a password.
        replay: Carries out a command without training, and says what became of it.
    """
    left = 0
    for file, waiting in list(_of(store)):
        with suppress(TimeoutError), alone(file):  # another command has begun with it
            if not file.exists():
                continue
            complain(f"Logging what was trained by {waiting.since}, when the store went away.")
            became = replay(waiting)
            if became == LOGGED:
                file.unlink()
            elif became == REFUSED:
                file.replace(file.with_suffix(".refused"))
                complain(f"It cannot be logged any more: {file.with_suffix('.refused')} has its command.")
            left += became != LOGGED
            if became == LATER:
                break
    return left


def main(arguments: Sequence[str], *, prog: str, replay: Replay) -> int:
    """Logs what waits for a store and returns the exit code: 0 all is logged, 1 not, 2 there is no such store."""
    options = _parser(prog).parse_args(arguments)
    quieten_mlflow()
    import_tensorflow_quietly()
    from pipeline.tracking.store import existing

    try:
        store = existing(options.tracking_uri)
        others = sorted({waiting.store for _, waiting in _records()} - {store})
        waits = any(True for _ in _of(store))
        remedy = "Give it with --tracking-uri, with its password if it has one."
        require(waits or not others, prog, "the store that runs wait for", remedy, waiting_for=others)
    except ValueError as error:
        complain(str(error))
        return BAD_INPUT
    if not waits:
        print("Nothing waits to be logged.")
        return DONE
    left = log_waiting(store, replay)
    if not left:
        print("Logged.")
    return FAILED if left else DONE


def _of(store: str) -> Iterator[tuple[Path, Waiting]]:
    yield from ((file, waiting) for file, waiting in _records() if waiting.store == store)


def _records() -> Iterator[tuple[Path, Waiting]]:
    """Yields what waits, the oldest first."""
    for file in sorted(FOLDER.glob("*.json")):
        with suppress(OSError, ValueError, TypeError):  # taken away by another command, or changed by hand
            yield file, Waiting(**json.loads(file.read_text(encoding="utf-8")))


def _parser(prog: str) -> Parser:
    parser = Parser(
        prog=prog,
        description="Logs what was trained when a tracking server went away, once it answers again; trains nothing. "
        "The next run does the same.",
        epilog=exit_codes(
            {DONE: "all is logged", FAILED: "something could not be", BAD_INPUT: "bad usage, no such store"}
        ),
        allow_abbrev=False,
    )
    parser.add_argument("--tracking-uri", metavar="URI", help=TRACKING_URI_HELP)
    return parser
