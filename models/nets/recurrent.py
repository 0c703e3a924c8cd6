"""Recurrent nets as Keras models: a picture is read row by row, each row in the light of those above it."""

from collections.abc import Sequence
from typing import Literal, get_args

import keras

from models.checks import require
from models.nets.dense import assemble, output_layer
from models.nets.weights import Weights, seeded

Cell = Literal["simple", "lstm"]


def build(
    shape: tuple[int, ...],
    n_outputs: int,
    units: Sequence[int],
    *,
    cell: Cell = "lstm",
    output_activation: str | None = None,
    style: str = "functional",
    seed: int = 0,
    name: str | None = None,
) -> keras.Model:
    """Returns an untrained net that remembers: recurrent layers, then an output that sees the last state alone.

    Formula:
        simple: h_t = tanh(W x_t + U h_(t-1) + b);
        lstm: i, f, o = sigmoid(W x_t + U h_(t-1) + b), each with its own weights, g = tanh(of the same form),
        c_t = f c_(t-1) + i g, h_t = o tanh(c_t): what is kept in c is added to, not squeezed again at every row.

    Args:
        shape: Of an image: rows and pixels of a row; images come as ``(n_samples, height, width)``, x_t is row t.
        n_outputs: Output neurons: 1 for two classes, else one for each class.
        units: Size of h in each recurrent layer, input side first; every layer but the last hands on all its states.
        cell: ``"simple"`` or ``"lstm"``.
        output_activation: ``None`` for sigmoid of one neuron and softmax of more, or ``"linear"`` for a number.
        style: ``"sequential"`` or ``"functional"``.
        seed: Of the initial weights.
        name: Of the model.

    Raises:
        ValueError: Another cell, no recurrent layer, or another output.

    Source:
        Others | Recurrent neural networks, long short-term memory units; Hochreiter & Schmidhuber (1997).

    Example:
        An LSTM has four times the parameters: 32 (32 + 8 + 1) each.

        >>> [build((8, 8), 10, [32], cell=cell).layers[1].count_params() for cell in ("simple", "lstm")]
        [1312, 5248]
    """
    who = "recurrent.build"
    require(
        cell in get_args(Cell) and len(units) > 0,
        who,
        "a cell simple or lstm and one layer at least",
        "Choose one.",
        cell=cell,
        units=tuple(units),
    )
    require(
        output_activation in (None, "linear"),
        who,
        "softmax outputs, one sigmoid for two classes, or a linear one for a number",
        "Train it with the cost log_likelihood.",
        output_activation=output_activation,
    )
    make = keras.layers.SimpleRNN if cell == "simple" else keras.layers.LSTM
    layers: list[keras.Layer] = [
        make(
            n_units,
            return_sequences=index < len(units) - 1,
            kernel_initializer=seeded("glorot_uniform", seed, 2 * index),
            recurrent_initializer=seeded("orthogonal", seed, 2 * index + 1),
        )
        for index, n_units in enumerate(units)
    ]
    layers.append(output_layer(n_outputs, Weights(seed=seed), output_activation))
    return assemble(shape, layers, style=style, name=name)
