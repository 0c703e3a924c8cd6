"""Which settings a search tries next."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Protocol

from sklearn.model_selection import ParameterSampler

from experiments.language import Search

Settings = Mapping[str, Any]
"""Path of a field -> value."""


class Proposer(Protocol):
    """Proposes settings for one fold, and may learn from what became of those before on that fold."""

    def ask(self, n: int) -> list[Settings]:
        """Returns settings to try next, ``n`` at most; none when there are no more."""

    def tell(self, settings: Settings, score: float, *, dropped_after: int | None = None) -> None:
        """Hears what settings came to.

        Args:
            settings: As they were asked for.
            score: Their mean over the parts of the fold's training rows; NaN where one diverged.
            dropped_after: So many parts, where a rung dropped them; ``None`` where they were tried on all.
        """


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

    def tell(self, settings: Settings, score: float, *, dropped_after: int | None = None) -> None:
        """Learns nothing: draws are independent."""


def proposer_of(search: Search, *, lower_is_better: bool) -> Proposer:
    """Returns what proposes a search's settings, anew for each fold.

    Args:
        search: The declaration.
        lower_is_better: Which way a score is better.
    """
    if search.proposer == "random":
        return RandomDraws(search)
    from pipeline.training.parzen import Parzen  # Optuna is imported only where it is asked

    return Parzen(search, lower_is_better=lower_is_better)
