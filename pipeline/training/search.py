"""Nested search: settings are chosen inside the training rows of each fold, then the fold is trained with its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from experiments.language import Search
from pipeline.data.split import parts
from pipeline.training.proposers import Proposer, RandomDraws, Settings
from pipeline.training.values import Interrupted, Judge, Trained, Trial, Tried
from pipeline.training.work import Group, Means, NothingFinished, Progress, Work, with_candidate

TrainWorks = Callable[[Sequence[Work], Means, Progress], tuple[Trained, ...]]
Together = Callable[[Sequence[Sequence[Work]]], list[list[int]]]


class SearchTrainer:
    """Chooses settings for every fold by its own training rows, and trains it on all of them with what was chosen.

    Each trial trains the inner folds of all folds at once, and trials that one program can train are trained together:
    nets of one architecture that differ in rates, decays, penalties or dropout.

    Args:
        train: Trains works of the candidates that are tried.
        together: Tells which trials are trained at once, by the works of each.
        propose: What proposes settings.
    """

    apart = False

    def __init__(
        self, train: TrainWorks, together: Together, propose: Callable[[Search], Proposer] = RandomDraws
    ) -> None:
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
        if means.judge is None:
            raise ValueError(
                f"train: expected a judge with a search. Received: candidate={search.name!r}, judge=None. "
                "Give that of the comparison: its primary metric decides."
            )
        tried = _Tried(search, means.judge, group.works)
        proposer = self._propose(search)
        while asked := proposer.ask(search.n_trials):
            for settings, own in zip(asked, self._try(tried, asked, means, progress), strict=True):
                proposer.tell(settings, tried.record(settings, own))
        return self._finish(tried, means, progress)

    def _try(self, tried: "_Tried", asked: Sequence[Settings], means: Means, progress: Progress) -> list[Tried]:
        """Returns how each of several settings did."""
        each = [with_candidate(tried.inner, tried.search.with_settings(settings)) for settings in asked]
        done: dict[int, Tried] = {}
        for positions in self._together(each):
            works = [work for position in positions for work in each[position]]
            found = self._try_together(tried, works, tried.step(progress, len(done), len(positions)), means)
            done |= dict(zip(positions, found.dealt(len(positions)), strict=True))
        return [done[position] for position in range(len(asked))]

    def _try_together(self, tried: "_Tried", works: Sequence[Work], step: Progress, means: Means) -> Tried:
        """Trains every inner fold of some trials, unless that was done; what is kept of it is how they did."""
        trials = means.group(works, searches=True)
        if (found := means.finished.find_trial(trials)) is not None:
            step("found", 1.0)
            return found
        try:
            done = tried.measured(self._train(works, replace(means, finished=NothingFinished()), step), works)
        except Interrupted:
            raise Interrupted(()) from None
        means.finished.keep_trial(trials, done)
        return done

    def _finish(self, tried: "_Tried", means: Means, progress: Progress) -> tuple[Trained, ...]:
        """Trains every fold with the best of its trials."""
        trained: dict[int, Trained] = {}
        for number, positions in tried.chosen().items():
            works = [tried.works[position] for position in positions]
            again = with_candidate(works, tried.search.with_settings(tried.settings[number]))
            step = tried.last_step(progress, n_done=len(trained), n_now=len(positions))
            trained |= dict(zip(positions, self._train(again, means, step), strict=True))
        return tuple(tried.finished(position, trained[position]) for position in range(len(tried.works)))


class _Tried:
    """What the trials of one search came to, fold by fold."""

    def __init__(self, search: Search, judge: Judge, works: Sequence[Work]) -> None:
        self.search, self.judge, self.works = search, judge, works
        self.inner = [
            replace(work, fold=fold) for work in works for fold in parts(work.dataset, work.fold, search.n_inner)
        ]
        self.settings: list[Settings] = []
        self.tried: list[Tried] = []

    def step(self, progress: Progress, n_before: int, n_now: int) -> Progress:
        """Returns what tells the progress of the next trials as a share of the search."""
        first, n_trials = len(self.settings) + n_before, self.search.n_trials
        words = f"trial {first + 1}" if n_now == 1 else f"trials {first + 1} to {first + n_now}"
        return lambda where, share: progress(
            f"{words} of {n_trials}, {where}", (first + n_now * share) / (n_trials + 1)
        )

    def last_step(self, progress: Progress, *, n_done: int, n_now: int) -> Progress:
        """Returns what tells the progress of the training after all trials, of the folds that chose the same."""
        n_trials, n_folds = self.search.n_trials, len(self.works)
        return lambda where, share: progress(
            f"with what was chosen, {where}", (n_trials + (n_done + n_now * share) / n_folds) / (n_trials + 1)
        )

    def measured(self, trained: Sequence[Trained], works: Sequence[Work]) -> Tried:
        """Returns how settings did that were trained on the inner folds: those of one trial after the other."""
        values = [_score(item, work, self.judge) for item, work in zip(trained, works, strict=True)]
        shape = (-1, self.search.n_inner)
        return Tried(
            scores=np.reshape(values, shape).mean(axis=1),
            seconds=np.reshape([item.seconds for item in trained], shape).sum(axis=1),
        )

    def record(self, settings: Settings, tried: Tried) -> float:
        """Notes a trial and returns its mean score."""
        self.settings.append(settings)
        self.tried.append(tried)
        return float(tried.scores.mean())

    def best(self) -> NDArray[np.int64]:
        """Returns the number of the best trial of each fold."""
        scores = np.array([each.scores for each in self.tried])
        worth = -scores if self.judge.lower_is_better else scores
        return np.where(np.isnan(worth), -np.inf, worth).argmax(axis=0)

    def chosen(self) -> dict[int, list[int]]:
        """Returns the positions of the folds that chose each trial."""
        best = self.best()
        return {int(number): np.flatnonzero(best == number).tolist() for number in np.unique(best)}

    def finished(self, position: int, trained: Trained) -> Trained:
        """Returns what a fold was trained to with its choice, as the search's, with all that it tried."""
        best = int(self.best()[position])
        trials = tuple(
            Trial(settings=settings, score=float(each.scores[position]), chosen=number == best)
            for number, (settings, each) in enumerate(zip(self.settings, self.tried, strict=True))
        )
        seconds = trained.seconds + sum(float(each.seconds[position]) for each in self.tried)
        return replace(trained, candidate=self.search, seconds=seconds, trials=trials)


def _score(trained: Trained, work: Work, judge: Judge) -> float:
    """Returns the score on the rows held out of the training rows; NaN for a net that diverged."""
    predicted = work.dataset.task.predictions(trained.model, work.dataset.X[work.fold.test_rows])
    if not np.isfinite(predicted).all():
        return float("nan")
    rows, weights = work.fold.test_rows, work.dataset.weights
    return judge.score(work.dataset.y[rows], predicted, None if weights is None else weights[rows])
