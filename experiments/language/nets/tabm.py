"""Nets of members that share their weights."""

from typing import ClassVar, Literal

from experiments.language.expect import Expect
from experiments.language.inputs import INPUTS_IN_WORDS, Inputs
from experiments.language.nets.net import Activation, Net
from experiments.language.wording import listing

Adapters = Literal["full", "mini"]

_ADAPTERS: dict[Adapters, str] = {
    "full": "each member with adapters of its own in every layer",
    "mini": "each member with an adapter of its own in front",
}


class TabM(Net):
    """A net of k members that share the kernels of their hidden layers and say the mean of what each says.

    The mean of their losses is trained, so each member learns by itself; what they share keeps them from learning by
    heart. Its authors train it with ``adamw`` at rate 0.002, a weight decay of 0.0003, a dropout of 0.1 and patience.

    Attributes:
        name: Of the candidate.
        hidden_units: Neurons of each hidden layer, input side first.
        training: How it is trained; early stopping watches what the members say together.
        n_members: k.
        adapters: What a member has of its own besides its output layer: ``"full"`` scales what goes into and what comes
            out of each hidden layer, and a bias there; ``"mini"`` scales the inputs of the net alone.
        activation: Of the hidden layers. The output is a sigmoid (two classes), softmax (more) or linear (a number).
        inputs: What the first layer does to raw rows.
        dropout: Share of hidden outputs set to 0 during training, drawn for each member by itself.
        reason: Why these settings.
    """

    hidden_units: tuple[int, ...]
    n_members: int = 32
    adapters: Adapters = "full"
    activation: Activation = "relu"
    inputs: Inputs = "quantile_normal"
    dropout: float = 0.0

    flattens: ClassVar[bool] = True
    rated: ClassVar[tuple[str, ...] | None] = ("bias", "scale")

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        expect(
            "hidden_units of 1 or more each, of one layer at least",
            lambda: min(self.hidden_units, default=0) >= 1,
            "Members share hidden layers.",
            of="hidden_units",
        )
        expect.least("n_members", 2, "One alone is a dense_net.")
        expect.share("dropout")

    def words(self) -> str:
        """Tells the net in words; what is not used is not told.

        Example:
            >>> from experiments.language import Training
            >>> training = Training(epochs=5, learning_rate=0.002, batch_size=256, optimizer="adam")
            >>> TabM(name="example", hidden_units=(64, 64), training=training).words()
            '32 members that share hidden layers of 64 and 64 relu neurons, each member with adapters of its own in
            every layer; each input mapped to normal quantiles; adam at rate 0.002; batches of 256; 5 epochs'
        """
        units = listing([str(n) for n in self.hidden_units])
        layers = f"hidden layer{'s' * (len(self.hidden_units) > 1)} of {units} {self.activation} neurons"
        told = (
            f"{self.n_members} members that share {'' if len(self.hidden_units) > 1 else 'a '}{layers}, "
            f"{_ADAPTERS[self.adapters]}",
            INPUTS_IN_WORDS[self.inputs],
            self.dropout and f"dropout {self.dropout:g}",
            self.training.words(),
        )
        return "; ".join(part for part in told if part)
