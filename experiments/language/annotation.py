"""Whether a value is what its annotation says, so that an annotation is a promise and not a remark.

Example:
    >>> fits((3, 5), tuple[int, ...]), fits((2.5,), tuple[int, ...]), fits([3], tuple[int, ...])
    (True, False, False)
    >>> told(tuple[int, ...])
    'a tuple of whole numbers'
"""

import math
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from models.checks import require, require_one_of

Unbounded = Annotated[float, "infinite, too"]
"""A number that may be infinite; ``float`` alone is a finite one."""

_ONE = {int: "a whole number", float: "a finite number", str: "text", bool: "True or False", NoneType: "None"}
_MANY = {int: "whole numbers", float: "finite numbers", str: "text", bool: "True or False"}
_EXAMPLES = {int: "3", float: "0.5", str: "'text'", bool: "True", Any: "1.0"}


def require_annotated(owner: str, name: str, value: Any, annotation: Any) -> None:
    """Checks a value against an annotation.

    Raises:
        ValueError: It is something else: ``True`` is no number, a list no tuple, NaN and infinity no ``float``.
    """
    if get_origin(annotation) is Literal:
        require_one_of(owner, name, value, annotation)
    if not fits(value, annotation):
        require(False, owner, f"{name} as {told(annotation)}", _remedy(annotation), **{name: value})


def fits(value: Any, annotation: Any) -> bool:
    """Returns whether a value is what an annotation says; an annotation that is not known here takes all."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return any(type(value) is type(choice) and value == choice for choice in arguments)
    if origin in (Union, UnionType):
        return any(fits(value, choice) for choice in arguments)
    if annotation == Unbounded:
        return _is_number(value) and not math.isnan(value)
    if origin is Annotated:
        return fits(value, arguments[0])
    if origin is tuple:
        return isinstance(value, tuple) and _fit_in_order(value, arguments)
    if origin is Mapping:
        keys, values = arguments
        return isinstance(value, Mapping) and all(fits(k, keys) and fits(v, values) for k, v in value.items())
    if annotation is float:
        return _is_number(value) and math.isfinite(value)
    if annotation is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return annotation is Any or not isinstance(annotation, type) or isinstance(value, annotation)


def told(annotation: Any) -> str:
    """Returns what an annotation asks for, in words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(map(repr, arguments))
    if origin in (Union, UnionType):
        return " or ".join(told(choice) for choice in arguments)
    if origin is Annotated:
        return "a number" if annotation == Unbounded else told(arguments[0])
    if origin is tuple:
        return _told_tuple(arguments)
    if origin is Mapping:
        return "a mapping" if arguments[1] is Any else f"a mapping from names, each to {told(arguments[1])}"
    return _ONE.get(annotation) or _with_article(_name(annotation))


def _told_tuple(annotations: tuple[Any, ...]) -> str:
    """Returns the words for a tuple of any length, of so many of one kind, or of one thing after another."""
    if annotations[1:] == (...,):
        return "a tuple" if annotations[0] is Any else f"a tuple of {_told_many(annotations[0])}"
    if len(set(annotations)) == 1:
        return f"a tuple of {len(annotations)} {_told_many(annotations[0])}"
    return f"a tuple of {', '.join(map(told, annotations))}"


def _told_many(annotation: Any) -> str:
    if annotation == Unbounded:
        return "numbers"
    return _MANY.get(annotation) or f"{_name(annotation)}s"


def _remedy(annotation: Any) -> str:
    """Returns how to write what an annotation asks for; of several, the first."""
    if get_origin(annotation) in (Union, UnionType):
        return _remedy(get_args(annotation)[0])
    if annotation in _ONE or get_origin(annotation):
        return f"Write it like {_example(annotation)}."
    return f"Declare {_with_article(_name(annotation))}."


def _example(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return repr(arguments[0])
    if origin is Annotated:
        return _example(arguments[0])
    if origin is tuple:
        items = [_example(item) for item in arguments if item is not ...]
        return f"({', '.join(items)}{',' * (len(items) == 1)})"
    if origin is Mapping:
        return f"{{'name': {_example(arguments[1])}}}"
    return _EXAMPLES.get(annotation) or f"{_name(annotation)}(...)"


def _name(annotation: Any) -> str:
    return str(getattr(annotation, "__name__", annotation))


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _fit_in_order(values: tuple[Any, ...], annotations: tuple[Any, ...]) -> bool:
    if annotations[1:] == (...,):
        return all(fits(value, annotations[0]) for value in values)
    return len(values) == len(annotations) and all(map(fits, values, annotations))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
