"""Nested search: settings are chosen inside the training rows of each fold, then the fold is trained with its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from experiments.language import Search
from pipeline.training.answers import Answered, answers, can_answer
from pipeline.training.proposers import Proposer, proposer_of
from pipeline.training.trials import Course, Entry, Searched, entries
from pipeline.training.values import Interrupted, Judge, Trained, Tried
from pipeline.training.work import Group, Means, NothingFinished, Progress, Work, with_candidate

TrainWorks = Callable[[Sequence[Work], Means, Progress], tuple[Trained, ...]]
Together = Callable[[Sequence[Sequence[Work]]], list[list[int]]]
Propose = Callable[..., Proposer]


class SearchTrainer:
    """Chooses settings for every fold by its own training rows, and trains it on all of them with what was chosen.

    Each fold has a proposer of its own, which hears of that fold alone. What several folds ask for is one trial of
    them all: it trains their inner folds at once, and trials that one program can train are trained together: nets of
    one architecture that differ in rates, decays, penalties or dropout.

    Args:
        train: Trains works of the candidates that are tried.
        together: Tells which trials are trained at once, by the works of each.
        propose: A search and which way a score is better -> what proposes settings for one fold.
    """

    apart = False

    def __init__(self, train: TrainWorks, together: Together, propose: Propose = proposer_of) -> None:
        self._train = train
        self._together = together
        self._propose = propose

    def groups(self, works: Sequence[Work], means: Means) -> list[Group]:
        """Returns all works as one group: each trial is one step for all of them."""
        return [means.group(works, searches=True)]

    def train(self, group: Group, means: Means | None, progress: Progress) -> tuple[Trained, ...]:
        """Searches; arguments as of `pipeline.training.work.Trainer`.

        Raises:
            ValueError: There is no judge, or a class has fewer training rows than there are inner folds.
            Interrupted: On Ctrl-C; there is nothing to hand over before the last step.
        """
        search = group.works[0].candidate
        assert isinstance(search, Search)
        assert means is not None
        judge = means.judge
        if judge is None:
            raise ValueError(
                f"train: expected a judge with a search. Received: candidate={search.name!r}, judge=None. "
                "Give that of the comparison: its primary metric decides."
            )
        folds = [
            Searched(search, judge, work, self._propose(search, lower_is_better=judge.lower_is_better))
            for work in group.works
        ]
        course = Course(search, len(folds), progress)
        while asked := entries([fold.ask() for fold in folds]):
            self._try(folds, asked, course, means)
        return self._finish(search, folds, course, means)

    def _try(self, folds: Sequence[Searched], asked: Sequence[Entry], course: Course, means: Means) -> None:
        """Tries what folds asked for, part after part where the worse are dropped between, and tells them."""
        search = folds[0].search
        course.begin(asked)
        for first, last in _stages(search):
            alive = [entry.alive(folds) for entry in asked]
            alive = [entry for entry in alive if entry.positions]
            each = [list(_works(folds, entry, first, last)) for entry in alive]
            for positions in self._together(each):
                works = [work for position in positions for work in each[position]]
                step = course.step([alive[position] for position in positions], first, last)
                found = iter(self._try_together(works, step, means, folds[0].judge).pairs())
                for position in positions:
                    for number in alive[position].positions:
                        for _ in range(first, last):
                            folds[number].note(alive[position].settings, *next(found))
            course.end_stage()
            for fold in folds:
                fold.judge_rung(last)

    def _try_together(self, works: Sequence[Work], step: Progress, means: Means, judge: Judge) -> Tried:
        """Trains every inner fold of some trials, unless that was done; what is kept of it is how they did."""
        trials = means.group(works, searches=True)
        if (found := means.finished.find_trial(trials)) is not None:
            step("found", 1.0)
            return found
        answered = list(self._answered(works, replace(means, finished=NothingFinished()), step))
        done = Tried(
            scores=np.array([_score(one.predicted, work, judge) for one, work in zip(answered, works, strict=True)]),
            seconds=np.array([one.seconds for one in answered]),
        )
        means.finished.keep_trial(trials, done)
        return done

    def _answered(self, works: Sequence[Work], means: Means, step: Progress) -> Iterator[Answered]:
        """Yields what is answered on the rows held out of each inner fold."""
        if can_answer(works[0], means):
            yield from answers(works, means, step)
            return
        try:
            trained = self._train(works, means, step)
        except Interrupted:
            raise Interrupted(()) from None
        for item, work in zip(trained, works, strict=True):
            predicted = work.dataset.task.predictions(item.model, work.dataset.X[work.fold.test_rows])
            yield Answered(predicted=predicted, seconds=item.seconds)

    def _finish(self, search: Search, folds: Sequence[Searched], course: Course, means: Means) -> tuple[Trained, ...]:
        """Trains every fold with what was chosen for it, those that chose the same together."""
        order = sorted(range(len(folds)), key=lambda position: folds[position].best)
        trained: dict[int, Trained] = {}
        for entry in entries([[folds[position].chosen] for position in order]):
            positions = [order[number] for number in entry.positions]
            works = with_candidate([folds[n].work for n in positions], search.with_settings(entry.settings))
            step = course.last_step(n_done=len(trained), n_now=len(works))
            trained |= dict(zip(positions, self._train(works, means, step), strict=True))
        return tuple(fold.finished(trained[position]) for position, fold in enumerate(folds))


def _stages(search: Search) -> Iterator[tuple[int, int]]:
    """Yields the first and the last inner fold, exclusive, between two rungs."""
    yield from pairwise((0, *search.rungs, search.n_inner))


def _works(folds: Sequence[Searched], entry: Entry, first: int, last: int) -> Iterator[Work]:
    """Yields the inner folds of a trial from the first to the last, fold after fold."""
    candidate = folds[0].search.with_settings(entry.settings)
    for position in entry.positions:
        yield from with_candidate(folds[position].inner[first:last], candidate)


def _score(predicted: NDArray[np.float64], work: Work, judge: Judge) -> float:
    """Returns the score on the rows held out of the training rows; NaN for a net that diverged."""
    if not np.isfinite(predicted).all():
        return float("nan")
    rows, weights = work.fold.test_rows, work.dataset.weights
    return judge.score(work.dataset.y[rows], predicted, None if weights is None else weights[rows])
