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
_WRITE = {
    int: "Write it like 3.",
    float: "Write it like 0.5.",
    str: "Write it in quotes.",
    bool: "Write True or False.",
    tuple: "Write it like (3,).",
    Mapping: "Write it like {'C': 1.0}.",
}


def require_annotated(owner: str, name: str, value: Any, annotation: Any) -> None:
    """Checks a value against an annotation.

    Raises:
        ValueError: It is something else: ``True`` is no number, a list no tuple, NaN and infinity no ``float``.
    """
    if get_origin(annotation) is Literal:
        require_one_of(owner, name, value, annotation)
    require(
        fits(value, annotation),
        owner,
        f"{name} as {told(annotation)}",
        _remedy(annotation),
        **{name: value},
    )


def fits(value: Any, annotation: Any) -> bool:
    """Returns whether a value is what an annotation says; an annotation that is not known here takes all."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return any(type(value) is type(choice) and value == choice for choice in arguments)
    if origin in (Union, UnionType):
        return any(fits(value, choice) for choice in arguments)
    if origin is Annotated:
        return _is_number(value) and not math.isnan(value)
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
        return "a number"
    if origin is tuple:
        return "a tuple" if arguments[0] is Any else f"a tuple of {_told_many(arguments[0])}"
    if origin is Mapping:
        return "a mapping" if arguments[1] is Any else f"a mapping from names, each to {told(arguments[1])}"
    return _ONE.get(annotation, f"a {getattr(annotation, '__name__', annotation)}")


def _told_many(annotation: Any) -> str:
    return _MANY.get(annotation) or f"{getattr(annotation, '__name__', told(annotation))}s"


def _remedy(annotation: Any) -> str:
    """Returns how to write what an annotation asks for; of several, the first."""
    if get_origin(annotation) in (Union, UnionType):
        return _remedy(get_args(annotation)[0])
    kind = get_origin(annotation) or annotation
    return _WRITE.get(kind, f"Declare a {getattr(kind, '__name__', 'value')}.")


def _fit_in_order(values: tuple[Any, ...], annotations: tuple[Any, ...]) -> bool:
    if annotations[1:] == (...,):
        return all(fits(value, annotations[0]) for value in values)
    return len(values) == len(annotations) and all(map(fits, values, annotations))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
