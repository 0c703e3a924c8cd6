"""Which models may be trained in one program, and what of them the program needs."""

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

import keras
import numpy as np

from models.engine.fitting.rows import Rows
from models.engine.fitting.together import Mean, OfFunction
from models.engine.replicable import architecture, can_replicate, keeps_apart
from models.engine.steps import OwnSteps
from models.engine.structure import takes_own_steps

_ACCURACY = ("accuracy", "acc")
_PROPORTIONAL = (keras.optimizers.SGD, keras.optimizers.Adam, keras.optimizers.AdamW, keras.optimizers.RMSprop)


def kind(model: keras.Model, y: Any) -> str | None:
    """Returns what models in one program have in common, in one word, or ``None`` if this one goes alone.

    Args:
        model: Compiled.
        y: Targets; what is called accuracy or crossentropy depends on whether they are class numbers.
    """
    if not model.built or takes_own_steps(model) or not can_replicate(model) or keras.tree.is_nested(y):
        return None
    if loss_of(model, y) is None:
        return None
    compiled = _compiled(model)
    suits = (
        keeps_apart(model.optimizer)
        and compiled.get("loss_weights") is None
        and not compiled.get("weighted_metrics")
        and metrics_of(model, y) is not None
    )
    if rate_of(model) is not None:
        of_each = (
            ("learning_rate", "weight_decay") if type(model.optimizer) is keras.optimizers.AdamW else ("learning_rate",)
        )
        of_all = {key: value for key, value in compiled["optimizer"]["config"].items() if key not in of_each}
        compiled = {**compiled, "optimizer": (type(model.optimizer).__name__, of_all)}
    return repr((architecture(model), _without_names(compiled))) if suits else None


def rate_of(model: keras.Model) -> float | None:
    """Returns the learning rate where an optimizer's step is proportional to it and its memory the same at any."""
    optimizer = model.optimizer
    rate = optimizer.get_config()["learning_rate"]
    forgets = type(optimizer) in _PROPORTIONAL and not getattr(optimizer, "momentum", 0)
    return rate if forgets and isinstance(rate, float) and rate > 0 else None


def steps_of(models: Sequence[keras.Model]) -> OwnSteps | None:
    """Returns how far each of some models goes where one of the highest rate takes them all, if not equally far.

    Of a shorter step's digits some would be missing in a longer one.
    """
    rates = [rate for model in models if (rate := rate_of(model)) is not None]
    if len(rates) < len(models):
        return None
    found = [in_32_bits(model.optimizer.weight_decay) for model in models]
    decays = tuple(decay for decay in found if decay is not None)
    highest = max(rates)
    steps = OwnSteps(rates=tuple(rate / highest for rate in rates), decays=decays if len(set(decays)) > 1 else None)
    return steps if steps.differ else None


def loss_of(model: keras.Model, y: Any) -> Any:
    """Returns the loss of a model with one output as a `keras.losses.Loss`, or ``None`` if it is no mean over rows."""
    loss = model.loss
    if isinstance(loss, str):
        loss = keras.losses.get(f"{_outcome(model, y)}_crossentropy" if loss in ("crossentropy", "ce") else loss)
    if isinstance(loss, keras.losses.Loss):
        return loss if loss.reduction in ("sum_over_batch_size", "mean") else None
    is_kerass = callable(loss) and str(getattr(loss, "__module__", "")).startswith("keras.")
    return OfFunction(loss) if is_kerass else None


def metrics_of(model: keras.Model, y: Any) -> Any:
    """Returns name -> what rows come to, of metrics that are means over rows, or ``None`` if one is none."""
    named = _compiled(model).get("metrics") or []
    if not isinstance(named, (list, tuple)):
        return None
    found: dict[str, Mean] = {}
    for name in named:
        short = isinstance(name, str) and name in _ACCURACY
        metric = (
            keras.metrics.get(f"{_outcome(model, y)}_accuracy" if short else name) if isinstance(name, str) else None
        )
        if not isinstance(metric, keras.metrics.MeanMetricWrapper):
            return None
        found[name] = partial(metric._fn, **metric._fn_kwargs)
    return found


def in_32_bits(decay: float | None) -> float | None:
    """Returns a weight decay as Keras computes with it, whatever the precision of weights."""
    return None if decay is None else float(np.float32(decay))


def in_columns(model: keras.Model, rows: Rows) -> Rows:
    """Returns rows whose targets have the outputs' columns: one number a row becomes a column of one."""
    x, y, *weight = rows.parts
    return Rows(parts=(x, y[:, None] if y.ndim == 1 and model.output_shape[1:] == (1,) else y, *weight))


def _compiled(model: keras.Model) -> dict[str, Any]:
    """Returns what a model was compiled with, in words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a function could not be loaded again, which nobody wants
        return model.get_compile_config()


def _outcome(model: keras.Model, y: Any) -> str:
    """Returns how Keras names what is predicted where it is left to it: by outputs and targets."""
    if model.output_shape[-1] == 1:
        return "binary"
    return "sparse_categorical" if y.ndim == 1 or y.shape[-1] == 1 else "categorical"


def _without_names(config: Any) -> Any:
    """Returns a configuration without what Keras numbers: an optimizer's name, a layer's."""
    if isinstance(config, dict):
        return {key: _without_names(value) for key, value in config.items() if key not in ("name", "shared_object_id")}
    if isinstance(config, (list, tuple)):
        return [_without_names(value) for value in config]
    return config
