"""What all declarations are: frozen, keyword-only dataclasses that refuse what cannot be meant, all of it at once."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import partial, wraps
from typing import Any, ClassVar, dataclass_transform, get_type_hints

from experiments.language.annotation import require_annotated
from experiments.language.expect import Expect
from experiments.language.frozen import frozen


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Declaration:
    """A class that says what is tried. Every class under it becomes a frozen, keyword-only dataclass.

    A field takes what its annotation says and nothing else; mappings and lists in it cannot be changed afterwards.
    What annotations cannot say, a class says in ``check``. All mistakes come in one error, a line for each.

    Example:
        >>> class Walk(Declaration):
        ...     miles: float
        ...     company: str = "nobody"
        ...
        ...     def check(self, expect):
        ...         expect.positive("miles", "A tenth is a start.")
        >>> Walk(miles=0.5)
        Walk(miles=0.5, company='nobody')
        >>> Walk(miles="far", compani="a dog")
        Traceback (most recent call last):
        ...
        ValueError: Walk: expected a known field. Received: compani='a dog'. Did you mean 'company'?
        Walk: expected miles as a finite number. Received: miles='far'. Write it like 0.5.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        dataclass(frozen=True, kw_only=True)(cls)
        cls.__init__ = _checked(cls.__init__)  # type: ignore[method-assign]

    @property
    def owner(self) -> str:
        """Who is named in front of an error."""
        return type(self).__name__

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""


def _checked(init: Callable[..., None]) -> Callable[..., None]:
    """Returns the ``__init__`` of a dataclass with a check of all that it is given."""

    @wraps(init)
    def checked(self: Declaration, *unnamed: Any, **given: Any) -> None:
        expect = Expect(self)
        known = {item.name: item.default is item.default_factory is MISSING for item in fields(self)}
        if unnamed:
            expect.unnamed(unnamed)
        for name in [name for name in given if name not in known]:
            expect.unknown(name, given.pop(name), known)
        missing = [name for name, required in known.items() if required and name not in given]
        for name in missing:
            expect.missing(name, given)
        # What is missing is None for the moment: no rule looks at a field that is at fault.
        init(self, **dict.fromkeys(missing), **given)
        _check_annotations(self, expect)
        self.check(expect)
        expect.settle()

    return checked


def _check_annotations(declaration: Declaration, expect: Expect) -> None:
    for name, annotation in _annotations(type(declaration)).items():
        value = getattr(declaration, name)
        if isinstance(value, Mapping):
            object.__setattr__(declaration, name, frozen(value))
        if expect.sound(name):
            expect.accepted(partial(require_annotated, type(declaration).__name__, name, value, annotation), of=name)


def _annotations(declared: type[Declaration]) -> dict[str, Any]:
    hints = get_type_hints(declared, include_extras=True)
    return {item.name: hints[item.name] for item in fields(declared)}
