"""``fit`` as Keras means it: its arguments, its callbacks, its history, with all batches of an epoch in one call."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from models.checks import require
from models.engine.arrays import shape_out
from models.engine.compilation import Compilation
from models.engine.fitting import refusals
from models.engine.fitting.asked import Asked
from models.engine.fitting.compiled import with_xla
from models.engine.fitting.epochs import Epochs
from models.engine.fitting.rows import OWNER, Rows, rows_of, weights_of_classes
from models.engine.one_net import DEVICE_BYTES
from models.engine.targets import require_targets


def fit(
    model: keras.Model,
    X: Any,
    y: Any = None,
    *,
    loss: Any = None,
    optimizer: Any = None,
    metrics: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: str | int = "auto",
    callbacks: Sequence[keras.callbacks.Callback] | keras.callbacks.Callback | None = None,
    validation_split: float = 0.0,
    validation_data: Sequence[Any] | None = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int | Sequence[int] = 1,
    seed: int | None = None,
    compilation: Compilation = "auto",
    device_bytes: int = DEVICE_BYTES,
) -> keras.callbacks.History:
    """Trains a model in place, as ``model.fit`` does, or refuses by name.

    Whole epochs run in a compiled program; what a step is, the model's own ``train_step`` says. So weights, the
    optimizer's state, metrics and history are those of ``fit``: with ``shuffle=False`` to the bit as a graph and to
    rounding under XLA, with ``shuffle=True`` for an order of rows that is drawn alike, but is another one. Training
    may go on from there, here or with ``fit``.

    Args:
        model: Any `keras.Model` that ``fit`` trains in a loop of Keras's own.
        X: Arrays or frames, one or a structure of several, rows first; memory maps are read a chunk at a time.
        y: Likewise; ``None``, as with what brings batches of its own, is refused.
        loss: Compiles a model that is not compiled yet, with ``optimizer`` and ``metrics``, as ``model.compile``.
        optimizer: ``None`` is that of ``model.compile``: the model's own, or rmsprop where it is compiled here.
        metrics: Of ``model.compile``.
        batch_size: Rows per update; ``None`` is 32.
        epochs: Number of the epoch to end before.
        verbose: As in ``fit``: 0 is silent.
        callbacks: Called between epochs; those by batch are refused.
        validation_split: Share of the rows, the last ones, that are only judged.
        validation_data: ``(X, y)`` or ``(X, y, sample_weight)``.
        shuffle: Whether each epoch has another order.
        class_weight: Class number -> weight of its rows.
        sample_weight: A weight for each row.
        initial_epoch: Number of the first epoch: what went before has had its orders of rows.
        steps_per_epoch: As many as there are batches, or ``None``.
        validation_steps: Likewise.
        validation_batch_size: Rows at once where they are judged; ``None`` is ``batch_size``.
        validation_freq: Every how many epochs they are, or after which, counted from 1.
        seed: Of the order of rows; ``None`` draws one from NumPy's, as set by ``keras.utils.set_random_seed``.
        compilation: ``"xla"``, ``"graph"``, or ``"auto"`` for XLA where it pays and is known to mean the same.
        device_bytes: Rows that take more are brought to the device in chunks.

    Returns:
        Keras's history, which is ``model.history``, too: the same keys, the same values.

    Raises:
        ValueError: Something here would mean another thing than in ``fit``, or nothing.
    """
    refusals.require_compiled_once(model, loss=loss, optimizer=optimizer, metrics=metrics)
    if loss is not None:
        model.compile(optimizer="rmsprop" if optimizer is None else optimizer, loss=loss, metrics=metrics)
    refusals.require_model(model)
    asked = Asked(
        epochs=epochs,
        initial_epoch=initial_epoch,
        batch_size=batch_size,
        validation_batch_size=validation_batch_size,
        validation_freq=validation_freq,
        shuffle=shuffle,
        steps_per_epoch=steps_per_epoch,
        validation_steps=validation_steps,
    )
    called = keras.tree.flatten(callbacks) if callbacks else []
    refusals.require_callbacks(called)
    rows, held_out = divided(rows_of(X, y, sample_weight), validation_split, validation_data)
    if class_weight is not None:
        rows = _with_class_weight(rows, class_weight)
    asked.require_all_rows(len(rows), None if held_out is None else len(held_out))
    if not model.built:
        _build(model, rows, asked.rows_at_once)
    for name, some in (("y", rows), ("validation y", held_out)):
        if some is not None:
            require_targets(OWNER, model.loss, some.parts[1], shape_out(model, rows.parts[0]), name=name)
    _build(model, rows, asked.rows_at_once)
    seed = int(np.random.randint(2**31)) if shuffle and seed is None else seed or 0
    n_steps = (epochs - initial_epoch) * -(-len(rows) // asked.rows_at_once)
    xla = with_xla(model, compilation, n_steps=n_steps)
    epochs_of = Epochs(model, asked, rows, held_out, seed=seed, xla=xla, device_bytes=device_bytes)
    return epochs_of.run(called, verbose)


def divided(rows: Rows, validation_split: float, validation_data: Sequence[Any] | None) -> tuple[Rows, Rows | None]:
    """Returns the rows to train on and those that are judged, which are the last ones of a split, as in Keras.

    Raises:
        ValueError: One part would be empty, or both ways are asked for.
    """
    split = validation_split
    require(
        validation_data is None or not split,
        OWNER,
        "validation_split or validation_data",
        "The split would have no effect: leave one of the two out.",
        validation_split=split,
    )
    if validation_data is not None:
        is_tuple = isinstance(validation_data, (tuple, list)) and len(validation_data) in (2, 3)
        form, remedy = "validation_data as (X, y) or (X, y, sample_weight)", "Anything else is left to Keras's fit."
        require(is_tuple, OWNER, form, remedy, validation_data=type(validation_data).__name__)
        return rows, rows_of(*validation_data, name="validation ")
    if not split:
        return rows, None
    at = int(np.floor(len(rows) * (1.0 - split))) if 0 < split < 1 else 0
    fits = 0 < at < len(rows)
    require(fits, OWNER, "rows in both parts", "Choose another share.", validation_split=split, rows=len(rows))
    return rows.part(0, at), rows.part(at, None)


def _with_class_weight(rows: Rows, class_weight: Mapping[int, float]) -> Rows:
    x, y, *weight = rows.parts
    is_mapping = isinstance(class_weight, Mapping)
    require(is_mapping, OWNER, "class_weight as class number -> weight", "Give a dict.", class_weight=class_weight)
    require(
        not weight,
        OWNER,
        "class_weight or sample_weight",
        "Keras takes one of them: multiply the two yourself.",
        class_weight=dict(class_weight),
    )
    return Rows(parts=(x, y, weights_of_classes(y, class_weight)))


def _build(model: keras.Model, rows: Rows, batch_size: int) -> None:
    """Makes all variables of model, metrics and optimizer, as ``fit`` does before its first step."""
    batch = [tf.constant(np.asarray(array)) for array in rows.part(0, batch_size).arrays]
    model._symbolic_build(data_batch=rows.packed(batch))
    refusals.require_optimizer(model)
