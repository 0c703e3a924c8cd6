"""Which settings a search tries next."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Protocol

from sklearn.model_selection import ParameterSampler

from experiments.language import Search

Settings = Mapping[str, Any]
"""Path of a field -> value."""


class Proposer(Protocol):
    """Proposes settings, and may learn from what became of those before."""

    def ask(self, n: int) -> list[Settings]:
        """Returns settings to try next, ``n`` at most; none when there are no more."""

    def tell(self, settings: Settings, score: float) -> None:
        """Hears what settings came to: the mean score over the folds, NaN where one diverged."""


class RandomDraws:
    """Draws combinations of a space at random, none twice.

    They are a matter of the declaration alone, so that every fold tries the same.
    """

    def __init__(self, search: Search) -> None:
        space = {path: list(values) for path, values in search.space.items()}
        self._draws = iter(ParameterSampler(space, search.n_trials, random_state=0))

    def ask(self, n: int) -> list[Settings]:
        """Returns the next draws."""
        return list(islice(self._draws, n))

    def tell(self, settings: Settings, score: float) -> None:
        """Learns nothing: draws are independent."""
