"""Pure statistics of the errors of two candidates on the rows of one test set."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.scoring.number_metrics import Numbers, rmse
from pipeline.scoring.significance import Difference, student_difference


def paired_errors(
    name: str, y_true: Numbers, first: Numbers, second: Numbers, *, equivalence: float, confidence: float = 0.95
) -> Difference:
    """Returns what the difference of two MAEs, RMSEs or R² on the same rows tells: the paired t-test of their losses.

    The RMSE and R² have one test, that of squared errors: no difference in the one is none in the other.

    Formula:
        Student's t of ``n - 1`` degrees of freedom around the mean of ``d_i``: of the MAE ``|e1_i| - |e2_i|``, of the
        RMSE ``(e1_i^2 - e2_i^2) / (RMSE1 + RMSE2)``, of R² ``(e2_i^2 - e1_i^2) / var y``. The mean is the difference
        itself.

    Source:
        Diebold & Mariano (1995), Comparing predictive accuracy, Journal of Business & Economic Statistics 13, of rows
        that do not depend on each other.

    Args:
        name: ``"mae"``, ``"rmse"`` or ``"r2"``.
        y_true: ``(n_rows,)``, two or more, not all the same.
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
    terms = losses_of(name, y_true, first) - losses_of(name, y_true, second)
    if terms.any():
        terms = terms * _scale(name, y_true, first, second)
    error = float(stats.sem(terms))
    return student_difference(
        float(terms.mean()), error, len(terms) - 1, equivalence=equivalence, confidence=confidence
    )


def losses_of(name: str, y_true: Numbers, predicted: Numbers) -> Numbers:
    """Returns what of each row a score is made of, ``(n_rows,)``: absolute errors of the MAE, else squared ones."""
    wrong = np.abs(y_true - predicted)
    return wrong if name == "mae" else wrong**2


def _scale(name: str, y_true: Numbers, first: Numbers, second: Numbers) -> float:
    """Returns by what a difference of mean losses becomes one of scores."""
    if name == "mae":
        return 1.0
    return 1 / (rmse(y_true, first) + rmse(y_true, second)) if name == "rmse" else -1 / float(y_true.var())


def losses_covariance(name: str, y_true: Numbers, predicted: Sequence[Numbers]) -> NDArray[np.float64]:
    """Returns how the mean losses of several on the same rows vary together, ``(n_candidates, n_candidates)``."""
    return np.atleast_2d(np.cov(np.stack([losses_of(name, y_true, each) for each in predicted]))) / len(y_true)
