"""Nets of dense layers as Keras models."""

from collections.abc import Sequence

import keras
import numpy as np

# Where the seeds of other layers start counting, so that no two layers share one.
CONVOLUTION, DROPOUT, _OUTPUT, _BIAS = 1000, 2000, 3000, 4000


def build(
    n_features: int,
    n_outputs: int,
    hidden_units: Sequence[int],
    *,
    activation: str = "sigmoid",
    kernel_initializer: str = "glorot_uniform",
    bias_initializer: str = "zeros",
    batch_normalization: bool = False,
    dropout: float = 0.0,
    l2: float = 0.0,
    output_activation: str | None = None,
    style: str = "sequential",
    seed: int = 0,
    name: str | None = None,
) -> keras.Model:
    """Returns an untrained net.

    Args:
        n_features: Inputs.
        n_outputs: Output neurons: 1 for two classes, else one for each class.
        hidden_units: Neurons of each hidden layer, input side first.
        activation: Of the hidden layers.
        kernel_initializer: A name as of ``seeded``.
        bias_initializer: Likewise.
        batch_normalization: Before each hidden activation.
        dropout: Share of each hidden layer's outputs set to 0 during training.
        l2: ``l2 * sum(kernel ** 2)`` of every dense layer is added to the mean loss.
        output_activation: By default sigmoid for one neuron, softmax for more.
        style: ``"sequential"`` or ``"functional"``: two ways of writing the same function.
        seed: Of the initial weights and of dropout.
        name: Of the model.

    Example:
        >>> build(784, 10, [15]).count_params()
        11935
    """
    layers = hidden_layers(
        hidden_units,
        activation=activation,
        kernel_initializer=kernel_initializer,
        bias_initializer=bias_initializer,
        batch_normalization=batch_normalization,
        dropout=dropout,
        l2=l2,
        seed=seed,
    )
    output = output_layer(
        n_outputs,
        activation=output_activation,
        kernel_initializer=kernel_initializer,
        bias_initializer=bias_initializer,
        l2=l2,
        seed=seed,
    )
    layers.append(output)
    return assemble((n_features,), layers, style=style, name=name)


def hidden_layers(
    hidden_units: Sequence[int],
    *,
    activation: str,
    kernel_initializer: str,
    bias_initializer: str = "zeros",
    batch_normalization: bool,
    dropout: float,
    l2: float,
    seed: int,
) -> list[keras.Layer]:
    """Returns the dense hidden layers with normalization, activation and dropout; arguments as of ``build``."""
    layers: list[keras.Layer] = []
    for index, units in enumerate(hidden_units):
        dense = keras.layers.Dense(
            units,
            use_bias=not batch_normalization,  # the normalization's shift takes its place
            kernel_initializer=seeded(kernel_initializer, seed, index),
            bias_initializer=seeded(bias_initializer, seed, _BIAS + index),
            kernel_regularizer=penalty(l2),
        )
        normalization = [keras.layers.BatchNormalization()] if batch_normalization else []
        layers += [dense, *normalization, keras.layers.Activation(activation)]
        if dropout:
            layers.append(keras.layers.Dropout(dropout, seed=layer_seed(seed, DROPOUT + index)))
    return layers


def output_layer(
    n_outputs: int,
    *,
    activation: str | None = None,
    kernel_initializer: str,
    bias_initializer: str = "zeros",
    l2: float,
    seed: int,
) -> keras.Layer:
    """Returns the last layer: by default a sigmoid neuron for two classes, softmax neurons for more."""
    return keras.layers.Dense(
        n_outputs,
        activation or ("sigmoid" if n_outputs == 1 else "softmax"),
        kernel_initializer=seeded(kernel_initializer, seed, _OUTPUT),
        bias_initializer=seeded(bias_initializer, seed, _BIAS + _OUTPUT),
        kernel_regularizer=penalty(l2),
    )


def assemble(shape: tuple[int, ...], layers: Sequence[keras.Layer], *, style: str, name: str | None) -> keras.Model:
    """Returns the chain of ``layers`` as a ``keras.Sequential`` or as a functional ``keras.Model``.

    Args:
        shape: Of one row of inputs.
        layers: Input side first.
        style: ``"sequential"`` or ``"functional"``.
        name: Of the model.

    Raises:
        ValueError: Another style.
    """
    inputs = keras.Input(shape)
    if style == "sequential":
        return keras.Sequential([inputs, *layers], name=name)
    if style == "functional":
        outputs = inputs
        for layer in layers:
            outputs = layer(outputs)
        return keras.Model(inputs, outputs, name=name)
    raise ValueError(f"assemble: expected sequential or functional. Received: style={style!r}. Choose one.")


def penalty(l2: float) -> keras.Regularizer | None:
    """Returns Keras's penalty ``l2 * sum(kernel ** 2)``, or none for 0."""
    return keras.regularizers.L2(l2) if l2 else None


def seeded(name: str, seed: int, index: int) -> keras.Initializer:
    """Returns the named initializer with a seed of its own for each layer.

    One seed for all layers would give layers of the same shape the same kernel.

    Args:
        name: One of Keras's; ``"standard_normal"`` for N(0, 1); ``"scaled_normal"`` for N(0, 1 / inputs); or
            ``"steep_uniform"`` for four times Glorot's, which makes up for a sigmoid's slope of 1/4 at the most.
        seed: Of the net.
        index: Of the layer.

    Source:
        Nielsen, Neural Networks and Deep Learning, chapters 1 and 3, for the two normal distributions.

    Example:
        >>> first, second = (seeded("glorot_uniform", 0, layer)((2, 2)) for layer in (0, 1))
        >>> bool((first == second).numpy().any())
        False
    """
    initializer = _initializer(name)
    config = initializer.get_config()
    return type(initializer)(**{**config, "seed": layer_seed(seed, index)}) if "seed" in config else initializer


def _initializer(name: str) -> keras.Initializer:
    if name == "standard_normal":
        return keras.initializers.RandomNormal(stddev=1.0)
    if name == "scaled_normal":
        return keras.initializers.VarianceScaling(1.0, mode="fan_in", distribution="untruncated_normal")
    if name == "steep_uniform":
        return keras.initializers.VarianceScaling(16.0, mode="fan_avg", distribution="uniform")
    return keras.initializers.get(name)


def layer_seed(seed: int, index: int) -> int:
    """Returns the seed of one layer."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)
