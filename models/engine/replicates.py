"""One of the nets that are trained together: whose weights it starts with, and sizes of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

Dropout = keras.layers.Dropout


@dataclass(kw_only=True, eq=False)
class Replicate:
    """A net that starts with a model's weights, and with its seeds; the sizes of its L2 penalty and dropout may differ.

    To build a Keras model takes as long as some epochs of a small net: those that differ in sizes alone share one.

    Attributes:
        model: A built one.
        l2: Of all its weights that are penalized, instead of the model's own.
        dropout: Rate of all its layers of dropout, instead of the model's own.
        trained: What became of the model's variables, in the order of ``model.variables``; ``None`` before.
    """

    model: keras.Model
    l2: float | None = None
    dropout: float | None = None
    trained: Sequence[NDArray[Any]] | None = None

    @property
    def penalties(self) -> list[float | None]:
        """How each trainable weight is penalized; ``None`` where it is not."""
        return [self._penalty(weight) for weight in self.model.trainable_variables]

    def _penalty(self, weight: keras.Variable) -> float | None:
        if weight.regularizer is None:
            return None
        # Keras computes with a penalty of 32 bits, whatever the precision of weights.
        return float(np.float32(weight.regularizer.l2 if self.l2 is None else self.l2))

    def rate(self, place: int) -> float:
        """Returns the rate of the layer of dropout at a place among the model's."""
        own = self.model.layers[place].rate if self.dropout is None else self.dropout
        return float(own)

    def take(self, values: Sequence[NDArray[Any]]) -> None:
        """Keeps what was trained: the model may be that of others, too."""
        self.trained = values

    def hand_over(self) -> None:
        """Gives the model what was trained."""
        for variable, value in zip(self.model.variables, self.trained or (), strict=True):
            variable.assign(value)


class Whole(Replicate):
    """A net that has its model for itself."""

    def take(self, values: Sequence[NDArray[Any]]) -> None:
        """Gives the model what was trained."""
        super().take(values)
        self.hand_over()


def takes_sizes(model: keras.Model, *, l2: float | None, dropout: float | None) -> bool:
    """Returns whether a model has the sizes that it was declared with everywhere, so that others can take their place.

    Args:
        model: As a builder made it.
        l2: As declared; ``None`` where nothing of the kind is.
        dropout: Likewise.
    """
    regularizers = [weight.regularizer for weight in model.trainable_variables if weight.regularizer is not None]
    rates = [layer.rate for layer in model.layers if isinstance(layer, Dropout)]
    penalized = all(np.float32(one.l2) == np.float32(l2 or 0) for one in regularizers)
    return penalized and all(rate == (dropout or 0) for rate in rates)
