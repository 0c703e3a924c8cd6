"""Layers of RealMLP: what a table's features go through, and neurons whose rates do not depend on their number.

Names of weights matter: ``Training.rates`` gives the weights of one name, up to an underscore, a rate of their own.

Source:
    Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and boosted trees on tabular
    data, section 3; Gorishniy, Rubachev & Babenko (2022), On embeddings for numerical features, for periodic ones.
"""

import math
from typing import Any

import keras
import tensorflow as tf

from models.layers.stackable import Neurons, Stackable, over_rows


@keras.saving.register_keras_serializable(package="chalktape")
class FeatureScaling(Stackable):
    """Each feature times a number that is learnt, 1 at first: a soft choice of features.

    Formula:
        ``x_j = s_j x_j``.

    Shapes:
        ``(n_rows, n_features)`` -> the same.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes s."""
        self.scale = self.add_weight(shape=input_shape[1:], initializer="ones", name="scale")

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns scaled features; arguments as of `Stackable.compute`."""
        (scale,) = weights
        return X * over_rows(scale, 1)


@keras.saving.register_keras_serializable(package="chalktape")
class PeriodicEmbedding(Stackable):
    """PBLD: each number beside what a little net with periodic neurons makes of it (periodic, bias, linear, DenseNet).

    Formula:
        ``(V cos(2 pi w x + b) + c, x)`` for each feature by itself, with w, b of ``n_frequencies`` neurons.

    Shapes:
        ``(n_rows, n_features + n_beside)`` -> ``(n_rows, n_features * n_outputs + n_beside)``, those of a feature one
        after the other.

    Args:
        n_frequencies: Of a feature.
        n_outputs: Of a feature, itself included.
        sigma: Deviation of w at first. b starts uniform within pi of 0, V and c within 1 / sqrt(n_frequencies).
        seed: Of the initial weights.
        n_beside: The last columns, which are embedded already: they are handed on.
    """

    def __init__(
        self,
        n_frequencies: int = 16,
        n_outputs: int = 4,
        sigma: float = 0.1,
        seed: int = 0,
        n_beside: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.n_frequencies = n_frequencies
        self.n_outputs = n_outputs
        self.sigma = sigma
        self.seed = seed
        self.n_beside = n_beside

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes w, b, V and c."""
        n_features, n_new = int(input_shape[-1] or 0) - self.n_beside, self.n_outputs - 1
        bound = self.n_frequencies**-0.5
        uniform, normal = keras.initializers.RandomUniform, keras.initializers.RandomNormal
        waves = (n_features, self.n_frequencies)
        starts = {
            "frequency": (waves, normal(stddev=self.sigma, seed=self.seed)),
            "phase": (waves, uniform(-math.pi, math.pi, seed=self.seed + 1)),
            "kernel": ((*waves, n_new), uniform(-bound, bound, seed=self.seed + 2)),
            "bias": ((n_features, n_new), uniform(-bound, bound, seed=self.seed + 3)),
        }
        for name, (shape, start) in starts.items():
            setattr(self, name, self.add_weight(shape=shape, initializer=start, name=f"embedding_{name}"))

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns embedded features; arguments as of `Stackable.compute`."""
        frequency, phase, kernel, bias = weights
        *lead, n_features, _, _ = kernel.shape
        own = X[..., :n_features, tf.newaxis]
        waves = tf.cos(2 * math.pi * own * over_rows(frequency, 2) + over_rows(phase, 2))
        new = tf.einsum("...njf,...jfo->...njo", waves, kernel) + over_rows(bias, 2)
        n_rows = tf.shape(X)[-2] if X.shape[-2] is None else X.shape[-2]  # which no -1 can be where nothing is embedded
        embedded = tf.reshape(tf.concat([new, own], axis=-1), (*lead, n_rows, n_features * self.n_outputs))
        return tf.concat([embedded, X[..., n_features:]], axis=-1) if self.n_beside else embedded

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        own = {name: getattr(self, name) for name in ("n_frequencies", "n_outputs", "sigma", "seed", "n_beside")}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="chalktape")
class NTKDense(Neurons):
    """A dense layer whose kernel is of size 1 however many inputs there are, and divided by their root.

    Formula:
        ``f(x W / sqrt(n_inputs) + b)``: so one learning rate suits layers of any width.

    Shapes:
        ``(n_rows, n_inputs)`` -> ``(n_rows, units)``.

    Source:
        Jacot, Gabriel & Hongler (2018), Neural tangent kernel.

    Args:
        units: Neurons.
        activation: f.
        kernel_initializer: Of W.
        bias_initializer: Of b.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes W and b."""
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer=self.kernel_initializer, name="kernel")
        self.bias = self.add_weight(shape=shape[1:], initializer=self.bias_initializer, name="bias")

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns activations; arguments as of `Stackable.compute`."""
        kernel, bias = weights
        return self.activation(tf.matmul(X, kernel) / math.sqrt(X.shape[-1]) + over_rows(bias, 1))


@keras.saving.register_keras_serializable(package="chalktape")
class LearntActivation(Stackable):
    """An activation that each neuron takes as far as it has learnt to: wholly at 1, where it starts, not at all at 0.

    Formula:
        ``x + a (f(x) - x)``.

    Shapes:
        ``(n_rows, units)`` -> the same.

    Args:
        activation: f.
    """

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(**options)
        self.activation = keras.activations.get(activation)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes a."""
        self.slope = self.add_weight(shape=input_shape[1:], initializer="ones", name="slope")

    def compute(self, X: tf.Tensor, *weights: tf.Tensor) -> tf.Tensor:
        """Returns activations; arguments as of `Stackable.compute`."""
        (slope,) = weights
        return X + over_rows(slope, 1) * (self.activation(X) - X)

    def get_config(self) -> dict[str, Any]:
        """Returns what ``from_config`` needs."""
        return {**super().get_config(), "activation": keras.activations.serialize(self.activation)}
