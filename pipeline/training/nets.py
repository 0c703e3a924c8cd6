"""Nets on every fold: rows are prepared once for each fold, and nets that can be are trained in one program."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from experiments.language import Ensemble, Net, Training
from models.checks import require
from models.classifier import NetClassifier
from models.engine import loop, many_nets, one_net
from models.engine.devices import Placement
from models.layers.augmentation import expand_by_shifts
from pipeline.data.values import Dataset, Fold
from pipeline.training.keras_net import core_model, inputs_model, loss, optimizer, targets
from pipeline.training.values import Trained

Progress = Callable[[str, float], None]
"""Called with where the training is, in words, and the share of the candidate's work that is done, 0 to 1."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while a net was trained.

    Attributes:
        trained: What there is of it, on the folds that have finished an epoch.
    """

    def __init__(self, trained: Sequence[Trained]) -> None:
        super().__init__("training was interrupted")
        self.trained = tuple(trained)


def train_nets(
    candidate: Net | Ensemble,
    dataset: Dataset,
    folds: Sequence[Fold],
    *,
    epochs: int | None,
    placement: Placement,
    tell: Progress,
) -> tuple[Trained, ...]:
    """Trains a net, or all nets of an ensemble, on every fold; arguments as of `pipeline.training.train.train`."""
    members = candidate.members if isinstance(candidate, Ensemble) else (candidate,)
    net = members[0]
    with placement.with_precision(net.training.precision).scope():
        prepared = [_prepare(net, dataset, fold) for fold in folds]
        tasks = [task for rows in prepared for task in _tasks(members, dataset, rows)]
        done: list[_Done] = []
        for group in _groups(tasks, net.training, placement):
            progress = _progress(tell, n_done=len(done), n_now=len(group), n_all=len(tasks))
            try:
                done += zip(group, _fit(net.training, group, epochs, placement, progress), strict=True)
            except loop.Interrupted as stopped:
                done += [pair for pair in zip(group, stopped.histories, strict=True) if len(pair[1].train_loss)]
                raise Interrupted(list(_by_fold(candidate, prepared, done))) from None
        return tuple(_by_fold(candidate, prepared, done))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Rows:
    """The rows of one fold on the scale of the first trained layer."""

    fold: Fold
    inputs: keras.Model
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    X: NDArray[np.float32]
    y: NDArray[Any]
    sample_weight: NDArray[np.float32] | None
    validation: tuple[NDArray[Any], ...] | None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Task:
    """One net to train on one fold."""

    rows: _Rows
    core: keras.Model
    seed: int


_Done = tuple[_Task, one_net.History]


def _prepare(net: Net, dataset: Dataset, fold: Fold) -> _Rows:
    """Fits what comes before the net on the rows it learns from, and applies it once instead of every epoch."""
    train_rows, validation_rows = _hold_out(net.training, dataset, fold)
    inputs = inputs_model(net, dataset, train_rows)

    def on_model_scale(
        raw: NDArray[Any], y: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[Any], NDArray[np.float32] | None]:
        X = np.asarray(inputs(raw), np.float32)
        weight = _class_weights(dataset.y[train_rows], dataset.n_classes)[y] if net.training.balanced else None
        return X, targets(y, dataset.n_classes, net.training), weight

    X, y, sample_weight = on_model_scale(*_expand(net.training, dataset, train_rows))
    held_out = on_model_scale(dataset.X[validation_rows], dataset.y[validation_rows]) if len(validation_rows) else None
    return _Rows(
        fold=fold,
        inputs=inputs,
        train_rows=train_rows,
        validation_rows=validation_rows,
        X=X,
        y=y,
        sample_weight=sample_weight,
        validation=tuple(part for part in held_out if part is not None) if held_out else None,
    )


def _hold_out(training: Training, dataset: Dataset, fold: Fold) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the rows that are learned from and the rows that early stopping watches, all from the training rows."""
    if training.patience is None:
        return fold.train_rows, fold.train_rows[:0]
    if training.validation_rows == "last":
        learned, watched = train_test_split(fold.train_rows, test_size=training.validation_share, shuffle=False)
        return learned, watched
    learned, watched = train_test_split(
        fold.train_rows,
        test_size=training.validation_share,
        random_state=fold.seed,
        stratify=dataset.y[fold.train_rows],
    )
    return learned, watched


