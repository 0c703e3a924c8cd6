"""Our contenders and Keras's: each trains a problem from its initial weights and says how long it took."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from benchmarks.problems import LEARNING_RATE, Problem
from benchmarks.timing import Clock, Timing
from models.blackboard.descent import descend
from models.engine.compilation import Compilation
from models.engine.many_nets import train_replicates
from models.engine.one_net import train


def _sgd() -> keras.Optimizer:
    return keras.optimizers.SGD(LEARNING_RATE)


def fused(problem: Problem, compilation: Compilation = "auto", epochs: int | None = None) -> Timing:
    """Trains with the fused engine, which reports its calls."""
    return timed(
        problem.model(),
        problem.X,
        problem.y,
        loss=problem.loss(),
        optimizer=_sgd(),
        epochs=epochs or problem.epochs,
        batch_size=problem.batch_size,
        shuffle=False,
        compilation=compilation,
    )


def timed(model: keras.Model, X: NDArray[Any], y: NDArray[Any], **options: Any) -> Timing:
    """Trains a net as `models.engine.one_net.train` does, with its ``options``."""
    clock = Clock()
    history = train(model, X, y, seed=0, progress=lambda epochs, *_: clock.note(epochs), **options)
    return _settled(clock).timing(float(history.train_loss[-1]))


def replicates(problem: Problem, n_replicates: int, compilation: Compilation = "auto") -> Timing:
    """Trains many nets at once, alike, so that each must end with the loss of one."""
    clock = Clock()
    models = [problem.model() for _ in range(n_replicates)]
    histories = train_replicates(
        models,
        np.stack([problem.X] * n_replicates),
        np.stack([problem.y] * n_replicates),
        loss=problem.loss(),
        make_optimizer=_sgd,
        epochs=problem.epochs,
        batch_size=problem.batch_size,
        seeds=range(n_replicates),
        shuffle=False,
        compilation=compilation,
        progress=lambda epochs, *_: clock.note(epochs),
    )
    return _settled(clock).timing(float(histories[-1].train_loss[-1]))


@dataclass(frozen=True, kw_only=True)
class FitSetting:
    """How ``fit`` is asked to run: settings of ``compile`` that change no result.

    Attributes:
        steps_per_execution: Batches that one call of TensorFlow works.
        jit_compile: Whether XLA compiles the step; ``"auto"`` leaves it to Keras.
    """

    steps_per_execution: int = 1
    jit_compile: bool | str = "auto"

    def __str__(self) -> str:
        xla = {True: "with XLA", False: "without XLA", "auto": "XLA as Keras likes"}[self.jit_compile]
        return f"{self.steps_per_execution} batches a call, {xla}"


FIT_SETTINGS = tuple(
    FitSetting(steps_per_execution=steps, jit_compile=jit) for steps in (1, 8, 32, 128) for jit in (False, True)
)
"""Among which ``fit`` at its best is found."""
_WARM_UP = 4  # epochs; the first makes a contender ready
_WARM_UP_CONV = 2  # one whose epochs take seconds, and minutes under XLA, tells it sooner


def keras_fit(problem: Problem, setting: FitSetting | None = None) -> Timing:
    """Trains with ``fit`` as it comes, except for the order of rows, or with a setting."""
    clock = Clock()
    model = problem.textbook_model()
    model.compile(_sgd(), problem.loss(), **(asdict(setting) if setting else {}))
    model.fit(
        problem.X.reshape(len(problem.X), *model.input_shape[1:]),
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: clock.note(epoch + 1))],
    )
    return clock.timing(float(model.history.history["loss"][-1]))


class Best:
    """A contender in the fastest of several settings, which is found before its first round.

    Args:
        train: Trains the problem in a setting.
        settings: Among which the best is sought.
        problem: What is trained.
    """

    def __init__(self, train: Callable[[Problem, Any], Timing], settings: Sequence[Any], problem: Problem) -> None:
        self._train, self._settings, self._problem = train, settings, problem

    @cached_property
    def setting(self) -> Any:
        """The one whose epoch is the shortest in a warm-up."""
        short = replace(self._problem, epochs=_WARM_UP if self._problem.hidden_units else _WARM_UP_CONV)
        seconds = [self._train(short, setting).epoch for setting in self._settings]
        return self._settings[int(np.argmin(seconds))]

    def __call__(self) -> Timing:
        """Trains in that setting."""
        return self._train(self._problem, self.setting)


def descent(X: NDArray[np.float64], y: NDArray[np.float64], n_steps: int) -> Timing:
    """Descends the cost of logistic regression in one compiled call, twice: the first one compiles."""
    rows, wanted = tf.constant(X), tf.constant(y)

    def cost(theta: tf.Tensor) -> tf.Tensor:
        h = tf.sigmoid(tf.linalg.matvec(rows, theta))
        return -tf.reduce_mean(wanted * tf.math.log(h) + (1 - wanted) * tf.math.log(1 - h))

    clock = Clock()
    for index in range(2):
        _, costs = descend(cost, np.zeros(X.shape[1]), learning_rate=LEARNING_RATE, n_steps=n_steps)
        clock.note(index + 1)
    return clock.timing(float(costs[-1]))


def _settled(clock: Clock) -> Clock:
    """Forgets the short calls with which the engine finds its pace."""
    half = clock.notes[-1][1] - (clock.notes[-1][1] - clock.notes[0][1]) * 0.8
    later = [note for note in clock.notes if note[1] >= half]
    clock.notes = later if len(later) > 1 else clock.notes[-2:]
    return clock
