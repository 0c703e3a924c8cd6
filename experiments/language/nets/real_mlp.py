"""RealMLP: a dense net with a recipe for tables."""

from typing import ClassVar, Literal

from experiments.language.expect import Expect
from experiments.language.inputs import INPUTS_IN_WORDS, Categories, Inputs
from experiments.language.nets.net import Net
from experiments.language.nets.rates import Rates
from experiments.language.nets.training import Training
from experiments.language.wording import listing

Smooth = Literal["selu", "mish"]

RECIPE = Training(
    epochs=256,
    learning_rate=0.04,
    batch_size=256,
    optimizer="adamw",
    beta_2=0.95,
    weight_decay=0.02,
    decay_schedule="flat_cosine",
    decays_biases=False,
    rates=Rates(bias=0.1, scale=6.0, slope=0.1, embedding=0.1),
    schedule="coslog4",
    patience=256,
    validation_share=0.2,
)
"""Of classes, without label smoothing: that is for accuracy, and flattens probabilities. The best epoch is kept.

Of numbers its authors take the rate 0.2 and ``activation="mish"``.
"""


class RealMLP(Net):
    """A dense net whose every part was chosen on many tables, then left alone.

    Attributes:
        name: Of the candidate.
        hidden_units: Neurons of each hidden layer, input side first.
        training: How it is trained: by its authors' recipe, unless something else is declared.
        activation: Of the hidden layers, each neuron taking it as far as it learns to. The output is a sigmoid (two
            classes), softmax (more) or linear (a number).
        inputs: What the first layer does to raw rows.
        n_frequencies: Periodic neurons of each number's embedding.
        n_embedded: What each number becomes, itself included; 1 leaves numbers as they are.
        sigma: How far the frequencies reach at first.
        dropout: Share of hidden outputs set to 0 during training.
        categories: What becomes of a category of more than nine levels: ``"embedding"``, 8 numbers for each level that
            are learnt with the net, or ``"by_target"``, the mean of the target, as for other nets.
        reason: Why these settings.
    """

    training: Training = RECIPE
    hidden_units: tuple[int, ...] = (256, 256, 256)
    activation: Smooth = "selu"
    inputs: Inputs = "robust_clip"
    n_frequencies: int = 16
    n_embedded: int = 4
    sigma: float = 0.1
    dropout: float = 0.15
    categories: Categories = "embedding"

    flattens: ClassVar[bool] = True
    rated: ClassVar[tuple[str, ...] | None] = ("bias", "scale", "slope", "embedding")

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        expect(
            "hidden_units of 1 or more each, of one layer at least",
            lambda: min(self.hidden_units, default=0) >= 1,
            "Name the neurons of each hidden layer.",
            of="hidden_units",
        )
        expect.least("n_frequencies", 1, "16 is a start.")
        expect.least("n_embedded", 1, "1 leaves numbers as they are.")
        expect.positive("sigma", "0.1 is a start.")
        expect.share("dropout")
        expect(
            "n_frequencies and sigma as they are without embeddings",
            lambda: self.n_embedded > 1 or (self.n_frequencies, self.sigma) == (16, 0.1),
            "They would have no effect: take them out.",
            of=("n_embedded", "n_frequencies", "sigma"),
        )
        expect(
            "no rate for embeddings without any",
            lambda: self.n_embedded > 1 or self.training.rates.embedding == 1,
            "It would have no effect: leave the rate of embedding at 1.",
            of=("n_embedded", "training"),
            received=lambda: {"n_embedded": self.n_embedded, "embedding": self.training.rates.embedding},
        )

    def words(self) -> str:
        """Tells the net in words; what is not used is not told."""
        units = listing([str(n) for n in self.hidden_units])
        embedded = (
            f"each number beside {self.n_embedded - 1} made of {self.n_frequencies} periodic neurons of deviation "
            f"{self.sigma:g}, scaled"
        )
        told = (
            f"hidden layer{'s' * (len(self.hidden_units) > 1)} of {units} neurons of learnt {self.activation}",
            INPUTS_IN_WORDS[self.inputs],
            embedded if self.n_embedded > 1 else "each number scaled",
            self.categories == "embedding" and "each level of categories of more than nine as 8 numbers",
            self.dropout and f"dropout {self.dropout:g}",
            self.training.words(),
        )
        return "; ".join(part for part in told if part)
