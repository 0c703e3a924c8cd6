"""Which nets can be trained along a leading axis, and what they must have in common.

The arithmetic of `models.engine.many_nets` covers chains of dense layers with weights in one precision, losses that are
means over rows, and optimizers that work number by number. Whatever else a net has is named, never left out.
"""

from collections.abc import Sequence
from typing import Any

import keras
from numpy.typing import NDArray

from models.checks import require
from models.engine.structure import chain, is_plain, operations, require_trainable
from models.layers.stackable import Stackable
from models.optimizers import AdamByLayer
from models.resilient import RpropPlus

Layers = keras.layers
_HIDDEN = (Layers.Dense, Layers.Activation, Layers.BatchNormalization, Layers.Dropout)
_LAYERS = (Layers.InputLayer, Layers.Embedding, Layers.Flatten, *_HIDDEN)
_OPTIMIZERS = (
    keras.optimizers.SGD,
    keras.optimizers.Adam,
    keras.optimizers.AdamW,
    keras.optimizers.RMSprop,
    AdamByLayer,
    RpropPlus,
)


def can_replicate(model: keras.Model) -> bool:
    """Returns whether `train_replicates` can train nets like this one."""
    return _obstacle(model) is None


def keeps_apart(optimizer: Any) -> bool:
    """Returns whether an optimizer of all nets is one of each: it works number by number."""
    couples = type(optimizer) not in _OPTIMIZERS
    return not couples and not (optimizer.clipnorm or optimizer.global_clipnorm or optimizer.use_ema)


def architecture(model: keras.Model) -> list[Any]:
    """Returns what replicates must have in common."""
    own = ("name", "seed", "initializer")
    configs = (layer.get_config() for layer in model.layers)
    kept = (
        {key: _without_size(key, value) for key, value in config.items() if not key.endswith(own)} for config in configs
    )
    return [model.input_shape, *kept]


def require_replicable(
    models: Sequence[keras.Model],
    X: NDArray[Any],
    seeds: Sequence[int],
    blocks: Sequence[int],
    loss: keras.losses.Loss,
    optimizer: Any,
) -> None:
    """Checks that the stacked arithmetic is each net's own.

    Args:
        models: That will be trained at once.
        X: ``(n_blocks, n_samples, n_features)``.
        seeds: One for each model.
        blocks: The number of each model's block of rows.
        loss: That all are trained on.
        optimizer: Of all.

    Raises:
        ValueError: A model that cannot be stacked or is unlike the first one, seeds or blocks that do not fit the
            models, a loss that is no mean over rows, or an optimizer that would couple the models.
    """
    who, alone = "train_replicates", "Train with `one_net.train`."
    different = list({id(model): model for model in models}.values())
    for model in different:
        require_trainable(model, loss, optimizer, who)
    obstacle = _obstacle(models[0])
    require(obstacle is None, who, "a chain of dense layers", alone, obstacle=obstacle)
    require(
        len(models) == len(seeds) == len(blocks) and sorted(set(blocks)) == list(range(len(X))),
        who,
        "as many models as seeds and blocks of rows",
        "Give one of each.",
        **{"len(models)": len(models), "len(seeds)": len(seeds), "X.shape": X.shape},
    )
    first, *others = map(architecture, different)
    unlike = [index for index, other in enumerate(others, 1) if other != first]
    require(not unlike, who, "models alike but for weights and seeds", "Train the others by themselves.", unlike=unlike)
    require(
        loss.reduction in ("sum_over_batch_size", "mean"),
        who,
        "a loss that is a mean over rows",
        alone,
        reduction=loss.reduction,
    )
    require(
        keeps_apart(optimizer),
        who,
        "SGD, Adam, AdamW, RMSprop, AdamByLayer or RpropPlus, without averaging of weights and without clipping by "
        "norm, which would couple the replicates",
        alone,
        optimizer=type(optimizer).__name__,
    )


def _obstacle(model: keras.Model) -> str | None:
    """Returns what the stacked arithmetic does not cover, or ``None``."""
    if not operations(model):
        return f"a model with a call of its own: {type(model).__name__}"
    if len(model.input_shape) != 2:
        return f"input_shape={model.input_shape}"
    for layer in model.layers:
        if not _is_covered(layer):
            return f"layer {layer.name!r} of type {type(layer).__name__} with {layer.get_config()}"
    if chain(model) is None:
        return "layers that do not follow one another"
    for layer in model.layers:
        if isinstance(layer, (Layers.Dense, Layers.BatchNormalization)) and len(layer.input.shape) != 2:
            return f"layer {layer.name!r} of type {type(layer).__name__} on rows of more than one axis"
    for weight in model.trainable_variables:
        if weight.constraint is not None or type(weight.regularizer) not in (type(None), keras.regularizers.L2):
            return f"constraint or regularizer other than L2 on {weight.path!r}"
    return None


def _is_covered(layer: keras.Layer) -> bool:
    known = type(layer) in _LAYERS or isinstance(layer, Stackable)
    if not known or layer.dtype_policy.compute_dtype != layer.dtype_policy.variable_dtype:
        return False
    if isinstance(layer, Layers.BatchNormalization):
        # Keras 3.10 has no renorm yet.
        return not getattr(layer, "renorm", False) and not layer.synchronized
    if isinstance(layer, Layers.Dropout):
        return layer.noise_shape is None
    if isinstance(layer, (Layers.Dense, Layers.Embedding)) and not is_plain(layer):
        return False
    if isinstance(layer, Layers.Flatten) and layer.data_format != "channels_last":
        return False
    return getattr(layer, "activity_regularizer", None) is None


def _without_size(key: str, value: Any) -> Any:
    """Returns a layer's setting, or that it has one where replicates may differ in its size."""
    if key == "rate":
        return value > 0
    return value["class_name"] if key == "kernel_regularizer" and value is not None else value
