"""Whether XLA compiles a net's training loop, and the ends of its epochs: rules that were measured."""

from collections.abc import Sequence
from typing import Literal, get_args

import keras
import tensorflow as tf

from models.checks import require
from models.layers.stackable import Stackable
from models.resilient import RpropPlus

Compilation = Literal["auto", "xla", "graph"]

MANY_STEPS = 5_000
MANY_STEPS_TOGETHER = 1_500
MANY_EPOCHS = 500
_WITHOUT_REPEATING_BITS = ("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "BiasedMaxPooling2D")
_SLOW_UNDER_XLA = ("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose")


def use_xla(
    model: keras.Model,
    compilation: Compilation = "auto",
    *,
    n_steps: int,
    together: bool = False,
    optimizer: keras.Optimizer | None = None,
    strategy: tf.distribute.Strategy | None = None,
) -> bool:
    """Returns whether XLA compiles the training of ``model``.

    The rule of ``"auto"``, measured by ``benchmarks`` on CPUs (``docs/benchmarks.md``): XLA takes half a second
    longer to be ready and then saves some 0.05 to 0.2 milliseconds a step, so it pays from a few thousand steps on;
    of several nets at once a step has more to save, 0.5 to 1.5 milliseconds for five or ten of them and 10 for a
    hundred, and it pays from 1,500 on. That holds for nets of Keras's own layers, for ours have more operations
    to compile and less to save; and for nets that draw nothing at random, for XLA draws other numbers: a net with
    dropout would else be another net among others than alone. Nor does it hold for `RpropPlus`, which goes by the signs
    of slopes: a rounding that turns one makes another net, so several go the way of one alone. Convolutions are many
    times slower under XLA, and it does not compile what several devices share, nor max pooling on a GPU.

    Args:
        model: To be trained.
        compilation: ``"xla"`` or ``"graph"`` overrides the rule.
        n_steps: Optimizer steps, at the most.
        together: Whether ``model`` is one of several that are trained in one program.
        optimizer: Of its weights, where there is one that might amplify rounding.
        strategy: Of several devices, or ``None``.

    Raises:
        ValueError: If ``compilation`` is unknown, or asks for XLA under a strategy, or for max pooling on a GPU.
    """
    require(
        compilation in get_args(Compilation) and not (compilation == "xla" and strategy),
        "train",
        "compilation auto, xla or graph, and no xla with a strategy",
        "Choose auto.",
        compilation=compilation,
        strategy=strategy,
    )
    pools_on_gpu = _holds(model, _WITHOUT_REPEATING_BITS) and _on_gpu(model)
    require(
        not (compilation == "xla" and pools_on_gpu),
        "train",
        "no xla on a GPU for a net with max pooling",
        "TensorFlow has no gradient of it there that repeats its bits: choose auto.",
        compilation=compilation,
        model=model.name,
    )
    if compilation != "auto":
        return compilation == "xla"
    if strategy is not None or pools_on_gpu or _holds(model, _SLOW_UNDER_XLA):
        return False
    is_own = isinstance(optimizer, RpropPlus) or any(isinstance(layer, Stackable) for layer in model.layers)
    return n_steps >= (MANY_STEPS_TOGETHER if together and not is_own and not draws(model) else MANY_STEPS)


def draws(model: keras.Model) -> list[str]:
    """Returns the paths of the variables from which a model draws at random, such as those of dropout."""
    return [variable.path for variable in model.variables if "seed_generator" in variable.path]


def use_xla_for_ends(model: keras.Model, epochs: int) -> bool:
    """Returns whether XLA also compiles the ends of epochs, of a training whose steps it compiles.

    An end is a step on fewer rows and the loss on validation rows: a program of its own that takes XLA as long to
    compile as all other steps, eight tenths of a second for a small net. It is run once an epoch and saves one or two
    milliseconds at the most, so it pays from some five hundred epochs on. What draws at random is drawn by one of the
    two throughout.

    Args:
        model: To be trained.
        epochs: At the most.
    """
    return epochs >= MANY_EPOCHS or bool(draws(model))


def _holds(layer: keras.Layer, names: Sequence[str]) -> bool:
    """Returns whether a layer, or one inside it, is of one of these classes."""
    return type(layer).__name__ in names or any(_holds(inner, names) for inner in getattr(layer, "layers", []))


def _on_gpu(model: keras.Model) -> bool:
    return any("GPU" in weight.value.device for weight in model.weights[:1])
