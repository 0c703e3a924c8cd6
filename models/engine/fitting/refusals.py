"""What ``fit`` refuses by name: all that would mean something else here than in Keras's ``fit``."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from models.checks import closest, require
from models.engine.fitting.rows import OWNER

_KERAS = "Leave it to Keras's fit."
_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)
_LOOPS = ("fit", "evaluate", "make_train_function", "make_test_function")


def require_compiled_once(model: Any, *, loss: Any, optimizer: Any, metrics: Any) -> None:
    """Checks that a model is compiled by one hand: its own, or by the loss that is given.

    Raises:
        ValueError: A compiled model is given a loss, which would forget its optimizer's state and its metrics, or
            optimizer and metrics come without a loss.
    """
    given = {"loss": loss, "optimizer": optimizer, "metrics": metrics}
    named = [name for name, value in given.items() if value is not None]
    require(
        not named or not getattr(model, "compiled", False),
        OWNER,
        "no loss, optimizer or metrics for a compiled model",
        "Leave them out to go on with its own, or call model.compile to begin anew.",
        given=named,
    )
    require(not named or loss is not None, OWNER, "a loss with optimizer or metrics", "Give one.", given=named)


def require_model(model: Any) -> None:
    """Checks that Keras's ``fit`` of this model is a loop over its ``train_step``, on this machine's TensorFlow.

    Raises:
        ValueError: It is something else.
    """
    backend = keras.backend.backend()
    require(backend == "tensorflow", OWNER, "Keras on TensorFlow", "Set KERAS_BACKEND=tensorflow.", backend=backend)
    require(isinstance(model, keras.Model), OWNER, "a keras.Model", "Give one.", model=type(model).__name__)
    require(
        model.compiled,
        OWNER,
        "a compiled model, or a loss",
        "Call model.compile, or give loss and optimizer.",
        model=model.name,
    )
    own = [name for name in _LOOPS if getattr(type(model), name) is not getattr(keras.Model, name)]
    require(not own, OWNER, "a model whose loop is Keras's", _KERAS, overridden=own)
    require(not model.run_eagerly, OWNER, "run_eagerly=False", "Epochs are compiled here. " + _KERAS, run_eagerly=True)
    n_devices = model.distribute_strategy.num_replicas_in_sync
    require(n_devices == 1, OWNER, "a model on one device", _KERAS, devices=n_devices)
    _require_as_compiled(model)


def _require_as_compiled(model: keras.Model) -> None:
    before = getattr(model, "_compiled_trainable_state", {})
    now = {layer: layer.trainable for layer in model._flatten_layers()}
    changed = [layer.name for layer, was in before.items() if now.get(layer, was) != was]
    require(
        not changed,
        OWNER,
        "layers that are trainable as they were when the model was compiled",
        "Call model.compile once more: fit may go on as before, with a warning at best.",
        changed=changed,
    )


def require_optimizer(model: keras.Model) -> None:
    """Checks that a built model's optimizer was built for its weights.

    Raises:
        ValueError: It has trained another model.
    """
    optimizer = model.optimizer
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    known = {id(variable) for variable in getattr(optimizer, "_trainable_variables", [])}
    strange = [weight.path for weight in model.trainable_variables if id(weight) not in known]
    require(
        optimizer is None or not known or not strange,
        OWNER,
        "an optimizer of this model's own",
        "It has trained other weights: make a fresh one and compile the model with it.",
        unknown_weights=strange[:3],
    )


def require_callbacks(callbacks: Sequence[Any]) -> None:
    """Checks that callbacks are called between epochs, and sensible.

    Raises:
        ValueError: One wants to be called by batch, or has a patience below 0.
    """
    for callback in callbacks:
        kind = type(callback).__name__
        is_single = isinstance(callback, keras.callbacks.Callback) and not isinstance(
            callback, keras.callbacks.CallbackList
        )
        require(is_single, OWNER, "callbacks as a list of keras.callbacks.Callback", "Give such.", callback=kind)
        hooks = [hook for hook in _HOOKS if _has(callback, hook)]
        by_epoch = isinstance(callback, keras.callbacks.ModelCheckpoint) and callback.save_freq == "epoch"
        require(
            not hooks or by_epoch,
            OWNER,
            "callbacks by epoch",
            "All batches of an epoch are one call. " + _KERAS,
            callback=kind,
            hooks=hooks,
        )
        patience = getattr(callback, "patience", 0)
        require(
            patience is None or patience >= 0,
            OWNER,
            f"a patience of {kind} of 0 or more epochs",
            "Below it training would end at once.",
            patience=patience,
        )


def _has(callback: keras.callbacks.Callback, hook: str) -> bool:
    return hook in vars(callback) or getattr(type(callback), hook) is not getattr(keras.callbacks.Callback, hook)


def require_monitors(callbacks: Sequence[Any], told: Mapping[str, Any] | Sequence[str]) -> None:
    """Checks that what callbacks watch is told at the end of an epoch.

    Raises:
        ValueError: It is not; Keras would warn and watch nothing.
    """
    for callback in callbacks:
        monitor = getattr(callback, "monitor", None)
        saves_all = isinstance(callback, keras.callbacks.ModelCheckpoint) and not callback.save_best_only
        if isinstance(monitor, str) and not saves_all:
            require(
                monitor in told,
                OWNER,
                f"a monitor of {type(callback).__name__} that is told after each epoch",
                closest(monitor, told),
                monitor=monitor,
            )
