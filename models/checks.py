"""Errors have one form here: *owner: expected what. Received: name=value. What to do.* This is where it is made."""

import difflib
from collections.abc import Iterable
from typing import Any, get_args


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


def require_one_of(owner: str, name: str, value: str, choices: Any) -> None:
    """Checks a value against the alternatives of a ``Literal``.

    Raises:
        ValueError: It is none of them; the closest one is named.
    """
    known = get_args(choices)
    require(value in known, owner, f"a known {name}", closest(str(value), known), **{name: value})


def require_name(owner: str, name: str) -> None:
    """Checks a name: it becomes an MLflow run, the prefix of metrics and a file name.

    Raises:
        ValueError: It has other characters.
    """
    legal = name.isascii() and name.replace("_", "").isalnum() and name == name.lower()
    require(legal, owner, "a name of lower-case letters, digits and underscores", "Rename it.", name=name)
