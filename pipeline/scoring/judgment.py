"""The one rule of words: when a difference is better, worse, practically equal, or when it cannot be said.

Everything that the product says of a difference goes by ``judge``: verdict, gate, table and plot.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.covariance import ledoit_wolf

from pipeline.scoring.drawn import N_DRAWS, statistics
from pipeline.scoring.significance import Difference
from pipeline.scoring.values import Judgment

LEVEL = 0.05
"""Of the corrected test: so often may all the differences of one question hold a false one."""
SURE = 0.95
"""The probability from which two candidates are called practically equal."""


def judge(difference: Difference, p_corrected: float) -> Judgment:
    """Puts a difference in words, the one's score minus the other's, where higher is better.

    Practically equal is what lies within the region of practical equivalence with a probability of ``SURE``. Of what
    does not, better or worse is what the test tells, corrected for all differences of the same question. So a word for
    a difference never stands beside an interval that holds 0.

    Source:
        Lakens (2017), Equivalence tests, Social Psychological and Personality Science 8, for the two questions asked in
        this order; Benavoli et al. (2017), Time for a change, section 3, for the probability.

    Example:
        >>> judge(Difference(mean=-0.1, within=0.01), 0.03), judge(Difference(mean=0.1, within=0.4), 0.06)
        ('worse', 'cannot_say')
        >>> judge(Difference(mean=0.001, within=0.97), 0.03)
        'practically_equal'
    """
    if difference.within >= SURE:
        return "practically_equal"
    if p_corrected < LEVEL:
        return "better" if difference.mean > 0 else "worse"
    return "cannot_say"


def max_t(p_values: NDArray[np.float64], correlation: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """Returns p-values corrected for their number and for how the tests hang together, step by step downwards.

    The chance of one false alarm among all stays at the level. Where tests say nearly the same, as those against one
    common baseline do, it finds more than Holm's correction, and never less.

    Formula:
        With ``|t_1| >= |t_2| >= ...``: the ``i``-th is the chance that the largest of ``|T_i|, ..., |T_m|`` reaches
        ``|t_i|``, at least that of the one before. The chance is counted in the draws of ``drawn.statistics``, at
        least one of them, and cut at Holm's.

    Source:
        Westfall & Young (1993), Resampling-Based Multiple Testing, for the steps; ``drawn.statistics`` for the rest.

    Args:
        p_values: ``(n_tests,)``, two-sided; a NaN is no test: it stays, and does not count.
        correlation: ``(n_tests, n_tests)`` of the statistics.
        degrees: Of freedom, infinite for a normal.

    Example:
        Two tests that say the same are one; two that have nothing to do with each other are two.

        >>> p = np.array([0.03, 0.03])
        >>> max_t(p, np.ones((2, 2)), np.inf).round(2).tolist(), max_t(p, np.eye(2), np.inf).round(2).tolist()
        ([0.03, 0.03], [0.06, 0.06])
    """
    corrected = np.full(len(p_values), np.nan)
    order = np.argsort(p_values)[: int(np.isfinite(p_values).sum())]
    if len(order) < 2:
        corrected[order] = p_values[order]
        return corrected
    sorted_p = p_values[order]
    reached = _reached(sorted_p, correlation[np.ix_(order, order)], degrees)
    holms = sorted_p * np.arange(len(order), 0, -1)
    steps = np.clip(np.maximum(reached, 1 / N_DRAWS), sorted_p, np.minimum(holms, 1.0))
    corrected[order] = np.maximum.accumulate(steps)
    return corrected


def _reached(sorted_p: NDArray[np.float64], correlation: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """Returns, for each test, how often the largest statistic of its own and all later ones reaches its own."""
    observed = _statistic(sorted_p, degrees)
    count = np.zeros(len(sorted_p))
    for drawn in statistics(correlation, degrees):
        largest = np.maximum.accumulate(drawn[:, ::-1], axis=1)[:, ::-1]
        count += (largest >= observed).sum(axis=0)
    return count / N_DRAWS


def _statistic(p_values: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """Returns the size of the statistic that has a two-sided p-value."""
    one_sided = np.maximum(p_values, np.finfo(np.float64).tiny) / 2
    return np.asarray(stats.t.isf(one_sided, degrees) if np.isfinite(degrees) else stats.norm.isf(one_sided))


def covariance_over_folds(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns how the scores of candidates vary together from fold to fold.

    With fewer folds than candidates the plain covariance claims more than it knows: it is drawn towards none.

    Source:
        Ledoit & Wolf (2004), A well-conditioned estimator for large-dimensional covariance matrices, Journal of
        Multivariate Analysis 88.

    Args:
        values: ``(n_folds, n_candidates)``, finite.

    Returns:
        ``(n_candidates, n_candidates)``.
    """
    if len(values) < 2:
        return np.zeros((values.shape[1], values.shape[1]))
    spread = values.std(axis=0)
    varying = spread > 0
    found = np.diag(spread**2)
    if varying.sum() > 1:
        standard, _ = ledoit_wolf((values[:, varying] - values[:, varying].mean(axis=0)) / spread[varying])
        found[np.ix_(varying, varying)] = standard * np.outer(spread[varying], spread[varying])
    return found


def correlation_of_pairs(covariance: NDArray[np.float64], pairs: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """Returns how the differences of pairs of candidates hang together.

    Args:
        covariance: ``(n_candidates, n_candidates)`` of their scores.
        pairs: Positions of the one and the other.

    Returns:
        ``(n_pairs, n_pairs)``; a difference that does not vary has none with any other.

    Example:
        Two differences to a common third, all three as uncertain and apart from each other, share half.

        >>> correlation_of_pairs(np.eye(3), [(0, 2), (1, 2)]).round(2).tolist()
        [[1.0, 0.5], [0.5, 1.0]]
    """
    signs = np.zeros((len(pairs), len(covariance)))
    for row, (one, other) in enumerate(pairs):
        signs[row, one], signs[row, other] = 1.0, -1.0
    between = signs @ covariance @ signs.T
    spread = np.sqrt(np.maximum(np.diag(between), 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = between / np.outer(spread, spread)
    found[~np.isfinite(found)] = 0.0
    np.fill_diagonal(found, 1.0)
    return np.asarray(found)
