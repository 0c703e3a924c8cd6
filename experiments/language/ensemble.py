"""Several nets of one kind that vote."""

from dataclasses import replace
from typing import Any

from experiments.language.candidate import Candidate, register
from experiments.language.expect import Expect
from experiments.language.nets import Net


class Ensemble(Candidate):
    """Nets that differ in initial weights and order of rows only; what it says is the mean of what they say.

    What one net owes to the chance of its training is averaged away; what all owe to the training rows stays.

    Attributes:
        name: Of the candidate.
        net: What every member is.
        n_members: How many.
        reason: Why so many, and why these nets.
    """

    net: Net
    n_members: int = 5

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        expect.least("n_members", 2, "A single net is a candidate by itself.")

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
        return f"mean of {self.n_members} nets of different seeds, each: {self.net.words()}"

    def parameters(self) -> dict[str, Any]:
        """Returns the declaration as flat values: those of a member, and ``n_members``."""
        own = {"reason": self.reason, "family": self.family, "algorithm": self.kind, "n_members": self.n_members}
        return self.net.parameters() | own


register("ensemble", Ensemble)
