"""How a flow goes over its candidates: one after the other, each told while it is worked on and when it is done."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeVar

from experiments.language import Candidate, Comparison
from pipeline.data.values import Dataset, Fold
from pipeline.flow.desk import Desk
from pipeline.scoring.compare import compare
from pipeline.scoring.evaluate import evaluate_all, judge_by
from pipeline.scoring.values import Scores, Summary
from pipeline.training.train import announce, train_works
from pipeline.training.values import Trained
from pipeline.training.work import Progress, Work
from pipeline.words.names import counted

Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(frozen=True, kw_only=True, eq=False)
class Entry:
    """One candidate with the rows that it meets.

    Attributes:
        candidate: Its declaration.
        comparison: Whose metrics score it.
        dataset: Where the rows are.
        folds: It is trained on the training rows and scored on the test rows of each.
    """

    candidate: Candidate
    comparison: Comparison
    dataset: Dataset
    folds: tuple[Fold, ...]

    @property
    def name(self) -> str:
        """Of the candidate."""
        return self.candidate.name

    def works(self, epochs: int | None) -> list[Work]:
        """Returns what is to be trained, in the order of the folds."""
        return [Work(candidate=self.candidate, dataset=self.dataset, fold=fold, epochs=epochs) for fold in self.folds]


@dataclass(frozen=True, kw_only=True, eq=False)
class Scored:
    """A candidate trained and scored on every fold.

    Attributes:
        entry: What it is, and on which rows.
        trained: On each fold.
        scores: Likewise.
        found: Whether all of it was trained before.
    """

    entry: Entry
    trained: tuple[Trained, ...]
    scores: tuple[Scores, ...]
    found: bool = False

    @cached_property
    def summaries(self) -> tuple[Summary, ...]:
        """Its means and intervals."""
        return compare(self.scores, self.entry.folds, self.entry.comparison)

    @property
    def told(self) -> str:
        """How it was trained, for the terminal."""
        seconds = sum(item.seconds for item in self.trained)
        n_folds = len({item.fold_index for item in self.trained})
        what = "fold" if n_folds == len(self.trained) else "training"
        told = f"{self.trained[0].engine}, {seconds:.1f} s for {counted(len(self.trained), what)}"
        return f"{told}, before" if self.found else told


def each(
    desk: Desk,
    title: str,
    items: Sequence[tuple[str, Item]],
    do: Callable[[Item, Progress], Done],
    how: Callable[[Done], str],
) -> Iterator[Done]:
    """Yields what became of each item, in order; every flow goes over its candidates so.

    Args:
        desk: Its terminal tells the progress, and is where an interrupt is heard.
        title: Of the whole, for the progress.
        items: Name and value of each.
        do: Works on one, and tells how far it is.
        how: Says of one that is done how it was done.
    """
    with desk.terminal.progress(title, len(items)) as told:
        for position, (name, item) in enumerate(items):
            told.update(position, name, "", 0.0)
            done = do(item, partial(told.update, position, name))
            yield done
            told.finish(position, name, how(done))


def train_and_score(desk: Desk, title: str, entries: Sequence[Entry]) -> Iterator[Scored]:
    """Yields each candidate trained and scored on every one of its folds.

    Args:
        desk: With what they are trained.
        title: Of the whole, for the progress.
        entries: In the order in which they are trained.

    Raises:
        Interrupted: On Ctrl-C during a net, with what was trained so far.
    """

    def do(entry: Entry, progress: Progress) -> Scored:
        means, before = desk.means(judge_by(entry.comparison)), desk.finished.n_trained
        trained = train_works(entry.works(desk.epochs), means, progress)
        scores = evaluate_all(trained, entry.dataset, entry.folds, entry.comparison)
        found = desk.finished.n_found > 0 and desk.finished.n_trained == before
        return Scored(entry=entry, trained=trained, scores=scores, found=found)

    if entries:
        announce([entry.works(desk.epochs) for entry in entries], desk.means(judge_by(entries[0].comparison)))
    yield from each(desk, title, [(entry.name, entry) for entry in entries], do, lambda done: done.told)
