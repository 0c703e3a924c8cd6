"""Autoencoders as Keras models: a net that gives back what it is given, through a narrow middle."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras

from models.nets.weights import seeded


@dataclass(frozen=True, kw_only=True, eq=False)
class Autoencoder:
    """Three views of one net; to train ``model`` is to train them all.

    Attributes:
        model: Features -> features.
        encoder: Features -> code.
        decoder: Code -> features.
    """

    model: keras.Model
    encoder: keras.Model
    decoder: keras.Model


def build(
    n_features: int,
    n_code: int,
    hidden_units: Sequence[int] = (),
    *,
    activation: str = "relu",
    seed: int = 0,
) -> Autoencoder:
    """Returns an untrained autoencoder; code and output are linear.

    Without hidden layers all of it is linear. Trained on squared error, it then finds the subspace of the first
    ``n_code`` principal components (Baldi & Hornik, 1989), though not the components themselves.

    Args:
        n_features: Of a row, such as 64 pixels.
        n_code: Neurons of the narrow middle.
        hidden_units: Neurons of the encoder's hidden layers; the decoder has them in reverse.
        activation: Of the hidden layers.
        seed: Of the initial weights.

    Source:
        History | Hinton & Zemel (1993), Autoencoders, minimum description length and Helmholtz free energy.

    Example:
        >>> net = build(64, 2, [16])
        >>> [layer.units for layer in (*net.encoder.layers, *net.decoder.layers)]
        [16, 2, 16, 64]
    """
    sizes = [*hidden_units, n_code, *reversed(hidden_units), n_features]
    layers = [
        keras.layers.Dense(
            units,
            activation="linear" if index in (len(hidden_units), len(sizes) - 1) else activation,
            kernel_initializer=seeded("glorot_uniform", seed, index),
        )
        for index, units in enumerate(sizes)
    ]
    middle = len(hidden_units) + 1
    encoder = keras.Sequential([keras.Input((n_features,)), *layers[:middle]], name="encoder")
    decoder = keras.Sequential([keras.Input((n_code,)), *layers[middle:]], name="decoder")
    model = keras.Sequential([keras.Input((n_features,)), encoder, decoder], name="autoencoder")
    return Autoencoder(model=model, encoder=encoder, decoder=decoder)
