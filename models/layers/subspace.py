"""A layer that is blind to some inputs: members of a vote that see different columns err on different rows."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from models.checks import require
from models.layers.stackable import Stackable, over_rows


@keras.saving.register_keras_serializable(package="chalktape")
class RandomSubspace(Stackable):
    """Inputs with those that were not drawn set to 0; what was drawn once stays.

    Formula:
        ``x_j = m_j x_j``, m_j of 0 or 1, ``round(share * n_inputs)`` of them 1, at least one.

    Shapes:
        ``(n_rows, n_inputs)`` -> the same.

    Source:
        Ho (1998), The random subspace method for constructing decision forests, IEEE Transactions on Pattern Analysis
        and Machine Intelligence 20.

    Args:
        share: Of the inputs that are seen, above 0, at most 1.
        seed: Of the drawing.

    Raises:
        ValueError: Another share.

    Example:
        >>> RandomSubspace(share=0.5, seed=3)(tf.ones((1, 6))).numpy().astype(int).tolist()
        [[1, 0, 0, 1, 0, 1]]
    """

    def __init__(self, share: float, seed: int = 0, **options: Any) -> None:
        super().__init__(**options)
        require(0 < share <= 1, "RandomSubspace", "a share above 0 and at most 1", "Half is usual.", share=share)
        self.share = share
        self.seed = seed

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Draws m."""
        n_inputs = int(input_shape[-1] or 0)
        n_seen = max(1, round(self.share * n_inputs))
        seen = np.random.default_rng(self.seed).permutation(n_inputs) < n_seen
        self.seen = self.add_weight(shape=(n_inputs,), initializer="zeros", trainable=False, name="seen")
        self.seen.assign(seen.astype(np.float32))

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns what is seen; arguments as of `Stackable.compute`."""
        (seen,) = weights
        return X * over_rows(seen, 1)

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "share": self.share, "seed": self.seed}
