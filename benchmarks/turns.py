"""Steps of one training by two ways, in turns: how many times faster is the other, and how sure is that.

Both ways are compiled once; then short calls of the compiled loop take turns, so that a machine with other work to do
is as busy for the one as for the other. What counts is the median of the ratios of neighbors, with its interval; where
that leaves open whether there is a gain, more turns are taken.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from scipy.stats import binom

from benchmarks.problems import LEARNING_RATE, Problem
from models.checks import require
from models.engine.arrays import as_arrays
from models.engine.calls import Call
from models.engine.compilation import Compilation
from models.engine.course import Course
from models.engine.diary import Diary, Watch
from models.engine.faster.plan import plan_of
from models.engine.loop import compile_epochs
from models.engine.one_net import OneNet
from models.engine.ways import Ways

SECONDS = 0.05  # of a call: many steps of a dense net, a few of a conv net
MOST_STEPS = 4_096
N_TURNS: Sequence[int] = (21, 61, 121)  # until the interval lies on one side of `MARGIN`
MARGIN = 1.01  # times faster: less is no reason for another way
SAME = 5e-3  # of losses: far more than rounding to 32 bits that ReLU lets grow

MakeOptimizer = Callable[[], keras.Optimizer]


def descent() -> keras.Optimizer:
    """Returns plain gradient descent."""
    return keras.optimizers.SGD(LEARNING_RATE)


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What another way gains.

    Attributes:
        usual: Seconds of a step the usual way, the median.
        other: Of a step the other way.
        times: Faster than the usual way, the median over turns.
        low: Of the interval of ``times``, see `of_median`.
        high: Likewise.
    """

    usual: float
    other: float
    times: float
    low: float
    high: float


class Steps:
    """A training whose steps are taken when they are asked for.

    Args:
        problem: The net and its rows.
        ways: Within which limits reworkings are taken.
        make_optimizer: Returns a fresh one.
    """

    def __init__(self, problem: Problem, ways: Ways, make_optimizer: MakeOptimizer = descent) -> None:
        model, loss, optimizer = problem.model(), problem.loss(), make_optimizer()
        self._course = Course(
            data=as_arrays(model, problem.X, problem.y, None, loss=loss),
            shape=(),
            n_rows=len(problem.X),
            batch_size=problem.batch_size,
            epochs=1,
            seeds=[0],
            shuffle=False,
        )
        compilation: Compilation = "graph" if problem.hidden_units is None else "xla"
        self.reworked = plan_of(model, loss, optimizer, self._course, compilation=compilation, ways=ways)
        net = OneNet(model, loss, optimizer, self.reworked)
        self._diary = Diary((), net.weights, 1, loss.dtype, Watch())
        rows = np.random.default_rng(0).integers(len(problem.X), size=(1, MOST_STEPS, problem.batch_size))
        self._data = tuple(tf.constant(array) for array in self._course.data)
        self._full, self._rest = tf.constant(rows.astype(np.int32)), tf.zeros((1, 0), tf.int32)
        traced = compile_epochs(net, self._diary, self._course, xla=self.reworked.xla)
        self._compiled = traced.get_concrete_function((), *self._call(1).arguments)

    def take(self, n_steps: int) -> float:
        """Takes so many steps and returns the seconds of each."""
        arguments = self._call(n_steps).arguments
        start = time.perf_counter()
        self._compiled((), *arguments)
        self.loss  # noqa: B018  waits for the device
        return (time.perf_counter() - start) / n_steps

    @property
    def loss(self) -> float:
        """Summed over the rows of all steps so far."""
        return float(self._diary.running.numpy())

    def _call(self, n_steps: int) -> Call:
        """Returns a call that ends before an epoch does: nothing is assessed or written down."""
        return Call(data=self._data, full=self._full, rest=self._rest, first=0, last=n_steps, n_epochs=1, share=0.5)


def in_turns(usual: Steps, other: Steps, n_turns: Sequence[int] = N_TURNS, *, rtol: float = SAME) -> Gain:
    """Returns what the other way gains.

    Args:
        usual: The one.
        other: The other.
        n_turns: After how many it is looked whether the interval lies on one side of `MARGIN`; the last is the end.
        rtol: By which share of each other losses may differ.

    Raises:
        ValueError: They differ by more.
    """
    n_steps = _pace(usual, other)
    taken: list[tuple[float, float]] = []
    for n in n_turns:
        while len(taken) < n:
            taken.append(_turn(usual, other, n_steps, other_first=len(taken) % 2 == 0))
        ratios = [one / two for one, two in taken]
        low, high = of_median(ratios)
        if low >= MARGIN or high <= MARGIN:
            break
    losses = usual.loss, other.loss
    require(np.allclose(*losses, rtol=rtol), "in_turns", "one loss", "Compare what they compute.", losses=losses)
    one, two = (statistics.median(seconds) for seconds in zip(*taken, strict=True))
    return Gain(usual=one, other=two, times=statistics.median(ratios), low=low, high=high)


def _turn(usual: Steps, other: Steps, n_steps: int, *, other_first: bool) -> tuple[float, float]:
    """Returns the seconds of a step of both, of which one goes first."""
    if not other_first:
        return usual.take(n_steps), other.take(n_steps)
    seconds = other.take(n_steps)
    return usual.take(n_steps), seconds


def _pace(*ways: Steps) -> int:
    """Returns how many steps last `SECONDS`, once all are compiled."""
    for steps in ways:
        steps.take(1)  # compiles
    n_steps = 1
    while n_steps < MOST_STEPS and n_steps * max([steps.take(n_steps) for steps in ways]) < SECONDS:
        n_steps *= 2
    return n_steps


def of_median(values: list[float]) -> tuple[float, float]:
    """Returns an interval that holds the median at least 19 times in 20, whatever the distribution: two of the values.

    Example:
        >>> of_median([float(value) for value in range(1, 22)])
        (6.0, 16.0)
    """
    ordered = sorted(values)
    first = max(1, int(binom.ppf(0.025, len(ordered), 0.5)))
    return ordered[first - 1], ordered[-first]
