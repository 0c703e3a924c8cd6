"""The one loop that matters: epochs of training in a single compiled call.

`compile_epochs` holds it and says why it is fast; `models.engine.program` calls it again and again. What is trained
is a `Learner`: one net (`one_net.py`) or many along a leading axis (`many_nets.py`). The loop treats both alike: every
loss has the learner's ``shape``, ``()`` or ``(n_replicates,)``, and nothing is ever reduced over it.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from models.engine.calls import Batch, in_batches
from models.engine.course import Course
from models.engine.diary import Diary
from models.engine.faster.reworking import Reworked

Held = tuple[Batch, ...]  # validation rows in blocks of one size and a rest; nothing without any

BLOCK_BYTES = 16 * 2**20  # of rows in order; two such blocks exist at a time
VALIDATION_ROWS = 1024  # at once; a conv net's feature maps are far larger than its input


class Learner(Protocol):
    """What the loop trains.

    Attributes:
        shape: Of every loss: ``()`` for one net, ``(n_replicates,)`` for many.
        weights: All that must come back when an earlier epoch was the best.
        loss: Of its outputs.
        optimizer: Takes its steps; one that can come to rest says so by ``rested``.
        is_padded: Whether the last array of a batch says which of its rows are there; not there means no.
        reworked: How the net is trained.
        company: How many nets or devices there are, for the history; nothing for one net on one device.
    """

    shape: tuple[int, ...]
    weights: Sequence[Any]
    loss: keras.Loss
    optimizer: keras.Optimizer
    reworked: Reworked
    company: str

    def update(self, batch: Batch) -> tf.Tensor:
        """Takes one optimizer step and returns the mean loss before it."""

    def assess(self, batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the mean loss and the share of rows whose class is right, both in inference mode."""

    def agreed(self, seconds: float) -> float:
        """Returns how long a call took, the same number in every process that takes part."""


def compile_epochs(learner: Learner, diary: Diary, course: Course, *, xla: bool, ends_under_xla: bool = True) -> Any:
    """Returns the compiled loop over epochs and batches.

    Why it is fast: a small net's update is microseconds of arithmetic, while one call from Python, one operation
    scheduled by TensorFlow or one value brought back to Python costs as much or more. So there is one call for
    hundreds of updates: rows, weights, optimizer and loss curves stay on the device as tensors and variables, and
    validation and early stopping are decided in here. Under XLA all batches of a block, ``sweep``, become one
    machine-code program that fuses each step's small operations and schedules none of them.

    Four traps lie here. Rows are put in order outside XLA, which gathers rows on a CPU one number at a time: a
    block of some megabytes while the one before it is swept, not a whole epoch for each part of it. The loops are
    ``while`` loops, since XLA compiles a ``for`` over ``tf.range`` anew for every other length. All that changes
    from call to call (`Call`), or from one training to the next, is an argument: a number captured from Python is
    compiled in, and captured rows would stay as long as the program. And nothing is rewritten by autograph, which
    reads and rewrites the source of all that is called, the optimizer's too, for as long as a small net is trained:
    the loops are written out, and learners are Python that is traced once, as in Keras's ``fit``.

    Args:
        learner: What is trained.
        diary: Where losses are written.
        course: Through the rows.
        xla: Whether XLA compiles it.
        ends_under_xla: Whether it then compiles the ends of epochs, too.

    Returns:
        A `tf.function` of the rows to compute the validation loss on after each epoch, as `in_blocks` returns them, and
        of the `Call.arguments`.
    """
    sweep, finish_epoch = _compile_parts(learner, diary, course, xla=xla, ends_under_xla=ends_under_xla)

    @tf.function(autograph=False)
    def epochs(
        held_out: Held,
        data: Batch,
        full: tf.Tensor,
        rest: tf.Tensor,
        first: tf.Tensor,
        last: tf.Tensor,
        n: tf.Tensor,
        finish: tf.Tensor,
    ) -> None:
        n_together = _steps_together(data, full)

        def block(epoch: tf.Tensor, step: tf.Tensor) -> Batch:
            # Blocks keep their shape: the last of an epoch may overhang, the one after the last epoch is not used.
            steps = tf.minimum(step + tf.range(n_together), full.shape[1] - 1)
            return _take(data, tf.gather(full[tf.minimum(epoch, n - 1)], steps))

        def goes_on(epoch: tf.Tensor, *_: Any) -> tf.Tensor:
            return (epoch < n) & ~tf.reduce_all(diary.stopped)

        def train_on(epoch: tf.Tensor, step: tf.Tensor, batches: Batch) -> tuple[tf.Tensor, tf.Tensor, Batch]:
            n_steps = tf.minimum(n_together, last - step)
            is_last = step + n_steps == last
            following = (tf.where(is_last, epoch + 1, epoch), tf.where(is_last, first, step + n_steps))
            ahead = block(*following)  # needs nothing of the sweep: TensorFlow runs the two side by side
            sweep(batches, n_steps)
            _if(is_last & finish, lambda: finish_epoch(_take(data, rest[epoch]), held_out))
            return *following, ahead

        start = tf.constant(0), first
        tf.while_loop(goes_on, train_on, (*start, block(*start)))

    return epochs


