"""Numbers as ramps over the quantiles of the training rows, fitted on them and carried inside the saved model."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

N_BINS = 16
"""Ramps of a column, at most."""


@keras.saving.register_keras_serializable(package="chalktape")
class PiecewiseLinear(keras.layers.Layer):
    """Each column as one ramp for each of its bins, in float64: the first layer then bends it at every edge.

    Formula:
        ``e_t = (x - b_(t-1)) / (b_t - b_(t-1))``, cut at 0 and 1, over the edges ``b_0 < ... < b_T`` of a column: its
        quantiles among the training rows, each once. So a column of two values is one ramp, and a constant one is 0.

    Source:
        Gorishniy, Rubachev & Babenko (2022), On embeddings for numerical features in tabular deep learning, section
        3.1. Their first and last ramp go on beyond the edges; these end there, so that one row a million times as large
        as all others moves no output farther than the largest training row.

    Shapes:
        ``(n_rows, n_features)`` -> ``(n_rows, n_ramps)``, those of a feature one after the other.

    Args:
        edges: Of each feature, increasing; of a constant one its value.

    Example:
        >>> layer = PiecewiseLinear.fit(np.array([[0.0], [1.0], [3.0]]), n_bins=2)
        >>> layer(np.array([[0.5], [2.0], [9.0]])).numpy().tolist()
        [[0.5, 0.0], [1.0, 0.5], [1.0, 1.0]]
    """

    def __init__(self, edges: Sequence[Sequence[float]], **options: Any) -> None:
        super().__init__(**{"dtype": "float64", "trainable": False, **options})
        self.edges = [np.asarray(own, np.float64) for own in edges]
        lows = [own[:-1] if len(own) > 1 else own for own in self.edges]
        widths = [np.diff(own) if len(own) > 1 else np.full(1, np.inf) for own in self.edges]
        self._feature = np.repeat(np.arange(len(lows)), [len(own) for own in lows])
        self._low, self._width = np.concatenate(lows), np.concatenate(widths)

    @classmethod
    def fit(cls, X: NDArray[np.float64], n_bins: int = N_BINS) -> "PiecewiseLinear":
        """Returns the layer for training rows ``X``, shape ``(n_samples, n_features)``."""
        quantiles = np.quantile(X, np.linspace(0, 1, n_bins + 1), axis=0)
        return cls([np.unique(own).tolist() for own in quantiles.T])

    def call(self, inputs: Any) -> Any:
        """Returns ramps."""
        own = tf.gather(inputs, self._feature, axis=1)
        return tf.clip_by_value((own - self._low) / self._width, 0.0, 1.0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns rows of ramps."""
        return (*input_shape[:-1], len(self._feature))

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "edges": [own.tolist() for own in self.edges]}
