"""What a comparison must show before a model of it is registered."""

from experiments.language.declaration import Declaration
from experiments.language.expect import Expect


class Gate(Declaration):
    """When the registry takes a champion, and which model is preferred to an equal one.

    Attributes:
        simplest: Name of the candidate that wins where the best one is practically equal to it: of two models that do
            the same, the one that is easier to explain and to keep.
        least_difference: How far the whole paired interval to guessing must lie on the better side, in the
            primary metric.
    """

    simplest: str
    least_difference: float = 0.0

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect.name("simplest")
        expect(
            "least_difference of 0 or more",
            lambda: self.least_difference >= 0,
            "0 asks for better than guessing.",
            of="least_difference",
        )