def _if(condition: tf.Tensor, do: Callable[[], None]) -> None:
    """Does something, or nothing, where the loop comes to it."""

    def done() -> tf.Tensor:
        do()
        return tf.constant(0)

    tf.cond(condition, done, lambda: tf.constant(0))


def _compile_parts(
    learner: Learner, diary: Diary, course: Course, *, xla: bool, ends_under_xla: bool
) -> tuple[Callable[[Batch, tf.Tensor], None], Callable[[Batch, Held], None]]:
    """Returns what trains on the batches of a block, and what ends an epoch; arguments as of `compile_epochs`."""
    n_rows = course.n_rows if course.sizes is None else np.array(course.own_rows)

    # As a graph the parts stay parts of one function: collectives of several processes fail in nested ones.
    sweeps, ends = (
        tf.function(jit_compile=True, autograph=False) if compiles else lambda function: function
        for compiles in (xla, xla and ends_under_xla)
    )

    @sweeps
    def sweep(batches: Batch, n_steps: tf.Tensor) -> None:
        def train_on(step: tf.Tensor) -> tuple[tf.Tensor]:
            update(tuple(array[step] for array in batches))
            return (step + 1,)

        tf.while_loop(lambda step: step < n_steps, train_on, (tf.constant(0),))

    def update(batch: Batch) -> None:
        diary.running.assign_add(learner.update(batch) * _counted(batch, learner))

    @ends
    def finish_epoch(last_batch: Batch, held_out: Held) -> None:
        if _size(last_batch, learner):
            update(last_batch)
        assessed = _assess(learner, diary, *held_out) if held_out else None
        diary.close_epoch(n_rows, assessed, learner.weights, getattr(learner.optimizer, "rested", None))

    return sweep, finish_epoch


def _steps_together(data: Batch, full: tf.Tensor) -> int:
    """Returns how many steps' rows are put in order at once: as many as `BLOCK_BYTES` hold."""
    row_bytes = sum(math.prod(array.shape[1:]) * array.dtype.size for array in data)
    return max(1, min(full.shape[1], BLOCK_BYTES // (row_bytes * math.prod(full.shape[2:]))))


def _take(data: Batch, rows: tf.Tensor) -> Batch:
    return tuple(tf.gather(array, rows) for array in data)


def _size(batch: Batch, learner: Learner) -> int:
    """Returns the rows of each replicate."""
    return int(batch[0].shape[len(learner.shape)])


def _counted(batch: Batch, learner: Learner) -> Any:
    """Returns how many of a batch's rows are there, one number or ``(n_replicates,)``."""
    return tf.reduce_sum(batch[-1], axis=1) if getattr(learner, "is_padded", False) else _size(batch, learner)


def in_blocks(validation: Sequence[Any] | None, shape: tuple[int, ...], course: Course) -> Held:
    """Cuts validation rows, those of replicates one after the other, into blocks of one size and a rest, once."""
    if validation is None:
        return ()
    validation = tuple(tf.constant(array) for array in validation)
    n_rows = validation[0].shape[0] // course.n_blocks
    numbers = course.starts(n_rows)[:, None] + np.arange(n_rows, dtype=np.int32)
    full, rest = in_batches(numbers.reshape(*shape, n_rows), min(VALIDATION_ROWS, n_rows))
    return _take(validation, full), _take(validation, rest)


def right(y: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """Returns for each row whether its class is right: the largest output's, or above 1/2 for a single output.

    Args:
        y: Class numbers ``(...)``, or one column for each output ``(..., outputs)``.
        y_pred: ``(..., outputs)``.
    """
    is_one_column = y_pred.shape[-1] == 1
    if y.shape.rank == y_pred.shape.rank:
        y = y[..., 0] if is_one_column else tf.argmax(y, axis=-1)
    if is_one_column:
        return (tf.cast(y, y_pred.dtype) > 0.5) == (y_pred[..., 0] > 0.5)
    return tf.cast(y, tf.int64) == tf.argmax(y_pred, axis=-1)


def _assess(learner: Learner, diary: Diary, blocks: Batch, rest: Batch) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns mean loss and accuracy over all validation rows, a block of rows at a time."""
    n_blocks = blocks[0].shape[0]
    nothing = tf.zeros_like(diary.running)

    def with_batch(batch: Batch, totals: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, ...]:
        n_rows = tf.cast(_counted(batch, learner), nothing.dtype)
        own = (n_rows * loss_or_share for loss_or_share in (*learner.assess(batch), tf.ones_like(nothing)))
        return tuple(total + one for total, one in zip(totals, own, strict=True))

    def add(block: tf.Tensor, *totals: tf.Tensor) -> tuple[tf.Tensor, ...]:
        return block + 1, *with_batch(tuple(array[block] for array in blocks), totals)

    _, *totals = tf.while_loop(lambda block, *_: block < n_blocks, add, (tf.constant(0), nothing, nothing, nothing))
    loss, accuracy, n_rows = with_batch(rest, tuple(totals)) if _size(rest, learner) else totals
    return loss / n_rows, accuracy / n_rows
