"""Pure statistics of the errors of predicted numbers: an interval for each of their scores.

Errors have no upper bound, and squared ones have heavier tails than anything else that is scored here: the rows at hand
seldom show the largest that there are. So bounds are found on the scale of the logarithm, where an interval reaches
farther up than down, and the upper one as if one more row were as wrong as the worst.
"""

import numpy as np
from scipy import stats

from pipeline.scoring.number_metrics import Numbers, is_constant, mae, median_absolute_error, r2, rmse
from pipeline.scoring.significance import Interval, corrected_interval

_NAN = float("nan")
_SCORES = {"mae": mae, "rmse": rmse, "r2": r2}
_ROUNDING = 1e-20  # of the square of an influence, which is about 1


def error_interval(name: str, y_true: Numbers, predicted: Numbers, confidence: float = 0.95) -> Interval:
    """Returns MAE, RMSE or R² of one test set with its interval.

    Formula:
        With ``u`` the MAE, the RMSE, or ``1 - R²``, and the reaches of ``reaches_of`` by the rows' ``influence_of``:
        ``u exp(-down)`` to ``u exp(up)``. The mean of the test rows, which R² is measured against, is only estimated:
        its ``u`` is taken for ``(n - 1) / n`` of what it is, and its squared error for larger by ``2 / n^2``.

    Args:
        name: ``"mae"``, ``"rmse"`` or ``"r2"``.
        y_true: ``(n_samples,)``, two or more.
        predicted: ``(n_samples,)``.
        confidence: Coverage meant.

    Returns:
        Without bounds where no row has an error, which says nothing of how large one may be, or R² is not known.
    """
    value = _SCORES[name](y_true, predicted)
    if not _can_vary(name, y_true, predicted):
        return Interval(mean=value, low=_NAN, high=_NAN)
    n, of_r2 = len(y_true), name == "r2"
    influence, more = influence_of(name, y_true, predicted), 2 / n**2 if of_r2 else 0.0
    down, up = reaches_of(influence, squared=name != "mae", more=more, confidence=confidence)
    left = (1 - value) * (n - 1) / n if of_r2 else value
    low, high = float(left * np.exp(-down)), float(left * np.exp(up))
    return Interval(mean=value, low=1 - high, high=1 - low) if of_r2 else Interval(mean=value, low=low, high=high)


def _can_vary(name: str, y_true: Numbers, predicted: Numbers) -> bool:
    return bool((y_true != predicted).any()) and not (name == "r2" and is_constant(y_true))


def influence_of(name: str, y_true: Numbers, predicted: Numbers) -> Numbers:
    """Returns by how much the logarithm of a score grows with the weight of each row, ``(n_samples,)``.

    Formula:
        With ``e`` the errors: of the MAE ``|e| / MAE - 1``, of the RMSE ``(e^2 / MSE - 1) / 2``, of ``1 - R²``
        ``e^2 / MSE - (y - mean y)^2 / var y``. The mean over rows is 0.
    """
    wrong = np.abs(y_true - predicted)
    if name == "mae":
        return np.asarray(wrong / wrong.mean() - 1)
    squared = (wrong / wrong.max()) ** 2
    squared /= squared.mean()
    if name == "rmse":
        return np.asarray((squared - 1) / 2)
    away = (y_true - y_true.mean()) ** 2
    return np.asarray(squared - away / away.mean())


def influence_on_mean(name: str, y_true: Numbers, predicted: Numbers, mean: float) -> Numbers:
    """Returns by how much the logarithm of a mean over folds grows with the weight of a row of one, ``(n_samples,)``.

    Relative to the score of their own fold few rows hide how far it lies off with them, and one row hides all of it.

    Formula:
        With ``u`` the fold's MAE, RMSE or ``1 - R²``, ``g`` the influence of a row on it and ``U`` the mean of the
        folds' ``u``: ``(1 + g) u / U - 1``, of the MAE ``|e| / U - 1``. The mean over the rows of folds of one size is
        0, and their squares are those within folds and those between.

    Args:
        name: ``"mae"``, ``"rmse"`` or ``"r2"``.
        y_true: ``(n_samples,)``, of the fold.
        predicted: ``(n_samples,)``.
        mean: ``U``.
    """
    own = float(left_of(name, np.array(_SCORES[name](y_true, predicted))))
    if not own > 0:  # no row has an error
        return np.full(len(y_true), -1.0)
    return np.asarray((1 + influence_of(name, y_true, predicted)) * own / mean - 1)


def left_of(name: str, values: Numbers) -> Numbers:
    """Returns what is the smaller the better a score is: an error, or what R² leaves of 1."""
    return 1 - values if name == "r2" else values


def reaches_of(
    influence: Numbers, *, squared: bool, more: float = 0.0, confidence: float = 0.95
) -> tuple[float, float]:
    """Returns how far an interval reaches down and up from a score, on the scale of its logarithm.

    Formula:
        With ``g_i`` the influences: ``t error`` down, ``error^2 = sum g_i^2 / (n (n - 1))``. Up it is that, or more
        where one more row as bad as the worst takes it there: ``mean' + t' error'`` of ``g_1, ..., g_n, max g``.
        Student's t has ``n - 1`` degrees of freedom; of squared errors, most of whose sum a few rows make, as many as
        there are rows that count: ``(sum g_i^2)^2 / sum g_i^4``.

    Source:
        The infinitesimal jackknife: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 21. Degrees of
        freedom by the fourth moment, as of Satterthwaite (1946), An approximate distribution of estimates of variance
        components, Biometrics Bulletin 2.

    Args:
        influence: ``(n_samples,)``, two or more, of mean 0.
        squared: Whether it is of squared errors.
        more: What the squared error is larger by.
        confidence: Coverage meant.
    """
    margin = _margin(influence, squared, more, confidence)
    with_worst = np.append(influence, influence.max())
    return margin, max(margin, float(with_worst.mean()) + _margin(with_worst, squared, more, confidence))


