"""The bootstrapped test sets of one run: drawn once, and each metric of each candidate taken of them once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.redrawn import draws_of, weighted_on
from pipeline.scoring.rows import are_unlike
from pipeline.scoring.values import Scores
from pipeline.scoring.weighted import weighted_score

N_RESAMPLES = 1000
_AT_ONCE = 2**22  # weights: 16 MiB of int32, and tens of milliseconds between two chances to interrupt
_KEPT = 2**27  # drawn counts of a byte each; of more rows they are drawn again whenever they are needed


def draws(strata: NDArray[np.int64], *, seed: int, n_resamples: int = N_RESAMPLES) -> Iterator[NDArray[np.uint8]]:
    """Yields how often bootstrapped test sets have each row, some sets at a time; rows are drawn within each class.

    The same classes and seed give the same draws, however many there are, so that two candidates are paired.

    Source:
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapters 8.4 and 13.

    Args:
        strata: ``(n_samples,)``, within each of which rows are drawn: classes, or one for all.
        seed: Of the drawing.
        n_resamples: Number of resampled test sets.

    Yields:
        ``(n_samples, n_sets)``; the numbers of sets add up to ``n_resamples``.
    """
    random, n_rows = np.random.default_rng(seed), len(strata)
    by_class = np.argsort(strata, kind="stable")
    _, starts, sizes = np.unique(strata[by_class], return_index=True, return_counts=True)
    first, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    n_sets = max(_AT_ONCE // n_rows, 1)
    for start in range(0, n_resamples, n_sets):
        n = min(n_sets, n_resamples - start)
        drawn = random.integers(size, size=(n, n_rows)) + first + n_rows * np.arange(n)[:, None]
        counts = np.empty((n_rows, n), dtype=np.uint8)  # a row is never drawn 256 times of as many equals
        counts[by_class] = np.bincount(drawn.ravel(), minlength=n * n_rows).reshape(n, n_rows).T
        yield counts


class Resamples:
    """What the bootstrapped versions of one test set score; what was computed once is kept.

    The whole of the draws is kept as a byte a row and set, at most 128 MiB; 16 MiB of weights are spelled out at a
    time.

    Example:
        >>> resamples = Resamples(seed=0, positive_class=None)
        >>> resamples.n_resamples
        1000
    """

    def __init__(self, *, seed: int, positive_class: int | None, n_resamples: int = N_RESAMPLES) -> None:
        self.n_resamples = n_resamples
        self._seed, self._positive_class = seed, positive_class
        self._drawn: tuple[NDArray[np.int64], tuple[NDArray[np.uint8], ...]] | None = None
        self._values: dict[tuple[str, Scores], NDArray[np.float64]] = {}

    def of(self, metric: str, scores: Scores) -> NDArray[np.float64]:
        """Returns a metric of one candidate on each resampled test set, ``(n_resamples,)``."""
        if (metric, scores) not in self._values:
            self._values[metric, scores] = np.concatenate([*self._parts(metric, scores)])
        return self._values[metric, scores]

    def _parts(self, metric: str, scores: Scores) -> Iterator[NDArray[np.float64]]:
        if are_unlike([scores]):
            for drawn in draws_of([scores], seed=self._seed, n_resamples=self.n_resamples):
                yield weighted_on(metric, scores, drawn, self._positive_class)
            return
        for counts in self._draws(scores.strata):
            weights = counts.astype(np.int32)
            yield weighted_score(metric, scores.y_true, scores.predicted, weights, self._positive_class)

    def _draws(self, strata: NDArray[np.int64]) -> Iterator[NDArray[np.uint8]]:
        if self._drawn is not None and np.array_equal(self._drawn[0], strata):
            return iter(self._drawn[1])
        drawn = draws(strata, seed=self._seed, n_resamples=self.n_resamples)
        if len(strata) * self.n_resamples > _KEPT:
            return drawn
        self._drawn = strata, tuple(drawn)
        return iter(self._drawn[1])
