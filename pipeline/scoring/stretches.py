"""How sure a score in time is: stretches are redrawn one by one, and what neighbors among them share is added."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class InTime:
    """The standard error of a score in time.

    Attributes:
        error: The standard error.
        shared: By what its square is larger for what neighboring stretches share, 1 or more.
    """

    error: float
    shared: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Stretches:
    """How test rows were redrawn in stretches of time.

    Attributes:
        counts: ``(n_stretches, n_resamples)``: how often each was drawn, in the order of time.
        folds: ``(n_stretches,)``: place of the fold in which each was tested.
    """

    counts: NDArray[np.int32]
    folds: NDArray[np.int64]

    def in_time(self, spread: float, values: NDArray[np.float64], by_fold: NDArray[np.float64]) -> InTime:
        """Returns the standard error of a score that is the mean over folds, one after the other in time.

        Formula:
            With ``u`` the part of each of the ``n`` stretches in the score: the larger one of ``spread ** 2`` and
            ``n / (n - 1)`` times their squares, and the latter times ``2 max(0, r)`` more, ``r`` the correlation of
            neighbors and ``1 / n`` for its bias. A part is what redrawing tells of it, the covariance of the values
            with how often its stretch was drawn, and its share of how far its fold lies from the score: redrawn values
            do not move with how folds differ, for each stretch stays in its own.

        Source:
            Newey & West (1987), A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent
            covariance matrix, Econometrica 55, with the weight of one neighbor as 1; the bias by Kendall (1954), Note
            on bias in the estimation of autocorrelation, Biometrika 41, here of values that hang together little.

        Args:
            spread: Standard error by redrawn values alone.
            values: ``(n_resamples,)``; NaN where nothing could be measured.
            by_fold: ``(n_folds,)``: its score on each; NaN likewise.
        """
        n, known = len(self.counts), np.isfinite(values)
        drawn = self.counts[:, known] - self.counts[:, known].mean(axis=1, keepdims=True)
        parts = drawn @ (values[known] - values[known].mean()) / known.sum()
        n_folds = len(by_fold)
        apart = np.nan_to_num(by_fold - np.nanmean(by_fold)) / np.isfinite(by_fold).sum()
        within = np.bincount(self.folds, weights=parts, minlength=n_folds)
        whole = parts + ((apart - within) / np.maximum(np.bincount(self.folds, minlength=n_folds), 1))[self.folds]
        squares, neighbors = float(whole @ whole), float(whole[1:] @ whole[:-1])
        if not squares > 0:
            return InTime(error=spread, shared=1.0)
        shared = 1 + 2 * max(neighbors / squares + 1 / n, 0.0)
        of_parts = squares * n / (n - 1)
        return InTime(error=float(np.sqrt(max(spread**2, of_parts) + (shared - 1) * of_parts)), shared=shared)
