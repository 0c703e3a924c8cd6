"""The mean of a metric with the interval that fits what the metric is of."""

from collections.abc import Sequence

import numpy as np

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Fold
from pipeline.scoring.one_test_set import auc_interval, bootstrap_interval, wilson_interval
from pipeline.scoring.significance import Interval, corrected_interval, corrected_share_interval
from pipeline.scoring.taken import positive_class_of, resampled, values_of
from pipeline.scoring.values import Scores

ACROSS_FOLDS = "95 % corrected resampled t interval across folds (Nadeau & Bengio 2003), cut at 0"
SHARES_ACROSS_FOLDS = (
    "95 % interval across folds: Wilson's, for as many rows as the corrected resampled spread is worth (Nadeau & "
    "Bengio 2003, Korn & Graubard 1998)"
)
AUC_OF_ROWS = (
    "95 % interval over the rows of the one test set: Wilson's, for as many rows as DeLong's error is worth (DeLong et "
    "al. 1988)"
)
ONE_TEST_SET = "95 % percentile bootstrap interval over the rows of the one test set, resampled within classes"
PROPORTION = "95 % Wilson score interval of a share of the rows of the one test set"


def interval_of(
    name: str, own: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison
) -> tuple[Interval, str]:
    """Returns mean and bounds of one metric, and how they were come by."""
    if len(own) == 1:
        return _interval_of_one_test_set(name, own[0], folds[0], comparison)
    values = values_of(name, own)
    sizes = {"n_train": len(folds[0].train_rows), "n_test": len(folds[0].test_rows)}
    if declared(name).bounds == (0.0, 1.0):
        most = _most_rows(name, own, sum(sizes.values()), comparison)
        return corrected_share_interval(values, most=most, **sizes), SHARES_ACROSS_FOLDS
    return corrected_interval(values, **sizes), ACROSS_FOLDS


def _most_rows(name: str, own: Sequence[Scores], n_rows: int, comparison: Comparison) -> float:
    """Returns the most rows that the spread of a metric can be worth.

    An average precision is a mean over positive rows: near 1, where folds hardly differ, all rows would be too many.
    Simulated, twice the positive rows cover (``docs/statistics.md``).
    """
    positive_class = positive_class_of(own[0], comparison)
    if name != "average_precision" or positive_class is None:
        return n_rows
    share = float(np.mean([np.mean(item.y_true == positive_class) for item in own]))
    return max(1.0, min(2 * share * n_rows, n_rows))


def _interval_of_one_test_set(name: str, own: Scores, fold: Fold, comparison: Comparison) -> tuple[Interval, str]:
    metric, value = declared(name), own.metrics[name]
    positive = own.y_true == positive_class_of(own, comparison)
    if metric.kind == "share":
        counted = {"all": len(own.y_true), "positive": int(positive.sum()), "others": int((~positive).sum())}
        if n_rows := counted[metric.share_of]:
            return wilson_interval(round(value * n_rows), n_rows), PROPORTION
    if name == "roc_auc" and min(positive.sum(), (~positive).sum()) > 1:
        return auc_interval(positive, own.y_proba[:, positive_class_of(own, comparison)]), AUC_OF_ROWS
    return bootstrap_interval(value, resampled(name, own, fold, comparison)), ONE_TEST_SET
