"""Sizes and parameters of convolutional nets, by formula and from Keras."""

from collections.abc import Sequence
from math import prod

import keras
import numpy as np
import pandas as pd

from pipeline.lecture.values import Agreement

Size = tuple[int, int]
Row = tuple[str, tuple[int, ...], int]
"""A layer: its name, the shape of its neurons, its number of parameters."""


def by_formula(picture: Size, field: Size, convolutions: Sequence[tuple[int, Size]], n_dense: int) -> list[Row]:
    """Returns every layer of a net: convolutions, each with its max pooling, then one dense layer.

    Formula:
        neurons along a side: n - k + 1, and n // p after pooling;
        parameters: maps (k * k * maps before + 1), whatever n is; dense (inputs + 1).

    Args:
        picture: Height and width in pixels.
        field: Of every convolution.
        convolutions: Feature maps and pooling of each; (1, 1) is none.
        n_dense: Neurons of the dense layer.

    Example:
        >>> by_formula((28, 28), (5, 5), [(20, (2, 2))], 10)[:2]
        [('convolution', (24, 24, 20), 520), ('max pooling', (12, 12, 20), 0)]
    """
    rows: list[Row] = []
    (height, width), before = picture, 1
    for maps, pool in convolutions:
        height, width = height - field[0] + 1, width - field[1] + 1
        rows.append(("convolution", (height, width, maps), maps * (prod(field) * before + 1)))
        if pool != (1, 1):
            height, width = height // pool[0], width // pool[1]
            rows.append(("max pooling", (height, width, maps), 0))
        before = maps
    return [*rows, ("dense", (n_dense,), n_dense * (height * width * before + 1))]


def by_keras(picture: Size, field: Size, convolutions: Sequence[tuple[int, Size]], n_dense: int) -> list[Row]:
    """Returns the same from Keras's own layers; arguments as of ``by_formula``."""
    layers: list[keras.Layer] = []
    for maps, pool in convolutions:
        layers.append(keras.layers.Conv2D(maps, field, name=f"convolution_{len(layers)}"))
        if pool != (1, 1):
            layers.append(keras.layers.MaxPooling2D(pool, name=f"max pooling_{len(layers)}"))
    flat = keras.layers.Flatten()
    model = keras.Sequential(
        [keras.Input((*picture, 1)), *layers, flat, keras.layers.Dense(n_dense, name="dense_last")]
    )
    return [
        (layer.name.partition("_")[0], tuple(layer.output.shape[1:]), layer.count_params())
        for layer in model.layers
        if layer is not flat
    ]


def table(formula: Sequence[Row], library: Sequence[Row]) -> pd.DataFrame:
    """Returns both as a table for people: layer, neurons and parameters in two ways."""

    def shapes(rows: Sequence[Row]) -> list[str]:
        return ["\u00a0×\u00a0".join(map(str, shape)) for _, shape, _ in rows]  # kept on one line

    return pd.DataFrame(
        {
            "layer": [name for name, _, _ in formula],
            "neurons": shapes(formula),
            "neurons_in_Keras": shapes(library),
            "parameters": [n_parameters for _, _, n_parameters in formula],
            "parameters_in_Keras": [n_parameters for _, _, n_parameters in library],
        }
    )


def agreement(what: str, formula: Sequence[Row], library: Sequence[Row]) -> Agreement:
    """Returns how far the two ways are apart, in neurons along a side and in parameters."""
    ours, theirs = (
        np.concatenate([[*shape, n_parameters] for _, shape, n_parameters in rows]) for rows in (formula, library)
    )
    return Agreement(
        what=f"{what}: neurons and parameters of every layer",
        peer="Keras",
        difference=float(np.abs(ours - theirs).max()),
        allowed=0.0,
    )
