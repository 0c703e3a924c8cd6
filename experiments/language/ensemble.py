"""Several nets of one kind that vote."""

from dataclasses import dataclass, replace

from experiments.language.nets import Net
from models.checks import require, require_name


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Nets that differ in initial weights and order of rows only; what it says is the mean of their probabilities.

    What one net owes to the chance of its training is averaged away; what all owe to the training rows stays.

    Attributes:
        name: Of the candidate.
        net: What every member is.
        n_members: How many.
        reason: Why so many, and why these nets.
    """

    name: str
    net: Net
    n_members: int = 5
    reason: str = ""

    def __post_init__(self) -> None:
        require_name("Ensemble", self.name)
        require(
            self.n_members >= 2,
            "Ensemble",
            "n_members of 2 or more",
            "A single net is a candidate by itself.",
            n_members=self.n_members,
        )

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return "net"

    @property
    def members(self) -> tuple[Net, ...]:
        """The nets, numbered by name: the parts of one Keras model need names of their own."""
        return tuple(replace(self.net, name=f"{self.net.name}_{number}") for number in range(1, self.n_members + 1))
