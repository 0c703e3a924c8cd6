"""Which trainings are alike but for weights, rows and their order, so that one compiled program serves them all."""

import json
import math
import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from models.engine import loop, ways
from models.engine.course import Course
from models.engine.devices import arithmetic, threads
from models.engine.diary import Watch
from models.engine.faster.reworking import Reworked
from models.engine.structure import chain, is_plain
from models.layers.pooling import BiasedMaxPooling2D
from models.losses import CrossEntropyCost, QuadraticCost

MOST_BYTES = 2**26  # of the weights of a net whose program is kept

_layers, _optimizers, _losses = keras.layers, keras.optimizers, keras.losses
# What these do is what their configuration and their variables say, and nothing besides.
_LAYERS = (
    _layers.Dense,
    _layers.Embedding,
    _layers.Conv1D,
    _layers.Conv2D,
    _layers.MaxPooling1D,
    _layers.MaxPooling2D,
    BiasedMaxPooling2D,
    _layers.AveragePooling2D,
    _layers.GlobalAveragePooling2D,
    _layers.Flatten,
    _layers.Reshape,
    _layers.Activation,
    _layers.BatchNormalization,
    _layers.Dropout,
)
_OPTIMIZERS = (_optimizers.SGD, _optimizers.Adam, _optimizers.AdamW, _optimizers.RMSprop)
_LOSSES = (
    _losses.BinaryCrossentropy,
    _losses.CategoricalCrossentropy,
    _losses.SparseCategoricalCrossentropy,
    _losses.MeanSquaredError,
    _losses.MeanAbsoluteError,
    CrossEntropyCost,
    QuadraticCost,
)


def likeness(
    model: keras.Model, loss: keras.Loss, optimizer: keras.Optimizer, course: Course, watch: Watch, reworked: Reworked
) -> str | None:
    """Returns what two trainings have in common that one program can serve, or ``None`` if it can serve no other.

    Args:
        model: To be trained.
        loss: Of its outputs.
        optimizer: Fresh.
        course: Through the rows.
        watch: What is looked at after each epoch.
        reworked: How the net is trained.
    """
    layers = chain(model)
    if layers is None or course.streams or not _is_told_in_full(model, layers, loss, optimizer):
        return None
    told = [_told(one) for one in (*layers, loss, optimizer)]
    if any(map(_is_somebody_elses, told)):
        return None
    rows = [[(array.shape, array.dtype.str) for array in arrays] for arrays in (course.data, watch.rows or ())]
    way = (course.rows_at_once, course.epochs, watch.patience, watch.monitor, watch.stops_at_rest)
    how = (
        reworked.xla,
        reworked.ends_under_xla,
        reworked.taken,
        reworked.shapes(model.weights),
        threads(),
        repr(ways.of(threads())),
    )
    place = (model.weights[0].value.device, tf.zeros(()).device, loop.BLOCK_BYTES, loop.VALIDATION_ROWS)
    net = (model.input_shape, model.inputs[0].dtype, [variable.trainable for variable in model.variables])
    axis = getattr(loss, "_fn_kwargs", {}).get("axis")
    besides = (loss.dtype, axis, keras.config.epsilon(), [layer.autocast for layer in layers])  # in no configuration
    return json.dumps([net, told, besides, rows, way, how, place, arithmetic()], default=repr)


def _is_told_in_full(
    model: keras.Model, layers: Sequence[keras.Layer], loss: keras.Loss, optimizer: keras.Optimizer
) -> bool:
    """Returns whether configurations and variables say all that a step does, and are not too large to be kept."""
    n_bytes = sum(math.prod(weight.shape) * weight.value.dtype.size for weight in model.weights)
    return (
        model.trainable
        and not {"call", "update_step"} & {*vars(loss), *vars(optimizer)}
        and all(type(layer) in _LAYERS and "call" not in vars(layer) and _is_kerass(layer) for layer in layers)
        and all(is_plain(layer) for layer in layers if isinstance(layer, (_layers.Dense, _layers.Embedding)))
        and type(loss) in _LOSSES
        and type(optimizer) in _OPTIMIZERS
        and not optimizer.use_ema
        and not any("exclude" in name for name in vars(optimizer))
        and int(optimizer.iterations) == 0
        and n_bytes <= MOST_BYTES
    )


def _is_kerass(layer: keras.Layer) -> bool:
    """Returns whether all that acts in a layer is Keras's own, and in it since it was built."""
    acting = [part for name, part in vars(layer).items() if name.endswith(("activation", "regularizer", "constraint"))]
    return (
        layer.activity_regularizer is None
        and all(part is None or str(getattr(part, "__module__", "")).startswith("keras.") for part in acting)
        and all(map(partial(_is_as_built, layer), layer.weights))
    )


def _is_as_built(layer: keras.Layer, weight: keras.Variable) -> bool:
    """Returns whether a weight's penalty and bound are its layer's: a layer that is given another later has it not."""
    parts = ("regularizer", "constraint")
    return all(getattr(weight, part) is getattr(layer, f"{weight.name}_{part}", None) for part in parts)


def _told(one: Any) -> tuple[str, dict[str, Any]]:
    """Returns what a layer, loss or optimizer is, without its name and without how weights start, which they have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a function could not be loaded again: such a one is like no other
        config = one.get_config()
    kept = {key: value for key, value in config.items() if key not in ("name", "seed")}
    return type(one).__name__, {key: value for key, value in kept.items() if not key.endswith("initializer")}


def _is_somebody_elses(told: Any) -> bool:
    """Returns whether a configuration names anything that is not Keras's: of a function it would say the name only."""
    if isinstance(told, dict):
        module = told.get("module")
        named = "class_name" in told and not (isinstance(module, str) and module.split(".")[0] == "keras")
        return named or any(map(_is_somebody_elses, told.values()))
    return isinstance(told, (list, tuple)) and any(map(_is_somebody_elses, told))
