"""What a search tries, fold by fold: what was asked for, how it did, what was dropped, and what is chosen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from experiments.language import Search
from pipeline.data.split import parts
from pipeline.training.proposers import Proposer, Settings
from pipeline.training.values import Judge, Trained, Trial
from pipeline.training.work import Progress, Work


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Settings, and the folds that asked for them.

    Attributes:
        settings: Path of a field -> value.
        positions: Of the folds.
    """

    settings: Settings
    positions: tuple[int, ...]

    def alive(self, folds: Sequence["Searched"]) -> "Entry":
        """Returns it for the folds that have not dropped it."""
        kept = tuple(position for position in self.positions if not folds[position].has_dropped(self.settings))
        return replace(self, positions=kept)


def entries(asked: Sequence[Sequence[Settings]]) -> list[Entry]:
    """Returns what folds asked for, each settings once, in the order in which they are asked for first.

    Example:
        >>> [entry.positions for entry in entries([[{"l2": 0.1}, {"l2": 0.2}], [{"l2": 0.2}]])]
        [(0,), (0, 1)]
    """
    found: list[Entry] = []
    for position, own in enumerate(asked):
        for settings in own:
            same = [number for number, entry in enumerate(found) if entry.settings == settings]
            if same:
                found[same[0]] = replace(found[same[0]], positions=(*found[same[0]].positions, position))
            else:
                found.append(Entry(settings=settings, positions=(position,)))
    return found


@dataclass(kw_only=True, eq=False)
class _Attempt:
    """One trial of a fold.

    Attributes:
        settings: What is tried.
        scores: Of the inner folds so far.
        seconds: Of their training.
        dropped: Whether a rung dropped it.
    """

    settings: Settings
    scores: list[float] = field(default_factory=list)
    seconds: float = 0.0
    dropped: bool = False

    @property
    def score(self) -> float:
        """Mean over the inner folds so far; NaN where a net diverged."""
        return float(np.mean(self.scores))

    @property
    def standard_error(self) -> float | None:
        """Of that mean, from inner fold to inner fold; ``None`` where it is none."""
        error = float(np.std(self.scores, ddof=1) / math.sqrt(len(self.scores))) if len(self.scores) > 1 else math.nan
        return error if math.isfinite(error) else None


class Searched:
    """The search on one fold.

    Args:
        search: The declaration.
        judge: By what it chooses.
        work: Of the fold.
        proposer: Of the fold alone.
    """

    def __init__(self, search: Search, judge: Judge, work: Work, proposer: Proposer) -> None:
        self.search, self.judge, self.work = search, judge, work
        self.inner = [replace(work, fold=fold) for fold in parts(work.dataset, work.fold, search.n_inner)]
        self._proposer = proposer
        self._trials: list[_Attempt] = []
        self._open: list[_Attempt] = []
        """Those that were asked for together and are not told yet."""

    def ask(self) -> list[Settings]:
        """Returns what to try next; nothing where the budget is spent."""
        self._open = []
        seconds = sum(trial.seconds for trial in self._trials)
        if self.search.seconds is not None and seconds >= self.search.seconds:
            return []
        asked = self._proposer.ask(self.search.n_together)
        self._open = [_Attempt(settings=settings) for settings in asked]
        self._trials += self._open
        return asked

    def has_dropped(self, settings: Settings) -> bool:
        """Returns whether a rung dropped settings that are being tried."""
        return any(trial.dropped and trial.settings == settings for trial in self._open)

    def note(self, settings: Settings, score: float, seconds: float) -> None:
        """Notes how settings did on the next inner fold."""
        trial = next(trial for trial in self._open if trial.settings == settings)
        trial.scores.append(score)
        trial.seconds += seconds

    def judge_rung(self, n_done: int) -> None:
        """Drops the worse of those that are being tried, and tells the proposer what became of what is done with."""
        alive = [trial for trial in self._open if not trial.dropped]
        if n_done < self.search.n_inner:
            n_kept = max(1, math.ceil(self.search.keep * len(alive)))
            for trial in sorted(alive, key=self._worth, reverse=True)[n_kept:]:
                trial.dropped = True
            return
        for trial in self._open:
            after = len(trial.scores) if trial.dropped else None
            self._proposer.tell(trial.settings, trial.score, dropped_after=after)

    @property
    def best(self) -> int:
        """Number of the trial that is chosen, of those that were tried on all parts."""
        whole = [number for number, trial in enumerate(self._trials) if not trial.dropped]
        best = max(whole, key=lambda number: self._worth(self._trials[number]))  # the first of equals
        error = self._trials[best].standard_error
        if self.search.choose == "best" or error is None:
            return best
        least = self._worth(self._trials[best]) - error
        equals = [number for number in whole if self._worth(self._trials[number]) >= least]
        return min(equals, key=lambda number: self.search.complexity(self._trials[number].settings))

    @property
    def chosen(self) -> Settings:
        """The settings that are chosen."""
        return self._trials[self.best].settings

    def finished(self, trained: Trained) -> Trained:
        """Returns what the fold was trained to with its choice, as the search's, with all that it tried."""
        best = self.best
        trials = tuple(
            Trial(
                settings=trial.settings,
                score=trial.score,
                chosen=number == best,
                standard_error=trial.standard_error,
                n_parts=len(trial.scores),
                seconds=trial.seconds,
            )
            for number, trial in enumerate(self._trials)
        )
        seconds = trained.seconds + sum(trial.seconds for trial in self._trials)
        return replace(trained, candidate=self.search, seconds=seconds, trials=trials)

    def _worth(self, trial: _Attempt) -> float:
        score = -trial.score if self.judge.lower_is_better else trial.score
        return -math.inf if math.isnan(score) else score


