"""Which differences a comparison of this size is sure to find, and which it may miss."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from experiments.language.metric import metric as declared
from pipeline.scoring.drawn import statistics
from pipeline.scoring.judgment import LEVEL, correlation_of_pairs, covariance_over_folds
from pipeline.scoring.result import Result
from pipeline.scoring.rows import are_redrawn
from pipeline.scoring.taken import by_candidate
from pipeline.scoring.values import Contrast

POWER = 0.75
"""The chance with which a difference is to be found: in three of four runs."""
RARE = 0.1
"""A class of a smaller share of the rows says more of how much is known than all rows do."""
_POINTS = 2_000
_NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Findable:
    """The smallest difference that a comparison is sure to find in three of four runs.

    Attributes:
        candidate: The net that is asked about.
        reference: The baseline.
        metric: The primary one.
        difference: The smallest one.
        level: Of the test of this pair, after the correction for its family.
        n_pairs: That are corrected together.
        n_folds: On which it rests.
        n_rows: Test rows of a fold, on the average: those of the positive class where that is rare, else all.
        of: Name of that class; empty where all rows count.
    """

    candidate: str
    reference: str
    metric: str
    difference: float
    level: float
    n_pairs: int
    n_folds: int
    n_rows: float
    of: str = ""


def findable(result: Result) -> Findable | None:
    """Returns the smallest difference of the pair that is asked about which three of four such runs would find.

    It is asked about the declared pair, else about the best net and the best baseline. The error of their difference
    is taken for the true one, as is how the differences of the family hang together; on one test set, and where rows
    are redrawn, that is not known here, and each pair has its share of the level. It is sure in that no other pair
    needs to be found: where some are, the correction asks less of the others, and a somewhat smaller difference is
    found as often.

    Args:
        result: Whole.

    Returns:
        ``None`` where there is no such pair, or its difference has no interval, or may be any.
    """
    pair = asked_about(result)
    if pair is None:
        return None
    candidate, reference = pair
    found = result.against(reference)[candidate]
    if not found.has_interval or _is_everything(found):
        return None
    family = {(one.candidate, one.reference) for one in result.contrasts if _together(one, found)}
    pairs = sorted(pair for pair in family if pair[0] < pair[1])  # each is there both ways round
    values = _values(result)
    measured = np.isfinite(values[:, [list(_names(result)).index(name) for name in pair]]).all(axis=1)
    degrees = float(measured.sum() - 1) if found.n > 1 else np.inf
    level = _level(result, pairs, values, degrees)
    own = result.of(candidate).scores
    if are_redrawn(own):
        degrees, level = found.degrees, LEVEL / len(pairs)
    elif not np.isnan(found.degrees):
        degrees = found.degrees if len(pairs) == 1 else min(degrees, found.degrees)
    n_rows, of = _rows(result)
    return Findable(
        candidate=candidate,
        reference=reference,
        metric=result.primary.name,
        difference=smallest_found(_error(found), degrees, level=level),
        level=level,
        n_pairs=len(pairs),
        n_folds=len(result.folds),
        n_rows=n_rows,
        of=of,
    )


def asked_about(result: Result) -> tuple[str, str] | None:
    """Returns the declared pair, else the best net and the best baseline; ``None`` where one of them is missing."""
    if result.comparison.primary is not None:
        return result.comparison.primary
    net, baseline = result.best("net"), result.best("baseline")
    return (net.candidate, baseline.candidate) if net and baseline else None


def _together(one: Contrast, other: Contrast) -> bool:
    """Returns whether two differences are corrected together."""
    return (one.metric, one.question) == (other.metric, other.question)


def _names(result: Result) -> tuple[str, ...]:
    return tuple(by_candidate(result.scores, result.comparison))


def _values(result: Result) -> NDArray[np.float64]:
    """Returns the primary metric, ``(n_folds, n_candidates)``; NaN where it was not measured."""
    values = np.full((len(result.folds), len(_names(result))), np.nan)
    for column, items in enumerate(by_candidate(result.scores, result.comparison).values()):
        for item in items:
            values[item.fold_index, column] = item.metrics[result.primary.name]
    return values


def _level(result: Result, pairs: list[tuple[str, str]], values: NDArray[np.float64], degrees: float) -> float:
    if not np.isfinite(degrees):
        return LEVEL / len(pairs)
    names = _names(result)
    covariance = covariance_over_folds(values[np.isfinite(values).all(axis=1)])
    positions = [(names.index(one), names.index(other)) for one, other in pairs]
    return level_in_family(correlation_of_pairs(covariance, positions), degrees)


def _is_everything(found: Contrast) -> bool:
    """Returns whether an interval ends on both sides where no difference is larger: how wide it was is not known."""
    lowest, highest = declared(found.metric).bounds
    return found.high - found.low >= 2 * (highest - lowest)


def _error(found: Contrast) -> float:
    """Returns the standard error that an interval of 95 % was made of, by its side that does not end early."""
    bound = stats.t.ppf(0.975, found.degrees) if np.isfinite(found.degrees) else stats.norm.ppf(0.975)
    return float(max(found.high - found.difference, found.difference - found.low) / bound)


def _rows(result: Result) -> tuple[float, str]:
    """Returns the test rows of a fold that tell most, and the name of their class; no name where they are all."""
    positive, y = result.comparison.positive_class, result.dataset.y
    tested = [y[fold.test_rows] for fold in result.folds]
    if positive is not None and np.mean(y == positive) < RARE:
        return float(np.mean([np.sum(own == positive) for own in tested])), result.dataset.class_names[positive]
    return float(np.mean([len(own) for own in tested])), ""


def chance_to_find(noncentrality: float, degrees: float, level: float = LEVEL) -> float:
    """Returns the chance that a two-sided t-test finds a difference.

    Formula:
        ``P(|T| >= t(1 - level / 2))``, ``T`` of the noncentral t distribution: with ``W`` chi-square of as many
        degrees it is the mean over ``W`` of ``P(|Z + noncentrality| >= t sqrt(W / degrees))``, counted at 2,000
        quantiles of ``W``. Far from 0 that stays finite where scipy's ``nct`` does not.

    Source:
        Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 31.

    Args:
        noncentrality: The true difference in standard errors.
        degrees: Of freedom, infinite for a normal.
        level: Of the test.

    Example:
        Nothing is found as often as the level says; two standard errors in about half of all large samples.

        >>> round(chance_to_find(0.0, 9), 3), round(chance_to_find(1.96, np.inf), 2)
        (0.05, 0.5)
    """
    if not np.isfinite(degrees):
        bound = stats.norm.isf(level / 2)
        return float(stats.norm.sf(bound - noncentrality) + stats.norm.cdf(-bound - noncentrality))
    spread = stats.chi2.ppf((np.arange(_POINTS) + 0.5) / _POINTS, degrees) / degrees
    bounds = stats.t.isf(level / 2, degrees) * np.sqrt(spread)
    return float(np.mean(stats.norm.sf(bounds - noncentrality) + stats.norm.cdf(-bounds - noncentrality)))


def smallest_found(error: float, degrees: float, *, level: float = LEVEL, power: float = POWER) -> float:
    """Returns the smallest true difference that a two-sided t-test finds with a chance of ``power``.

    Source:
        Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 2.

    Args:
        error: Standard error of the difference, taken for the true one.
        degrees: Of freedom, infinite for a normal.
        level: Of the test.
        power: The chance, above the level and below 1.

    Returns:
        A positive difference; NaN where the error is not known, or is none.

    Example:
        With a normal error it is 1.96 + 0.67 errors, with 9 degrees of freedom more.

        >>> round(smallest_found(0.01, np.inf), 4), round(smallest_found(0.01, 9), 4)
        (0.0263, 0.0296)
    """
    if not (np.isfinite(error) and error > 0):
        return _NAN
    bound = float(stats.t.isf(level / 2, degrees) if np.isfinite(degrees) else stats.norm.isf(level / 2))
    farthest = 3 * bound + 10
    return error * float(brentq(lambda size: chance_to_find(size, degrees, level) - power, 0.0, farthest))


def level_in_family(correlation: NDArray[np.float64], degrees: float) -> float:
    """Returns the level that a test has alone when it is corrected by max-T for a family, and no other test finds any.

    It lies between ``LEVEL``, where all say the same, and ``LEVEL`` divided by their number, Bonferroni's.

    Formula:
        ``P(|T| >= q)`` of one test, where ``q`` is the ``1 - LEVEL`` quantile of the largest ``|T|`` of all, in the
        draws of ``drawn.statistics``.

    Args:
        correlation: ``(n_tests, n_tests)`` of the statistics.
        degrees: Of freedom, infinite for a normal.

    Example:
        Three tests that say the same are one, two that have nothing to do with each other are two.

        >>> round(level_in_family(np.ones((3, 3)), 9), 2), round(level_in_family(np.eye(2), np.inf), 3)
        (0.05, 0.025)
    """
    if len(correlation) == 1:
        return LEVEL
    largest = np.concatenate([drawn.max(axis=1) for drawn in statistics(correlation, degrees)])
    bound = np.quantile(largest, 1 - LEVEL)
    level = 2 * float(stats.t.sf(bound, degrees) if np.isfinite(degrees) else stats.norm.sf(bound))
    return min(max(level, LEVEL / len(correlation)), LEVEL)
