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
from models.encoding.encoder import Encoder
from models.engine import diary, many_nets, one_net, replicable
from models.engine import program as compiled
from models.engine.devices import Placement
from models.engine.padded import n_steps, takes_means
from models.engine.replicates import Replicate
from models.layers.piecewise import N_BINS
from models.layers.target import Unstandardize
from models.nets.subspace import in_subspace
from models.regressor import NetRegressor
from pipeline.data.images.large import AT_ONCE, is_large
from pipeline.data.inferred import encoded_width
from pipeline.data.task import TargetScale
from pipeline.data.values import Dataset
from pipeline.training.alike import are_alike, is_one_program, leader_of, members_of, steps_of
from pipeline.training.keras_net import core_model, loss, optimizer
from pipeline.training.rows import Rows, prepare
from pipeline.training.values import Interrupted, Trained
from pipeline.training.work import Group, Means, Progress, Work, singly

_GROUP_BYTES = 2**30  # of rows: each net of a group has a copy of its own


class NetTrainer:
    """Trains nets and votes of nets: rows are prepared once a fold, and nets that can be are one program."""

    apart = False

    def groups(self, works: Sequence[Work], means: Means) -> list[Group]:
        """Returns works whose epochs have as many steps together, where architecture and memory allow it."""
        candidate, dataset = works[0].candidate, works[0].dataset
        if means.placement.strategy is not None or is_large(dataset) or not is_one_program(candidate, dataset):
            return singly(works, means)
        training = members_of(candidate)[0].training
        by_steps: dict[int, list[Work]] = {}
        for work in works:
            by_steps.setdefault(n_steps(len(work.fold.train_rows), training.batch_size), []).append(work)
        return [
            means.group(own[first : first + n_together])
            for own in by_steps.values()
            for n_together in [_n_together(candidate, dataset, max(len(work.fold.train_rows) for work in own))]
            for first in range(0, len(own), n_together)
        ]

    def train(self, group: Group, means: Means | None, progress: Progress) -> tuple[Trained, ...]:
        """Trains the nets of one group; arguments as of `pipeline.training.work.Trainer`.

        Raises:
            Interrupted: On Ctrl-C, with what has finished an epoch.
        """
        assert means is not None
        epochs, training = group.works[0].epochs, members_of(group.works[0].candidate)[0].training
        with means.placement.with_precision(training.precision).scope():
            each = prepared(group.works)
            tasks = [task for work, rows in zip(group.works, each, strict=True) for task in _tasks(work, rows)]
            done: list[Done] = []
            try:
                for pairs in fitted(tasks, epochs, means.placement, progress):
                    done += pairs
            except KeyboardInterrupt:
                raise Interrupted(list(_by_work(group.works, each, done))) from None
            return tuple(_by_work(group.works, each, done))


