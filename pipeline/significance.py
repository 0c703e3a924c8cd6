"""Pure statistics of repeated scores: what the comparison stage calls."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A mean with its bounds."""

    mean: float
    low: float
    high: float


def corrected_interval(values: NDArray[np.float64], *, n_train: int, n_test: int, confidence: float = 0.95) -> Interval:
    """Returns the mean over repeated random splits with its corrected resampled t interval.

    The folds share rows, so their scores are correlated and the plain ``s / sqrt(n)`` is too small.

    Formula:
        ``mean ± t(n - 1) * s * sqrt(1 / n + n_test / n_train)``

    Source:
        Nadeau & Bengio (2003), Inference for the generalization error, Machine Learning 52.

    Args:
        values: ``(n_folds,)``, two or more.
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        confidence: Coverage meant.

    Raises:
        ValueError: Fewer than two values.

    Example:
        Mean 0.92, s = 0.02, t(2) = 4.303: the margin is 4.303 * 0.02 * sqrt(1 / 3 + 1 / 4) = 0.0657.

        >>> round(corrected_interval(np.array([0.9, 0.92, 0.94]), n_train=80, n_test=20).low, 4)
        0.8543
    """
    n = len(values)
    if n < 2:
        raise ValueError(f"corrected_interval: expected two or more folds. Received: n={n}. Use bootstrap_interval.")
    mean = values.mean()
    margin = stats.t.ppf((1 + confidence) / 2, n - 1) * values.std(ddof=1) * np.sqrt(1 / n + n_test / n_train)
    return Interval(mean=float(mean), low=float(mean - margin), high=float(mean + margin))


def bootstrap_interval(
    score: Callable[[NDArray[np.int64], NDArray[np.float64]], float],
    y_true: NDArray[np.int64],
    y_proba: NDArray[np.float64],
    *,
    seed: int,
    n_resamples: int = 1000,
    confidence: float = 0.95,
) -> Interval:
    """Returns a score of one test set with its percentile bootstrap interval, rows resampled within each class.

    It tells how the score would vary with other test rows, not with another training.

    Source:
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    Args:
        score: Of class indices ``(n_samples,)`` and probabilities ``(n_samples, n_classes)``.
        y_true: ``(n_samples,)``.
        y_proba: ``(n_samples, n_classes)``.
        seed: Of the resampling.
        n_resamples: Number of resampled test sets.
        confidence: Coverage meant.
    """
    random = np.random.default_rng(seed)
    strata = [np.flatnonzero(y_true == k) for k in np.unique(y_true)]
    resampled = np.empty(n_resamples)
    for index in range(n_resamples):
        rows = np.concatenate([random.choice(stratum, len(stratum)) for stratum in strata])
        resampled[index] = score(y_true[rows], y_proba[rows])
    low, high = np.quantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(mean=float(score(y_true, y_proba)), low=float(low), high=float(high))
