"""Whether XLA compiles a model's own step: where it pays, and is known to mean the same."""

from typing import Any

import keras

from models.checks import require
from models.engine.compilation import Compilation, draws, use_xla
from models.engine.fitting.rows import OWNER
from models.engine.structure import takes_own_steps

_KNOWN = ("keras.", "models.")  # whose layers compute the same under XLA


def with_xla(model: keras.Model, compilation: Compilation, *, n_steps: int, together: bool = False) -> bool:
    """Returns whether XLA compiles the training of a model through its own step.

    Args:
        model: Compiled and built.
        compilation: ``"auto"`` takes XLA for long trainings of Keras's own layers, loss and step, which draw nothing
            at random: XLA draws other numbers than ``fit`` does.
        n_steps: Of the training.
        together: Whether it is one of several in one program.

    Raises:
        ValueError: It is unknown, or XLA is asked for where it means another training.
    """
    asked = use_xla(model, compilation, n_steps=n_steps, together=together, optimizer=model.optimizer)
    drawing = draws(model)
    require(
        compilation != "xla" or not drawing,
        OWNER,
        "compilation auto or graph for a model that draws at random",
        "XLA would draw other numbers than Keras's fit.",
        compilation=compilation,
        drawing=drawing[:3],
    )
    return asked and (compilation == "xla" or (not drawing and _is_known(model)))


def _is_known(model: keras.Model) -> bool:
    """Returns whether nothing of a model is somebody's own, which XLA may not compile."""
    parts: list[Any] = [*model._flatten_layers(), model.optimizer, *keras.tree.flatten(model.loss)]
    return (
        not takes_own_steps(model)
        and all(map(_is_ours, parts))
        and all(layer.supports_jit for layer in model._flatten_layers())
    )


def _is_ours(part: Any) -> bool:
    home = part if hasattr(part, "__name__") else type(part)
    return isinstance(part, str) or part is None or home.__module__.startswith(_KNOWN)
