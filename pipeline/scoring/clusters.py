"""Pure statistics of rows that hang together, in groups or stretches of time, or count unequally."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.scoring.significance import Interval

Labels = NDArray[np.int64]
"""``(n_rows,)``: rows of one number hang together."""
_AT_ONCE = 2**22  # weights that are spelled out between two chances to interrupt


def cluster_draws(clusterings: Sequence[Labels], *, seed: int, n_resamples: int) -> Iterator[NDArray[np.int32]]:
    """Yields how often bootstrapped test sets have each row, where whole clusters are drawn.

    They are drawn from all, not within classes: how the classes' shares vary is a part of how a score does. Of two
    clusterings, such as persons and months, each is drawn by itself, and a row is there as often as the product says.

    Source:
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 8, for drawing the units that are
        independent; of stretches of time Carlstein (1986), The use of subseries values for estimating the variance of a
        general statistic from a stationary sequence, Annals of Statistics 14. Of two clusterings Owen & Eckles (2012),
        Bootstrapping data arrays of arbitrary order, Annals of Applied Statistics 6: it errs towards too wide.

    Args:
        clusterings: One or two.
        seed: Of the drawing.
        n_resamples: Number of resampled test sets.

    Yields:
        ``(n_rows, n_sets)``; the numbers of sets add up to ``n_resamples``.
    """
    units = [np.unique(labels, return_inverse=True)[1] for labels in clusterings]
    for drawn in unit_draws(clusterings, seed=seed, n_resamples=n_resamples):
        counts = np.ones((len(units[0]), drawn[0].shape[1]), np.int32)
        for own, its in zip(units, drawn, strict=True):
            counts *= its[own]
        yield counts


def unit_draws(clusterings: Sequence[Labels], *, seed: int, n_resamples: int) -> Iterator[list[NDArray[np.int32]]]:
    """Yields how often each unit is drawn for the sets of `cluster_draws`, in the order of their labels.

    Yields:
        Of each clustering ``(n_units, n_sets)``; the numbers of sets add up to ``n_resamples``.
    """
    random = np.random.default_rng(seed)
    sizes = [len(np.unique(labels)) for labels in clusterings]
    n_sets = max(_AT_ONCE // len(clusterings[0]), 1)
    for start in range(0, n_resamples, n_sets):
        n = min(n_sets, n_resamples - start)
        yield [random.multinomial(size, np.full(size, 1 / size), n).T.astype(np.int32) for size in sizes]


def n_clusters(clusterings: Sequence[Labels], n_rows: int) -> int:
    """Returns the number of units that are drawn, of two clusterings the smaller one; without any, of rows."""
    return min((len(np.unique(labels)) for labels in clusterings), default=n_rows)


def mean_error(
    values: NDArray[np.float64], weights: NDArray[np.float64] | None = None, clusterings: Sequence[Labels] = ()
) -> float:
    """Returns the standard error of a mean of rows that hang together or count unequally.

    Formula:
        With ``u = w (v - mean) / sum(w)``: the root of ``g / (g - 1)`` times the sum over the ``g`` clusters of the
        squared sum of ``u`` in each. Without clusters and weights that is ``s / sqrt(n)``. Of two clusterings, the root
        of the sum of both squares.

    Source:
        Liang & Zeger (1986), Longitudinal data analysis using generalized linear models, Biometrika 73, for a mean;
        Cameron, Gelbach & Miller (2011), Robust inference with multiway clustering, Journal of Business & Economic
        Statistics 29, whose third term, which makes it smaller, is left out.

    Example:
        >>> round(mean_error(np.array([0.0, 0.0, 1.0, 1.0])), 4)
        0.2887
        >>> round(mean_error(np.array([0.0, 0.0, 1.0, 1.0]), None, [np.array([0, 0, 1, 1])]), 4)
        0.5
    """
    w = np.ones(len(values)) if weights is None else weights
    influence = w * (values - np.average(values, weights=w)) / w.sum()
    squares = [_squares(influence, labels) for labels in clusterings] or [_squares(influence, np.arange(len(values)))]
    return float(np.sqrt(sum(squares)))


def _squares(influence: NDArray[np.float64], labels: Labels) -> float:
    _, own = np.unique(labels, return_inverse=True)
    sums = np.bincount(own, weights=influence)
    n = len(sums)
    return float((sums**2).sum() * n / (n - 1)) if n > 1 else np.inf


def effective_rows(
    losses: NDArray[np.float64], weights: NDArray[np.float64] | None = None, clusterings: Sequence[Labels] = ()
) -> float:
    """Returns as how many rows that are independent and count alike these rows are worth.

    Formula:
        ``(sum w)^2 / sum w^2``, divided by the design effect: the squared standard error of the mean loss with
        clusters, over that without, at least 1. Where no loss differs from another, clusters are taken for single rows.

    Source:
        Kish (1965), Survey Sampling, chapters 5.4 and 11.7.

    Args:
        losses: ``(n_rows,)``, of which it is taken how far rows of a cluster are alike.
        weights: ``(n_rows,)``.
        clusterings: Any number.

    Example:
        >>> effective_rows(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 1.0, 3.0]))
        3.0
        >>> effective_rows(np.array([5.0, 5.0, 7.0, 7.0]), None, [np.array([0, 0, 1, 1])]) < 2
        True
    """
    w = np.ones(len(losses)) if weights is None else weights
    n = float(w.sum() ** 2 / (w**2).sum())
    if not clusterings:
        return n
    apart = mean_error(losses, weights)
    if apart == 0:
        return min(n, n_clusters(clusterings, len(losses)))
    return n / max((mean_error(losses, weights, clusterings) / apart) ** 2, 1.0)


def loss_interval_of(
    mean: float, error: float, *, n_rows: float, degrees: float, largest: float, confidence: float = 0.95
) -> Interval:
    """Returns the interval of a mean loss of which only the standard error is known.

    Formula:
        That of ``row_intervals.loss_interval``, of ``n_rows`` rows of this mean and error: what it is of rows that are
        independent and count alike, these are worth.

    Args:
        mean: Of the losses.
        error: Its standard error.
        n_rows: As how many rows they are worth.
        degrees: Of freedom of the error.
        largest: The loss of a row on which the classifier is wrong.
        confidence: Coverage meant.
    """
    t = float(stats.t.ppf((1 + confidence) / 2, degrees))
    n = max(n_rows, 2.0)
    one_more = (n * mean + largest) / (n + 1)
    wider = np.sqrt(((n - 1) * error**2 + (largest - mean) ** 2 / (n + 1)) / (n + 1))
    high = max(mean + t * error, one_more + t * float(wider))
    return Interval(mean=mean, low=mean - t * error, high=float(high))
