"""A demonstration of what a comparison must not do."""

from experiments.language.comparison import Comparison
from experiments.language.expect import Expect


class Leak(Comparison):
    """The same candidates three times: oversampled before the rows were split, inside the training rows, not at all.

    The first is a mistake that is often published. Nothing else can ask for it. Nothing is decided with its models, and
    none is registered: a decision and a gate are refused.
    """

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        expect(
            "neither decision nor gate",
            lambda: self.decision is None and self.gate is None,
            "A leak is shown, not used: take them out.",
            of=("decision", "gate"),
        )

    @property
    def owner(self) -> str:
        """Who is named in front of an error."""
        return f"Leak {self.name!r}"
