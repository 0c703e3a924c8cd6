"""Nets of dense layers as Keras models."""

from collections.abc import Sequence

import keras

from models.checks import require
from models.nets.weights import DROPOUT, OUTPUT, Weights, layer_seed


def build(
    shape: tuple[int, ...],
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
        shape: Of a row: ``(n_features,)``.
        n_outputs: Output neurons: 1 for two classes, else one for each class.
        hidden_units: Neurons of each hidden layer, input side first.
        activation: Of the hidden layers.
        kernel_initializer: A name as of `models.nets.weights.seeded`.
        bias_initializer: Likewise.
        batch_normalization: Before each hidden activation.
        dropout: Share of each hidden layer's outputs set to 0 during training.
        l2: ``l2 * sum(kernel ** 2)`` of every dense layer is added to the mean loss.
        output_activation: By default sigmoid for one neuron, softmax for more.
        style: ``"sequential"`` or ``"functional"``: two ways of writing the same function.
        seed: Of the initial weights and of dropout.
        name: Of the model.

    Example:
        >>> build((784,), 10, [15]).count_params()
        11935
    """
    weights = Weights(seed=seed, kernel_initializer=kernel_initializer, bias_initializer=bias_initializer, l2=l2)
    layers = hidden_layers(
        hidden_units, weights, activation=activation, batch_normalization=batch_normalization, dropout=dropout
    )
    layers.append(output_layer(n_outputs, weights, output_activation))
    return assemble(shape, layers, style=style, name=name)


def hidden_layers(
    hidden_units: Sequence[int],
    weights: Weights,
    *,
    activation: str,
    batch_normalization: bool = False,
    dropout: float = 0.0,
) -> list[keras.Layer]:
    """Returns the dense hidden layers with normalization, activation and dropout; arguments as of ``build``."""
    layers: list[keras.Layer] = []
    for index, units in enumerate(hidden_units):
        # The normalization's shift takes the place of the bias.
        dense = keras.layers.Dense(units, use_bias=not batch_normalization, **weights.of(index))
        normalization = [keras.layers.BatchNormalization()] if batch_normalization else []
        layers += [dense, *normalization, keras.layers.Activation(activation)]
        if dropout:
            layers.append(keras.layers.Dropout(dropout, seed=layer_seed(weights.seed, DROPOUT + index)))
    return layers


def output_layer(n_outputs: int, weights: Weights, activation: str | None = None) -> keras.Layer:
    """Returns the last layer: by default a sigmoid neuron for two classes, softmax neurons for more."""
    return keras.layers.Dense(
        n_outputs, activation or ("sigmoid" if n_outputs == 1 else "softmax"), **weights.of(OUTPUT)
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
    require(style in ("sequential", "functional"), "assemble", "sequential or functional", "Choose one.", style=style)
    inputs = keras.Input(shape)
    if style == "sequential":
        return keras.Sequential([inputs, *layers], name=name)
    outputs = inputs
    for layer in layers:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs, name=name)
