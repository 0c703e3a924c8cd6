"""The same nets on two devices: whether they come to the same, and how much faster one of them is."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from models.engine.devices import Placement
from models.engine.one_net import train
from models.nets import dense

AGREE = 0.01
"""The largest share by which final losses of one net may differ: a GPU multiplies in fewer digits, and adds in another
order."""


@dataclass(frozen=True, kw_only=True)
class Net:
    """A dense net that is trained for the test.

    Attributes:
        hidden_units: Sigmoid neurons of each hidden layer.
        epochs: So many that a device runs at its speed.
        batch_size: Rows of an update; ``None`` takes all.
        learning_rate: So small that rounding does not grow from step to step.
        activation: Of the hidden layers; sigmoid layers of thousands of neurons hardly learn in a few steps, and a net
            whose hidden layers stand still says nothing of them.
    """

    hidden_units: tuple[int, ...]
    epochs: int
    batch_size: int | None = 100
    learning_rate: float = 0.1
    activation: str = "sigmoid"

    def words(self, n_inputs: int, n_classes: int) -> str:
        """Returns its layers, as ``64-30-10``."""
        return "-".join(map(str, (n_inputs, *self.hidden_units, n_classes)))


NETS: Sequence[Net] = (
    Net(hidden_units=(30,), epochs=300),
    Net(hidden_units=(1000, 1000), epochs=30),
    Net(hidden_units=(4000, 4000), epochs=8, batch_size=None, learning_rate=0.05, activation="tanh"),
)
"""One as small as the lecture's, one whose products of matrices take the time, and one that is as large as
accelerators like: 16 million weights, and all rows at once."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A net on one device.

    Attributes:
        seconds: Of an epoch, once the device runs at its speed.
        loss: Of the last epoch, on the training rows.
    """

    seconds: float
    loss: float


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A net on a processor and on an accelerator.

    Attributes:
        net: Its layers.
        cpu: On the processor.
        other: On the accelerator.
    """

    net: str
    cpu: Trained
    other: Trained

    @property
    def times_faster(self) -> float:
        """How many epochs the accelerator trains in the time of one of the processor."""
        return self.cpu.seconds / self.other.seconds

    @property
    def apart(self) -> float:
        """By which share the final losses differ."""
        return abs(self.other.loss - self.cpu.loss) / abs(self.cpu.loss)

    @property
    def agrees(self) -> bool:
        """Whether both came to the same net; a loss that is no number agrees with none."""
        return self.apart <= AGREE


def beside(
    cpu: Placement, other: Placement, X: NDArray[Any], y: NDArray[Any], nets: Sequence[Net] = NETS
) -> list[Beside]:
    """Trains each net on both places, from the same weights, on the same rows in the same order.

    Args:
        cpu: The processor.
        other: The accelerator.
        X: ``(n_samples, n_inputs)``, of about 0 to 1.
        y: ``(n_samples,)`` class indices.
        nets: Which ones.
    """
    n_classes = int(y.max()) + 1
    return [
        Beside(
            net=net.words(X.shape[1], n_classes),
            cpu=_trained(net, X, y, n_classes, cpu),
            other=_trained(net, X, y, n_classes, other),
        )
        for net in nets
    ]


def _trained(net: Net, X: NDArray[Any], y: NDArray[Any], n_classes: int, place: Placement) -> Trained:
    pace = _Pace()
    with place.scope():
        model = dense.build(X.shape[1:], n_classes, net.hidden_units, activation=net.activation, seed=0)
        history = train(
            model,
            X,
            y,
            loss=keras.losses.SparseCategoricalCrossentropy(),
            optimizer=keras.optimizers.SGD(net.learning_rate),
            epochs=net.epochs,
            batch_size=min(net.batch_size or len(X), len(X)),
            seed=0,
            strategy=place.strategy,
            progress=pace,
        )
    return Trained(seconds=pace.seconds(net.epochs), loss=float(history.train_loss[-1]))


class _Pace:
    """Notes when epochs end; what comes before the first note is tracing and compiling."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock, self._began = clock, clock()
        self._notes: list[tuple[float, float]] = []

    def __call__(self, epochs: float, *_: Any) -> None:
        self._notes.append((epochs, self._clock()))

    def seconds(self, n_epochs: int) -> float:
        """Returns what an epoch took: between the first note and the last, else of the whole training."""
        if len(self._notes) < 2:
            return (self._clock() - self._began) / n_epochs
        epochs, times = np.array(self._notes).T
        return float((times[-1] - times[0]) / (epochs[-1] - epochs[0]))
