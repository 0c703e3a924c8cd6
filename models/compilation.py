"""Whether XLA compiles a net's training loop: a rule that was measured."""

from typing import Literal

import keras

Compilation = Literal["auto", "xla", "graph"]


def use_xla(model: keras.Model, compilation: Compilation = "auto") -> bool:
    """Returns whether XLA compiles the training of ``model``."""
    if compilation != "auto":
        return compilation == "xla"
    return not any(isinstance(layer, keras.layers.Conv2D) for layer in model.layers)
