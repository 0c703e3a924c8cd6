"""What a reworking is: another way to train a net that is faster and comes to the same net."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import tensorflow as tf
from numpy.typing import NDArray

from models.engine.calls import Batch
from models.engine.faster.padding import Padding
from models.engine.ways import Ways

Product = Callable[[tf.Tensor, Any], tf.Tensor]
Loss = Callable[[Batch], tf.Tensor]


def whole(loss: Loss, batch: Batch) -> tf.Tensor:
    """Returns the loss of a batch, taken at once."""
    return loss(batch)


def as_given(loss: keras.Loss) -> keras.Loss:
    """Returns the loss."""
    return loss


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """What decides whether a reworking pays.

    Attributes:
        model: As it was built; of many nets the first.
        loss: Of its outputs.
        optimizer: Of its weights.
        batch_size: Rows per update.
        nets: Leading axes of its weights: ``()`` for one net, ``(n_replicates,)`` for many.
        xla: Whether XLA compiles the training.
        ways: Within which limits reworkings pay on the processor.
    """

    model: keras.Model
    loss: keras.Loss
    optimizer: keras.Optimizer
    batch_size: int
    nets: tuple[int, ...]
    xla: bool
    ways: Ways

    @property
    def on_cpu(self) -> bool:
        """Whether the net lies on a CPU: the rules were measured there."""
        return "CPU" in self.model.weights[0].value.device


@dataclass(frozen=True, kw_only=True, eq=False)
class Reworked:
    """How a net is trained; without reworkings as it was built, a batch at a time.

    Attributes:
        xla: Whether XLA compiles it.
        ends_under_xla: Whether XLA then compiles the ends of epochs, too.
        paddings: What is added to each weight; ``()`` is nothing.
        product: Of rows and a kernel.
        replaced: Returns what takes the place of a layer, as of `models.engine.faster.convolutions`; ``None`` leaves
            all.
        mean_loss: Of a batch, from what returns the mean loss of some rows.
        loss_of: The loss that is trained, from the one that was given.
        taken: What each reworking that was put in is called.
    """

    xla: bool
    ends_under_xla: bool = True
    paddings: Sequence[Padding] = ()
    product: Product = tf.matmul
    replaced: Callable[[keras.layers.Layer], keras.layers.Layer] | None = None
    mean_loss: Callable[[Loss, Batch], tf.Tensor] = whole
    loss_of: Callable[[keras.Loss], keras.Loss] = as_given
    taken: tuple[str, ...] = ()

    def shapes(self, weights: Sequence[Any]) -> list[tuple[int, ...]]:
        """Returns the shapes of a net's weights as they are trained."""
        return [padding.wide for padding in self.paddings] or [tuple(weight.shape) for weight in weights]

    def put_in(self, weights: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Returns a net's weights as they are trained; axes before their own are left alone."""
        if not self.paddings:
            return list(weights)
        return [padding.widen(weight) for padding, weight in zip(self.paddings, weights, strict=True)]

    def take_out(self, weights: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Returns the net's own weights of those that were trained."""
        if not self.paddings:
            return list(weights)
        return [padding.narrow(weight) for padding, weight in zip(self.paddings, weights, strict=True)]


class Reworking(Protocol):
    """One module of this folder.

    Attributes:
        NAME: For the record of a run.
    """

    NAME: str

    def pays(self, case: Case, reworked: Reworked, /) -> bool:
        """Returns whether it is faster and means the same, beside what was put in before it."""

    def put_in(self, reworked: Reworked, case: Case, /) -> Reworked:
        """Returns how the net is trained with it. What of it stays in weights, `Reworked.take_out` takes out again."""
