"""A candidate's declaration as text, and back: what was tried once can be tried again, by another process, another day.

All fields are written, those as by default, too: a default that changes later changes nothing that was written before.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from experiments.language.candidate import Candidate
from experiments.language.declaration import Declaration
from models.checks import require, require_known

_CLASS, _FIELDS, _MAPPING = "class", "fields", "mapping"


def written(candidate: Candidate) -> str:
    """Returns a candidate as JSON.

    Raises:
        ValueError: Something in it is no plain value, such as a function.

    Example:
        >>> from experiments.language import Baseline
        >>> stump = Baseline(name="stump", algorithm="decision_tree", settings={"max_depth": 1})
        >>> read(written(stump)) == stump
        True
    """
    return json.dumps(_plain(candidate))


def read(text: str) -> Candidate:
    """Returns the candidate that was written, checked as if it were declared here.

    Raises:
        ValueError: It is no such text, or this program has no such class or field.
    """
    try:
        candidate = _declared(json.loads(text))
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"read: expected a candidate as it was written. {type(error).__name__}: {error}") from error
    remedy = "Write one with written()."
    require(isinstance(candidate, Candidate), "read", "a candidate", remedy, received=type(candidate).__name__)
    return candidate  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if isinstance(value, Declaration):
        return {_CLASS: type(value).__name__, _FIELDS: {f.name: _plain(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, Mapping):
        return {_MAPPING: [[_plain(name), _plain(item)] for name, item in value.items()]}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    plain = value is None or isinstance(value, str | int | float)
    require(plain, "written", "plain values", "What is no text and no number cannot be read again.", value=value)
    return value


def _declared(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_declared(item) for item in value)
    if not isinstance(value, dict):
        return value
    if _MAPPING in value:
        return {name: _declared(item) for name, item in value[_MAPPING]}
    known = {one.__name__: one for one in _classes(Declaration)}
    require_known("read", "declaration", value[_CLASS], known)
    return known[value[_CLASS]](**{name: _declared(item) for name, item in value[_FIELDS].items()})


def _classes(declared: type[Declaration]) -> Iterator[type[Declaration]]:
    """Yields all classes below one, those that somebody else declares, too."""
    for own in declared.__subclasses__():
        yield own
        yield from _classes(own)
