"""Errors have one form here: *owner: expected what. Received: name=value. What to do.* This is where it is made."""

import difflib
import importlib.util
import shlex
from collections.abc import Iterable
from numbers import Integral
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
        raise ValueError(mistake(owner, expected, remedy, **received))


def mistake(owner: str, expected: str, remedy: str, **received: Any) -> str:
    """Returns the one form of error as text, for whoever gathers several.

    Example:
        >>> mistake("Training", "epochs of 1 or more", "Train at least once.", epochs=0)
        'Training: expected epochs of 1 or more. Received: epochs=0. Train at least once.'
    """
    values = ", ".join(f"{name}={value!r}" for name, value in received.items())
    return f"{owner}: expected {expected}. Received: {values}. {remedy}"


def option(name: str, value: str) -> str:
    """Returns an option of the command as it can be pasted into a shell.

    Example:
        >>> option("kind", "sepal length (cm)=category")
        "--kind 'sepal length (cm)=category'"
    """
    return f"--{name} {shlex.quote(value)}"


def closest(name: str, known: Iterable[str]) -> str:
    """Returns the remedy for an unknown name: the closest known one, or all of them.

    Example:
        >>> closest("irsi", ["iris", "mnist"])
        "Did you mean 'iris'?"
        >>> closest("zzz", ["iris", "mnist"])
        'Known: iris, mnist.'
    """
    known = list(known)
    match = nearest(name, known)
    return f"Did you mean {match!r}?" if match else f"Known: {', '.join(known)}."


def renamed(name: str, spare: Iterable[str]) -> str:
    """Returns the remedy for a column that is missing: one that serves for nothing and is called nearly the same.

    Among columns many names are a little alike, and a wrong advice would be followed.

    Args:
        name: Of the missing column.
        spare: Columns that are there and serve for nothing.

    Example:
        >>> renamed("Age", ["age_", "income"])
        "Did you mean 'age_'?"
        >>> renamed("source", ["outcome"])
        'Add it, or rename what it is called now.'
    """
    close = {one.lower(): one for one in spare}
    match = next(iter(difflib.get_close_matches(name.lower(), list(close), n=1, cutoff=0.7)), None)
    return f"Did you mean {close[match]!r}?" if match else "Add it, or rename what it is called now."


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Returns the known name that a misspelt one probably means, or ``None``."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), None)


def require_known(owner: str, name: str, value: Any, known: Iterable[str]) -> None:
    """Checks that a value is among the known names.

    Raises:
        ValueError: It is none of them; the closest one is named.

    Example:
        >>> require_known("Training", "optimizer", "adma", ["sgd", "adam"])
        Traceback (most recent call last):
        ...
        ValueError: Training: expected a known optimizer. Received: optimizer='adma'. Did you mean 'adam'?
    """
    known = list(known)
    if value not in known:  # looking for the closest name takes longer than many a caller's own work
        raise ValueError(mistake(owner, f"a known {name}", closest(str(value), known), **{name: value}))


def require_one_of(owner: str, name: str, value: Any, choices: Any) -> None:
    """Checks a value against the alternatives of a ``Literal``.

    Raises:
        ValueError: It is none of them; the closest one is named.
    """
    require_known(owner, name, value, get_args(choices))


def require_whole(owner: str, name: str, value: Any, least: int) -> None:
    """Checks a number that counts something.

    Raises:
        ValueError: It is not whole, or too small.

    Example:
        >>> require_whole("train", "epochs", 0, 1)
        Traceback (most recent call last):
        ...
        ValueError: train: expected epochs as a whole number of 1 or more. Received: epochs=0. Give one.
    """
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    least_form = f"{name} as a whole number of {least} or more"
    require(is_whole and value >= least, owner, least_form, "Give one.", **{name: value})


def require_new(owner: str, name: str, value: str, taken: Iterable[str]) -> None:
    """Checks that a name is not yet taken in a table.

    Raises:
        ValueError: It is; what it names would change under those who use it.
    """
    taken = list(taken)
    require(value not in taken, owner, f"a {name} that is not taken", "Choose another name.", **{name: value})


def require_name(owner: str, name: str) -> None:
    """Checks a name: it becomes an MLflow run, the prefix of metrics and a file name.

    Raises:
        ValueError: It has other characters.
    """
    legal = name.isascii() and name.replace("_", "").isalnum() and name == name.lower()
    require(legal, owner, "a name of lower-case letters, digits and underscores", "Rename it.", name=name)


def is_installed(library: str) -> bool:
    """Returns whether a library can be imported, without importing it.

    Example:
        >>> is_installed("math"), is_installed("no_such_library")
        (True, False)
    """
    return importlib.util.find_spec(library) is not None


def require_installed(owner: str, library: str, extra: str = "boosting") -> None:
    """Checks that a library that need not be there is.

    Args:
        owner: Who needs it.
        library: The name under which it is imported.
        extra: The part of this program's packages that brings it.

    Raises:
        ValueError: It is not; how to install it is said.

    Example:
        >>> require_installed("baselines", "no_such_library")
        Traceback (most recent call last):
        ...
        ValueError: baselines: expected a library that is installed. Received: library='no_such_library'.
        Call: pip install 'chalktape[boosting]'.
    """
    remedy = f"Call: pip install 'chalktape[{extra}]'."
    require(is_installed(library), owner, "a library that is installed", remedy, library=library)
