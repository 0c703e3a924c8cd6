"""The mean of what several nets say, where they count unequally."""

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="chalktape")
class WeightedMean(keras.layers.Layer):
    """Several tensors to one: ``sum_k w_k x_k``.

    Args:
        weights: Of each, which add up to 1.

    Example:
        >>> two = [keras.ops.convert_to_tensor([[0.2]]), keras.ops.convert_to_tensor([[0.6]])]
        >>> round(float(WeightedMean(weights=[0.25, 0.75])(two)[0, 0]), 6)
        0.5
    """

    def __init__(self, weights: Sequence[float], **options: Any) -> None:
        super().__init__(**{"trainable": False, **options})
        self.shares = tuple(float(weight) for weight in weights)

    def call(self, inputs: Sequence[Any]) -> Any:
        """Returns a tensor of the shape of each."""
        return sum(share * one for share, one in zip(self.shares, inputs, strict=True))

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "weights": list(self.shares)}
