"""Several nets of one kind that vote."""

from dataclasses import replace
from typing import Any, Literal

from experiments.language.candidate import Candidate, register
from experiments.language.expect import Expect
from experiments.language.nets import Net


class Ensemble(Candidate):
    """Nets of one declaration; what it says is the mean of what they say.

    They differ in initial weights and order of rows, and besides, where it is declared, in the inputs that they see
    (random subspaces) or in the rows that they learn from (bagging). What one net owes to the chance of its training is
    averaged away; what all owe to the training rows stays, and the less they have in common, the less stays.

    Attributes:
        name: Of the candidate.
        net: What every member is.
        n_members: How many.
        column_share: Share of its inputs that each member sees, drawn for each by itself; 1 for all of them. Of a
            category it is its levels that are drawn; one that is embedded is drawn as a whole.
        bagging: Whether each member learns from as many rows as there are, drawn from them with replacement.
        weights: ``"equal"``, or ``"caruana"``: members are chosen greedily, each as often as it helps on rows that none
            of them learned from; by log loss, of numbers by squared error.
        n_inner: Parts into which the training rows are dealt for that, each predicted once from the others; as many
            votes more are trained.
        reason: Why so many, and why these nets.

    Source:
        Ho (1998), The random subspace method for constructing decision forests, for the inputs; Breiman (1996), Bagging
        predictors, Machine Learning 24, for the rows; Caruana, Niculescu-Mizil, Crew & Ksikes (2004), Ensemble
        selection from libraries of models, for the weights.
    """

    net: Net
    n_members: int = 5
    column_share: float = 1.0
    bagging: bool = False
    weights: Literal["equal", "caruana"] = "equal"
    n_inner: int = 3

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        expect.least("n_members", 2, "A single net is a candidate by itself.")
        expect(
            "a column_share above 0 and at most 1", lambda: 0 < self.column_share <= 1, "1 is all.", of="column_share"
        )
        expect(
            "a net that takes rows of columns",
            lambda: self.column_share == 1 or self.net.flattens,
            "A net of images sees all of them: leave column_share out.",
            of=("net", "column_share"),
        )
        expect.least("n_inner", 2, "3 is a start.")
        expect(
            "n_inner with weights",
            lambda: self.weights != "equal" or self.n_inner == 3,
            "It would have no effect: take it out.",
            of=("n_inner", "weights"),
        )

    def require_task(self, task: str) -> None:
        """Raises a ValueError where its nets cannot learn a task."""
        self.net.require_task(task)

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return "net"

    @property
    def members(self) -> tuple[Net, ...]:
        """The nets, numbered by name: the parts of one Keras model need names of their own."""
        return tuple(replace(self.net, name=f"{self.net.name}_{number}") for number in range(1, self.n_members + 1))

    def words(self) -> str:
        """Tells how many vote, and what each is."""
        told = [f"mean of {self.n_members} nets of different seeds"]
        if self.column_share < 1:
            told.append(f"{100 * self.column_share:g} % of the inputs drawn for each")
        if self.bagging:
            told.append("rows drawn with replacement for each")
        if self.weights == "caruana":
            told.append(f"weighted by greedy selection on {self.n_inner} parts of the training rows held out in turn")
        return f"{', '.join(told)}, each: {self.net.words()}"

    def parameters(self) -> dict[str, Any]:
        """Returns the declaration as flat values: those of a member, and how many they are and in what they differ."""
        own: dict[str, Any] = {"reason": self.reason, "family": self.family, "algorithm": self.kind}
        own |= {name: getattr(self, name) for name in ("n_members", "column_share", "bagging")}
        if self.weights != "equal":
            own |= {"weights": self.weights, "n_inner": self.n_inner}
        return self.net.parameters() | own


register("ensemble", Ensemble)
