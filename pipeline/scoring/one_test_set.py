"""Pure statistics of one test set: how a score, or the difference of two, would vary with other test rows.

None of them tells how it would vary with another training: for that there are folds.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.scoring.significance import Difference, Interval, share_interval


def wilson_interval(n_successes: int, n_trials: int, confidence: float = 0.95) -> Interval:
    """Returns a proportion with its Wilson score interval, which stays within 0 and 1 and has width at both ends.

    Formula:
        All ``p`` with ``|n_successes / n_trials - p| <= z * sqrt(p * (1 - p) / n_trials)``.

    Source:
        Wilson (1927), Probable inference, the law of succession, and statistical inference, Journal of the American
        Statistical Association 22.

    Example:
        >>> interval = wilson_interval(30, 30)
        >>> round(interval.low, 4), round(interval.high, 4)
        (0.8865, 1.0)
    """
    bounds = stats.binomtest(n_successes, n_trials).proportion_ci(confidence, method="wilson")
    return Interval(mean=n_successes / n_trials, low=float(bounds.low), high=float(bounds.high))


def bootstrap_interval(observed: float, resampled: NDArray[np.float64], *, confidence: float = 0.95) -> Interval:
    """Returns a score with its percentile bootstrap interval.

    Args:
        observed: Of the test set as it is.
        resampled: ``(n_resamples,)``, the score on bootstrapped test sets.
        confidence: Coverage meant.
    """
    low, high = np.quantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(mean=observed, low=float(low), high=float(high))


def bootstrap_difference(
    observed: float, resampled: NDArray[np.float64], *, equivalence: float, confidence: float = 0.95
) -> Difference:
    """Returns what the paired bootstrap tells about the difference of two scores.

    The p-value belongs to the interval: the smallest level whose interval leaves 0 out. The shares of resampled
    differences below, within and above the region of practical equivalence stand for its probabilities.

    Source:
        Efron & Tibshirani (1993), chapters 13 and 15.

    Args:
        observed: Difference on the test set as it is.
        resampled: ``(n_resamples,)`` differences on the same bootstrapped test sets.
        equivalence: Largest absolute difference that makes no practical difference.
        confidence: Coverage meant.
    """
    if np.isnan(observed):
        return Difference(mean=observed)
    interval = bootstrap_interval(observed, resampled, confidence=confidence)
    tail = min((resampled <= 0).sum(), (resampled >= 0).sum())
    return Difference(
        mean=observed,
        low=interval.low,
        high=interval.high,
        p_value=float(min(2 * (tail + 1) / (len(resampled) + 1), 1.0)),
        below=float((resampled < -equivalence).mean()),
        within=float((np.abs(resampled) <= equivalence).mean()),
        above=float((resampled > equivalence).mean()),
    )


def auc_interval(positive: NDArray[np.bool_], score: NDArray[np.float64], confidence: float = 0.95) -> Interval:
    """Returns the ROC-AUC of one test set with an interval that holds with few positive rows.

    With 3 to 44 positive rows DeLong's own interval covered the truth in 53 to 94 % of simulated test sets, this one in
    96 to 100 % (``docs/statistics.md``).

    Formula:
        Wilson's interval for as many rows as DeLong's error is worth, at most ``3 m n / (m + n + 1)`` with ``m``
        positive and ``n`` negative rows: so many rows an AUC of 1/2 is worth.

    Source:
        DeLong, DeLong & Clarke-Pearson (1988) for the error; the variance at 1/2 is that of the Mann-Whitney statistic
        without ties, ``(m + n + 1) / (12 m n)``.

    Args:
        positive: ``(n_samples,)``, two or more of each kind.
        score: ``(n_samples,)``, higher for what is more likely positive.
        confidence: Coverage meant.
    """
    of_positives, of_negatives = placements(positive, score)
    m, n = len(of_positives), len(of_negatives)
    error = np.sqrt(of_positives.var(ddof=1) / m + of_negatives.var(ddof=1) / n)
    most = 3 * m * n / (m + n + 1)
    return share_interval(float(of_positives.mean()), float(error), n_rows=most, confidence=confidence)


def placements(
    positive: NDArray[np.bool_], score: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the placements of the positive and of the negative rows, in the order of the rows."""
    ranks = stats.rankdata(score)
    n_positive, n_negative = positive.sum(), (~positive).sum()
    of_positives = (ranks[positive] - stats.rankdata(score[positive])) / n_negative
    of_negatives = 1 - (ranks[~positive] - stats.rankdata(score[~positive])) / n_positive
    return of_positives, of_negatives
