"""How contenders are timed: in rounds, one after the other, so that a busy machine is busy for all of them."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.checks import require


@dataclass(frozen=True, kw_only=True)
class Timing:
    """One contender in one round.

    Attributes:
        ready: Seconds until it runs at its speed: tracing, compilation and the first epoch.
        epoch: Seconds of each epoch after that.
        loss: Of the last epoch, to see that all did the same.
    """

    ready: float
    epoch: float
    loss: float

    def times(self, n: int) -> "Timing":
        """Returns what n such runs take, one after the other."""
        return replace(self, ready=n * self.ready, epoch=n * self.epoch)


Contender = Callable[[], Timing]


class Clock:
    """Notes when epochs end; the stretch before the first note is getting ready."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.notes: list[tuple[float, float]] = []

    def note(self, epochs: float) -> None:
        """Says how many epochs are finished now."""
        self.notes.append((epochs, time.perf_counter() - self.start))

    def timing(self, loss: float) -> Timing:
        """Returns what the notes say."""
        (first, ready), (last, end) = self.notes[0], self.notes[-1]
        return Timing(ready=ready, epoch=(end - ready) / (last - first), loss=loss)


def race(contenders: Mapping[str, Contender], n_rounds: int) -> dict[str, list[Timing]]:
    """Lets all contenders run once in every round.

    Raises:
        ValueError: Their losses differ by more than 1 in 200, far more than rounding that ReLU lets grow.
    """
    timings: dict[str, list[Timing]] = {name: [] for name in contenders}
    for _ in range(n_rounds):
        for name, contender in contenders.items():
            timings[name].append(contender())
    losses = {name: rounds[-1].loss for name, rounds in timings.items()}
    same = np.allclose(list(losses.values()), next(iter(losses.values())), rtol=5e-3)
    require(same, "race", "one final loss", "Compare what they compute.", losses=losses)
    return timings


def ratios(slow: Sequence[Timing], fast: Sequence[Timing]) -> list[float]:
    """Returns how many times longer an epoch takes in each round."""
    return [s.epoch / f.epoch for s, f in zip(slow, fast, strict=True)]


def matrix_rate(n: int = 1024, repeats: int = 20) -> float:
    """Returns the machine's float32 matrix product in floating-point operations a second: the best of several."""
    a = np.random.default_rng(0).normal(size=(n, n)).astype(np.float32)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        a @ a
        seconds.append(time.perf_counter() - start)
    return 2 * n**3 / min(seconds)
