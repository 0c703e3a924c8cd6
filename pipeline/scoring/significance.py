"""Pure statistics of scores repeated over folds, and what is known about a paired difference."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from models.checks import require

_NAN = float("nan")
_ROUNDING = 1e-12  # what is left of a spread of zero


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A mean with its bounds."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What is known about a paired difference, one candidate's score minus the other's; NaN where nothing is.

    Attributes:
        mean: The estimate.
        low: Lower bound of its interval.
        high: Upper bound.
        p_value: Two-sided, of the hypothesis that there is no difference.
        below: Probability that the true difference is below the region of practical equivalence.
        within: That it is in the region.
        above: That it is above.
        degrees: Of freedom of its Student's t, infinite for a normal.
    """

    mean: float
    low: float = _NAN
    high: float = _NAN
    p_value: float = _NAN
    below: float = _NAN
    within: float = _NAN
    above: float = _NAN
    degrees: float = _NAN

    @property
    def turned(self) -> "Difference":
        """The other's score minus the one's."""
        return replace(self, mean=-self.mean, low=-self.high, high=-self.low, below=self.above, above=self.below)


def corrected_interval(values: NDArray[np.float64], *, n_train: int, n_test: int, confidence: float = 0.95) -> Interval:
    """Returns the mean over repeated random splits, or repeated k folds, with its corrected resampled t interval.

    The folds share rows, so their scores are correlated and the plain ``s / sqrt(n)`` is too small.

    Formula:
        ``mean ± t(n - 1) * s * sqrt(1 / n + n_test / n_train)``

    Source:
        Nadeau & Bengio (2003), Inference for the generalization error, Machine Learning 52. Bouckaert & Frank (2004),
        Evaluating the replicability of significance tests for comparing learning algorithms, PAKDD, for repeated k
        folds.

    Args:
        values: ``(n_folds,)``, two or more.
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        confidence: Coverage meant.

    Raises:
        ValueError: Fewer than two values.

    Example:
        Mean 0.92, s = 0.02, t(2) = 4.303: the margin is 4.303 * 0.02 * sqrt(1 / 3 + 1 / 4) = 0.0657.

        >>> round(corrected_interval(np.array([0.9, 0.92, 0.94]), n_train=80, n_test=20).low, 4)
        0.8543
    """
    mean, error = values.mean(), _corrected_error("corrected_interval", values, n_train, n_test)
    margin = stats.t.ppf((1 + confidence) / 2, len(values) - 1) * error
    return Interval(mean=float(mean), low=float(mean - margin), high=float(mean + margin))


def corrected_share_interval(
    values: NDArray[np.float64], *, n_train: int, n_test: int, most: float | None = None, confidence: float = 0.95
) -> Interval:
    """Returns the mean of scores between 0 and 1 over folds, with an interval that holds near both ends.

    Near 1 the spread over a few folds is often 0 and always skewed: ``mean ± t * error`` covered the truth in as few as
    27 % of simulated runs, this one in 92 to 99 % of the same (``docs/statistics.md``). It is Wilson's interval for
    as many rows as the corrected spread is worth, so it has a width at 0 and 1, too.

    Formula:
        ``n_effective = m (1 - m) / error^2 * (z / t(n - 1))^2``, at most the rows there are; ``m`` is the mean with
        half a success and half a failure added, ``error`` as of ``corrected_interval``. Then Wilson's score interval
        of the mean for ``n_effective`` rows.

    Source:
        Korn & Graubard (1998), Confidence intervals for proportions with small expected number of positive counts
        estimated from survey data, Survey Methodology 24, for the effective number of rows; Dean & Pagano (2015),
        Evaluating confidence interval methods for binomial proportions in clustered surveys, Journal of Survey
        Statistics and Methodology 3, for Wilson's interval of it.

    Args:
        values: ``(n_folds,)``, two or more, each between 0 and 1.
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        most: The most rows that a spread can be worth, where that is fewer than all: a ranking of few positive rows.
        confidence: Coverage meant.

    Raises:
        ValueError: Fewer than two values.

    Example:
        Three perfect folds of 30 rows each are no proof of perfection.

        >>> interval = corrected_share_interval(np.ones(3), n_train=120, n_test=30)
        >>> round(interval.low, 3), interval.high
        (0.975, 1.0)
    """
    mean, error = float(values.mean()), _corrected_error("corrected_share_interval", values, n_train, n_test)
    z, t = stats.norm.ppf((1 + confidence) / 2), stats.t.ppf((1 + confidence) / 2, len(values) - 1)
    return share_interval(mean, error * t / z, n_rows=most or n_train + n_test, confidence=confidence)


