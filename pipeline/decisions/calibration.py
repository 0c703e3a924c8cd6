"""Maps that mend probabilities which cannot be taken at their word: pure functions of one positive class."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from models.pools import one_thread

CalibrationMap = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Probabilities ``(n,)`` to calibrated probabilities ``(n,)``."""

_LEAST = np.finfo(np.float32).eps  # a net's float32 output cannot tell less from 0, nor more from 1


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
    inputs = log_odds(probability)[:, None]
    with one_thread("blas"):  # for one column more threads only wait for each other
        fitted = LogisticRegression(C=np.inf).fit(
            np.concatenate([inputs, inputs]),
            np.repeat([1, 0], len(positive)),
            sample_weight=np.concatenate([target, 1 - target]),
        )
    return lambda other: fitted.predict_proba(log_odds(other)[:, None])[:, 1]


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


def log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns log odds, kept finite.

    Args:
        probability: ``(n,)``.
    """
    return logit(np.clip(probability, _LEAST, 1 - _LEAST))
