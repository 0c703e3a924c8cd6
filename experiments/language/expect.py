"""What a declaration must be, gathered: every mistake is a line, and all of them are one error."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from models.checks import closest, mistake, nearest, require_name


class _Declared(Protocol):
    @property
    def owner(self) -> str: ...


class Expect:
    """Gathers the mistakes of one declaration.

    A field with a mistake of its own is at fault: what else would look at it is left out, so that one mistake is one
    line.
    """

    def __init__(self, declaration: _Declared) -> None:
        self._declaration = declaration
        self._at_fault: set[str] = set()
        self._misspelt: set[str] = set()
        self._lines: list[str] = []

    def __call__(
        self,
        what: str,
        holds: Callable[[], bool],
        remedy: str,
        *,
        of: str | tuple[str, ...],
        received: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        """Notes a mistake unless it holds.

        Args:
            what: What must be, continuing "expected".
            holds: Asked only if the named fields are sound.
            remedy: What to do, a whole sentence.
            of: The field that it looks at, which is at fault if it does not hold; or the fields.
            received: What to show, by name; by default the fields.
        """
        names = (of,) if isinstance(of, str) else of
        if not self.sound(*names) or holds():
            return
        if isinstance(of, str):
            self._at_fault.add(of)
        shown = received() if received else {name: getattr(self._declaration, name) for name in names}
        owner = self._declaration.owner if self.sound("name") else self._class
        self._note(owner, what, remedy, **shown)

    def least(self, name: str, least: int, remedy: str, *, otherwise: str = "") -> None:
        """Notes a number below the least; ``None``, where the annotation takes it, is fine.

        Args:
            name: Of the field.
            least: The smallest it may be.
            remedy: What to do.
            otherwise: What else it may be, in words.
        """
        value = getattr(self._declaration, name)
        self(f"{name} of {least} or more{otherwise}", lambda: value is None or value >= least, remedy, of=name)

    def positive(self, name: str, remedy: str) -> None:
        """Notes a number that is not above 0."""
        self(f"a positive {name}", lambda: getattr(self._declaration, name) > 0, remedy, of=name)

    def share(self, name: str) -> None:
        """Notes a number that is no share below 1."""
        value = getattr(self._declaration, name)
        self(f"{name} of 0 or more and below 1", lambda: 0 <= value < 1, "It is a share.", of=name)

    def name(self, name: str = "name") -> None:
        """Notes a name that cannot be one of a run or a file."""
        if self.sound(name):
            value = getattr(self._declaration, name)
            self.accepted(lambda: require_name(self._class, value), of=name)

    def accepted(self, attempt: Callable[[], Any], *, of: str) -> None:
        """Notes what an attempt is refused with; the field that it looks at is then at fault."""
        try:
            attempt()
        except ValueError as error:
            self._at_fault.add(of)
            self._lines += [line for line in str(error).splitlines() if line not in self._lines]

    def sound(self, *names: str) -> bool:
        """Returns whether none of the fields is at fault."""
        return self._at_fault.isdisjoint(names)

    def unnamed(self, values: tuple[Any, ...]) -> None:
        """Notes values without the name of a field."""
        self._note(self._class, "fields by name", "Write name=value.", unnamed=values)

    def unknown(self, name: str, value: Any, known: Iterable[str]) -> None:
        """Notes a field that there is not."""
        known = list(known)
        self._misspelt.add(nearest(name, known) or name)
        self._note(self._class, "a known field", closest(name, known), **{name: value})

    def missing(self, name: str, given: Iterable[str]) -> None:
        """Notes a field that is not there, unless it is known to be misspelt."""
        self._at_fault.add(name)
        if name not in self._misspelt:
            remedy = "It has no default: write it, too."
            self._note(self._class, f"the field {name}", remedy, fields=tuple(given))

    def settle(self) -> None:
        """Raises what was noted.

        Raises:
            ValueError: Anything was; a line for each mistake.
        """
        if self._lines:
            raise ValueError("\n".join(self._lines))

    def _note(self, owner: str, what: str, remedy: str, **received: Any) -> None:
        self._lines.append(mistake(owner, what, remedy, **received))

    @property
    def _class(self) -> str:
        """Who is named where the declaration itself may not be able to say."""
        return type(self._declaration).__name__
