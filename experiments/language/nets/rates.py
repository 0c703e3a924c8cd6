"""Rates of single weights."""

from dataclasses import fields

from experiments.language.declaration import Declaration
from experiments.language.expect import Expect
from experiments.language.wording import listing


class Rates(Declaration):
    """What the learning rate of weights of one name is multiplied by; every other weight has the rate itself.

    Attributes:
        bias: Of dense layers.
        scale: Of features, in front of the first dense layer.
        slope: Of activations that are learnt.
        embedding: All weights of embedded numbers.
    """

    bias: float = 1.0
    scale: float = 1.0
    slope: float = 1.0
    embedding: float = 1.0

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        for name in ("bias", "scale", "slope", "embedding"):
            expect.least(name, 0, "0 trains nothing.")

    @property
    def factors(self) -> dict[str, float]:
        """Name -> factor, where it is another than 1."""
        return {item.name: value for item in fields(self) if (value := getattr(self, item.name)) != 1.0}

    def words(self) -> str:
        """Tells in words which rates differ; nothing where none does.

        Example:
            >>> Rates(scale=6.0, bias=0.1).words()
            'rate times 0.1 for bias and 6 for scale weights'
        """
        told = listing([f"{factor:g} for {name}" for name, factor in self.factors.items()])
        return f"rate times {told} weights" if self.factors else ""
