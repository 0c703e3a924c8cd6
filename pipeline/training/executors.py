"""Where groups of work are trained."""

from collections.abc import Iterator, Sequence

import joblib

from models.engine.devices import threads
from pipeline.training.values import NotTrained, Trained
from pipeline.training.work import Group, Means, Progress, Trainer, untold

# A process that ends for want of work just when there is some again was seen to leave the others waiting for ever.
_AS_LONG_AS_THIS_PROCESS = 1_000_000  # seconds: eleven days; a poll takes no more than 2 ** 31 milliseconds
_WORTH_A_PROCESS = 50_000  # values of X; on fewer a fit is over before a process has begun


class Here:
    """Trains in this process, one group after the other; side by side in processes where a trainer works apart."""

    def __init__(self) -> None:
        self.threads = threads()

    def announce(self, groups: Sequence[Group]) -> None:
        """Lets them come: one is trained after the other."""

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
        if not groups:
            return
        n_jobs = -1 if len(groups) > 1 and groups[0].works[0].dataset.X.size > _WORTH_A_PROCESS else 1
        progress(f"1 of {len(groups)}", 0.0)
        fits = (joblib.delayed(trainer.train)(group, None, untold) for group in groups)
        with joblib.parallel_config("loky", idle_worker_timeout=_AS_LONG_AS_THIS_PROCESS):
            side_by_side = joblib.Parallel(n_jobs, return_as="generator")
        for number, trained in enumerate(side_by_side(fits), start=1):
            progress(f"{number} of {len(groups)}", number / len(groups))
            yield trained


class NothingMore(Here):
    """Trains nothing: what is not found ends it."""

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