def _expand(training: Training, dataset: Dataset, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Returns raw training rows and their classes, with what the declared expansion adds."""
    X, y = dataset.X[rows], dataset.y[rows]
    if training.expansion == "none":
        return X, y
    require(dataset.is_image, "train", "images for expansion", "Take expansion out.", dataset=dataset.name)
    X = expand_by_shifts(X)
    return X, np.tile(y, len(X) // len(y))


def _class_weights(y: NDArray[np.int64], n_classes: int) -> NDArray[np.float32]:
    """Returns ``n_samples / (n_classes * rows of the class)``, scikit-learn's "balanced"."""
    return (len(y) / (n_classes * np.bincount(y, minlength=n_classes))).astype(np.float32)


def _tasks(members: Sequence[Net], dataset: Dataset, rows: _Rows) -> Iterator[_Task]:
    """Yields the nets of one fold; the first has the fold's own seed, so it is the net that would be trained alone."""
    drawn = np.random.SeedSequence(rows.fold.seed).generate_state(len(members) - 1) >> 1
    for member, seed in zip(members, [rows.fold.seed, *drawn.tolist()], strict=True):
        core = core_model(member, dataset, rows.inputs.output_shape[1:], seed)
        yield _Task(rows=rows, core=core, seed=seed)


def _groups(tasks: Sequence[_Task], training: Training, placement: Placement) -> list[list[_Task]]:
    """Returns the nets that are trained as one program: those of as many rows, where the architecture allows it."""
    if placement.strategy is not None or training.averaging or not many_nets.can_replicate(tasks[0].core):
        return [[task] for task in tasks]
    groups: dict[tuple[int, int], list[_Task]] = {}
    for task in tasks:
        sizes = (len(task.rows.train_rows), len(task.rows.validation_rows))
        groups.setdefault(sizes, []).append(task)
    return list(groups.values())


def _progress(tell: Progress, *, n_done: int, n_now: int, n_all: int) -> loop.Progress:
    """Returns what tells the epochs of one group as a share of all nets' work."""
    nets = f"{n_now} nets at once" if n_now > 1 else f"net {n_done + 1} of {n_all}"

    def progress(epoch: float, n_epochs: int, *_: Any) -> None:
        tell(f"{nets}, epoch {int(epoch)} of {n_epochs}", (n_done + n_now * epoch / n_epochs) / n_all)

    return progress


def _fit(
    training: Training, group: Sequence[_Task], epochs: int | None, placement: Placement, progress: loop.Progress
) -> Sequence[one_net.History]:
    """Trains a group's nets in place and returns a history for each."""
    first = group[0]
    epochs = epochs or training.epochs
    how: dict[str, Any] = {
        "loss": loss(first.core, training),
        "epochs": epochs,
        "batch_size": training.batch_size,
        "patience": training.patience,
        "monitor": training.monitor,
        "progress": progress,
    }

    def make_optimizer() -> keras.Optimizer:
        return optimizer(training, epochs, len(first.rows.X))

    if len(group) == 1:
        history = one_net.train(
            first.core,
            first.rows.X,
            first.rows.y,
            optimizer=make_optimizer(),
            seed=first.seed,
            sample_weight=first.rows.sample_weight,
            validation_data=first.rows.validation,
            strategy=placement.strategy,
            **how,
        )
        return [history]
    return many_nets.train_replicates(
        [task.core for task in group],
        np.stack([task.rows.X for task in group]),
        np.stack([task.rows.y for task in group]),
        make_optimizer=make_optimizer,
        seeds=[task.seed for task in group],
        sample_weight=_stacked([task.rows.sample_weight for task in group]),
        validation_data=tuple(map(np.stack, zip(*(task.rows.validation or () for task in group), strict=True))) or None,
        **how,
    )


def _stacked(arrays: Sequence[Any]) -> Any:
    return None if arrays[0] is None else np.stack(arrays)


def _by_fold(candidate: Net | Ensemble, prepared: Sequence[_Rows], done: Sequence[_Done]) -> Iterator[Trained]:
    """Yields the folds on which every net is trained."""
    n_members = candidate.n_members if isinstance(candidate, Ensemble) else 1
    for rows in prepared:
        own = [pair for pair in done if pair[0].rows is rows]
        if len(own) == n_members:
            yield _trained(candidate, rows, own)


def _trained(candidate: Net | Ensemble, rows: _Rows, own: Sequence[_Done]) -> Trained:
    cores = [task.core for task, _ in own]
    histories = [history for _, history in own]
    curves = {"train_loss": _mean_curve([history.train_loss for history in histories])}
    for name in ("validation_loss", "validation_accuracy"):
        if getattr(histories[0], name) is not None:
            curves[name] = _mean_curve([getattr(history, name) for history in histories])
    return Trained(
        candidate=candidate,
        fold_index=rows.fold.index,
        seed=rows.fold.seed,
        model=NetClassifier(_whole(candidate.name, rows.inputs, cores)),
        history=curves,
        best_epoch=round(np.mean([history.best_epoch for history in histories])),
        n_parameters=sum(int(np.prod(weight.shape)) for core in cores for weight in core.trainable_weights),
        seconds=sum(history.seconds for history in histories),
        engine=histories[0].engine,
        train_rows=rows.train_rows,
        validation_rows=rows.validation_rows,
    )


def _mean_curve(curves: Sequence[Any]) -> NDArray[np.float64]:
    """Returns the mean over the nets that were still trained, epoch by epoch."""
    return pd.DataFrame(curves).mean().to_numpy()


def _whole(name: str, inputs: keras.Model, cores: Sequence[keras.Model]) -> keras.Model:
    """Returns raw rows to probabilities: the fitted inputs, then the net, or the mean of several."""
    if len(cores) == 1:
        whole = keras.Sequential([*inputs.layers, cores[0]], name=name)
        whole.build((None, *inputs.input_shape[1:]))
        return whole
    outputs = [core(inputs.outputs[0]) for core in cores]
    return keras.Model(inputs.inputs[0], keras.layers.Average()(outputs), name=name)