def together(each: Sequence[Sequence[Work]]) -> list[list[int]]:
    """Returns the positions of what is trained as one program, in order.

    Of nets alike but for what `pipeline.training.alike` lets differ, as many as memory takes; of all else each alone.

    Args:
        each: The works of one candidate each, on the same folds.
    """
    found: list[list[int]] = []
    for number, works in enumerate(each):
        own = works[0].candidate
        if not is_large(works[0].dataset) and is_one_program(own, works[0].dataset):
            n_rows = max(len(work.fold.train_rows) for work in works)
            most = max(1, _n_together(own, works[0].dataset, n_rows) // len(works))
            same = (one for one in found if len(one) < most and are_alike(each[one[0]][0].candidate, own))
            if (home := next(same, None)) is not None:
                home.append(number)
                continue
        found.append([number])
    return found


def prepared(works: Sequence[Work]) -> list[Rows]:
    """Returns the rows of each work, those of a fold prepared once: works together differ in nothing that it takes."""
    net = members_of(works[0].candidate)[0]
    own: dict[int, Rows] = {}
    for work in works:
        if id(work.fold) not in own:
            own[id(work.fold)] = prepare(net, work.dataset, work.fold)
    return [own[id(work.fold)] for work in works]


def _n_together(candidate: Candidate, dataset: Dataset, n_rows: int) -> int:
    """Returns how many works fit into a group by the memory of their rows; one at least."""
    members = members_of(candidate)
    width = int(np.prod(dataset.X.shape[1:])) if dataset.columns is None else encoded_width(dataset.columns)
    width *= N_BINS if members[0].inputs == "piecewise_linear" else 1
    row = width * np.dtype(np.float32).itemsize
    return max(1, _GROUP_BYTES // (row * n_rows * members[0].training.images_per_row * len(members)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """One net to train for a work.

    Attributes:
        work: That it is of.
        training: Of the net.
        prepared: The rows of the work.
        rows: What it learns from, all that were prepared or drawn from them.
        core: The net.
        seed: Of it and of the order of rows.
        replicate: Where the core is that of others, too: what this one has of its own.
    """

    work: Work
    training: Training
    prepared: Rows
    rows: Rows
    core: keras.Model
    seed: int
    replicate: Replicate | None = None

    @property
    def trained(self) -> keras.Model:
        """What rows are put through: the core, behind the fitted inputs where rows are raw."""
        if not self.rows.are_raw:
            return self.core
        before = [type(layer).from_config(layer.get_config()) for layer in self.rows.inputs.layers]
        raw = keras.Input(self.rows.X.shape[1:], dtype="uint8")
        return keras.Sequential([raw, *before, self.core], name=self.core.name)


Done = tuple[Task, one_net.History]


def _tasks(work: Work, rows: Rows) -> Iterator[Task]:
    """Yields the nets of one work."""
    for member, seed in seeded_members(work, rows):
        yield task_of(work, member, rows, core_of(work, member, rows, seed), seed)


def seeded_members(work: Work, rows: Rows) -> Iterator[tuple[Net, int]]:
    """Yields the nets of one work and their seeds; the first has the fold's: it is the net that is trained alone."""
    members = members_of(work.candidate)
    drawn = np.random.SeedSequence(rows.fold.seed).generate_state(len(members) - 1) >> 1
    yield from zip(members, [rows.fold.seed, *drawn.tolist()], strict=True)


def core_of(work: Work, member: Net, rows: Rows, seed: int) -> keras.Model:
    """Returns one untrained net of a work."""
    core = core_model(member, work.dataset, rows.inputs.output_shape[1:], seed, rows.places)
    share = work.candidate.column_share if isinstance(work.candidate, Ensemble) else 1.0
    return in_subspace(core, share, seed=seed) if share < 1 else core


def task_of(
    work: Work, member: Net, rows: Rows, core: keras.Model, seed: int, replicate: Replicate | None = None
) -> Task:
    """Returns one net of a work with what it learns from."""
    is_bagged = isinstance(work.candidate, Ensemble) and work.candidate.bagging
    own = rows.bagged(seed) if is_bagged else rows
    how: dict[str, Any] = {"prepared": rows, "rows": own, "core": core, "seed": seed, "replicate": replicate}
    return Task(work=work, training=member.training, **how)


def fitted(tasks: list[Task], epochs: int | None, placement: Placement, progress: Progress) -> Iterator[list[Done]]:
    """Trains nets and yields those of one program after the other.

    Raises:
        KeyboardInterrupt: On Ctrl-C, once those that have finished an epoch were yielded.
    """
    n_done = 0
    for program in _programs(tasks, tasks[0].training, placement):
        told = _progress(progress, n_done=n_done, n_now=len(program), n_all=len(tasks))
        try:
            histories = _fit(program, epochs, placement, told)
        except diary.Interrupted as stopped:
            yield [pair for pair in zip(program, stopped.histories, strict=False) if len(pair[1].train_loss)]
            raise
        n_epochs = max(len(history.train_loss) for history in histories)
        told(n_epochs, n_epochs)  # whoever stops early is done, too
        n_done += len(program)
        yield list(zip(program, histories, strict=True))


def _programs(tasks: list[Task], training: Training, placement: Placement) -> list[list[Task]]:
    """Returns the nets that are trained as one program: all of a group, where the architecture allows it.

    Rows of one width each, and of one number of embedded categories: a level that is rare in one fold may be common in
    another. Epochs of equally many steps: of
    unequal folds the smaller ones are filled up. Each alone where rows are read from the disk.
    """
    alone = placement.strategy is not None or training.averaging or tasks[0].rows.are_raw
    if alone or not replicable.can_replicate(tasks[0].core):
        return [[task] for task in tasks]
    by_shape: dict[tuple[int, ...], list[Task]] = {}
    for task in tasks:
        n_rows, *width = task.rows.X.shape
        steps = n_rows if takes_means(task.core) else n_steps(n_rows, training.batch_size)
        by_shape.setdefault((steps, *width, *task.rows.places), []).append(task)
    return list(by_shape.values())


def _progress(tell: Progress, *, n_done: int, n_now: int, n_all: int) -> Callable[..., None]:
    """Returns what tells the epochs of one group as a share of all nets' work."""
    nets = f"{n_now} nets at once" if n_now > 1 else f"net {n_done + 1} of {n_all}"

    def progress(epoch: float, n_epochs: int, *_: Any) -> None:
        tell(f"{nets}, epoch {int(epoch)} of {n_epochs}", (n_done + n_now * epoch / n_epochs) / n_all)

    return progress


def _fit(
    group: Sequence[Task], epochs: int | None, placement: Placement, progress: compiled.Progress
) -> Sequence[one_net.History]:
    """Trains a group's nets in place and returns a history for each."""
    first, training = group[0], group[0].training
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
        return optimizer(leader_of([task.training for task in group]), epochs, len(first.rows.X))

    if len(group) == 1 and first.replicate is None:
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
    rows, blocks = _blocks([task.rows for task in group])
    return many_nets.train_replicates(
        [task.core if task.replicate is None else task.replicate for task in group],
        [own.X for own in rows],
        [own.y for own in rows],
        make_optimizer=make_optimizer,
        seeds=[task.seed for task in group],
        sample_weight=None if first.rows.sample_weight is None else [own.sample_weight for own in rows],
        validation_data=tuple(map(list, zip(*(own.validation or () for own in rows), strict=True))) or None,
        steps=steps_of([task.training for task in group]),
        blocks=blocks,
        **how,
    )


def _blocks(each: Sequence[Rows]) -> tuple[list[Rows], list[int]]:
    """Returns what several nets learn from once, and which of it each learns from."""
    different = list({id(rows): rows for rows in each}.values())
    numbers = {id(rows): number for number, rows in enumerate(different)}
    return different, [numbers[id(rows)] for rows in each]


def _by_work(works: Sequence[Work], prepared: Sequence[Rows], done: Sequence[Done]) -> Iterator[Trained]:
    """Yields the works of which every net is trained."""
    for work, rows in zip(works, prepared, strict=True):
        own = [pair for pair in done if pair[0].work is work]
        if len(own) == len(members_of(work.candidate)):
            yield _trained(work.candidate, rows, own)


def _trained(candidate: Candidate, rows: Rows, own: Sequence[Done]) -> Trained:
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
        model=answering(candidate.name, rows, rows.inputs, cores, rows.encoder),
        history=curves,
        best_epoch=round(np.mean([history.best_epoch for history in histories])),
        n_parameters=sum(int(np.prod(weight.shape)) for core in cores for weight in core.trainable_weights),
        seconds=sum(history.seconds for history in histories),
        engine=histories[0].engine,
        train_rows=rows.train_rows,
        validation_rows=rows.validation_rows,
    )


def answering(
    name: str, rows: Rows, inputs: keras.Model, cores: Sequence[keras.Model], encoder: Encoder | None
) -> NetClassifier | NetRegressor:
    """Returns what answers by trained nets.

    Args:
        name: Of the model.
        rows: That they were trained on.
        inputs: What rows go through before the nets.
        cores: The nets.
        encoder: What rows go through before ``inputs``.
    """
    kind = NetClassifier if rows.task.has_classes else NetRegressor
    return kind(_whole(name, inputs, cores, rows.scale), encoder)


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
