"""Pure statistics of the errors of two candidates on the rows of one test set."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.number_intervals import error_of_mean, influence_of
from pipeline.scoring.number_metrics import Numbers, is_constant, mae, r2, rmse
from pipeline.scoring.significance import Difference, student_difference

_SCORES = {"mae": mae, "rmse": rmse, "r2": r2}


def paired_errors(
    name: str, y_true: Numbers, first: Numbers, second: Numbers, *, equivalence: float, confidence: float = 0.95
) -> Difference:
    """Returns what the difference of two MAEs, RMSEs or R² on the same rows tells.

    Formula:
        Student's t of ``n - 1`` degrees of freedom around the difference, with the error of the mean of ``d_i``: of the
        MAE ``|e1_i| - |e2_i|``, of the RMSE ``(e1_i^2 - e2_i^2) / (RMSE1 + RMSE2)``, whose mean is the difference
        itself; of R² by how much the difference grows with the weight of a row (``growth_of``). So of the RMSE the test
        is the paired t-test of squared errors.

    Source:
        Diebold & Mariano (1995), Comparing predictive accuracy, Journal of Business & Economic Statistics 13, of rows
        that do not depend on each other.

    Args:
        name: ``"mae"``, ``"rmse"`` or ``"r2"``.
        y_true: ``(n_rows,)``, two or more.
        first: ``(n_rows,)``, what the first candidate predicted.
        second: The same of the second.
        equivalence: Largest absolute difference that makes no practical difference.
        confidence: Coverage meant.

    Example:
        Absolute errors of 1, 2, 3 and 0, 0, 2: on the average 4 / 3 more, give or take a third.

        >>> found = paired_errors("mae", np.zeros(3), np.array([1.0, 2, 3]), np.array([0.0, 0, 2]), equivalence=0.1)
        >>> round(found.mean, 3), round(found.p_value, 3)
        (1.333, 0.057)
    """
    mean = _SCORES[name](y_true, first) - _SCORES[name](y_true, second)
    error, degrees = error_of_mean(_terms(name, y_true, first, second), squared=False)
    return student_difference(mean, error, degrees, equivalence=equivalence, confidence=confidence)


def _terms(name: str, y_true: Numbers, first: Numbers, second: Numbers) -> Numbers:
    """Returns of what the error of a difference is that of the mean, ``(n_rows,)``."""
    if name == "r2":
        return growth_of(name, y_true, first) - growth_of(name, y_true, second)
    one, other = np.abs(y_true - first), np.abs(y_true - second)
    if name == "mae":
        return np.asarray(one - other)
    both = rmse(y_true, first) + rmse(y_true, second)
    return np.asarray((one**2 - other**2) / both if both else one)


def growth_of(name: str, y_true: Numbers, predicted: Numbers) -> Numbers:
    """Returns by how much a score grows with the weight of each row, ``(n_rows,)``; 0 where it cannot."""
    if not (y_true != predicted).any() or (name == "r2" and is_constant(y_true)):
        return np.zeros(len(y_true))
    score, influence = _SCORES[name](y_true, predicted), influence_of(name, y_true, predicted)
    return (score - 1) * influence if name == "r2" else score * influence


def errors_covariance(name: str, y_true: Numbers, predicted: Sequence[Numbers]) -> NDArray[np.float64]:
    """Returns how several scores on the same rows vary together, ``(n_candidates, n_candidates)``."""
    grows = np.stack([growth_of(name, y_true, each) for each in predicted])
    return np.atleast_2d(np.cov(grows)) / len(y_true)
