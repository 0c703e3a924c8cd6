"""Recurrent nets."""

from typing import ClassVar, Literal

from experiments.language.expect import Expect
from experiments.language.nets.net import Net, Style
from experiments.language.wording import listing

Cell = Literal["simple", "lstm"]

_CELLS: dict[Cell, str] = {"simple": "simple recurrent neurons", "lstm": "LSTM cells"}


class RecurrentNet(Net):
    """A net that reads an image row by row, each in the light of those above it.

    Attributes:
        name: Of the candidate.
        units: Size of what each recurrent layer remembers, input side first.
        training: How it is trained.
        cell: ``"simple"`` squeezes all it remembers at every row; ``"lstm"`` keeps a part that is only added to.
        style: How the Keras model is built.
        reason: Why these settings.
    """

    units: tuple[int, ...]
    cell: Cell = "lstm"
    style: Style = "functional"

    rated: ClassVar[tuple[str, ...] | None] = ("bias",)

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        expect(
            "units of 1 or more each, of one layer at least",
            lambda: min(self.units, default=0) >= 1,
            "Name what each layer remembers.",
            of="units",
        )
        expect(
            "the cost log_likelihood",
            lambda: self.training.cost == "log_likelihood",
            "Its output is softmax.",
            of="training",
            received=lambda: {"cost": self.training.cost},
        )

    def words(self) -> str:
        """Tells the net in words.

        Example:
            >>> from experiments.language import Training
            >>> RecurrentNet(name="lstm", units=(64,), training=Training(epochs=5, learning_rate=0.1)).words()
            'images row by row into 64 LSTM cells; sgd at rate 0.1; batches of 32; 5 epochs'
        """
        units = listing([str(n) for n in self.units])
        return f"images row by row into {units} {_CELLS[self.cell]}; {self.training.words()}"
