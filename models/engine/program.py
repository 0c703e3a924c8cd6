"""A compiled loop, with what it trains and what it remembers; `run` takes a training through it.

The loop is called again and again, for about a second each, so that a progress bar moves and Ctrl-C is heard.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Generic, TypeVar

import tensorflow as tf

from models.engine.calls import Pace
from models.engine.course import Course
from models.engine.diary import Diary, History, Interrupted, Watch
from models.engine.loop import Learner, compile_epochs, in_blocks

Progress = Callable[[float, int, float, float | None], None]
AnyLearner = TypeVar("AnyLearner", bound=Learner)


class Program(Generic[AnyLearner]):
    """What trains a learner.

    Args:
        learner: What is trained.
        course: Through the rows. Of it and of ``watch`` only what `run` is given later on must be alike in shape.
        watch: What is looked at after each epoch.
        xla: Whether XLA compiles the loop.
        diary: Of a learner that has more to remember than losses.
    """

    def __init__(
        self, learner: AnyLearner, course: Course, watch: Watch, *, xla: bool, diary: Diary | None = None
    ) -> None:
        self.learner = learner
        self.xla = xla
        self.diary = diary or Diary(learner.shape, learner.weights, course.epochs, learner.loss.dtype, watch)
        ends_under_xla = learner.reworked.ends_under_xla
        self._traced = compile_epochs(learner, self.diary, course, xla=xla, ends_under_xla=ends_under_xla)
        self._compiled: Any = None

    def run(self, course: Course, watch: Watch, progress: Progress | None = None) -> list[History]:
        """Trains until epochs or patience are over; returns one history for each replicate.

        Args:
            course: Through the rows.
            watch: What is looked at after each epoch.
            progress: Told after each call: epochs finished, epochs in total and the last losses.

        Raises:
            Interrupted: On Ctrl-C, with what was trained so far.
        """
        started = time.perf_counter()
        pace = Pace()
        held_out = in_blocks(watch.rows, self.learner.shape, course)
        try:
            for call in course.calls(pace):
                tick = time.perf_counter()
                arguments = (held_out, *call.arguments)
                self._compiled = self._compiled or self._traced.get_concrete_function(*arguments)
                self._compiled(*arguments)
                stopped = bool(self.diary.stopped.numpy().all())  # waits for the device
                steps = (call.last - call.first) * call.n_epochs
                pace.learn(steps, self.learner.agreed(time.perf_counter() - tick))
                if progress is not None:
                    self._tell(progress, course.epochs, call.share % 1)
                if stopped:
                    break
        except KeyboardInterrupt:
            raise Interrupted(self._conclude(course, started)) from None
        return self._conclude(course, started)

    def _conclude(self, course: Course, started: float) -> list[History]:
        """Gives the learner its best weights back where epochs were compared, and returns the histories."""
        if self.diary.patience is not None:
            for weight, best in zip(self.learner.weights, self.diary.best_weights, strict=True):
                weight.assign(best)
        return self.diary.histories(self._engine(course), time.perf_counter() - started)

    def _engine(self, course: Course) -> str:
        """Returns what computes a training, for the history, such as ``"compiled epochs, XLA, 3 nets at once"``."""
        ways, company = self.learner.reworked.taken, self.learner.company
        parts = ("compiled epochs", "XLA" if self.xla else "", *ways, "streamed" if course.streams else "", company)
        return ", ".join(part for part in parts if part)

    def _tell(self, progress: Progress, n_epochs: int, share: float) -> None:
        """Reports the last finished epoch; of several replicates, their mean."""
        diary = self.diary
        finished = int(diary.epoch.numpy())
        last = max(0, finished - 1)
        train_loss, validation_loss = (
            float(tf.reduce_mean(curve[last])) for curve in (diary.train_loss, diary.validation_loss)
        )
        progress(finished + share, n_epochs, train_loss, validation_loss if diary.judges else None)


class Kept(Generic[AnyLearner]):
    """The programs of the last trainings, for the next ones alike: a net is compiled in longer than it is trained.

    Args:
        at_most: How many are kept.
    """

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._programs: OrderedDict[str, Program[AnyLearner]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._programs)

    @contextmanager
    def lent(self, key: str, make: Callable[[], Program[AnyLearner]]) -> Iterator[Program[AnyLearner]]:
        """Lends the program of trainings that are called alike, to one at a time; else a new one is made.

        What is interrupted or fails gives nothing back: nobody knows in what state it is.
        """
        with self._lock:
            found = self._programs.pop(key, None)
        program = found or make()
        yield program
        with self._lock:
            self._programs[key] = program
            while len(self._programs) > self._at_most:
                self._programs.popitem(last=False)
