"""Keras's own step in the engine's loop: what a model does with a batch stays what the model says.

`models.engine.one_net` writes the step anew, so that it may be reworked, and covers what it knows. Here it is
``train_step`` itself that runs in the compiled loop: its losses, weights, penalties, metrics and the optimizer's
particulars mean what they mean in ``fit``, those of a model's own ``train_step`` or ``compute_loss`` included.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from models.engine.calls import Batch, Pace
from models.engine.course import Course
from models.engine.fitting.rows import Rows
from models.engine.loop import compile_epochs


class KerasStep:
    """A model as the loop sees it, through its ``train_step`` or ``test_step``."""

    shape: tuple[int, ...] = ()
    weights: Sequence[Any] = ()
    company: str = ""

    def __init__(self, model: keras.Model, rows: Rows, step: Callable[[Any], Any], batch_size: int) -> None:
        self.model = model
        self.optimizer = model.optimizer
        self.sizes_vary = len(rows) % batch_size > 0
        self.rows = rows
        self.step = step
        self.last: dict[str, tf.Variable] = {}

    @tf.autograph.experimental.do_not_convert  # as Keras has it
    def update(self, batch: Batch) -> tf.Tensor:
        """Takes a step. What the loss was is in the model's metrics."""
        told = self.step(self.rows.packed(map(_of_any_size, batch) if self.sizes_vary else batch))
        if isinstance(told, dict) and set(told) != set(self.model.get_metrics_result()):
            for name, value in told.items():
                self._remember(name, value)
        return tf.zeros(())

    def logs(self) -> dict[str, Any]:
        """Returns what the model tells at the end of an epoch: its metrics, else what its own step told last."""
        return dict(self.last or self.model.get_metrics_result())

    def _remember(self, name: str, value: Any) -> None:
        value = tf.convert_to_tensor(value)
        if name not in self.last:
            with tf.init_scope():
                self.last[name] = tf.Variable(tf.zeros(value.shape, value.dtype))
        self.last[name].assign(value)


def _of_any_size(part: tf.Tensor) -> tf.Tensor:
    """Returns rows whose number Keras does not know, as it does not in ``fit`` where the last batch is smaller.

    It tells: the mean of an output's own loss counts batches by their rows only where they are known.
    """
    return tf.compat.v1.placeholder_with_default(part, [None, *part.shape[1:]])


class _Unwatched:
    """The memory of a loop whose model remembers by itself."""

    def __init__(self) -> None:
        self.running = tf.Variable(0.0)
        self.stopped = tf.Variable(False)

    @tf.autograph.experimental.do_not_convert
    def close_epoch(self, *_: Any) -> None:
        """Does nothing."""


def shares_done(step: KerasStep, course: Course, *, xla: bool) -> Iterator[float]:
    """Takes the steps of a course, and yields after each call how much of the epoch is done, up to 1.

    Args:
        step: Of the model.
        course: Through the rows; an epoch at a time.
        xla: Whether XLA compiles it.
    """
    pace = Pace()
    traced = compile_epochs(step, _Unwatched(), course, xla=xla)  # type: ignore[arg-type]
    compiled = None
    for call in course.calls(pace):
        tick = time.perf_counter()
        arguments = ((), *call.arguments)
        compiled = compiled or traced.get_concrete_function(*arguments)
        compiled(*arguments)
        pace.learn(call.last - call.first, time.perf_counter() - tick)
        yield call.share


def rest_of_epoch(shares: Iterator[float]) -> Iterator[float]:
    """Yields up to the end of an epoch."""
    for share in shares:
        yield share
        if share == 1.0:
            return
