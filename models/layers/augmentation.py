"""More training images from those at hand: moved by a pixel once for all, or moved and turned anew at each sight."""

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


def expand_by_shifts(X: NDArray[Any]) -> NDArray[Any]:
    """Returns every image five times: as it is, and moved down, up, right and left by a pixel; what comes in is 0.

    Args:
        X: Images ``(n, height, width)``.

    Returns:
        ``(5 n, height, width)``: all originals, then all moved down, and so on; ``np.tile(y, 5)`` are the labels.

    Source:
        Nielsen, Neural Networks and Deep Learning, chapter 6: 50,000 digits become 250,000.

    Example:
        >>> expand_by_shifts(np.array([[[1, 2], [3, 4]]]))[1:].tolist()
        [[[0, 0], [1, 2]], [[3, 4], [0, 0]], [[0, 1], [0, 3]], [[2, 0], [4, 0]]]
    """
    padded = np.pad(X, ((0, 0), (1, 1), (1, 1)))
    height, width = X.shape[1:]
    corners = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))
    return np.concatenate([padded[:, top : top + height, left : left + width] for top, left in corners])


@keras.saving.register_keras_serializable(package="chalktape")
class RandomAffine(keras.layers.Layer):
    """Moves, turns, stretches and mirrors each image at random while training; leaves it alone otherwise.

    All at once, since the image is resampled (linearly) only once; what comes in is 0.

    Args:
        shift: At most so many pixels, in either direction.
        rotation: At most so many degrees, either way.
        stretch: At most so much longer or shorter, each direction by itself.
        flip: Whether left and right are exchanged in every second image, by chance.
        seed: Of the random amounts.
    """

    def __init__(
        self,
        shift: float = 0.0,
        rotation: float = 0.0,
        stretch: float = 0.0,
        flip: bool = False,
        seed: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.shift, self.rotation, self.stretch, self.flip, self.seed = shift, rotation, stretch, flip, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Returns images ``(n, height, width, channels)`` of the shape of ``inputs``."""
        if not training:
            return inputs
        height, width = inputs.shape[1:3]
        images = tf.raw_ops.ImageProjectiveTransformV3(
            images=inputs,
            transforms=self._transforms(tf.shape(inputs)[0], height, width),
            output_shape=tf.constant([height, width]),
            fill_value=0.0,
            interpolation="BILINEAR",
            fill_mode="CONSTANT",
        )
        return tf.ensure_shape(images, inputs.shape)

    def _transforms(self, n: Any, height: int, width: int) -> tf.Tensor:
        """Returns ``(n, 8)``: for each image the first eight of the nine numbers that take its new pixels to old ones.

        Formula:
            ``old = center + S R(angle) F (new - center) + shift``; F changes the sign of x, or nothing.
        """
        random = keras.random.uniform((n, 5), -1.0, 1.0, seed=self.seed_generator)
        angle, stretch_x, stretch_y, shift_x, shift_y = tf.unstack(random, axis=1)
        angle *= math.radians(self.rotation)
        cosine, sine = tf.cos(angle), tf.sin(angle)
        scale_x, scale_y = 1 + self.stretch * stretch_x, 1 + self.stretch * stretch_y
        a, b, c, d = scale_x * cosine, -scale_x * sine, scale_y * sine, scale_y * cosine
        if self.flip:
            mirrored = tf.sign(keras.random.uniform((n,), -1.0, 1.0, seed=self.seed_generator))
            a, c = a * mirrored, c * mirrored
        center_x, center_y = (width - 1) / 2, (height - 1) / 2
        left = center_x - a * center_x - b * center_y + self.shift * shift_x
        top = center_y - c * center_x - d * center_y + self.shift * shift_y
        zero = tf.zeros_like(angle)
        return tf.stack([a, b, left, c, d, top, zero, zero], axis=1)

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        own = {"shift": self.shift, "rotation": self.rotation, "stretch": self.stretch, "flip": self.flip}
        return {**super().get_config(), **own, "seed": self.seed}