class Course:
    """How far a search is, in words and as a share of all trials on all folds.

    Args:
        search: The declaration.
        n_folds: That it is for.
        progress: What is told.
    """

    def __init__(self, search: Search, n_folds: int, progress: Progress) -> None:
        self._search, self._n_folds, self._progress = search, n_folds, progress
        self._n_done = 0  # trials, each on one fold
        self._n_round = 0  # of those that are tried together
        self._n_stage = 0  # of these, done between two rungs

    def begin(self, asked: Sequence[Entry]) -> None:
        """Hears what is tried together."""
        self._n_done, self._n_round, self._n_stage = self._n_done + self._n_round, _counted(asked), 0

    def step(self, now: Sequence[Entry], first: int, last: int) -> Progress:
        """Returns what tells the progress of some trials, from an inner fold to another, exclusive."""
        n_now, n_inner, n_trials = _counted(now), self._search.n_inner, self._search.n_trials
        # Counted in whole inner folds, so that one step ends to the bit where the next begins.
        before = self._n_done * n_inner + self._n_round * first + self._n_stage * (last - first)
        size = n_now * (last - first)
        if last - first == n_inner:
            words = self._numbered(self._n_done + self._n_stage, n_now)
        else:
            parts_in_words = f"part {last}" if last == first + 1 else f"parts {first + 1} to {last}"
            words = f"{self._numbered(self._n_done, self._n_round)}, {parts_in_words} of {n_inner}"
        self._n_stage += n_now

        def tell(where: str, share: float) -> None:
            self._progress(f"{words}, {where}", (before + size * share) / (self._n_folds * n_inner * (n_trials + 1)))

        return tell

    def end_stage(self) -> None:
        """Hears that all that were tried are as far as the next rung."""
        self._n_stage = 0

    def last_step(self, *, n_done: int, n_now: int) -> Progress:
        """Returns what tells the progress of the training after all trials, of the folds that chose the same."""
        n_trials, n_folds = self._search.n_trials, self._n_folds
        return lambda where, share: self._progress(
            f"with what was chosen, {where}",
            (n_trials * n_folds + n_done + n_now * share) / (n_folds * (n_trials + 1)),
        )

    def _numbered(self, n_before: int, n_now: int) -> str:
        """Returns the numbers of trials; folds that asked for others count as one."""
        first, last = n_before // self._n_folds + 1, -(-(n_before + n_now) // self._n_folds)
        words = f"trial {first}" if first >= last else f"trials {first} to {last}"
        return f"{words} of {self._search.n_trials}"


def _counted(asked: Sequence[Entry]) -> int:
    """Returns how many trials they are, each on one fold."""
    return sum(len(entry.positions) for entry in asked)
