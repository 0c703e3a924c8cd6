"""What scikit-learn finds, without its checks of what it is given: on few rows these take nearly all time."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import rankdata
from sklearn import config_context

from pipeline.scoring import metrics


class Discriminant:
    """Linear discriminants of columns of which none tells what the others do, and that are not far from 0.

    So it is of what is simulated here; scikit-learn's has an answer for other columns, too.

    Formula:
        ``log p(k | x) = x S^-1 m_k - m_k S^-1 m_k / 2 + log(n_k / n)`` but for a constant, where ``m_k`` is the mean
        of a class and ``S`` the covariance within classes.
    """

    def fit(self, X: NDArray[np.float64], y: NDArray[np.int64]) -> "Discriminant":
        """Returns itself, fitted to rows of every class from 0 on."""
        counts = np.bincount(y)
        means = np.stack([X[y == k].mean(axis=0) for k in range(len(counts))])
        apart = X - means[y]
        self._coefficients = np.linalg.solve(apart.T @ apart / len(y), means.T)
        self._constants = np.log(counts / len(y)) - (means.T * self._coefficients).sum(axis=0) / 2
        return self

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns ``(n_samples, n_classes)``."""
        return softmax(X @ self._coefficients + self._constants, axis=1)


def roc_auc(positive: NDArray[np.bool_], ranked: NDArray[np.float64]) -> float:
    """Returns the share of pairs of a positive and another row in which the positive one ranks higher."""
    n = int(positive.sum())
    return float((rankdata(ranked)[positive].sum() - n * (n + 1) / 2) / (n * (len(positive) - n)))


def average_precision(positive: NDArray[np.bool_], ranked: NDArray[np.float64]) -> float:
    """Returns precision averaged over recall, threshold by threshold."""
    order = np.argsort(-ranked, kind="stable")
    thresholds = np.flatnonzero(np.append(np.diff(ranked[order]) != 0, True))
    found = np.cumsum(positive[order])[thresholds]
    return float((np.diff(found, prepend=0) * found / (thresholds + 1)).sum() / found[-1])


@contextmanager
def unchecked() -> Iterator[None]:
    """Lets the product rank rows so, and scikit-learn check nothing."""
    with (
        patch.object(metrics, "roc_auc_score", roc_auc),
        patch.object(metrics, "average_precision_score", average_precision),
        config_context(skip_parameter_validation=True, assume_finite=True),
    ):
        yield
