"""``fit_many``: the models of a cross-validation, of repeats or of a grid, in one program where they are alike."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from models.checks import require, require_whole
from models.engine.arrays import shape_out
from models.engine.compilation import Compilation
from models.engine.fitting import alike, refusals
from models.engine.fitting.asked import Asked
from models.engine.fitting.compiled import with_xla
from models.engine.fitting.fit import fit
from models.engine.fitting.rows import Rows, rows_of
from models.engine.fitting.together import train_together
from models.engine.targets import require_targets

OWNER = "fit_many"


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedMany:
    """Trained models, in the order in which they were asked for.

    Attributes:
        models: Each as `fit` leaves it: weights, optimizer, ``model.history``.
        groups: Numbers of the models that were trained in one program each.
    """

    models: tuple[keras.Model, ...]
    groups: tuple[tuple[int, ...], ...]

    @property
    def histories(self) -> tuple[keras.callbacks.History, ...]:
        """What each epoch of each model came to."""
        return tuple(model.history for model in self.models)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Single:
    """One model to train, with its rows."""

    model: keras.Model
    rows: Rows
    held_out: Rows | None
    seed: int


def fit_many(
    build: Callable[..., keras.Model],
    X: Any,
    y: Any,
    *,
    folds: Iterable[tuple[Any, Any]] | None = None,
    seeds: Iterable[int] | None = None,
    settings: Iterable[Mapping[str, Any]] | None = None,
    batch_size: int | None = None,
    epochs: int = 1,
    shuffle: bool = True,
    sample_weight: Any = None,
    validation_data: Sequence[Any] | None = None,
    seed: int = 0,
    compilation: Compilation = "auto",
) -> FittedMany:
    """Trains many models, each as `fit` trains it alone; those that are alike in one program.

    Before a model is built, its seed is Keras's (``keras.utils.set_random_seed``), so that it is the one that is
    built and trained alone after it::

        keras.utils.set_random_seed(seed)
        model = build()
        chalktape.fit(model, X[train], y[train], validation_data=(X[test], y[test]), seed=seed, epochs=...)

    In one program are models of one architecture, compiled alike, with equally many rows: chains of dense layers,
    embeddings without a mask, flattening, activations, batch normalization and dropout under SGD, Adam, AdamW or
    RMSprop, with metrics that are means over rows. They may differ in the size of L2 penalties and of dropout, without
    momentum in the learning rate, and under AdamW in the weight decay. All others are trained one after the other, by
    `fit`.

    Args:
        build: Returns a compiled model, with an optimizer of its own: ``build()``, or ``build(**setting)``.
        X: As in `fit`; one input.
        y: As in `fit`; one output.
        folds: Pairs of row numbers, such as ``KFold(10).split(X)``: those to train on, and those to judge after each
            epoch. Fold k has the seed ``seed + k``.
        seeds: Of repeats on all rows.
        settings: Keywords of ``build``, such as ``[{"units": 8}, {"units": 16}]``, on all rows, all with ``seed``.
        batch_size: Rows per update; ``None`` is 32.
        epochs: Of each model.
        shuffle: Whether each epoch has another order.
        sample_weight: A weight for each row.
        validation_data: ``(X, y)`` or ``(X, y, sample_weight)``, judged after each epoch; not with folds.
        seed: Of folds and settings.
        compilation: As in `fit`.

    Raises:
        ValueError: What is asked for is not one of folds, seeds and settings, or `fit` refuses it.
    """
    ways = {"folds": folds, "seeds": seeds, "settings": settings}
    given = [name for name, way in ways.items() if way is not None]
    require(len(given) == 1, OWNER, "one of folds, seeds and settings", "Give one of them.", given=given)
    require(
        folds is None or validation_data is None,
        OWNER,
        "folds or validation_data",
        "The rows of a fold that are left out are judged: leave validation_data out.",
        validation_data=type(validation_data).__name__,
    )
    is_built = isinstance(build, keras.Model) or not callable(build)
    remedy = "Give such as lambda: keras.Sequential(...), compiled: each training has a model of its own."
    require(not is_built, OWNER, "build as a function that returns a model", remedy, build=type(build).__name__)
    many = ways[given[0]]
    remedy = "Give such as folds=KFold(10).split(X), seeds=range(10) or settings=[{'units': 8}]."
    require(isinstance(many, Iterable), OWNER, f"{given[0]} one after the other", remedy, **{given[0]: many})
    require_whole(OWNER, "seed", seed, 0)
    asked = Asked(epochs=epochs, batch_size=batch_size, shuffle=shuffle)
    rows = rows_of(X, y, sample_weight)
    held_out = None if validation_data is None else rows_of(*validation_data, name="validation ")
    singles = _singles(build, rows, held_out, ways, seed)
    require(len(singles) > 0, OWNER, f"{given[0]} that are some", "Give one at least.", **{given[0]: []})
    _require_own_parts(singles)
    groups: dict[Hashable, list[int]] = {}
    for number, single in enumerate(singles):
        _check(single)
        kind = alike.kind(single.model, single.rows.parts[1])
        sizes = (len(single.rows), 0 if single.held_out is None else len(single.held_out))
        groups.setdefault((number,) if kind is None else (kind, *sizes), []).append(number)
    for numbers in groups.values():
        _train([singles[number] for number in numbers], asked, compilation)
    return FittedMany(models=tuple(single.model for single in singles), groups=tuple(map(tuple, groups.values())))


def _singles(
    build: Callable[..., keras.Model], rows: Rows, held_out: Rows | None, ways: Mapping[str, Any], seed: int
) -> list[_Single]:
    if ways["folds"] is not None:
        pairs = [tuple(_row_numbers(part, len(rows)) for part in fold) for fold in ways["folds"]]
        return [
            _Single(model=_built(build, seed + k), rows=rows.at(train), held_out=rows.at(test), seed=seed + k)
            for k, (train, test) in enumerate(pairs)
        ]
    if ways["seeds"] is not None:
        seeds = list(ways["seeds"])
        for one in seeds:
            require_whole(OWNER, "each seed", one, 0)
        return [_Single(model=_built(build, int(s)), rows=rows, held_out=held_out, seed=int(s)) for s in seeds]
    settings = list(ways["settings"])
    return [_Single(model=_built(build, seed, **one), rows=rows, held_out=held_out, seed=seed) for one in settings]


def _built(build: Callable[..., keras.Model], seed: int, **setting: Any) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return build(**setting)


def _row_numbers(part: Any, n_rows: int) -> NDArray[Any]:
    numbers = np.asarray(part)
    numbers = np.flatnonzero(numbers) if numbers.dtype == bool and numbers.shape == (n_rows,) else numbers
    is_numbers = numbers.ndim == 1 and numbers.dtype.kind in "iu" and len(numbers) > 0
    within = is_numbers and numbers.min() >= 0 and numbers.max() < n_rows
    form = f"folds as pairs of row numbers from 0 to {n_rows - 1}"
    require(within, OWNER, form, "Give such as list(KFold(10).split(X)).", fold=part)
    return numbers


def _require_own_parts(singles: Sequence[_Single]) -> None:
    models = {id(single.model) for single in singles}
    optimizers = {id(getattr(single.model, "optimizer", single)) for single in singles}
    own = len(models) == len(optimizers) == len(singles)
    remedy = "Make model and optimizer inside build: one that is shared would go on with what it remembers."
    received = {"models": len(models), "optimizers": len(optimizers), "trainings": len(singles)}
    require(own, OWNER, "a model and an optimizer for each training", remedy, **received)


def _check(single: _Single) -> None:
    refusals.require_model(single.model)
    optimizer = single.model.optimizer
    fresh = optimizer is None or int(optimizer.iterations) == 0
    require(fresh, OWNER, "models that build has not trained", "Leave training to fit_many.", model=single.model.name)
    if single.model.built:
        outputs = shape_out(single.model, single.rows.parts[0])
        require_targets(OWNER, single.model.loss, single.rows.parts[1], outputs)


def _train(group: Sequence[_Single], asked: Asked, compilation: Compilation) -> None:
    first = group[0].model
    if len(group) == 1:
        single = group[0]
        x, y, *weight = single.rows.parts
        how: dict[str, Any] = {
            "epochs": asked.epochs,
            "batch_size": asked.rows_at_once,
            "shuffle": asked.shuffle,
            "seed": single.seed,
        }
        held_out = None if single.held_out is None else single.held_out.parts
        weights = weight[0] if weight else None
        fit(first, x, y, sample_weight=weights, validation_data=held_out, compilation=compilation, verbose=0, **how)
        return
    n_steps = asked.epochs * -(-len(group[0].rows) // asked.rows_at_once)
    xla = with_xla(first, compilation, n_steps=n_steps, together=True)
    curves = train_together(
        [single.model for single in group],
        [alike.in_columns(single.model, single.rows) for single in group],
        None
        if group[0].held_out is None
        else [alike.in_columns(single.model, single.held_out) for single in group if single.held_out is not None],
        loss=alike.loss_of(first, group[0].rows.parts[1]),
        metrics=alike.metrics_of(first, group[0].rows.parts[1]),
        steps=alike.steps_of([single.model for single in group]),
        asked=asked,
        seeds=[single.seed for single in group],
        compilation="xla" if xla else "graph",
    )
    for single, told in zip(group, curves, strict=True):
        _write_history(single.model, told, asked.epochs)


def _write_history(model: keras.Model, told: Mapping[str, NDArray[np.float64]], epochs: int) -> None:
    """Gives a model the history that Keras would have written."""
    callbacks = keras.callbacks.CallbackList(add_history=True, model=model, epochs=epochs)
    callbacks.on_train_begin()
    for epoch in range(epochs):
        callbacks.on_epoch_end(epoch, {name: curve[epoch] for name, curve in told.items()})
    callbacks.on_train_end()
