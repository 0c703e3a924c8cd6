"""Convolutional nets as Keras models."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict

import keras

from models.checks import require
from models.layers.augmentation import RandomAffine
from models.layers.pooling import BiasedMaxPooling2D
from models.nets.dense import assemble, hidden_layers, output_layer
from models.nets.weights import CONVOLUTION, DROPOUT, Weights, layer_seed


class Convolution(TypedDict):
    """One convolution and its pooling.

    Attributes:
        feature_maps: Kernels.
        kernel_size: Side of the local receptive field, in pixels.
        pool_size: Side of the pooling window; 1 for none.
        padding: ``"valid"`` or ``"same"``.
    """

    feature_maps: int
    kernel_size: int
    pool_size: int
    padding: str


def build(
    shape: tuple[int, ...],
    n_outputs: int,
    convolutions: Sequence[Convolution],
    *,
    hidden_units: Sequence[int] = (),
    activation: str = "relu",
    batch_normalization: bool = False,
    dropout: float = 0.0,
    map_dropout: float = 0.0,
    l2: float = 0.0,
    output_activation: str | None = None,
    augmentation: Mapping[str, Any] | None = None,
    style: str = "functional",
    seed: int = 0,
    name: str | None = None,
) -> keras.Model:
    """Returns an untrained conv net: convolutions, each with its max pooling, then dense layers.

    Args:
        shape: Of an image: height and width in pixels, in color also 3; images come as ``(n_samples, *shape)``.
        n_outputs: Output neurons: 1 for two classes, else one for each class.
        convolutions: Input side first.
        hidden_units: Neurons of each dense hidden layer.
        activation: Of convolutions and dense hidden layers.
        batch_normalization: Before each activation of maps, instead of the bias.
        dropout: Share of each dense hidden layer's outputs set to 0 during training.
        map_dropout: The same of what the last maps hand to the dense layers.
        l2: ``l2 * sum(kernel ** 2)`` of every kernel is added to the mean loss.
        output_activation: By default sigmoid for one neuron, softmax for more.
        augmentation: Arguments of `RandomAffine`, which changes training images; ``None`` for none.
        style: ``"sequential"`` or ``"functional"``.
        seed: Of the initial weights and of dropout.
        name: Of the model.

    Raises:
        ValueError: The image is used up before the last convolution.

    Example:
        The lecture's 28 x 28 picture, 20 maps of 5 x 5: 520 shared parameters.

        >>> maps = Convolution(feature_maps=20, kernel_size=5, pool_size=2, padding="valid")
        >>> [layer.output.shape[1:] for layer in build((28, 28), 10, [maps]).layers if "2d" in layer.name]
        [(24, 24, 20), (12, 12, 20)]
    """
    _require_pixels(shape, convolutions)
    # He's variance makes up for the half of the signal that ReLU cuts off. From Glorot's, two layers of sigmoid maps
    # are still guessing after six epochs of 10,000 digits.
    initializer = {"relu": "he_normal", "sigmoid": "steep_uniform"}.get(activation, "glorot_uniform")
    weights = Weights(seed=seed, kernel_initializer=initializer, l2=l2)
    layers: list[keras.Layer] = [keras.layers.Reshape((*shape, 1))] if len(shape) == 2 else []
    if augmentation:
        layers.append(RandomAffine(**augmentation, seed=seed))
    for index, convolution in enumerate(convolutions):
        arguments = weights.of(CONVOLUTION + index)
        layers += _maps(convolution, arguments, activation=activation, batch_normalization=batch_normalization)
    layers.append(keras.layers.Flatten())
    if map_dropout:
        layers.append(keras.layers.Dropout(map_dropout, seed=layer_seed(seed, DROPOUT + len(hidden_units))))
    layers += hidden_layers(hidden_units, weights, activation=activation, dropout=dropout)
    layers.append(output_layer(n_outputs, replace(weights, kernel_initializer="glorot_uniform"), output_activation))
    return assemble(shape, layers, style=style, name=name)


def _require_pixels(shape: tuple[int, ...], convolutions: Sequence[Convolution]) -> None:
    """Raises a ValueError if nothing is left of an image before the last convolution."""
    side = min(shape[:2])
    for convolution in convolutions:
        lost = convolution["kernel_size"] - 1 if convolution["padding"] == "valid" else 0
        side = (side - lost) // convolution["pool_size"]
        require(
            side >= 1,
            "conv.build",
            f"an image that lasts for {len(convolutions)} convolutions",
            "Take smaller kernels, less pooling or padding='same'.",
            shape=shape,
            convolutions=list(convolutions),
        )


def _maps(
    convolution: Convolution, weights: Mapping[str, object], *, activation: str, batch_normalization: bool
) -> Iterator[keras.Layer]:
    """Yields a convolution, its pooling and its activation.

    The textbook applies the activation before the pooling. Every activation here is increasing, so the largest of four
    activations is the activation of the largest: the same function and gradient, for a quarter of the work. Batch
    normalization, in the place of the bias, normalizes what was pooled.
    """
    pools = convolution["pool_size"] > 1
    yield keras.layers.Conv2D(
        convolution["feature_maps"],
        convolution["kernel_size"],
        padding=convolution["padding"],
        use_bias=not pools and not batch_normalization,
        **weights,
    )
    if pools:
        pooling = keras.layers.MaxPooling2D if batch_normalization else BiasedMaxPooling2D
        yield pooling(convolution["pool_size"])
    if batch_normalization:
        yield keras.layers.BatchNormalization()
    yield keras.layers.Activation(activation)
