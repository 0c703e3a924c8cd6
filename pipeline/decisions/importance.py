"""Which columns a trained model uses: what its score loses when one of them is shuffled. Pure functions."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.inspection import permutation_importance
from threadpoolctl import threadpool_limits

from experiments.language.metric import metric as declared
from pipeline.scoring.metrics import score
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
