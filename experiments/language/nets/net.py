"""What all nets have in common."""

from dataclasses import asdict, fields
from typing import Any, ClassVar, Literal

from experiments.language.candidate import Candidate
from experiments.language.expect import Expect
from experiments.language.inputs import Categories, Inputs
from experiments.language.nets.training import Training
from experiments.language.wording import listing

Activation = Literal["sigmoid", "tanh", "relu", "linear"]
Style = Literal["sequential", "functional"]

_NO_SETTINGS = ("name", "reason", "chosen_on", "training", "inputs")
_NOT_BUILT = (*_NO_SETTINGS, "categories")


class Net(Candidate):
    """A neural net: what is built, and how it is trained.

    A kind of net adds its settings as fields and tells them in ``words``. Whoever builds it takes them by their names.

    Attributes:
        training: How it is trained.
    """

    training: Training

    flattens: ClassVar[bool] = False
    """Whether an image is laid out as a row of pixels first: a net that does not takes images only."""

    rated: ClassVar[tuple[str, ...] | None] = None
    """Names of weights, of those in `Rates`, that such a net has; ``None`` is not known before it is built."""

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        if (known := self.rated) is not None:
            expect(
                f"rates of weights that such a net has: {listing(list(known))}",
                lambda: self.training.rates.factors.keys() <= set(known),
                "Others would have no effect: leave them at 1.",
                of="training",
                received=lambda: {"rates": self.training.rates.factors},
            )

    @property
    def family(self) -> str:
        """The tag that tells nets from baselines."""
        return "net"

    @property
    def inputs(self) -> Inputs:
        """What is done to raw rows first: pixels are divided by the largest, unless a kind of net lets one choose."""
        return "rescale"

    @property
    def categories(self) -> Categories:
        """What becomes of a category of many levels: means of the target, unless a kind of net lets one choose."""
        return "by_target"

    def require_task(self, task: str) -> None:
        """Checks that nothing is asked of the training that only classes have.

        Raises:
            ValueError: A cost, a weighting or a monitor of classes where a number is predicted.
        """
        self.training.require_task(task)

    @property
    def settings(self) -> dict[str, Any]:
        """What the net is built from: its own fields as plain values, parts of it as dictionaries."""
        return {name: value for name, value in asdict(self).items() if name not in _NOT_BUILT}

    def parameters(self) -> dict[str, Any]:
        """Returns the declaration as flat values: ``net.<field>`` and ``training.<field>`` besides what all have.

        A part of the training has a path: ``training.rates.<name>``.
        """
        own = [item.name for item in fields(self) if item.name not in _NO_SETTINGS]
        return {
            "reason": self.reason,
            "family": self.family,
            "algorithm": self.kind,
            "inputs": self.inputs,
            **_flat("training", asdict(self.training)),
            **{f"net.{name}": getattr(self, name) for name in own},
        }


def _flat(path: str, values: dict[str, Any]) -> dict[str, Any]:
    """Returns values by their paths, those of a part by the part's."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        own = f"{path}.{name}"
        flat |= _flat(own, value) if isinstance(value, dict) else {own: value}
    return flat


class LayeredNet(Net):
    """A net that ends in dense layers.

    Attributes:
        hidden_units: Neurons of each dense hidden layer, input side first.
        activation: Of the hidden layers. The output is a sigmoid (two classes), softmax (more) or linear (a number).
        batch_normalization: Whether what enters activations is normalized over each batch.
        dropout: Share of the dense hidden outputs set to 0 during training.
        l2: Penalty on the kernels, as in Keras: ``l2 * sum(kernel ** 2)`` is added to the mean loss.
        style: How the Keras model is built; the function is the same.
    """

    hidden_units: tuple[int, ...] = ()
    activation: Activation = "sigmoid"
    batch_normalization: bool = False
    dropout: float = 0.0
    l2: float = 0.0
    style: Style = "sequential"

    rated: ClassVar[tuple[str, ...] | None] = ("bias",)

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        super().check(expect)
        expect(
            "hidden_units of 1 or more each",
            lambda: min(self.hidden_units, default=1) >= 1,
            "Name the neurons of each hidden layer; () is none.",
            of="hidden_units",
        )
        expect.share("dropout")
        expect.least("l2", 0, "It is a penalty.")

    def _hidden_in_words(self) -> str:
        if not self.hidden_units:
            return "no dense hidden layer"
        units = listing([str(n) for n in self.hidden_units])
        return f"hidden layer{'s' * (len(self.hidden_units) > 1)} of {units} {self.activation} neurons"
