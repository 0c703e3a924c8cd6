"""Pure statistics of two candidates on the rows of one test set."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from pipeline.scoring.one_test_set import placements
from pipeline.scoring.significance import Difference, least_error, student_difference
from pipeline.scoring.taken import positive_class_of
from pipeline.scoring.values import Scores


def paired_shares(
    first: NDArray[np.bool_], second: NDArray[np.bool_], *, equivalence: float, confidence: float = 0.95
) -> Difference:
    """Returns what two shares of the same rows tell: an adjusted Wald interval, and the test that belongs to it.

    McNemar's exact test has no interval of its own, and beside another's it can contradict it; this one has a width on
    few rows, and where the two candidates agree on all of them.

    Formula:
        With ``b`` rows that only the first has and ``c`` that only the second has, of ``n``: the error is that of
        ``b + 1`` and ``c + 1`` among ``n + 2``, ``sqrt((p12 + p21 - (p12 - p21)^2) / (n + 2))``, around
        ``(b - c) / (n + 2)``. What is told is ``(b - c) / n``, the difference itself.

    Source:
        Bonett & Price (2012), Adjusted Wald confidence interval for a difference of binomial proportions based on
        paired data, Journal of Educational and Behavioral Statistics 37; recommended by Fagerland, Lydersen & Laake
        (2014), Recommended tests and confidence intervals for paired binomial proportions, Statistics in Medicine 33.

    Args:
        first: ``(n_rows,)``, whether the row counts for the first candidate.
        second: The same of the second.
        equivalence: Largest absolute difference that makes no practical difference.
        confidence: Coverage meant.

    Example:
        >>> alike = np.ones(98, bool)
        >>> difference = paired_shares(alike, alike, equivalence=0.05)
        >>> difference.mean, round(difference.high, 4)
        (0.0, 0.0277)
    """
    n = len(first) + 2
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    p12, p21 = (only_first + 1) / n, (only_second + 1) / n
    error = float(np.sqrt(max(p12 + p21 - (p12 - p21) ** 2, 0.0) / n))
    around = (only_first - only_second) / n
    found = student_difference(around, error, np.inf, equivalence=equivalence, confidence=confidence)
    return replace(found, mean=(only_first - only_second) / len(first))


def paired_areas(
    positive: NDArray[np.bool_],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    *,
    equivalence: float,
    confidence: float = 0.95,
) -> Difference:
    """Returns what DeLong's test tells about the difference of two ROC-AUCs.

    Formula:
        The placement of a positive row is the share of negatives that it outranks, a tie counting half; that of a
        negative row the share of positives that outrank it. The AUC is the mean of either. With ``d`` the difference
        of two classifiers' placements, the error is ``sqrt(var(d of positives) / m + var(d of negatives) / n)``, at
        least that of a share of ``3 m n / (m + n + 1)`` rows, which an AUC of 1/2 is worth.

    Source:
        DeLong, DeLong & Clarke-Pearson (1988), Comparing the areas under two or more correlated receiver operating
        characteristic curves, Biometrics 44. Midranks as in Sun & Xu (2014), Fast implementation of DeLong's
        algorithm, IEEE Signal Processing Letters 21.

    Args:
        positive: ``(n_samples,)``, two or more of each kind.
        first: ``(n_samples,)``, higher for what is more likely positive.
        second: The same of the second classifier.
        equivalence: Largest absolute difference that makes no practical difference.
        confidence: Coverage meant.
    """
    pairs = zip(placements(positive, first), placements(positive, second), strict=True)
    of_positives, of_negatives = (one - other for one, other in pairs)
    m, n = len(of_positives), len(of_negatives)
    mean = float(of_positives.mean())
    error = float(np.sqrt(of_positives.var(ddof=1) / m + of_negatives.var(ddof=1) / n))
    least = least_error(mean, 3 * m * n / (m + n + 1))
    return student_difference(mean, max(error, least), np.inf, equivalence=equivalence, confidence=confidence)


def areas_covariance(positive: NDArray[np.bool_], ranked: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Returns DeLong's covariance of several ROC-AUCs on the same rows, ``(n_candidates, n_candidates)``."""
    placed = [placements(positive, score) for score in ranked]
    of_positives, of_negatives = (np.stack(side) for side in zip(*placed, strict=True))
    m, n = of_positives.shape[1], of_negatives.shape[1]
    return np.asarray(np.cov(of_positives) / m + np.cov(of_negatives) / n)


def counted_rows(metric: str, scores: Scores, comparison: Comparison) -> NDArray[np.bool_] | None:
    """Returns of each row that a share is of whether it counts.

    Returns:
        ``(n_rows,)``; ``None`` of a share that is not ours, or of no rows.
    """
    if not scores.has_classes:
        return None
    predicted, positive_class = scores.y_proba.argmax(axis=1), positive_class_of(scores, comparison)
    raised, positive = predicted == positive_class, scores.y_true == positive_class
    shares = {
        "accuracy": predicted == scores.y_true,
        "type_1_error": ~raised[positive],
        "type_2_error": raised[~positive],
    }
    found = shares.get(metric)
    return found if found is not None and len(found) else None
