"""What is computed: a net, rows in a fixed order and plain gradient descent, the same for every contender."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from models.nets import conv, dense
from pipeline.data.ingest import ingest

LEARNING_RATE = 0.02  # so small that rounding does not grow into different losses


BOOK: Sequence[conv.Convolution] = (
    conv.Convolution(feature_maps=20, kernel_size=5, pool_size=2, padding="valid"),
    conv.Convolution(feature_maps=40, kernel_size=5, pool_size=2, padding="valid"),
)
"""The convolutions of Nielsen's chapter 6."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """A net and its rows.

    Attributes:
        name: In the table.
        X: Rows on the net's scale, float32.
        y: ``(n, 1)`` float32 of 0 and 1, or ``(n,)`` class numbers.
        hidden_units: Of a dense net; ``None`` is a conv net.
        batch_size: Rows per update.
        epochs: Of one timed run.
        convolutions: Of the conv net.
    """

    name: str
    X: NDArray[np.float32]
    y: NDArray[Any]
    hidden_units: Sequence[int] | None
    batch_size: int
    epochs: int
    convolutions: Sequence[conv.Convolution] = BOOK

    def model(self) -> keras.Model:
        """Returns the net with its initial weights."""
        n_outputs = 1 if self.y.ndim == 2 else 10
        if self.hidden_units is None:
            return conv.build(self.X.shape[1:], n_outputs, self.convolutions, hidden_units=[100])
        return dense.build(self.X.shape[1:], n_outputs, self.hidden_units, seed=0)

    def textbook_model(self) -> keras.Model:
        """Returns the same net as a user of Keras writes it, pooling after the activation, with the same weights."""
        model = self.model()
        if self.hidden_units is not None:
            return model
        layers = keras.layers
        textbook = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(20, 5, activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(40, 5, activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dense(100, activation="relu"),
                layers.Dense(10, activation="softmax"),
            ]
        )
        textbook.set_weights(model.get_weights())
        return textbook

    def loss(self) -> keras.Loss:
        """Returns the cross-entropy."""
        if self.y.ndim == 2:
            return keras.losses.BinaryCrossentropy()
        return keras.losses.SparseCategoricalCrossentropy()

    @property
    def flops(self) -> float:
        """Of one epoch."""
        return len(self.X) * flops(self.model())


def flops(model: keras.Model) -> float:
    """Returns multiplications and additions of a row's matrix products; the first layer sends no gradient back."""
    products = [
        float(np.prod(layer.output.shape[1:-1])) * np.prod(layer.kernel.shape)
        for layer in model.layers
        if hasattr(layer, "kernel")
    ]
    return 2.0 * (3 * sum(products) - products[0])


def mnist(n: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns images ``(n, 28, 28)`` from 0 to 1 and their digits."""
    dataset = ingest("mnist")
    return (dataset.X[:n] / np.float32(255)).astype(np.float32), dataset.y[:n]


def bankruptcy(n: int = 5455) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns z-scores of 95 ratios and whether the company failed, ``(n, 1)``."""
    dataset = ingest("bankruptcy")
    X = dataset.X[:n]
    spread = np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
    return ((X - X.mean(axis=0)) / spread).astype(np.float32), dataset.y[:n, None].astype(np.float32)
