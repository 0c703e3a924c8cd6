"""What is trained, and what it is trained with: the unit that is sent out, stored and found again is the group.

TensorFlow is imported once something asks for it: a process that fits ordinary models would wait longer for it than
it fits.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from experiments.language import Candidate
from models import boosters, engine
from models.engine import ways
from pipeline.data.values import Dataset, Fold
from pipeline.process.provenance import code_sha256, switches, versions
from pipeline.training.values import Judge, Trained, Tried

if TYPE_CHECKING:
    from models.engine.devices import Placement

_TOLD_ONLY = frozenset({"name", "reason", "chosen_on"})
"""Fields of a declaration that nothing is trained by."""

_SAID_OF_ROWS = ("groups", "times", "weights")
"""Arrays of a data set of which its digest has the values alone."""

Progress = Callable[[str, float], None]
"""Called with where the training is, in words, and the share of the work that is done, 0 to 1."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Work:
    """One candidate to train on the training rows of one fold.

    Attributes:
        candidate: Its declaration.
        dataset: Where the rows are.
        fold: Gives rows and seed.
        epochs: Of nets, instead of the declared number.
    """

    candidate: Candidate
    dataset: Dataset
    fold: Fold
    epochs: int | None = None

    @cached_property
    def described(self) -> Mapping[str, Any]:
        """All that the result depends on, as plain values: not what anything is called."""
        return {
            "candidate": _declared(self.candidate),
            "data": self.dataset.content_sha256,
            "said of rows": [name for name in _SAID_OF_ROWS if getattr(self.dataset, name) is not None],
            "pixel_maximum": self.dataset.pixel_maximum,
            "task": [self.dataset.task.name, self.dataset.task.n_outputs],
            "rows": hashlib.sha256(self.fold.train_rows.tobytes()).hexdigest(),
            "test_rows": hashlib.sha256(self.fold.test_rows.tobytes()).hexdigest(),
            "seed": self.fold.seed,
            "epochs": self.epochs,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Works that are trained together, in a fixed order on a fixed number of threads.

    Nets trained together differ from the same nets trained in another grouping, or on another number of threads, in
    the last bits (6e-8 was measured). So groups are fixed before anything is looked up, and never by what is left.

    Attributes:
        works: Of one candidate, in order.
        threads: Of the machine that trains them.
        device: Of nets.
        judge: Name of what a search chooses by; ``None`` without a search.
        is_judge_ours: Whether that name says all.
    """

    works: tuple[Work, ...]
    threads: int
    device: str = "cpu"
    judge: str | None = None
    is_judge_ours: bool = True

    @cached_property
    def digest(self) -> str:
        """What tells this group from any other.

        Declarations, rows, seeds, order, threads, device, judge; the code that trains, versions, the machine's ways to
        compute, and those that the engine takes on it.
        """
        described = {
            "works": [work.described for work in self.works],
            "threads": self.threads,
            "device": self.device,
            "judge": self.judge,
            "libraries": self.libraries,
            **surroundings(self.device),
        }
        return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()

    @property
    def libraries(self) -> dict[str, str]:
        """Versions of libraries that few candidates need."""
        return boosters.installed_versions(name for work in self.works for name in work.candidate.libraries)

    @property
    def is_told(self) -> bool:
        """Whether the digest says all, and there is one.

        Of what somebody else registered, or of settings that are no plain values, nobody knows whether they are as they
        were.
        """
        return self.is_judge_ours and all(_is_ours(work.candidate) for work in self.works)


def surroundings(device: str) -> dict[str, Any]:
    """Returns what decides the last bits of a training besides what is asked for.

    Args:
        device: Of nets.
    """
    from models.engine.devices import arithmetic, hardware

    of_gpus = ("op_determinism",) if device == "gpu" else ()  # a worker switches it on as it begins: it is always on
    switched = {name: str(value) for name, value in arithmetic().items() if name not in of_gpus}
    return {
        "engine": engine.VERSION,
        "code": code_sha256(),
        "versions": versions(),
        "machine": [hardware(device), {**switches(), **switched}],
        "ways": ways.as_plain_values(),
    }


def untold(where: str, share: float) -> None:
    """Takes progress that nobody watches."""


class Finished(Protocol):
    """What was trained before: what is found is not trained again."""

    @property
    def n_found(self) -> int:
        """Groups and trials that were found so far."""

    @property
    def n_trained(self) -> int:
        """Groups and trials that were given to keep so far."""

    def find(self, group: Group) -> tuple[Trained, ...] | None:
        """Returns what was kept of a group, in the order of its works; ``None`` where it is not all there."""

    def holds(self, group: Group) -> bool:
        """Returns whether a group seems to be there, without a look into it."""

    def keep(self, group: Group, trained: Sequence[Trained]) -> None:
        """Keeps a group that was trained just now."""

    def find_trial(self, group: Group) -> Tried | None:
        """Returns how settings did, by the group of all inner folds; ``None`` where it is not there."""

    def keep_trial(self, group: Group, tried: Tried) -> None:
        """Keeps how settings did that were tried just now."""

    def told(self) -> str:
        """Says what was found since this was last asked; nothing where nothing was."""


class NothingFinished:
    """Finds nothing and keeps nothing: everything is trained."""

    n_found = n_trained = 0

    def find(self, group: Group) -> None:
        """Returns ``None``."""

    def holds(self, group: Group) -> bool:
        """Returns that it is not."""
        return False

    def keep(self, group: Group, trained: Sequence[Trained]) -> None:
        """Keeps nothing."""

    def find_trial(self, group: Group) -> None:
        """Returns ``None``."""

    def keep_trial(self, group: Group, tried: Tried) -> None:
        """Keeps nothing."""

    def told(self) -> str:
        """Returns nothing."""
        return ""


class Trainer(Protocol):
    """How candidates of one kind are trained.

    Attributes:
        apart: Whether a group may be trained in a process of its own.
    """

    apart: bool

    def groups(self, works: Sequence[Work], means: "Means") -> list[Group]:
        """Returns the works of one candidate as they are trained together."""

    def train(self, group: Group, means: "Means | None", progress: Progress) -> tuple[Trained, ...]:
        """Returns a value for each work of a group, in order; ``means`` is ``None`` in a process of its own."""


class Executor(Protocol):
    """Where groups are trained.

    Attributes:
        threads: Of whatever trains a group.
    """

    threads: int

    def hears_of(self, trainer: Trainer) -> bool:
        """Returns whether groups of a trainer are worth announcing."""

    def announce(self, tasks: "Sequence[tuple[Trainer, Group]]") -> None:
        """Hears of groups that will be asked for later, each with its trainer; whoever has room begins with them."""

    def map(
        self, trainer: Trainer, groups: Sequence[Group], means: "Means", progress: Progress
    ) -> Iterator[tuple[Trained, ...]]:
        """Yields what became of each group, in order."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """With what candidates are trained.

    Attributes:
        placement: The device or devices of nets.
        executor: Where groups are trained.
        judge: By what a search chooses; nothing else needs it.
        finished: What was trained before.
    """

    placement: "Placement"
    executor: Executor
    judge: Judge | None = None
    finished: Finished = field(default_factory=NothingFinished)

    def group(self, works: Sequence[Work], *, searches: bool = False) -> Group:
        """Returns works that are trained together by these means; only a search depends on the judge."""
        judge = self.judge if searches else None
        return Group(
            works=tuple(works),
            threads=self.executor.threads,
            device=self.placement.device,
            judge=judge.name if judge else None,
            is_judge_ours=judge is None or judge.is_ours,
        )


def singly(works: Sequence[Work], means: Means) -> list[Group]:
    """Returns a group for each work."""
    return [means.group((work,)) for work in works]


def with_candidate(works: Sequence[Work], candidate: Candidate) -> tuple[Work, ...]:
    """Returns the same works of another candidate."""
    return tuple(replace(work, candidate=candidate) for work in works)


def are_alike(one: Candidate, other: Candidate) -> bool:
    """Returns whether two declarations are the same but for what they are called and why they are as they are."""
    return bool(_declared(one) == _declared(other))


def _declared(value: Any) -> Any:
    """Returns a declaration without its names and all that is as by default: a field to come changes no digest."""
    if dataclasses.is_dataclass(value):
        fields = {item.name: (getattr(value, item.name), item.default) for item in dataclasses.fields(value)}
        own = {name: _declared(given) for name, (given, default) in fields.items() if given != default}
        return {type(value).__name__: {name: own[name] for name in own if name not in _TOLD_ONLY}}
    if isinstance(value, Mapping):
        return {str(name): _declared(item) for name, item in value.items()}
    return [_declared(item) for item in value] if isinstance(value, tuple | list) else _plain(value)


def _plain(value: Any) -> Any:
    """Returns a number of NumPy as Python's, all else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def _is_ours(value: Any) -> bool:
    """Tells whether a declaration is made of plain values and classes of this program, whose files the digest has."""
    if dataclasses.is_dataclass(value):
        fields = (getattr(value, item.name) for item in dataclasses.fields(value))
        return type(value).__module__.startswith("experiments.language.") and all(map(_is_ours, fields))
    if isinstance(value, Mapping):
        return all(map(_is_ours, value.values()))
    return all(map(_is_ours, value)) if isinstance(value, tuple | list) else _is_plain(_plain(value))


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)
