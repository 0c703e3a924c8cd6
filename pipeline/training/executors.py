"""Where groups of work are trained."""

from collections.abc import Iterator, Sequence

import joblib

from models.engine.devices import threads
from pipeline.training.beside import Beside, Broken, Task
from pipeline.training.values import NotTrained, Trained
from pipeline.training.work import Group, Means, Progress, Trainer, untold

_WORTH_A_PROCESS = 50_000  # values of X; on fewer a fit is over before a process has begun
_ROOM_BESIDE = 10_000_000  # values of X; of more, copies for each process and nets at once would want much memory


class Here:
    """Trains in this process, one group after the other; side by side in processes where a trainer works apart."""

    def __init__(self) -> None:
        self.threads = threads()
        self._beside = Beside()

    def hears_of(self, trainer: Trainer) -> bool:
        """Returns whether it does anything with what works so before its turn: where it works apart."""
        return trainer.apart

    def announce(self, tasks: Sequence[Task]) -> None:
        """Begins with what works apart, where that is worth it: other groups are trained meanwhile."""
        if joblib.cpu_count() > 1:
            self._beside.begin(task for task in tasks if _is_begun_early(*task))

    def close(self) -> None:
        """Ends what was announced and never asked for."""
        self._beside.close()

    def map(
        self, trainer: Trainer, groups: Sequence[Group], means: Means, progress: Progress
    ) -> Iterator[tuple[Trained, ...]]:
        """Yields what became of each group, in order.

        Args:
            trainer: Of the candidate.
            groups: All of one candidate.
            means: With what they are trained.
            progress: Told how far all groups are.

        Raises:
            Interrupted: On Ctrl-C during a net, with what its group has come to.
        """
        if trainer.apart:
            yield from self._apart(trainer, groups, progress)
            return
        sizes = [len(group.works) for group in groups]
        for number, group in enumerate(groups):
            yield trainer.train(group, means, within(progress, sizes, number))

    def _apart(self, trainer: Trainer, groups: Sequence[Group], progress: Progress) -> Iterator[tuple[Trained, ...]]:
        if len(groups) > 1 and _is_worth_a_process(groups[0]):
            self._beside.begin((trainer, group) for group in groups)
        for number, group in enumerate(groups):
            if number == 0:
                progress(f"1 of {len(groups)}", 0.0)
            begun = group in self._beside
            try:
                yield self._beside.result(group) if begun else trainer.train(group, None, untold)
            except Broken:  # maybe by another candidate; not here, where a fit that ends its process would end all
                self._beside.begin((trainer, other) for other in groups[number:])
                yield self._beside.result(group)
            progress(f"{number + 1} of {len(groups)}", (number + 1) / len(groups))


def _is_worth_a_process(group: Group) -> bool:
    return group.works[0].dataset.X.size > _WORTH_A_PROCESS


def _is_begun_early(trainer: Trainer, group: Group) -> bool:
    has_room = group.works[0].dataset.X.size <= _ROOM_BESIDE
    return trainer.apart and group.is_told and _is_worth_a_process(group) and has_room


class NothingMore(Here):
    """Trains nothing: what is not found ends it."""

    def announce(self, tasks: Sequence[Task]) -> None:
        """Begins with nothing."""

    def map(
        self, trainer: Trainer, groups: Sequence[Group], means: Means, progress: Progress
    ) -> Iterator[tuple[Trained, ...]]:
        """Yields nothing; arguments as of ``Here.map``.

        Raises:
            NotTrained: There is something to train.
        """
        if groups:
            name = groups[0].works[0].candidate.name
            raise NotTrained(f"The store went away before all of {name} was trained: what follows is not in this run.")
        return iter(())


def within(progress: Progress, sizes: Sequence[int], number: int) -> Progress:
    """Returns what tells the progress of one group as a share of all.

    Args:
        progress: Of all.
        sizes: Works of each group.
        number: Of the group, from 0.
    """
    if len(sizes) == 1:
        return progress
    before, own, total = sum(sizes[:number]), sizes[number], sum(sizes)
    return lambda where, share: progress(f"{number + 1} of {len(sizes)}, {where}", (before + own * share) / total)
