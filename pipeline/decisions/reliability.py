"""Whether probabilities hold what they promise, without groups: CORP reliability. Pure functions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.isotonic import isotonic_regression

from pipeline.data.values import ReadOnlyArrays

_MOST_RESAMPLES, _LEAST_RESAMPLES = 499, 99
_MOST_DRAWN = 1e7  # rows of all resamples together: seconds
_BAND_POINTS = 100  # where the band is drawn


@dataclass(frozen=True, kw_only=True, eq=False)
class Reliability(ReadOnlyArrays):
    """Probabilities, and what they would have to be: ``score = miscalibration - discrimination + uncertainty``.

    Attributes:
        probability: ``(n_points,)`` where the curve bends, lowest first.
        recalibrated: ``(n_points,)`` the share of positive rows there, by the closest curve that never falls.
        at: ``(n_band,)`` probabilities at which the band is known.
        low: ``(n_band,)`` below it lie 2.5 % of the curves of probabilities that can be taken at their word.
        high: ``(n_band,)`` above it likewise.
        deciles: ``(9,)`` of the probabilities: where the rows are.
        n_rows: Rows.
        score: The Brier score.
        miscalibration: What the score would be better by if each probability were replaced by the curve's.
        discrimination: What the curve's is better than always giving the base rate; higher is better.
        uncertainty: The score of always giving the base rate: nobody's merit or fault.
        by_chance: The miscalibration that probabilities which can be taken at their word exceed in one of twenty cases.
        p_value: How often these reach the miscalibration found.
    """

    probability: NDArray[np.float64]
    recalibrated: NDArray[np.float64]
    at: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    deciles: NDArray[np.float64]
    n_rows: int
    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    by_chance: float
    p_value: float


def reliability(positive: NDArray[np.bool_], probability: NDArray[np.float64], *, seed: int) -> Reliability:
    """Recalibrates probabilities by the closest curve that never falls, and says what chance alone would make of them.

    A curve fitted to the rows that it is drawn of is never worse than the probabilities: even perfect ones show some
    miscalibration. So they are held against outcomes drawn by these very probabilities.

    Formula:
        With the Brier score ``S``, the curve's values ``r`` (pool adjacent violators) and the base rate ``o``:
        ``miscalibration = S(p) - S(r)``, ``discrimination = S(o) - S(r)``, ``uncertainty = S(o)``. The p-value is
        ``(1 + number of draws with as much miscalibration) / (1 + number of draws)``.

    Source:
        Dimitriadis, Gneiting & Jordan (2021), Stable reliability diagrams for probabilistic classifiers, Proceedings
        of the National Academy of Sciences 118, for the curve, its consistency band and the parts.

    Args:
        positive: ``(n,)``, each row once: rows that are there twice would make the band too narrow.
        probability: ``(n,)``.
        seed: Of the draws.

    Example:
        Two rows at 0.2, none positive, and two at 0.6, one positive: the curve is 0 and 0.5. The score 0.15 is 0.125
        with it, and 0.1875 with the base rate.

        >>> found = reliability(np.array([False, False, True, False]), np.array([0.2, 0.2, 0.6, 0.6]), seed=0)
        >>> found.recalibrated.tolist()
        [0.0, 0.5]
        >>> [round(part, 4) for part in (found.score, found.miscalibration, found.discrimination, found.uncertainty)]
        [0.15, 0.025, 0.0625, 0.1875]
    """
    distinct, group = np.unique(probability, return_inverse=True)
    counts = np.bincount(group)
    share = np.bincount(group, weights=positive) / counts
    curve = isotonic_regression(share, sample_weight=counts)
    places = np.unique(np.linspace(0, len(distinct) - 1, _BAND_POINTS).round().astype(int))
    drawn, curves = _by_chance(distinct, counts, places, seed)
    miscalibration = _gain(distinct, curve, share, counts)
    base_rate = float(positive.mean())
    bends = _bends(curve)
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    return Reliability(
        probability=distinct[bends],
        recalibrated=curve[bends],
        at=distinct[places],
        low=low,
        high=high,
        deciles=np.quantile(probability, np.arange(1, 10) / 10),
        n_rows=len(positive),
        score=float(((probability - positive) ** 2).mean()),
        miscalibration=miscalibration,
        discrimination=_gain(np.full_like(curve, base_rate), curve, share, counts),
        uncertainty=base_rate * (1 - base_rate),
        by_chance=float(np.quantile(drawn, 0.95)),
        # Equal but for rounding is as much.
        p_value=float((1 + (drawn >= miscalibration - 1e-12).sum()) / (1 + len(drawn))),
    )


def _by_chance(
    distinct: NDArray[np.float64], counts: NDArray[np.int64], places: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns miscalibration and curves of outcomes that are drawn by the probabilities themselves."""
    n = int(np.clip(_MOST_DRAWN / counts.sum(), _LEAST_RESAMPLES, _MOST_RESAMPLES))
    random = np.random.default_rng(seed)
    drawn, curves = np.empty(n), np.empty((n, len(places)))
    of_rows, first = np.repeat(distinct, counts), np.append(0, counts.cumsum()[:-1])
    with config_context(assume_finite=True, skip_parameter_validation=True):  # half of the time of a small set
        for index in range(n):
            share = np.add.reduceat(random.random(len(of_rows)) < of_rows, first, dtype=np.float64) / counts
            curve = isotonic_regression(share, sample_weight=counts)
            drawn[index], curves[index] = _gain(distinct, curve, share, counts), curve[places]
    return drawn, curves


def _gain(
    before: NDArray[np.float64], after: NDArray[np.float64], share: NDArray[np.float64], counts: NDArray[np.int64]
) -> float:
    """Returns how much better the Brier score becomes; what differs within equal probabilities falls out."""
    return float(np.average((before - share) ** 2 - (after - share) ** 2, weights=counts))


def _bends(curve: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Returns which points begin or end a level stretch: the curve is straight between them."""
    rises = np.diff(curve) != 0
    return np.append(True, rises) | np.append(rises, True)
