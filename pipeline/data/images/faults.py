"""Files that cannot be taken, gathered: whoever has damaged ones hears of several at once, and how many there are."""

from collections.abc import Iterator
from contextlib import contextmanager

SHOWN = 5
"""Files that are told one by one."""


class Faults:
    """What is wrong with files, one after the other."""

    def __init__(self) -> None:
        self._said: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._said)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Notes the error of a file instead of raising it, so that the next one can be looked at."""
        try:
            yield
        except ValueError as error:
            self._said.append(str(error))

    def require_none(self) -> None:
        """Checks that nothing was noted.

        Raises:
            ValueError: Something was: a line for each of the first `SHOWN` files, and the number of the others.
        """
        if not self._said:
            return
        more = len(self._said) - SHOWN
        others = [f"And {more:,} more that cannot be taken."] if more > 0 else []
        raise ValueError("\n".join([*self._said[:SHOWN], *others]))
