"""Ctrl-C, a scheduler's SIGTERM, a terminal that closes: none is lost, and none strikes while the store is written.

Python raises ``KeyboardInterrupt`` wherever the program happens to be. In a callback of the garbage collector, of which
TensorFlow has many, it is printed and forgotten; in the middle of a commit it leaves the database locked. So what was
asked is also noted, it waits while something is written, and whoever tells progress asks for it.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_OF_TERMINALS = ("SIGHUP",)
"""Asked for by a terminal that closes, where there are such; `nohup` lets them be ignored."""


class _State:
    """Of the process, as signals are."""

    asked = False
    n_writers = 0


@contextmanager
def orderly() -> Iterator[None]:
    """Treats all signals alike while a command runs; what treated them before returns afterwards."""
    _State.asked, _State.n_writers = False, 0
    closing = [getattr(signal, name) for name in _OF_TERMINALS if hasattr(signal, name)]
    heeded = [*_SIGNALS, *(number for number in closing if signal.getsignal(number) is not signal.SIG_IGN)]
    before = {number: signal.signal(number, _on_signal) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def held_back() -> Iterator[None]:
    """Lets a first signal wait until progress is told next; a second one strikes at once, for who cannot wait."""
    _State.n_writers += 1
    try:
        yield
    finally:
        _State.n_writers -= 1


def check() -> None:
    """Raises what was held back, or lost.

    Raises:
        KeyboardInterrupt: An end was asked for.
    """
    if _State.asked:
        raise KeyboardInterrupt


def asked() -> bool:
    """Returns whether an end was asked for, whatever a library made of the exception since."""
    return _State.asked


def _on_signal(number: int, frame: FrameType | None) -> None:
    waits = _State.n_writers > 0 and not _State.asked
    _State.asked = True
    if not waits:
        raise KeyboardInterrupt
