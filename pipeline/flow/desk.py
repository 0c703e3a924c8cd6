"""What a flow works at: the store, the terminal, the devices."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from models.engine.devices import Placement, choose
from pipeline.data.values import Dataset
from pipeline.process.provenance import git_commit
from pipeline.telling.terminal import Terminal
from pipeline.tracking import Tracker
from pipeline.tracking.reading import EPOCHS_TAG
from pipeline.tracking.runs import ParentRun
from pipeline.tracking.silent import SilentTracker
from pipeline.training.executors import Here
from pipeline.training.values import Judge
from pipeline.training.work import Executor, Finished, Means, NothingFinished


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a flow works at.

    Attributes:
        tracker: The open store.
        terminal: Where progress and tables go.
        placement: The device or devices of nets.
        executor: Where groups of work are trained.
        finished: What was trained before, and keeps what is trained here.
        epochs: Of nets, instead of the declared numbers.
        insists: Whether a champion is registered even by a run that departs from what is declared.
        tags: Of every run of an invocation, besides what it says itself.
    """

    tracker: Tracker | SilentTracker
    terminal: Terminal
    placement: Placement = field(default_factory=choose)
    executor: Executor = field(default_factory=Here)
    finished: Finished = field(default_factory=NothingFinished)
    epochs: int | None = None
    insists: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def silent(
        cls,
        placement: Placement,
        epochs: int | None = None,
        *,
        insists: bool = False,
        executor: Executor | None = None,
    ) -> "Desk":
        """Returns the desk of a worker that follows the first of several: it runs the same flow and leaves nothing."""
        return cls(
            tracker=SilentTracker(),
            terminal=Terminal(quiet=True),
            placement=placement,
            executor=executor or Here(),
            epochs=epochs,
            insists=insists,
        )

    def means(self, judge: Judge | None = None) -> Means:
        """Returns with what candidates are trained here.

        Args:
            judge: By what a search chooses.
        """
        return Means(placement=self.placement, executor=self.executor, judge=judge, finished=self.finished)

    @contextmanager
    def run(
        self,
        kind: str,
        experiment: str,
        *,
        name: str | None = None,
        dataset: Dataset | None = None,
        seed: int | None = None,
    ) -> Iterator[ParentRun]:
        """Opens the run of one invocation, and logs its data set.

        Args:
            kind: ``"comparison"``, ``"leak"``, ``"ladder"`` or ``"lecture"``.
            experiment: Name of the MLflow experiment.
            name: Of the run; by default the time, by which runs differ where the UI cuts names, the experiment's, and
                the seed.
            dataset: What it is about.
            seed: Of fold 0.
        """
        tags = {"kind": kind, "git": git_commit() or "none"}
        tags |= {} if dataset is None else {"dataset": dataset.name}
        tags |= {} if seed is None else {"seed": str(seed)}
        tags |= {} if self.epochs is None or dataset is None else {EPOCHS_TAG: str(self.epochs)}
        now = datetime.now()
        words = [f"{now.day} {now:%b %H:%M:%S}", experiment, *([] if seed is None else [f"seed {seed}"])]
        with self.tracker.run(experiment, name=name or ", ".join(words), tags=tags) as run:
            for tag, text in self.tags.items():
                run.log_tag(tag, text)  # of the parent alone: nothing below it can be resumed
            if dataset is not None:
                run.log_dataset(dataset)
            yield run
            if told := self.finished.told():
                run.log_tag("groups", told)
                self.terminal.say(told)
