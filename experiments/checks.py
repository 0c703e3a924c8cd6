"""Errors have one form here: *owner: expected what. Received: name=value. What to do.* This is where it is made."""

import difflib
from collections.abc import Iterable
from typing import Any


def require(condition: bool, owner: str, expected: str, remedy: str, **received: Any) -> None:
    """Raises the project's one form of error unless ``condition`` holds.

    Args:
        condition: What must be true.
        owner: Who asks: a class, a stage or a file.
        expected: What was expected, continuing "expected".
        remedy: What to do, a whole sentence.
        **received: The offending values by name.

    Raises:
        ValueError: *owner: expected what. Received: name=value. What to do.*
    """
    if not condition:
        values = ", ".join(f"{name}={value!r}" for name, value in received.items())
        raise ValueError(f"{owner}: expected {expected}. Received: {values}. {remedy}")


def closest(name: str, known: Iterable[str]) -> str:
    """Returns the remedy for an unknown name: the closest known one, or all of them.

    Example:
        >>> closest("irsi", ["iris", "mnist"])
        "Did you mean 'iris'?"
        >>> closest("zzz", ["iris", "mnist"])
        'Known: iris, mnist.'
    """
    known = list(known)
    match = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"Did you mean {match[0]!r}?" if match else f"Known: {', '.join(known)}."
