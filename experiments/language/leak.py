"""A demonstration of what a comparison must not do."""

from dataclasses import dataclass

from experiments.language.comparison import Comparison


@dataclass(frozen=True, kw_only=True)
class Leak(Comparison):
    """The same candidates three times: oversampled before the rows were split, inside the training rows, not at all.

    The first is a mistake that is often published. Nothing else can ask for it.
    """
