"""The way from the shell into a command and out of it again: signals, closed pipes, terminals of few letters."""

import codecs
import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.process.options import CLOSED, INTERRUPTED, complain

_INSTEAD = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u00a0": " ", "\u202f": " "})
_INSTEAD |= str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2192": "->", "\u2265": ">="})
_ENDING = ("SIGTERM", "SIGHUP")


def through(command: Callable[[], int]) -> int:
    """Runs a command for the shell and returns its exit code.

    What asks it to end does so orderly, a reader that goes away ends it without a word, and a letter that the output
    cannot show is replaced.
    """
    be_readable()
    with _asked_to_end():
        try:
            return _flushed(command)
        except BrokenPipeError:
            leave()
            return CLOSED
        except KeyboardInterrupt:
            complain("Interrupted.")
            return INTERRUPTED
        finally:
            gc.freeze()  # the process ends: to look through all that was loaded once more takes as long as to load it


@contextmanager
def loading() -> Iterator[None]:
    """Loads libraries without looking for garbage meanwhile: of a million objects that they make hardly any is.

    Python would look through all of them again and again, for a fifth of the time that loading takes. Nor are they
    looked through later on: what is loaded stays until the process ends.
    """
    looks = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looks:
            gc.freeze()
            gc.enable()


def be_readable() -> None:
    """Lets output replace letters that it cannot show, instead of ending what is told."""
    codecs.register_error("chalktape", _like_it)
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", "") == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="chalktape")


def leave() -> None:
    """Lets what is still to be told go nowhere: nobody reads it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):  # a stream without a file, as in a notebook
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _flushed(command: Callable[[], int]) -> int:
    """What is still in the buffer meets the closed pipe here, and not behind all handlers."""
    try:
        return command()
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()


def _like_it(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    like = error.object[error.start : error.end].translate(_INSTEAD)
    return "".join(sign if sign.isascii() else "?" for sign in like), error.end


@contextmanager
def _asked_to_end() -> Iterator[None]:
    """Treats a scheduler's or a closing terminal's signal as Ctrl-C: temporary files are removed on the way out."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:  # whoever ignores one, as nohup does, is heeded
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
