"""One setting of a declaration, by its path: ``"l2"``, ``"training.learning_rate"``, ``"settings.C"``."""

import ast
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from experiments.language.declaration import Declaration
from models.checks import closest, require

_NO_SETTINGS = ("name", "reason", "chosen_on")


def with_setting(declaration: Any, path: str, value: Any, owner: str = "Search") -> Any:
    """Returns a copy of a declaration, or of a baseline's settings, with another value at the end of the path.

    Raises:
        ValueError: A path that leads nowhere, or a value that the declaration does not take.
    """
    if isinstance(declaration, Mapping):
        return {**declaration, path: value}
    head, rest = _divided(declaration, path, owner)
    return replace(
        declaration, **{head: with_setting(getattr(declaration, head), rest, value, owner) if rest else value}
    )


def setting(declaration: Any, path: str, owner: str = "Search") -> Any:
    """Returns the value at the end of a path; ``None`` for an argument that a baseline's settings leave out.

    Raises:
        ValueError: A path that leads nowhere.
    """
    if isinstance(declaration, Mapping):
        return declaration.get(path)
    head, rest = _divided(declaration, path, owner)
    return setting(getattr(declaration, head), rest, owner) if rest else getattr(declaration, head)


def read(text: str, current: Any) -> Any:
    """Returns a value as it is written on a command line: a number, True, False, None, else words.

    Args:
        text: As written; values of a tuple with commas between them.
        current: What it replaces, which tells a tuple.

    Example:
        >>> read("8,4", (30,)), read("0.001", 0.1), read("tanh", "sigmoid"), read("None", 5)
        ((8, 4), 0.001, 'tanh', None)
    """
    if isinstance(current, tuple):
        return tuple(read(each.strip(), None) for each in text.split(",") if each.strip())
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _divided(declaration: Any, path: str, owner: str) -> tuple[str, str]:
    """Returns the first name of a path and the rest of it."""
    head, _, rest = path.partition(".")
    known = [item.name for item in fields(declaration)] if isinstance(declaration, Declaration) else []
    settings = [name for name in known if name not in _NO_SETTINGS]
    remedy = "It changes nothing that is trained: take it out." if head in known else closest(head, settings)
    require(head in settings, owner, "the path of a setting", remedy, path=path)
    return head, rest
