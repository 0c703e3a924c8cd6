"""Groups that work apart: in processes of their own, while this one does something else.

They are begun before their turn comes, so that no core waits while nets are traced and candidates scored. What comes
of a group depends on nothing beside it: each has one thread and its own seed.
"""

import threading
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import joblib

from models.checks import require
from pipeline.training.values import Trained
from pipeline.training.work import Group, Trainer, untold

# A process that ends for want of work just when there is some again was seen to leave the others waiting for ever.
_AS_LONG_AS_THIS_PROCESS = 1_000_000  # seconds: eleven days; a poll takes no more than 2 ** 31 milliseconds

Task: TypeAlias = tuple[Trainer, Group]


@dataclass(frozen=True)
class _Outcome:
    """What became of a group: it is told when its turn comes, also where it failed."""

    trained: tuple[Trained, ...] = ()
    error: Exception | None = None


class Beside:
    """Groups that were begun and not asked for yet."""

    def __init__(self) -> None:
        self._begun: dict[str, Iterator[tuple[str, _Outcome]]] = {}  # name of a group -> the outcomes it is among
        self._done: dict[str, _Outcome] = {}
        self._lots: list[Generator[_Outcome, None, None]] = []

    def begin(self, tasks: Iterable[Task]) -> None:
        """Begins groups that are not begun yet, as many at a time as there are cores, and returns at once.

        Args:
            tasks: Each with its trainer, in the order in which they will be asked for.
        """
        new = {_name(group): (trainer, group) for trainer, group in tasks if group not in self}
        if not new:
            return
        fits = (joblib.delayed(_outcome)(trainer, group) for trainer, group in new.values())
        with joblib.parallel_config("loky", idle_worker_timeout=_AS_LONG_AS_THIS_PROCESS):
            outcomes = joblib.Parallel(-1, return_as="generator")(fits)
        self._lots.append(outcomes)
        self._begun |= dict.fromkeys(new, zip(new, outcomes, strict=True))

    def __contains__(self, group: Group) -> bool:
        name = _name(group)
        return name in self._begun or name in self._done

    def result(self, group: Group) -> tuple[Trained, ...]:
        """Waits for a group that was begun, and returns what became of it, once.

        Raises:
            ValueError: It was not begun, or was asked for before.
            Exception: Whatever its training raised.
        """
        name = _name(group)
        require(group in self, "beside", "a group that was begun", "Call begin with it first.", group=name)
        while name not in self._done:
            other, outcome = next(self._begun[name])
            del self._begun[other]
            self._done[other] = outcome
        outcome = self._done.pop(name)
        if outcome.error is not None:
            raise outcome.error
        return outcome.trained

    def close(self) -> None:
        """Ends what nobody will ask for any more."""
        with _unheard():
            for lot in self._lots:
                lot.close()
        self._lots.clear()
        self._begun.clear()
        self._done.clear()


@contextmanager
def _unheard() -> Iterator[None]:
    """Keeps to itself that something was begun in vain, and what the pool's thread says when its work is taken away."""
    before = threading.excepthook

    def told(what: threading.ExceptHookArgs) -> None:
        if what.thread is None or what.thread.name != "ExecutorManagerThread":
            before(what)

    threading.excepthook = told
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        threading.excepthook = before


def _name(group: Group) -> str:
    """Returns what tells a group from any other; of one that does not tell all, that it is this one."""
    who: Any = [(work.candidate.name, work.fold.index) for work in group.works]
    return f"{group.digest} {who}" if group.is_told else f"{id(group)}"


def _outcome(trainer: Trainer, group: Group) -> _Outcome:
    try:
        return _Outcome(trained=trainer.train(group, None, untold))
    except Exception as error:  # all others go on
        return _Outcome(error=error)
