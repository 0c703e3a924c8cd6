"""What nets answer that are tried and not kept: those that differ in sizes alone share one Keras model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from experiments.language import Net
from models.engine.replicates import Replicate, takes_sizes
from models.trained import TrainedNet
from pipeline.data.images.large import is_large, taken
from pipeline.data.values import ReadOnlyArrays
from pipeline.training import nets
from pipeline.training.alike import SIZES, is_one_program, members_of
from pipeline.training.executors import within
from pipeline.training.rows import Rows
from pipeline.training.values import Interrupted
from pipeline.training.work import Means, Progress, Work


@dataclass(frozen=True, kw_only=True, eq=False)
class Answered(ReadOnlyArrays):
    """What a candidate answers that was trained on the training rows of a fold.

    Attributes:
        predicted: Of each test row of the fold, as of ``Task.predictions``.
        seconds: Of the training.
    """

    predicted: NDArray[np.float64]
    seconds: float


def can_answer(work: Work, means: Means) -> bool:
    """Returns whether ``answers`` takes a candidate: nets that are trained as one program, on one device."""
    if means.placement.strategy is not None or is_large(work.dataset):
        return False
    return is_one_program(work.candidate, work.dataset)


def answers(works: Sequence[Work], means: Means, progress: Progress) -> list[Answered]:
    """Trains nets and returns what they answer on the test rows of their folds, and nothing else of them.

    They are those that ``train_works`` trains. A fold's test rows are put through what stands before the nets once.

    Args:
        works: Of candidates that are alike but for names and what one program lets differ.
        means: With what.
        progress: Told how far the training is.

    Raises:
        Interrupted: On Ctrl-C, with nothing.
    """
    groups = nets.NetTrainer().groups(works, means)
    sizes = [len(group.works) for group in groups]
    found: dict[int, Answered] = {}  # by the identity of the work: groups have an order of their own
    for number, group in enumerate(groups):
        each = _of_group(group.works, means, within(progress, sizes, number))
        found |= {id(work): one for work, one in zip(group.works, each, strict=True)}
    return [found[id(work)] for work in works]


def _of_group(works: Sequence[Work], means: Means, progress: Progress) -> list[Answered]:
    training, shared = members_of(works[0].candidate)[0].training, _Shared()
    with means.placement.with_precision(training.precision).scope():
        prepared = nets.prepared(works)
        tasks = [list(shared.tasks(work, rows)) for work, rows in zip(works, prepared, strict=True)]
        try:
            flat = [task for own in tasks for task in own]
            done = [pair for pairs in nets.fitted(flat, works[0].epochs, means.placement, progress) for pair in pairs]
        except KeyboardInterrupt:
            raise Interrupted(()) from None
        seconds = {id(task): history.seconds for task, history in done}
        return [
            Answered(predicted=shared.predicted(work, own), seconds=sum(seconds[id(task)] for task in own))
            for work, own in zip(works, tasks, strict=True)
        ]


@dataclass(kw_only=True, eq=False)
class _Shared:
    """What nets that are trained together have in common.

    Attributes:
        cores: Seed and form of rows -> a model, for all nets that begin with its weights.
        rows: Identity of a fold's rows -> its test rows as nets take them.
        models: Identities of models -> the whole that answers by them.
    """

    cores: dict[Any, keras.Model] = field(default_factory=dict)
    rows: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    models: dict[tuple[int, ...], TrainedNet] = field(default_factory=dict)

    def tasks(self, work: Work, rows: Rows) -> Iterator[nets.Task]:
        """Yields the nets of one work."""
        for number, (member, seed) in enumerate(nets.seeded_members(work, rows)):
            sizes = _sizes(member)
            place = (number, seed, rows.inputs.output_shape, rows.places)
            if (core := self.cores.get(place)) is None:
                core = nets.core_of(work, member, rows, seed)
                if takes_sizes(core, **sizes):
                    self.cores[place] = core
            own = Replicate(model=core, l2=sizes["l2"], dropout=sizes["dropout"])
            yield nets.task_of(work, member, rows, core, seed, own)

    def predicted(self, work: Work, tasks: Sequence[nets.Task]) -> NDArray[np.float64]:
        """Returns what the nets of one work answer on the test rows of its fold."""
        rows, cores = tasks[0].prepared, [task.core for task in tasks]
        if id(rows) not in self.rows:
            self.rows[id(rows)] = _test_rows(work, rows)
        place = tuple(map(id, cores))
        if place not in self.models:
            entrance = keras.Sequential([keras.Input(cores[0].input_shape[1:]), keras.layers.Identity()])
            self.models[place] = nets.answering(work.candidate.name, rows, entrance, cores, encoder=None)
        for task in tasks:
            assert task.replicate is not None
            task.replicate.hand_over()
        return work.dataset.task.predictions(self.models[place], self.rows[id(rows)])


def _sizes(net: Net) -> dict[str, float | None]:
    """Returns what a net declares of the sizes in which nets that are trained together may differ."""
    own = {item.name for item in fields(net)}
    return {name: getattr(net, name) if name in own else None for name in SIZES}


def _test_rows(work: Work, rows: Rows) -> NDArray[np.float32]:
    """Returns the test rows of a fold as its nets take them."""
    raw = taken(work.dataset, work.fold.test_rows)
    raw = raw if rows.encoder is None else rows.encoder.transform(raw)
    return np.asarray(rows.inputs(keras.ops.convert_to_tensor(raw, rows.inputs.inputs[0].dtype)), np.float32)
