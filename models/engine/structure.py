"""How the layers of a model hang together."""

import itertools
from collections.abc import Sequence
from typing import Any

import keras


def operations(model: keras.Model) -> Sequence[Any]:
    """Returns all that a Sequential or functional model does, or nothing if it has a ``call`` of its own."""
    if type(model).__name__ == "Functional":
        return model.operations
    return model.layers if type(model) is keras.Sequential else []


def chain(model: keras.Model) -> list[keras.Layer] | None:
    """Returns the layers behind the input if each takes what the one before it puts out, else ``None``."""
    layers = [layer for layer in model.layers if type(layer) is not keras.layers.InputLayer]
    follow = all(before.output is after.input for before, after in itertools.pairwise(layers))
    return layers if follow else None
