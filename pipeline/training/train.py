"""One candidate on every fold, as classifiers that take raw rows."""

from collections.abc import Iterable, Sequence

from experiments.language import Candidate
from models.checks import closest, require
from models.engine.devices import Placement, choose
from pipeline.data.values import Dataset, Fold
from pipeline.training.baselines import BaselineTrainer
from pipeline.training.executors import Here
from pipeline.training.nets import NetTrainer, together
from pipeline.training.search import SearchTrainer
from pipeline.training.values import Interrupted, Judge, Trained
from pipeline.training.votes import VoteTrainer
from pipeline.training.work import Group, Means, Progress, Trainer, Work

__all__ = ["Interrupted", "announce", "register", "train", "train_works", "trainer_of"]

_TRAINERS: dict[str, Trainer] = {}


def register(kind: str, trainer: Trainer) -> None:
    """Says how candidates of a kind are trained.

    Args:
        kind: As of ``experiments.language``.
        trainer: Takes all of that kind.

    Raises:
        ValueError: The kind has a trainer already.
    """
    require(kind not in _TRAINERS, "train", "a kind without a trainer", "Choose another name.", kind=kind)
    _TRAINERS[kind] = trainer


def trainer_of(candidate: Candidate) -> Trainer:
    """Returns what trains a candidate: kinds of nets that name no trainer of their own share one.

    Raises:
        ValueError: Nothing trains its kind.
    """
    kind = candidate.kind
    if kind not in _TRAINERS and candidate.family == "net":
        return _TRAINERS["dense_net"]
    require(kind in _TRAINERS, "train", "a kind of candidate that can be trained", closest(kind, _TRAINERS), kind=kind)
    return _TRAINERS[kind]


def train(
    candidate: Candidate,
    dataset: Dataset,
    folds: Sequence[Fold],
    *,
    judge: Judge | None = None,
    epochs: int | None = None,
    placement: Placement | None = None,
    progress: Progress | None = None,
) -> tuple[Trained, ...]:
    """Trains one candidate on the training rows of every fold; nothing it does sees a test row.

    Args:
        candidate: A net, an ensemble of nets, a baseline, or a search for the settings of one.
        dataset: Where the rows are.
        folds: Each gives its rows and its seed.
        judge: By what a search chooses; nothing else needs it.
        epochs: Of nets, instead of the declared number.
        placement: The device or devices of nets; by default the first GPU, else the CPU.
        progress: Told how far the training is.

    Returns:
        One value for each fold, in order.

    Raises:
        ValueError: What cannot learn the data's task; a search without a judge, or with too few rows for its inner
            folds.
        Interrupted: On Ctrl-C during a net, with what was trained so far.
    """
    works = [Work(candidate=candidate, dataset=dataset, fold=fold, epochs=epochs) for fold in folds]
    means = Means(placement=placement or choose(), executor=Here(), judge=judge)
    return train_works(works, means, progress or (lambda where, share: None))


def train_works(works: Sequence[Work], means: Means, progress: Progress) -> tuple[Trained, ...]:
    """Trains what is not finished yet; groups are fixed before anything is looked up.

    Args:
        works: Of one candidate.
        means: With what.
        progress: Told how far the training is.

    Returns:
        One value for each work, in order.

    Raises:
        ValueError: As of ``train``.
        Interrupted: On Ctrl-C during a net, with what was trained so far.
    """
    works[0].candidate.require_task(works[0].dataset.task.name)
    trainer = trainer_of(works[0].candidate)
    groups = trainer.groups(works, means)
    done: dict[int, Trained] = {}  # by the identity of the work
    for group in groups:
        done |= _by_work(group, means.finished.find(group) or ())
    missing = [group for group in groups if id(group.works[0]) not in done]
    try:
        for group, trained in zip(missing, means.executor.map(trainer, missing, means, progress), strict=True):
            means.finished.keep(group, trained)
            done |= _by_work(group, trained)
    except Interrupted as stopped:
        raise Interrupted([*done.values(), *stopped.trained]) from None
    return tuple(done[id(work)] for work in works)


def announce(each: Iterable[Sequence[Work]], means: Means) -> None:
    """Tells the executor what will be asked for, candidate by candidate, but for what is finished.

    Args:
        each: The works of every candidate, in the order in which they will be trained.
        means: With what.
    """
    tasks = []
    for works in each:
        trainer = trainer_of(works[0].candidate)
        if means.executor.hears_of(trainer):  # to make groups of nets takes a net
            groups = trainer.groups(works, means)
            tasks += [(trainer, group) for group in groups if not means.finished.holds(group)]
    means.executor.announce(tasks)


def _by_work(group: Group, trained: Sequence[Trained]) -> dict[int, Trained]:
    return {id(work): item for work, item in zip(group.works, trained, strict=False)}


def _register_ours() -> None:
    nets = NetTrainer()
    for kind in ("dense_net", "conv_net", "recurrent_net", "tabm", "real_mlp"):
        register(kind, nets)
    register("ensemble", VoteTrainer(nets, train_works))
    register("baseline", BaselineTrainer())
    register("search", SearchTrainer(train_works, together))


_register_ours()