def _margin(influence: Numbers, squared: bool, more: float, confidence: float) -> float:
    error, degrees = error_of_mean(influence, squared=squared)
    return float(stats.t.ppf((1 + confidence) / 2, degrees) * np.sqrt(error**2 + more))


def error_of_mean(terms: Numbers, *, squared: bool) -> tuple[float, float]:
    """Returns the standard error of a mean of terms, and Student's degrees of freedom, as ``reaches_of`` has them."""
    n, squares = len(terms), (terms - terms.mean()) ** 2
    varies = squares.max() > _ROUNDING  # of what is rounding as many rows count as chance has it
    degrees = float(squares.sum()) ** 2 / float((squares**2).sum()) if squared and varies else n - 1
    return float(np.sqrt(squares.sum() / (n * (n - 1)))), degrees


def error_over_folds(
    name: str,
    values: Numbers,
    influence: Numbers | None,
    *,
    by_rows_alone: bool,
    by_training: float,
    n_train: int,
    n_test: int,
    confidence: float = 0.95,
) -> Interval:
    """Returns the mean over folds of a score of errors with its interval.

    The spread of a few folds says little of rare large errors, and the influences of few rows little of what varies
    with the training: then both spreads count.

    Formula:
        With ``u`` the mean, or 1 minus it of R²: ``u exp(-down)`` to ``u exp(up)``, each the longer one of ``t(n - 1)
        * s / u * sqrt(1 / n + n_test / n_train)`` over folds, the corrected resampled t, and of ``reaches_of`` over
        rows, of a MAE as of squared errors: few rows may make most of it, too. Of many rows it is the latter alone,
        where there is none the former. Both grow by what comes from which rows were trained on, ``reach' =
        sqrt(reach^2 + (t(n - 1) * by_training)^2)``.

    Source:
        Nadeau & Bengio (2003), Inference for the generalization error, Machine Learning 52. Bayle et al. (2020),
        Cross-validation confidence intervals for test error, NeurIPS, for the rows of all folds.

    Args:
        name: Of the metric.
        values: ``(n_folds,)``, two or more.
        influence: ``(n_rows,)``, the mean of ``influence_of`` over the folds that test a row; ``None`` without.
        by_rows_alone: Whether the rows are believed: there are many, and each is a test row as often as the others.
        by_training: Standard error of the score's logarithm that comes from which rows were trained on; 0 where that is
            not known (`pipeline.scoring.trainings`).
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        confidence: Coverage meant.
    """
    mean = float(values.mean())
    left = 1 - mean if name == "r2" else mean
    if not left > 0:
        return Interval(mean=mean, low=_NAN, high=_NAN)
    by_folds = corrected_interval(values / left, n_train=n_train, n_test=n_test, confidence=confidence)
    reach = (by_folds.high - by_folds.low) / 2
    down, up = (reach, reach) if influence is None else reaches_of(influence, squared=True)
    if influence is not None and not by_rows_alone:
        down, up = max(down, reach), max(up, reach)
    between = float(stats.t.ppf((1 + confidence) / 2, len(values) - 1)) * by_training
    down, up = float(np.hypot(down, between)), float(np.hypot(up, between))
    low, high = float(left * np.exp(-down)), float(left * np.exp(up))
    return Interval(mean=mean, low=1 - high, high=1 - low) if name == "r2" else Interval(mean=mean, low=low, high=high)


def median_interval(y_true: Numbers, predicted: Numbers, confidence: float = 0.95) -> Interval:
    """Returns the median absolute error of one test set, with an exact interval: two of the errors in order.

    Formula:
        The ``r``-th smallest and the ``r``-th largest error, with the largest ``r`` for which a binomial of ``n``
        trials of 1/2 is below ``r`` with a chance of at most ``(1 - confidence) / 2``. Whatever the errors look like,
        they hold the median with at least ``confidence``.

    Source:
        David & Nagaraja (2003), Order Statistics, section 7.1.

    Args:
        y_true: ``(n_samples,)``.
        predicted: ``(n_samples,)``.
        confidence: Coverage meant.

    Returns:
        Without bounds where the rows are too few: 95 % take six.

    Example:
        Of ten errors the second and the ninth: fewer than two below the median have a chance of 11 in 1,024.

        >>> found = median_interval(np.arange(1.0, 11.0), np.zeros(10))
        >>> found.mean, found.low, found.high
        (5.5, 2.0, 9.0)
    """
    wrong, value = np.sort(np.abs(y_true - predicted)), median_absolute_error(y_true, predicted)
    n = len(wrong)
    place = int(stats.binom.ppf((1 - confidence) / 2, n, 0.5))  # fewer below the median are rarer than the tail
    if place < 1:
        return Interval(mean=value, low=_NAN, high=_NAN)
    return Interval(mean=value, low=float(wrong[place - 1]), high=float(wrong[n - place]))
