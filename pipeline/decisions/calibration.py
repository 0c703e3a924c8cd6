"""Whether probabilities can be taken at their word, and maps that mend them: pure functions of one positive class."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

CalibrationMap = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Probabilities ``(n,)`` to calibrated probabilities ``(n,)``."""

_LEAST = np.finfo(np.float32).eps  # a net's float32 output cannot tell less from 0, nor more from 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Bins:
    """Rows in groups of similar probability, lowest first; groups that stay empty are left out.

    Attributes:
        counts: ``(n_bins,)`` rows in each.
        predicted: ``(n_bins,)`` mean probability.
        observed: ``(n_bins,)`` share of positive rows.
    """

    counts: NDArray[np.int64]
    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class BrierParts:
    """The Brier score in parts: ``score = reliability - resolution + uncertainty + residual``.

    Attributes:
        score: Mean squared distance of the probabilities from what happened.
        reliability: How far the groups' probabilities are from their shares; 0 is perfect.
        resolution: How far the groups' shares are from the base rate; higher is better.
        uncertainty: The score of always giving the base rate: nobody's merit or fault.
        residual: What grouping hides: probabilities that differ within a group.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    residual: float


def platt(positive: NDArray[np.bool_], probability: NDArray[np.float64]) -> CalibrationMap:
    """Fits Platt's sigmoid map on the logit of probabilities of rows that the model did not learn from.

    Formula:
        ``p' = 1 / (1 + exp(-(a * logit(p) + b)))``. Against overfitting the targets are not 1 and 0 but
        ``(n_positive + 1) / (n_positive + 2)`` and ``1 / (n_negative + 2)``: each row counts as positive with the
        weight of its target and as negative with the rest, which is the same likelihood.

    Source:
        Platt (1999), Probabilistic outputs for support vector machines, in Advances in Large Margin Classifiers.

    Args:
        positive: ``(n,)``.
        probability: ``(n,)``.

    Returns:
        The map; it keeps the order of rows unless the probabilities were worse than useless.
    """
    n_positive = positive.sum()
    target = np.where(positive, (n_positive + 1) / (n_positive + 2), 1 / (len(positive) - n_positive + 2))
    inputs = _logit(probability)
    with threadpool_limits(1, user_api="blas"):  # for one column more threads only wait for each other
        fitted = LogisticRegression(C=np.inf).fit(
            np.concatenate([inputs, inputs]),
            np.repeat([1, 0], len(positive)),
            sample_weight=np.concatenate([target, 1 - target]),
        )
    return lambda other: fitted.predict_proba(_logit(other))[:, 1]


def isotonic(positive: NDArray[np.bool_], probability: NDArray[np.float64]) -> CalibrationMap:
    """Fits the closest map that never falls, on probabilities of rows that the model did not learn from.

    It gives many rows the same probability, 0 and 1 among them: a single row that proves a 0 wrong costs 36 in log
    loss.

    Source:
        Zadrozny & Elkan (2002), Transforming classifier scores into accurate multiclass probability estimates, KDD.

    Args:
        positive: ``(n,)``.
        probability: ``(n,)``.
    """
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(probability, positive)
    return lambda other: fitted.predict(other)


def equal_count_bins(positive: NDArray[np.bool_], probability: NDArray[np.float64], n_bins: int) -> Bins:
    """Groups rows by quantiles of their probability, equal ones together.

    Equal widths would leave nearly all companies in the first group where 3 in 100 are positive.

    Args:
        positive: ``(n,)``.
        probability: ``(n,)``.
        n_bins: Groups, where enough probabilities differ.
    """
    inner_edges = np.quantile(probability, np.linspace(0, 1, n_bins + 1)[1:-1])
    group = np.searchsorted(inner_edges, probability)
    counts = np.bincount(group, minlength=n_bins)
    filled = counts > 0

    def means(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(group, weights=values, minlength=n_bins)[filled] / counts[filled]

    return Bins(counts=counts[filled], predicted=means(probability), observed=means(positive.astype(np.float64)))


def brier_parts(positive: NDArray[np.bool_], probability: NDArray[np.float64], n_bins: int = 20) -> BrierParts:
    """Returns the Brier score and its parts over groups of equal size.

    Formula:
        With ``n_k`` rows of mean probability ``p_k`` and positive share ``o_k`` in group ``k``, and base rate ``o``:
        ``reliability = sum(n_k * (p_k - o_k) ** 2) / n``, ``resolution = sum(n_k * (o_k - o) ** 2) / n``,
        ``uncertainty = o * (1 - o)``. They sum to the score of giving each row its group's ``p_k``; the residual is
        what is left to the score of the probabilities as they are.

    Source:
        Murphy (1973), A new vector partition of the probability score, Journal of Applied Meteorology 12. The residual:
        Stephenson, Coelho & Jolliffe (2008), Two extra components in the Brier score decomposition, Weather and
        Forecasting 23.

    Args:
        positive: ``(n,)``.
        probability: ``(n,)``.
        n_bins: Groups.

    Example:
        Two rows at 0.2, none positive, and two at 0.6, one positive: the score is ``(0.04 + 0.04 + 0.16 + 0.36) / 4``,
        reliability ``(0.04 + 0.01) / 2``, resolution ``(0.25 ** 2 + 0.25 ** 2) / 2``, uncertainty ``0.25 * 0.75``.

        >>> parts = brier_parts(np.array([False, False, True, False]), np.array([0.2, 0.2, 0.6, 0.6]), n_bins=2)
        >>> [round(part, 4) for part in (parts.score, parts.reliability, parts.resolution, parts.uncertainty)]
        [0.15, 0.025, 0.0625, 0.1875]
        >>> abs(round(parts.residual, 12))
        0.0
    """
    bins, base_rate = equal_count_bins(positive, probability, n_bins), positive.mean()
    score = float(((probability - positive) ** 2).mean())
    reliability = float(np.average((bins.predicted - bins.observed) ** 2, weights=bins.counts))
    resolution = float(np.average((bins.observed - base_rate) ** 2, weights=bins.counts))
    uncertainty = float(base_rate * (1 - base_rate))
    return BrierParts(
        score=score,
        reliability=reliability,
        resolution=resolution,
        uncertainty=uncertainty,
        residual=score - (reliability - resolution + uncertainty),
    )


def in_the_large(positive: NDArray[np.bool_], probability: NDArray[np.float64]) -> float:
    """Returns the mean probability minus the base rate: above 0 where risks are overstated on the whole."""
    return float(probability.mean() - positive.mean())


def _logit(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns log odds as a column, kept finite."""
    return logit(np.clip(probability, _LEAST, 1 - _LEAST))[:, None]
