"""Which columns a trained model uses: what its score loses when one of them is shuffled. Pure functions."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.inspection import permutation_importance
from threadpoolctl import threadpool_limits

from experiments.language.metric import metric as declared
from pipeline.scoring.metrics import score
from pipeline.scoring.significance import Difference, corrected_difference, holm
from pipeline.training.values import Model


class _Fitted:
    """A trained model as scikit-learn wants it: with a ``fit``, which is not called."""

    def __init__(self, model: Model) -> None:
        self.predict_proba = model.predict_proba

    def fit(self, X: NDArray[Any], y: NDArray[np.int64]) -> "_Fitted":
        """Changes nothing: the model is trained."""
        return self


def importances(
    model: Model,
    X: NDArray[Any],
    y: NDArray[np.int64],
    metric: str,
    positive_class: int,
    *,
    seed: int,
    n_shuffles: int,
) -> NDArray[np.float64]:
    """Returns how much worse the metric becomes when a column is shuffled, the mean over shuffles.

    A column that is nearly a copy of another shows less than it carries: the model reads the copy.

    Source:
        Breiman (2001), Random forests, Machine Learning 45; Fisher, Rudin & Dominici (2019), All models are wrong, but
        many are useful, Journal of Machine Learning Research 20, for any model.

    Args:
        model: Trained on other rows.
        X: ``(n_samples, n_features)`` raw rows.
        y: ``(n_samples,)`` class indices.
        metric: By which it is judged.
        positive_class: Whose ranking is meant.
        seed: Of the shuffling.
        n_shuffles: Of each column.

    Returns:
        ``(n_features,)`` in units of the metric, positive where the column helps; also of a loss.
    """
    sign = -1 if declared(metric).lower_is_better else 1

    def scoring(fitted: _Fitted, rows: NDArray[Any], truth: NDArray[np.int64]) -> float:
        return sign * score(metric, truth, fitted.predict_proba(rows), positive_class)

    with threadpool_limits(1, user_api="openmp"):  # more threads wait for each other longer than they predict
        result = permutation_importance(_Fitted(model), X, y, scoring=scoring, n_repeats=n_shuffles, random_state=seed)
    return result.importances_mean


@dataclass(frozen=True, kw_only=True)
class Largest:
    """The loss by the column that matters most, chosen on rows that the loss is not told on.

    Attributes:
        loss: Mean over folds, with its interval and the two-sided p-value of no loss; NaN with one fold.
        columns: Index of the column that was chosen on each fold.
        beyond: Indices of the columns whose own loss is beyond chance, corrected for the number of columns.
    """

    loss: Difference
    columns: tuple[int, ...]
    beyond: tuple[int, ...]


def largest_loss(
    chosen_by: NDArray[np.float64], losses: NDArray[np.float64], *, n_train: int, n_test: int, level: float = 0.05
) -> Largest:
    """Returns what the column costs that matters most, without the luck of the largest of many.

    Of columns that carry nothing, some lose by chance, and the largest loss is that of the luckiest. So a fold's column
    is chosen on training rows, and its loss told on test rows, of which the choice knows nothing.

    Source:
        As of a model chosen among many: Cawley & Talbot (2010), On over-fitting in model selection and subsequent
        selection bias in performance evaluation, Journal of Machine Learning Research 11. The interval and test over
        folds are Nadeau & Bengio's (2003), the correction for all columns Holm's (1979).

    Args:
        chosen_by: ``(n_folds, n_features)`` importances on training rows.
        losses: ``(n_folds, n_features)`` importances on test rows.
        n_train: Training rows of a fold.
        n_test: Test rows of a fold.
        level: Of the test of each column by itself, corrected.

    Example:
        The second column has the largest loss on test rows; on training rows it was the first.

        >>> found = largest_loss(np.array([[0.2, 0.1]]), np.array([[0.1, 0.3]]), n_train=80, n_test=20)
        >>> found.columns, found.loss.mean
        ((0,), 0.1)
    """
    columns = np.where(np.isnan(chosen_by), -np.inf, chosen_by).argmax(axis=1)
    difference = partial(corrected_difference, n_train=n_train, n_test=n_test, equivalence=0.0)
    told = losses[np.arange(len(losses)), columns]
    if len(losses) == 1:
        return Largest(loss=Difference(mean=float(told[0])), columns=tuple(columns.tolist()), beyond=())
    p_corrected = holm(_p_values(losses, n_test / n_train))
    beyond = np.flatnonzero((p_corrected < level) & (losses.mean(axis=0) > 0))
    return Largest(loss=difference(told), columns=tuple(columns.tolist()), beyond=tuple(beyond.tolist()))


def _p_values(losses: NDArray[np.float64], ratio: float) -> NDArray[np.float64]:
    """Returns the two-sided p-value of each column; of many columns on few folds some have no spread by chance.

    So no column's standard error counts as less than the median of all (as the added constant of Tusher, Tibshirani &
    Chu 2001, Significance analysis of microarrays, Proceedings of the National Academy of Sciences 98).
    """
    n = len(losses)
    errors = losses.std(axis=0, ddof=1) * np.sqrt(1 / n + ratio)
    errors = np.maximum(errors, np.nanmedian(errors)) if np.isfinite(errors).any() else errors
    with np.errstate(invalid="ignore", divide="ignore"):
        return 2 * stats.t.sf(np.abs(losses.mean(axis=0)) / errors, n - 1)


def n_close_pairs(X: NDArray[Any], correlation: float) -> int:
    """Returns how many pairs of columns have a rank correlation beyond a bound, in either direction.

    Ranks, because a single ratio of 1e10 decides an ordinary correlation. A constant column has none with any other.

    Args:
        X: ``(n_samples, n_features)``.
        correlation: The bound, 0 to 1.

    Example:
        >>> X = np.array([[1, 10, 0, 5], [2, 100, 2, 5], [3, 10000, 1, 5]])
        >>> n_close_pairs(X, 0.9), n_close_pairs(X, 0.4)
        (1, 3)
    """
    varying = X[:, np.ptp(X, axis=0) > 0]
    between = np.abs(np.corrcoef(stats.rankdata(varying, axis=0), rowvar=False))
    return int((np.triu(np.atleast_2d(between), k=1) > correlation).sum())
