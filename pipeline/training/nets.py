"""Nets on every fold: rows are prepared once for each fold, and nets that can be are trained in one program."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.language import Candidate, Ensemble, Net, Training
from models.classifier import NetClassifier
from models.engine import loop, many_nets, one_net
from models.engine.devices import Placement
from models.layers.target import Unstandardize
from models.nets.subspace import in_subspace
from models.regressor import NetRegressor
from pipeline.data.images.large import AT_ONCE, is_large
from pipeline.data.inferred import encoded_width
from pipeline.data.task import TargetScale
from pipeline.data.values import Dataset
from pipeline.training.keras_net import core_model, loss, optimizer, row_shape
from pipeline.training.rows import Rows, prepare
from pipeline.training.values import Interrupted, Trained
from pipeline.training.work import Group, Means, Progress, Work, singly

_GROUP_BYTES = 2**30  # of rows: each net of a group has a copy of its own


class NetTrainer:
    """Trains nets and votes of nets: rows are prepared once a fold, and nets that can be are one program."""

    apart = False

    def groups(self, works: Sequence[Work], means: Means) -> list[Group]:
        """Returns works with as many rows together, where the architecture allows it and memory takes their rows."""
        net, dataset = _members(works[0].candidate)[0], works[0].dataset
        if means.placement.strategy is not None or is_large(dataset) or not _one_program(net, dataset):
            return singly(works, means)
        by_size: dict[int, list[Work]] = {}
        for work in works:
            by_size.setdefault(len(work.fold.train_rows), []).append(work)
        return [
            means.group(own[first : first + n_together])
            for n_rows, own in by_size.items()
            for n_together in [_n_together(works[0].candidate, dataset, n_rows)]
            for first in range(0, len(own), n_together)
        ]

    def train(self, group: Group, means: Means | None, progress: Progress) -> tuple[Trained, ...]:
        """Trains the nets of one group; arguments as of `pipeline.training.work.Trainer`.

        Raises:
            Interrupted: On Ctrl-C, with what has finished an epoch.
        """
        assert means is not None
        candidate, epochs = group.works[0].candidate, group.works[0].epochs
        members = _members(candidate)
        training = members[0].training
        with means.placement.with_precision(training.precision).scope():
            prepared = [prepare(members[0], work.dataset, work.fold) for work in group.works]
            tasks = [
                task
                for work, rows in zip(group.works, prepared, strict=True)
                for task in _tasks(candidate, work.dataset, rows)
            ]
            done: list[_Done] = []
            for program in _programs(tasks, training, means.placement):
                told = _progress(progress, n_done=len(done), n_now=len(program), n_all=len(tasks))
                try:
                    histories = _fit(training, program, epochs, means.placement, told)
                    done += zip(program, histories, strict=True)
                    n_epochs = max(len(history.train_loss) for history in histories)
                    told(n_epochs, n_epochs)  # whoever stops early is done, too
                except KeyboardInterrupt as stopped:
                    begun = stopped.histories if isinstance(stopped, loop.Interrupted) else ()
                    done += [pair for pair in zip(program, begun, strict=False) if len(pair[1].train_loss)]
                    raise Interrupted(list(_by_fold(candidate, prepared, done))) from None
            return tuple(_by_fold(candidate, prepared, done))


def _members(candidate: Candidate) -> tuple[Net, ...]:
    if isinstance(candidate, Ensemble):
        return candidate.members
    assert isinstance(candidate, Net)
    return (candidate,)


def _one_program(net: Net, dataset: Dataset) -> bool:
    """Tells whether several nets of a kind can be trained as one program."""
    core = core_model(net, dataset, row_shape(net, dataset), seed=0)
    return not net.training.averaging and many_nets.can_replicate(core)


def _n_together(candidate: Candidate, dataset: Dataset, n_rows: int) -> int:
    """Returns how many works fit into a group by the memory of their rows; one at least."""
    members = _members(candidate)
    width = int(np.prod(dataset.X.shape[1:])) if dataset.columns is None else encoded_width(dataset.columns)
    row = width * np.dtype(np.float32).itemsize
    return max(1, _GROUP_BYTES // (row * n_rows * members[0].training.images_per_row * len(members)))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Task:
    """One net to train on one fold: `rows` are what it learns from, all that were prepared or drawn from them."""

    prepared: Rows
    rows: Rows
    core: keras.Model
    seed: int

    @property
    def trained(self) -> keras.Model:
        """What rows are put through: the core, behind the fitted inputs where rows are raw."""
        if not self.rows.are_raw:
            return self.core
        before = [type(layer).from_config(layer.get_config()) for layer in self.rows.inputs.layers]
        raw = keras.Input(self.rows.X.shape[1:], dtype="uint8")
        return keras.Sequential([raw, *before, self.core], name=self.core.name)


_Done = tuple[_Task, one_net.History]


def _tasks(candidate: Candidate, dataset: Dataset, rows: Rows) -> Iterator[_Task]:
    """Yields the nets of one fold; the first has the fold's own seed, so it is the net that would be trained alone."""
    members = _members(candidate)
    drawn = np.random.SeedSequence(rows.fold.seed).generate_state(len(members) - 1) >> 1
    for member, seed in zip(members, [rows.fold.seed, *drawn.tolist()], strict=True):
        core = core_model(member, dataset, rows.inputs.output_shape[1:], seed)
        if not isinstance(candidate, Ensemble):
            yield _Task(prepared=rows, rows=rows, core=core, seed=seed)
            continue
        if candidate.column_share < 1:
            core = in_subspace(core, candidate.column_share, seed=seed)
        yield _Task(prepared=rows, rows=rows.bagged(seed) if candidate.bagging else rows, core=core, seed=seed)


