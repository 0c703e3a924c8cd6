"""Convolutional nets as Keras models."""

from collections.abc import Mapping, Sequence

import keras

from models.layers.augmentation import RandomAffine
from models.layers.pooling import BiasedMaxPooling2D
from models.nets.dense import CONVOLUTION, DROPOUT, assemble, hidden_layers, layer_seed, output_layer, penalty, seeded


def build(
    image_shape: tuple[int, int],
    n_outputs: int,
    feature_maps: Sequence[int],
    *,
    kernel_sizes: Sequence[int],
    pool_sizes: Sequence[int],
    paddings: Sequence[str],
    hidden_units: Sequence[int] = (),
    activation: str = "relu",
    batch_normalization: bool = False,
    dropout: float = 0.0,
    map_dropout: float = 0.0,
    l2: float = 0.0,
    output_activation: str | None = None,
    augmentation: Mapping[str, float] | None = None,
    style: str = "functional",
    seed: int = 0,
    name: str | None = None,
) -> keras.Model:
    """Returns an untrained conv net: convolutions, each with its max pooling, then dense layers.

    The textbook applies the activation before the pooling. Every activation here is increasing, so the largest of four
    activations is the activation of the largest: the same function and gradient, for a quarter of the work. Batch
    normalization, in the place of the bias, normalizes what was pooled.

    Args:
        image_shape: Height and width in pixels; images come as ``(n_samples, height, width)``.
        n_outputs: Output neurons: 1 for two classes, else one for each class.
        feature_maps: Kernels of each convolution, input side first.
        kernel_sizes: Side of each local receptive field, in pixels.
        pool_sizes: Side of each pooling window; 1 for none.
        paddings: ``"valid"`` or ``"same"`` for each convolution.
        hidden_units: Neurons of each dense hidden layer.
        activation: Of convolutions and dense hidden layers.
        batch_normalization: Before each activation of maps, instead of the bias.
        dropout: Share of each dense hidden layer's outputs set to 0 during training.
        map_dropout: The same of what the last maps hand to the dense layers.
        l2: ``l2 * sum(kernel ** 2)`` of every kernel is added to the mean loss.
        output_activation: By default sigmoid for one neuron, softmax for more.
        augmentation: Sizes of `RandomAffine`, which changes training images; ``None`` for none.
        style: ``"sequential"`` or ``"functional"``.
        seed: Of the initial weights and of dropout.
        name: Of the model.

    Raises:
        ValueError: The image is used up before the last convolution.

    Example:
        The lecture's 28 x 28 picture, 20 maps of 5 x 5: 520 shared parameters.

        >>> net = build((28, 28), 10, [20], kernel_sizes=[5], pool_sizes=[2], paddings=["valid"])
        >>> [layer.output.shape[1:] for layer in net.layers if "2d" in layer.name]
        [(24, 24, 20), (12, 12, 20)]
    """
    # He's variance makes up for the half of the signal that ReLU cuts off. From Glorot's, two layers of sigmoid maps
    # are still guessing after six epochs of 10,000 digits.
    kernel_initializer = {"relu": "he_normal", "sigmoid": "steep_uniform"}.get(activation, "glorot_uniform")
    side = min(image_shape)
    layers: list[keras.Layer] = [keras.layers.Reshape((*image_shape, 1))]
    if augmentation:
        layers.append(RandomAffine(**augmentation, seed=seed))
    parts = zip(feature_maps, kernel_sizes, pool_sizes, paddings, strict=True)
    for index, (maps, kernel_size, pool_size, padding) in enumerate(parts):
        side = (side - kernel_size + 1 if padding == "valid" else side) // pool_size
        if side < 1:
            raise ValueError(
                f"conv.build: expected an image that lasts for {len(feature_maps)} convolutions. Received: "
                f"image_shape={image_shape!r}, kernel_sizes={tuple(kernel_sizes)!r}, "
                f"pool_sizes={tuple(pool_sizes)!r}. Take smaller kernels, less pooling or padding='same'."
            )
        convolution = keras.layers.Conv2D(
            maps,
            kernel_size,
            padding=padding,
            use_bias=pool_size == 1 and not batch_normalization,
            kernel_initializer=seeded(kernel_initializer, seed, CONVOLUTION + index),
            kernel_regularizer=penalty(l2),
        )
        layers.append(convolution)
        if pool_size > 1:
            layers.append((keras.layers.MaxPooling2D if batch_normalization else BiasedMaxPooling2D)(pool_size))
        if batch_normalization:
            layers.append(keras.layers.BatchNormalization())
        layers.append(keras.layers.Activation(activation))
    layers.append(keras.layers.Flatten())
    if map_dropout:
        layers.append(keras.layers.Dropout(map_dropout, seed=layer_seed(seed, DROPOUT + len(hidden_units))))
    layers += hidden_layers(
        hidden_units,
        activation=activation,
        kernel_initializer=kernel_initializer,
        batch_normalization=False,
        dropout=dropout,
        l2=l2,
        seed=seed,
    )
    layers.append(
        output_layer(n_outputs, activation=output_activation, kernel_initializer="glorot_uniform", l2=l2, seed=seed)
    )
    return assemble(image_shape, layers, style=style, name=name)
