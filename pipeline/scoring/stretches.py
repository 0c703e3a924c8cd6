"""How sure a score in time is: stretches are redrawn one by one, and what neighbors among them share is added."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.tested import kish

_MOST = 0.9  # of what one stretch shares with the next: beyond it nothing could be told from so few


@dataclass(frozen=True, kw_only=True)
class Sure:
    """How sure a score, or a difference, is.

    Attributes:
        error: The standard error.
        degrees: Of freedom of the error.
        shared: By what its square is larger for what neighboring stretches of time share, 1 or more.
    """

    error: float
    degrees: float
    shared: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Stretches:
    """How test rows were redrawn in stretches of time.

    Attributes:
        counts: ``(n_stretches, n_resamples)``: how often each was drawn, in the order of time.
        folds: ``(n_stretches,)``: place of the fold in which each was tested.
        shares: ``(n_stretches,)``: how much each counts in the score of its fold; those of a fold add up to 1.
    """

    counts: NDArray[np.int32]
    folds: NDArray[np.int64]
    shares: NDArray[np.float64]

    def sure(self, spread: float, values: NDArray[np.float64], by_fold: NDArray[np.float64], wider: float) -> Sure:
        """Returns how sure a score is that is the mean over folds, one after the other in time.

        Formula:
            With ``u`` the part of each stretch in the score, and ``n`` stretches, or as many as they are worth where
            they count unequally (Kish 1965): the larger one of ``spread ** 2`` and ``wider`` times the squares of
            ``u``, and the latter times ``(1 + r) / (1 - r) - 1`` more, ``r`` as of ``shared_by_neighbors``. A part is
            what redrawing tells of it, the covariance of the values with how often its stretch was drawn, and its share
            of how far its fold lies from the score: redrawn values do not move with how folds differ, for each stretch
            stays in its own. From the squares is taken what they have by the chance of the drawing. Degrees of freedom
            are one less than ``n (1 - r) / (1 + r)`` (Bayley & Hammersley 1946, The "effective" number of independent
            observations in an autocorrelated time series, Supplement to the Journal of the Royal Statistical Society
            8).

        Args:
            spread: Standard error by redrawn values alone.
            values: ``(n_resamples,)``; NaN where nothing could be measured.
            by_fold: ``(n_folds,)``: its score on each; NaN likewise, and its stretches count for nothing.
            wider: Of ``units.Units``.
        """
        measured, known = np.isfinite(by_fold), np.isfinite(values)
        drawn = self.counts[:, known] - self.counts[:, known].mean(axis=1, keepdims=True)
        parts = drawn @ (values[known] - values[known].mean()) / known.sum()
        apart = np.where(measured, by_fold - by_fold[measured].mean(), 0.0) / measured.sum()
        within = np.bincount(self.folds, weights=parts, minlength=len(by_fold))
        whole = (parts + self.shares * (apart - within)[self.folds])[measured[self.folds]]
        shares = self.shares[measured[self.folds]]
        n, by_chance = max(len(shares) / kish(shares), 2.0), values[known].var() / known.sum()
        shared = float(shared_by_neighbors(whole, n, by_chance))
        of_parts = max(float(whole @ whole) - len(whole) * by_chance, 0.0) * wider
        return Sure(
            error=float(np.sqrt(max(spread**2, of_parts) + (shared - 1) * of_parts)),
            degrees=max(n / shared - 1, 1.0),
            shared=shared,
        )


def shared_by_neighbors(
    parts: NDArray[np.float64], n_units: float | None = None, by_chance: float = 0.0
) -> NDArray[np.float64]:
    """Returns by what the squared standard error of a mean is larger for what neighbors share, 1 or more.

    Formula:
        ``(1 + r) / (1 - r)``, with ``r`` the mean product of neighbors over the mean square, ``(1 + 3 r) / n`` more for
        its bias, from 0 to .9: what a stretch shares with the next one decays likewise to those after it. Of the
        squares no more than half is held for chance.

    Source:
        Andrews & Monahan (1992), An improved heteroskedasticity and autocorrelation consistent covariance matrix
        estimator, Econometrica 60, for an autoregression of first order; the bias by Kendall (1954), Note on bias in
        the estimation of autocorrelation, Biometrika 41.

    Args:
        parts: ``(n, ...)``: how far each lies from the mean, in the order of time.
        n_units: As how many they are worth, where they count unequally.
        by_chance: What a square of them has by the chance of how they were found.

    Example:
        >>> shared_by_neighbors(np.array([-1.0, -1.0, 1.0, 1.0])), shared_by_neighbors(np.array([-1.0, 1.0, -1.0, 1.0]))
        (array(11.), array(1.))
    """
    n, squares = n_units or len(parts), (parts**2).mean(axis=0)
    squares, neighbors = np.maximum(squares - by_chance, squares / 2), (parts[1:] * parts[:-1]).mean(axis=0)
    alike = np.divide(neighbors, squares, out=np.full(np.shape(squares), -1.0), where=squares > 0)
    r = np.clip(alike + (1 + 3 * alike) / n, 0.0, _MOST)
    return np.asarray((1 + r) / (1 - r))