def _programs(tasks: list[_Task], training: Training, placement: Placement) -> list[list[_Task]]:
    """Returns the nets that are trained as one program: all of a group, where the architecture allows it.

    Rows of one width each: a level that is rare in one fold may be common in another.
    """
    together = placement.strategy is None and not training.averaging and many_nets.can_replicate(tasks[0].core)
    if not together:
        return [[task] for task in tasks]
    by_shape: dict[tuple[int, ...], list[_Task]] = {}
    for task in tasks:
        by_shape.setdefault((*task.rows.X.shape, len(task.rows.validation_rows)), []).append(task)
    return list(by_shape.values())


def _progress(tell: Progress, *, n_done: int, n_now: int, n_all: int) -> Callable[..., None]:
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
        "loss": loss(first.rows.task, training, first.core),
        "epochs": epochs,
        "batch_size": training.batch_size,
        "patience": training.patience,
        "monitor": training.monitor,
        "progress": progress,
    }

    def make_optimizer() -> keras.Optimizer:
        return optimizer(training, epochs, len(first.rows.X))

    if len(group) == 1:
        if first.rows.are_raw:
            how["device_bytes"] = AT_ONCE
        history = one_net.train(
            first.trained,
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


def _by_fold(candidate: Candidate, prepared: Sequence[Rows], done: Sequence[_Done]) -> Iterator[Trained]:
    """Yields the folds on which every net is trained."""
    n_members = candidate.n_members if isinstance(candidate, Ensemble) else 1
    for rows in prepared:
        own = [pair for pair in done if pair[0].prepared is rows]
        if len(own) == n_members:
            yield _trained(candidate, rows, own)


def _trained(candidate: Candidate, rows: Rows, own: Sequence[_Done]) -> Trained:
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
        model=(NetClassifier if rows.task.has_classes else NetRegressor)(
            _whole(candidate.name, rows.inputs, cores, rows.scale), rows.encoder
        ),
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


def _whole(name: str, inputs: keras.Model, cores: Sequence[keras.Model], scale: TargetScale | None) -> keras.Model:
    """Returns raw rows to answers: the fitted inputs, the net or the mean of several, and the target's own scale."""
    last = [] if scale is None else [Unstandardize(mean=scale.mean, deviation=scale.deviation)]
    if len(cores) == 1:
        whole = keras.Sequential([*inputs.layers, cores[0], *last], name=name)
        whole.build((None, *inputs.input_shape[1:]))
        return whole
    outputs = keras.layers.Average()([core(inputs.outputs[0]) for core in cores])
    for layer in last:
        outputs = layer(outputs)
    return keras.Model(inputs.inputs[0], outputs, name=name)
