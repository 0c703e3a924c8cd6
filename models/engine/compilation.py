"""Whether XLA compiles a net's training loop, and the ends of its epochs: rules that were measured."""

from typing import Literal, get_args

import keras
import tensorflow as tf

from models.checks import require

Compilation = Literal["auto", "xla", "graph"]

MANY_STEPS = 5_000
MANY_EPOCHS = 500
_SLOW_UNDER_XLA = ("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose")


def use_xla(
    model: keras.Model,
    compilation: Compilation = "auto",
    *,
    n_steps: int,
    strategy: tf.distribute.Strategy | None = None,
) -> bool:
    """Returns whether XLA compiles the training of ``model``.

    The rule of ``"auto"``, measured by ``benchmarks`` on CPUs (``docs/benchmarks.md``): XLA takes half a second
    longer to be ready and then saves some 0.05 to 0.2 milliseconds a step, so it pays from a few thousand steps on;
    convolutions are many times slower under it. XLA does not compile what several devices share.

    Args:
        model: To be trained.
        compilation: ``"xla"`` or ``"graph"`` overrides the rule.
        n_steps: Optimizer steps, at the most.
        strategy: Of several devices, or ``None``.

    Raises:
        ValueError: If ``compilation`` is unknown, or asks for XLA under a strategy.
    """
    require(
        compilation in get_args(Compilation) and not (compilation == "xla" and strategy),
        "train",
        "compilation auto, xla or graph, and no xla with a strategy",
        "Choose auto.",
        compilation=compilation,
        strategy=strategy,
    )
    if compilation != "auto":
        return compilation == "xla"
    return strategy is None and n_steps >= MANY_STEPS and not _convolves(model)


def use_xla_for_ends(epochs: int) -> bool:
    """Returns whether XLA also compiles the end of an epoch, of a training whose steps it compiles.

    An end is a step on fewer rows and the loss on validation rows: a program of its own that takes XLA as long to
    compile as all other steps, eight tenths of a second for a small net. It is run once an epoch and saves one or two
    milliseconds at the most, so it pays from some five hundred epochs on.

    Args:
        epochs: At the most.
    """
    return epochs >= MANY_EPOCHS


def _convolves(layer: keras.Layer) -> bool:
    return type(layer).__name__ in _SLOW_UNDER_XLA or any(map(_convolves, getattr(layer, "layers", [])))
