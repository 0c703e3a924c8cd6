"""Where the spread of scores over folds comes from: the rows of the split, and the chance of the training."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from models.checks import require

_NAN = float("nan")
_ROUNDING = 1e-24  # what is left of a variance of zero


@dataclass(frozen=True, kw_only=True)
class Components:
    """The parts of the variance of one candidate's score.

    Attributes:
        mean: Of all trainings.
        n_splits: Folds.
        n_seeds: Trainings on each.
        of_seed: Variance by the chance of the training.
        of_split: Variance by the rows of the fold, unbiased, so that it may come out below 0; NaN with one fold.
        low: Lower bound of the 95 % interval of the training's share; NaN where none can be given.
        high: Upper bound.
    """

    mean: float
    n_splits: int
    n_seeds: int
    of_seed: float
    of_split: float
    low: float
    high: float

    @property
    def seed_deviation(self) -> float:
        """Standard deviation from training to training on the same fold."""
        return float(np.sqrt(self.of_seed))

    @property
    def split_deviation(self) -> float:
        """Standard deviation from fold to fold, were nothing in the training chance; NaN with one fold."""
        return float(np.sqrt(np.maximum(self.of_split, 0.0)))

    @property
    def share_of_seed(self) -> float:
        """The training's share of the variance of one score; NaN with one fold, or without any variance."""
        total = self.of_seed + np.maximum(self.of_split, 0.0)
        return float(self.of_seed / total) if total > 0 else _NAN

    @property
    def has_interval(self) -> bool:
        """Whether bounds of that share are known."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))

    def deviation(self, n_together: int = 1) -> float:
        """Returns the standard deviation over folds of the mean of so many trainings; with one fold of the seed alone.

        Formula:
            ``sqrt(of_split + of_seed / n_together)``
        """
        of_split = float(np.nan_to_num(np.maximum(self.of_split, 0.0)))
        return float(np.sqrt(of_split + self.of_seed / n_together))


def components(values: NDArray[np.float64]) -> Components:
    """Returns the parts of the variance of scores, each fold trained on with several seeds.

    Formula:
        One-way analysis of variance. ``of_seed`` is the mean over folds of the variance within; ``of_split`` is the
        variance of the folds' means minus ``of_seed / n_seeds``, the part of it that is the training's. The interval
        of ``rho = of_split / (of_split + of_seed)`` is ``(F / f - 1) / (F / f + n_seeds - 1)`` at the two quantiles
        ``f`` of the F distribution, where ``F = n_seeds * var(means) / of_seed``; the training's share is ``1 - rho``.

    Source:
        Searle, Casella & McCulloch (1992), Variance Components, chapter 3. It takes folds for independent samples of
        rows, as those of one table are not quite. Bouthillier et al. (2021), Accounting for variance in machine
        learning benchmarks, MLSys, for the question.

    Args:
        values: ``(n_splits, n_seeds)``, finite, two seeds or more.

    Raises:
        ValueError: Fewer than two seeds, or no fold.

    Example:
        Within the folds the variance is 0.0002; the means, 0.71 and 0.81, vary by 0.005, of which 0.0001 is theirs.

        >>> found = components(np.array([[0.70, 0.72], [0.80, 0.82]]))
        >>> round(found.of_seed, 6), round(found.of_split, 6), round(found.share_of_seed, 3)
        (0.0002, 0.0049, 0.039)
    """
    n_splits, n_seeds = values.shape
    require(n_splits > 0 and n_seeds > 1, "components", "two seeds or more a fold", "Train again.", shape=values.shape)
    of_seed = _variance(values, axis=1)
    of_means = _variance(values.mean(axis=1), axis=0) if n_splits > 1 else _NAN
    low, high = _share_interval(of_means, of_seed, n_splits, n_seeds)
    return Components(
        mean=float(values.mean()),
        n_splits=n_splits,
        n_seeds=n_seeds,
        of_seed=of_seed,
        of_split=of_means - of_seed / n_seeds,
        low=low,
        high=high,
    )


def _variance(values: NDArray[np.float64], axis: int) -> float:
    """Returns the variance along an axis, the mean of it where there is another."""
    variance = float(np.mean(values.var(axis=axis, ddof=1)))
    return variance if variance > _ROUNDING else 0.0


def _share_interval(of_means: float, of_seed: float, n_splits: int, n_seeds: int) -> tuple[float, float]:
    """Returns the bounds of the training's share of the variance."""
    if n_splits < 2 or not of_seed > 0:
        return _NAN, _NAN
    ratio = n_seeds * of_means / of_seed
    quantiles = stats.f.ppf([0.025, 0.975], n_splits - 1, n_splits * (n_seeds - 1))
    of_split = (ratio / quantiles - 1) / (ratio / quantiles + n_seeds - 1)
    high_of_split, low_of_split = np.clip(of_split, 0.0, 1.0)
    return float(1 - high_of_split), float(1 - low_of_split)
