"""Groups that work apart: in processes of their own, while this one does something else.

They are begun before their turn comes, so that no core waits while nets are traced and candidates scored. What comes
of a group depends on nothing beside it: each has one thread and its own seed.
"""

import threading
import warnings
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import joblib

from models.checks import mistake, require
from pipeline.training.values import Trained
from pipeline.training.work import Group, Trainer, untold

# A process that ends for want of work just when there is some again was seen to leave the others waiting for ever.
_AS_LONG_AS_THIS_PROCESS = 1_000_000  # seconds: eleven days; a poll takes no more than 2 ** 31 milliseconds

Task: TypeAlias = tuple[Trainer, Group]


class Broken(ValueError):
    """A process died, or could not hand over what it had: nobody knows of which group, and what was begun is lost."""


@dataclass(frozen=True)
class _Outcome:
    """What became of a group: it is told when its turn comes, also where it failed."""

    trained: tuple[Trained, ...] = ()
    error: Exception | None = None


class _Lot:
    """Groups that were begun together.

    Args:
        tasks: By the names of the groups, in the order in which they will be asked for.
    """

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self.names = list(tasks)
        fits = (joblib.delayed(_outcome)(trainer, group) for trainer, group in tasks.values())
        with joblib.parallel_config("loky", idle_worker_timeout=_AS_LONG_AS_THIS_PROCESS):
            self._outcomes: Generator[_Outcome, None, None] = joblib.Parallel(-1, return_as="generator")(fits)

    def next(self) -> tuple[str, _Outcome]:
        """Waits for the next group, and returns its name and what became of it.

        Raises:
            Broken: The pool came to nothing.
        """
        try:
            found = next(self._outcomes)
            name = self.names.pop(0)
            if not self.names:  # behind the last one the pool lets go of what it handed over
                next(self._outcomes, None)
        except Exception as error:  # joblib's for a process that died, pickle's for what cannot be sent
            expected, remedy = "processes that live through a fit and hand it over", "Give them more memory."
            raise Broken(mistake("train", expected, remedy, error=type(error).__name__)) from error
        return name, found

    def close(self) -> None:
        """Ends what is not handed over yet."""
        self._outcomes.close()


class Beside:
    """Groups that were begun and not asked for yet."""

    def __init__(self) -> None:
        self._begun: dict[str, _Lot] = {}  # name of a group -> the lot that it is in
        self._done: dict[str, _Outcome] = {}

    def begin(self, tasks: Iterable[Task]) -> None:
        """Begins groups that are not begun yet, as many at a time as there are cores, and returns at once.

        Args:
            tasks: Each with its trainer, in the order in which they will be asked for.
        """
        new = {_name(group): (trainer, group) for trainer, group in tasks if group not in self}
        if new:
            self._begun |= dict.fromkeys(new, _Lot(new))

    def __contains__(self, group: Group) -> bool:
        name = _name(group)
        return name in self._begun or name in self._done

    def result(self, group: Group) -> tuple[Trained, ...]:
        """Waits for a group that was begun, and returns what became of it, once.

        Raises:
            ValueError: It was not begun, or was asked for before.
            Broken: A process died: no group that was begun with this one is begun any more.
            Exception: Whatever its training raised.
        """
        name = _name(group)
        require(group in self, "beside", "a group that was begun", "Call begin with it first.", group=name)
        while name not in self._done:
            self._wait(self._begun[name])
        outcome = self._done.pop(name)
        if outcome.error is not None:
            raise outcome.error
        return outcome.trained

    def _wait(self, lot: _Lot) -> None:
        try:
            name, outcome = lot.next()
        except Broken:
            self._begun = {name: other for name, other in self._begun.items() if other is not lot}
            raise
        del self._begun[name]
        self._done[name] = outcome

    def close(self) -> None:
        """Ends what nobody will ask for any more."""
        with _unheard():
            for lot in {id(lot): lot for lot in self._begun.values()}.values():
                lot.close()
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
