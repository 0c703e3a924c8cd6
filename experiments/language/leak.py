"""A demonstration of what a comparison must not do."""

from experiments.language.comparison import Comparison
from experiments.language.expect import Expect

_SHOWN = "A leak is shown and not used: take it out."


class Leak(Comparison):
    """The same candidates three times: oversampled before the rows were split, inside the training rows, not at all.

    The first is a mistake that is often published. Nothing else can ask for it. Nothing is decided with its models, and
    none is registered: a decision and a gate are refused, as are more seeds and fewer rows.
    """

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect("no decision", lambda: self.decision is None, _SHOWN, of="decision")
        expect("no gate", lambda: self.gate is None, _SHOWN, of="gate")
        expect("n_seeds of 1", lambda: self.n_seeds == 1, _SHOWN, of="n_seeds")
        expect("no learning_curve", lambda: not self.learning_curve, _SHOWN, of="learning_curve")
        super().check(expect)
        remedy = "Rows of numbers are not oversampled."
        expect("classes to oversample", lambda: self.task == "classification", remedy, of="candidates")

    @property
    def owner(self) -> str:
        """Who is named in front of an error."""
        return f"Leak {self.name!r}"
