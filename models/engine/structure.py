"""How the layers of a model hang together."""

import itertools
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras

from models.checks import require

_OF_A_STEP = ("train_step", "test_step", "compute_loss", "compute_metrics")


def operations(model: keras.Model) -> Sequence[Any]:
    """Returns all that a Sequential or functional model does, or nothing if it has a ``call`` of its own."""
    if type(model).__name__ == "Functional":
        return model.operations
    return model.layers if type(model) is keras.Sequential else []


def chain(model: keras.Model) -> list[keras.Layer] | None:
    """Returns the layers behind the input if each takes what the one before it puts out, and nothing else happens.

    A functional model may compute with its input before the first layer, with what the last one puts out, or go through
    a layer once more: none of that is in ``model.layers``. It is ``None`` then.
    """
    if not operations(model):
        return None
    layers = [layer for layer in model.layers if type(layer) is not keras.layers.InputLayer]
    follow = all(before.output is after.input for before, after in itertools.pairwise(layers))
    return layers if follow and (type(model) is keras.Sequential or _are_all(model, layers)) else None


def _are_all(model: keras.Model, layers: Sequence[keras.Layer]) -> bool:
    """Returns whether the first layer takes the only input and the last one puts out the only output."""
    one_each = len(model.inputs) == len(model.outputs) == 1 and len(layers) > 0
    return one_each and layers[0].input is model.inputs[0] and layers[-1].output is model.outputs[0]


def is_plain(layer: keras.layers.Layer) -> bool:
    """Returns whether a layer is as Keras has it, with its own weights: no LoRA, no quantized kernel, no mask."""
    changed = getattr(layer, "mask_zero", False) or "call" in vars(layer)
    return (
        not changed and not getattr(layer, "lora_enabled", False) and getattr(layer, "quantization_mode", None) is None
    )


def takes_own_steps(model: keras.Model) -> list[str]:
    """Returns what of a step of Keras's ``fit`` a model says by itself."""
    return [name for name in _OF_A_STEP if getattr(type(model), name) is not getattr(keras.Model, name)]


def require_trainable(model: keras.Model, loss: Any, optimizer: Any, owner: str = "train") -> None:
    """Checks that a step of the loop means for these what a step of Keras's ``fit`` means.

    Raises:
        ValueError: The model takes steps of its own, loss or optimizer are only named, or the optimizer was used
            before: it would go on with what it remembers of another training.
    """
    own = takes_own_steps(model)
    require(not own, owner, "a model that takes Keras's steps", "Train it with chalktape.fit.", overridden=own)
    is_loss = isinstance(loss, keras.losses.Loss)
    require(is_loss, owner, "a keras.losses.Loss", "Make one, such as keras.losses.MeanSquaredError().", loss=loss)
    is_optimizer = isinstance(optimizer, keras.optimizers.Optimizer)
    require(is_optimizer, owner, "a keras.optimizers.Optimizer", "Make one.", optimizer=optimizer)
    require(not optimizer.built, owner, "a fresh optimizer", "Make one for each training.", optimizer=optimizer.name)


@contextmanager
def nothing_drawn() -> Iterator[None]:
    """Leaves Python's generator as it was: Keras draws a seed from it for each layer that is made.

    A copy of a net would else change how the next net starts that somebody makes.
    """
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)
