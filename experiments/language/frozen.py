"""A mapping that stays as it was written."""

from collections.abc import Mapping
from typing import Any, NoReturn

from models.checks import require


class Frozen(dict[str, Any]):
    """A dictionary that cannot be changed, all the way down: dictionaries in it are frozen, lists become tuples.

    It is a ``dict``, so that JSON, ``dataclasses.asdict`` and what scikit-learn takes as a dictionary know it.

    Raises:
        ValueError: Whenever it would change.

    Example:
        >>> settings = Frozen({"C": 1.0})
        >>> settings["C"] = 2.0
        Traceback (most recent call last):
        ...
        ValueError: Frozen: expected settings that stay as declared. Received: changed=('C', 2.0). Declare a changed
        copy with dataclasses.replace.
    """

    def __init__(self, values: Any = ()) -> None:
        super().__init__({key: frozen(value) for key, value in dict(values).items()})

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        # Pickle and copy would otherwise fill an empty one key by key.
        return type(self), (dict(self),)

    def _refuse(self, *changed: Any, **named: Any) -> NoReturn:
        remedy = "Declare a changed copy with dataclasses.replace."
        require(False, "Frozen", "settings that stay as declared", remedy, changed=changed or named)
        raise AssertionError

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


def frozen(value: Any) -> Any:
    """Returns a value that cannot be changed: mappings as `Frozen`, lists as tuples, all else as it is."""
    if isinstance(value, Mapping):
        return value if isinstance(value, Frozen) else Frozen(value)
    return tuple(frozen(item) for item in value) if isinstance(value, list) else value
