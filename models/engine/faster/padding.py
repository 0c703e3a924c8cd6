"""Weights with silent neurons, and without them again."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Padding:
    """What silent neurons add to one weight.

    Attributes:
        shape: Of the weight without them.
        added: Numbers behind the last one of each axis.
        value: Of the added numbers.
    """

    shape: tuple[int, ...]
    added: tuple[int, ...]
    value: float = 0.0

    @property
    def wide(self) -> tuple[int, ...]:
        """The shape of the weight with them."""
        return tuple(n + more for n, more in zip(self.shape, self.added, strict=True))

    def widen(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Returns the weight with silent neurons; axes before its own are left alone."""
        ahead = [(0, 0)] * (weight.ndim - len(self.shape))
        return np.pad(weight, ahead + [(0, n) for n in self.added], constant_values=self.value)

    def narrow(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Returns the weight without them."""
        own: tuple[Any, ...] = (..., *map(slice, self.shape))
        return weight[own]