def share_interval(mean: float, error: float, *, n_rows: float, confidence: float = 0.95) -> Interval:
    """Returns Wilson's interval of a score between 0 and 1 for as many rows as its standard error is worth.

    Args:
        mean: The score.
        error: Its standard error; 0 is believed for ``n_rows`` only.
        n_rows: The most rows that it can be worth.
        confidence: Coverage meant.
    """
    if not np.isfinite(mean):
        return Interval(mean=mean, low=_NAN, high=_NAN)
    inside = (mean * n_rows + 0.5) / (n_rows + 1)
    n = min(inside * (1 - inside) / max(error**2, np.finfo(np.float64).tiny), n_rows)
    z = stats.norm.ppf((1 + confidence) / 2)
    center = (mean + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z / (1 + z**2 / n) * np.sqrt(mean * (1 - mean) / n + z**2 / (4 * n**2))
    # At the ends the bound is the end itself, but for rounding.
    low = 0.0 if mean == 0 else float(max(center - margin, 0.0))
    high = 1.0 if mean == 1 else float(min(center + margin, 1.0))
    return Interval(mean=mean, low=low, high=high)


def corrected_difference(
    differences: NDArray[np.float64],
    *,
    n_train: int,
    n_test: int,
    equivalence: float,
    n_rows: float = np.inf,
    least: float = 0.0,
    confidence: float = 0.95,
) -> Difference:
    """Returns what paired differences over folds tell: the corrected resampled t-test and its Bayesian reading.

    Formula:
        With ``error = s * sqrt(1 / n + n_test / n_train)``: the test is ``t = mean / error`` with ``n - 1`` degrees of
        freedom; the posterior of the true difference is Student's t of as many, around ``mean``, scaled by ``error``.

    Source:
        Nadeau & Bengio (2003) for the test, Bouckaert & Frank (2004) for repeated k folds. Benavoli, Corani, Demšar &
        Zaffalon (2017), Time for a change, Journal of Machine Learning Research 18, for the posterior and the region of
        practical equivalence.

    Args:
        differences: ``(n_folds,)``, two or more, on the same rows.
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        equivalence: Largest absolute difference that makes no practical difference.
        n_rows: Of scores between 0 and 1, the most rows that they can be worth: as of ``least_error``.
        least: A standard error below which that of their mean is not believed.
        confidence: Coverage meant.

    Raises:
        ValueError: Fewer than two differences.
    """
    mean, error = float(differences.mean()), _corrected_error("corrected_difference", differences, n_train, n_test)
    error = max(error, least_error(mean, n_rows), least)
    return student_difference(mean, error, len(differences) - 1, equivalence=equivalence, confidence=confidence)


def least_error(mean: float, n_rows: float) -> float:
    """Returns the smallest standard error that a difference of two shares of rows can have.

    Where all folds show the same difference their spread is 0, yet the rows are no more than they are: a candidate that
    is right on every row has beaten the other on these rows, and two that agree on all of them may differ on the next.

    Formula:
        A row's difference is -1, 0 or 1. With a mean of ``d`` its variance is at least ``|d| (1 - |d|)``, where one
        row more of either kind is added: ``|d| = (|mean| * n_rows + 1) / (n_rows + 2)``.

    Args:
        mean: Of the differences.
        n_rows: The most rows that they can be worth; infinitely many, as of a loss, have no least error.

    Example:
        >>> round(least_error(0.0, 100), 4), least_error(0.3, np.inf)
        (0.0099, 0.0)
    """
    if not np.isfinite(n_rows):
        return 0.0
    size = (abs(mean) * n_rows + 1) / (n_rows + 2)
    return float(np.sqrt(size * max(1 - size, 0.0) / n_rows))


def student_difference(
    mean: float, error: float, degrees: float, *, equivalence: float, confidence: float = 0.95
) -> Difference:
    """Returns what an estimated difference and its standard error tell.

    Args:
        mean: The estimate.
        error: Its standard error. Without any nothing is known, no spread, no word about chance; but where there is no
            difference either, the two are one and the same.
        degrees: Of freedom of Student's t; infinity makes it normal.
        equivalence: Largest absolute difference that makes no practical difference.
        confidence: Coverage meant.
    """
    if not error > _ROUNDING:
        same = abs(mean) <= _ROUNDING
        return Difference(mean=mean, below=0.0, within=1.0, above=0.0) if same else Difference(mean=mean)
    low, high = (mean + error * special.stdtrit(degrees, (1 + sign * confidence) / 2) for sign in (-1, 1))
    below, above = (_lower_tail(degrees, (sign * mean - equivalence) / error) for sign in (-1, 1))
    return Difference(
        mean=mean,
        low=float(low),
        high=float(high),
        p_value=2 * min(_lower_tail(degrees, -mean / error), _lower_tail(degrees, mean / error)),
        below=below,
        within=max(1 - below - above, 0.0),
        above=above,
        degrees=float(degrees),
    )


def of_few_units(found: Difference, of_units: float, *, equivalence: float) -> Difference:
    """Returns a difference over folds that test the same few groups, or rows, again and again.

    Folds that are drawn anew say ever more of these units, but nothing of how others differ.

    Formula:
        The error stays; its degrees of freedom become ``1 / (1 / degrees + 1 / of_units)``, 1 or more: the squared
        error has the relative variance ``2 / degrees`` by the drawing of folds and ``2 / of_units`` by that of units.

    Source:
        Satterthwaite (1946), An approximate distribution of estimates of variance components, Biometrics Bulletin 2,
        for degrees by the relative variance.

    Args:
        found: Over folds.
        of_units: Degrees of freedom of these.
        equivalence: As of ``student_difference``.

    Example:
        >>> ten_splits = student_difference(0.1, 0.05, 9, equivalence=0.01)
        >>> round(of_few_units(ten_splits, 19, equivalence=0.01).degrees, 1)
        6.1
    """
    if not np.isfinite(found.degrees):
        return found
    error = (found.high - found.low) / 2 / float(special.stdtrit(found.degrees, 0.975))
    degrees = max(1 / (1 / found.degrees + 1 / of_units), 1.0)
    return student_difference(found.mean, error, degrees, equivalence=equivalence)


def _lower_tail(degrees: float, t: float) -> float:
    """Returns how often Student's t lies below; ``stats.t`` says the same, after a look that takes a millisecond."""
    return float(special.stdtr(degrees, t))


def holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the p-values corrected for their number: the chance of one false alarm among all stays at the level.

    Formula:
        Of ``m`` in ascending order, the ``i``-th becomes the largest ``(m - j + 1) * p_j`` of ``j <= i``, at most 1.

    Source:
        Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.

    Args:
        p_values: ``(n,)``; a NaN is no test: it stays, and does not count.

    Example:
        Four tests: 0.005 * 4, 0.01 * 3; then 0.03 * 2, which 0.04 * 1 may not undercut.

        >>> holm(np.array([0.01, 0.04, 0.03, 0.005])).round(4).tolist()
        [0.03, 0.06, 0.06, 0.02]
    """
    order = np.argsort(p_values)  # NaN last
    left = np.isfinite(p_values).sum() - np.arange(len(p_values))
    corrected = np.empty(len(p_values))
    corrected[order] = np.maximum.accumulate(np.minimum(left * p_values[order], 1.0))
    return corrected


def _corrected_error(owner: str, values: NDArray[np.float64], n_train: int, n_test: int) -> float:
    n = len(values)
    require(n >= 2, owner, "two or more folds", "One test set has statistics of its own, in one_test_set.py.", n=n)
    return float(values.std(ddof=1) * np.sqrt(1 / n + n_test / n_train))
