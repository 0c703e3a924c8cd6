"""The mean of a metric with the interval that fits what the metric is of."""

from collections.abc import Sequence

import numpy as np

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Fold
from pipeline.scoring import captions, few_found
from pipeline.scoring.errors import NO_ERROR, errors_of_rows, errors_over_folds, is_of_numbers, too_few_errors
from pipeline.scoring.metrics import ROW_LOSSES, confusion
from pipeline.scoring.one_test_set import auc_interval, bootstrap_interval
from pipeline.scoring.resampling import Resamples
from pipeline.scoring.row_intervals import (
    average_precision_interval,
    balanced_accuracy_interval,
    f1_interval,
    loss_interval,
    mean_auc_interval,
    mean_average_precision_interval,
    mean_f1_interval,
    share_of_rows,
)
from pipeline.scoring.rows import are_redrawn, are_unlike
from pipeline.scoring.significance import (
    Interval,
    corrected_interval,
    corrected_share_interval,
    share_interval,
)
from pipeline.scoring.taken import measured, positive_class_of, values_of
from pipeline.scoring.tested import design_effect, mean_of_rows, rows_of_class, sizes_of, tested_equally
from pipeline.scoring.unlike import interval_of_unlike
from pipeline.scoring.values import Scores
from pipeline.words.names import counted

_NAN = float("nan")
_CAPTIONS = {
    "f1": captions.F1_ACROSS_FOLDS,
    "type_1_error": captions.ERROR_TYPES_ACROSS_FOLDS,
    "type_2_error": captions.ERROR_TYPES_ACROSS_FOLDS,
}
_LEAST = {"roc_auc": 3, "average_precision": 5, "f1": 3, "balanced_accuracy": 3}
"""Rows of each class of which a test set must have so many: with fewer, simulated intervals do not hold."""
_LEAST_LOSSES = 10


def interval_of(
    name: str, own: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison, resamples: Resamples
) -> tuple[Interval, str]:
    """Returns mean and bounds of one metric, and what is told of them.

    A fold on which the metric is not defined is left out, and named.
    """
    if len(own) == 1 and not are_unlike(own):
        return _of_one_test_set(name, own[0], comparison, resamples)
    values = values_of(name, measured(name, own))
    if are_unlike(own) and len(values) >= (1 if are_redrawn(own) else 2):
        interval, caption = interval_of_unlike(name, own, folds, comparison, most_rows)
        return interval, _left_out(name, own) + caption
    if len(values) < 2:
        mean = float(values.mean()) if len(values) else _NAN
        return _without_interval(mean, f"{_left_out(name, own)}an interval takes two folds")
    interval, method = _across_folds(name, own, folds, comparison)
    if not np.isfinite(interval.low):
        return _without_interval(interval.mean, f"{_left_out(name, own)}{NO_ERROR}")
    return interval, _left_out(name, own) + method.caption(captions.of_procedure(folds, comparison))


def most_rows(name: str, own: Sequence[Scores], n_rows: float, comparison: Comparison) -> float:
    """Returns the most rows that the spread of a metric over folds can be worth.

    Near 0 and 1 folds hardly differ, and their spread would be worth all rows; but an error type is a share of the rows
    of one class, a ranking compares those of two, and a mean over classes is no surer than its rarest class. Simulated,
    these bounds cover (``docs/statistics.md``).

    Formula:
        With ``m`` rows of a class and ``n`` others, of ``k`` classes: an error type ``m`` or ``n``, an average
        precision or F1 ``2 m``, a ROC-AUC ``3 m n / (m + n + 1)``; a mean over classes ``k`` times that of the rarest.
    """
    if not own[0].has_classes:
        return n_rows
    share = np.mean(
        [np.bincount(item.y_true, minlength=item.y_proba.shape[1]) / len(item.y_true) for item in own], axis=0
    )
    counts, positive_class = share * n_rows, comparison.positive_class
    if name == "roc_auc":  # of two classes it is the same of each
        positive_class = positive_class_of(own[0], comparison)
    of_one = positive_class is not None and name != "balanced_accuracy"
    m = float(counts[positive_class] if of_one else counts[counts > 0].min())
    worth = {
        "type_1_error": m,
        "type_2_error": n_rows - m,
        "balanced_accuracy": m,
        "average_precision": 2 * m,
        "f1": 2 * m,
        "roc_auc": 3 * m * (n_rows - m) / (n_rows + 1),
    }
    classes = 1 if of_one else int((counts > 0).sum())
    return float(np.clip(classes * worth.get(name, n_rows), 1, n_rows))


def most_over_folds(name: str, own: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison) -> float:
    """Returns the most rows that a mean over folds can be worth, whose rows are single ones.

    In a share of the rows of one class these count unequally where folds are drawn at random: one of two positive rows
    of a fold counts twice as much as one of four. Without that, the interval of a type I error held the truth in 90 of
    100 simulated runs.
    """
    most = most_rows(name, own, len(folds[0].train_rows) + len(folds[0].test_rows), comparison)
    scored, of = measured(name, own), declared(name).share_of
    if of == "all" or not scored:
        return most
    k = positive_class_of(own[0], comparison)
    return min(most, rows_of_class(lambda item: (item.y_true == k) == (of == "positive"), scored, folds))


def _without_interval(mean: float, why: str) -> tuple[Interval, str]:
    return Interval(mean=mean, low=_NAN, high=_NAN), f"no interval: {why}"


def _left_out(name: str, own: Sequence[Scores]) -> str:
    """Returns which folds could not be measured, and why."""
    lacking = [str(item.fold_index) for item in own if not np.isfinite(item.metrics[name])]
    if not lacking:
        return ""
    which = f"fold {lacking[0]}" if len(lacking) == 1 else f"folds {', '.join(lacking)}"
    why = "lack a class that it needs" if own[0].has_classes else "have all the same number"
    return (
        f"over {len(own) - len(lacking)} of {len(own)} folds ({declared(name).words} is not defined on {which}, whose "
        f"test rows {why}): "
    )


def _across_folds(
    name: str, own: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison
) -> tuple[Interval, captions.Method]:
    if is_of_numbers(name):
        return errors_over_folds(name, measured(name, own), folds)
    values = values_of(name, measured(name, own))
    sizes = sizes_of(folds)
    if name == "accuracy" and tested_equally(own, folds):
        hits = mean_of_rows(lambda item: item.y_proba.argmax(axis=1) == item.y_true, own, folds)
        error = hits.std(ddof=1) / np.sqrt(len(hits))
        return share_interval(float(values.mean()), float(error), n_rows=len(hits)), captions.SHARES_OF_ALL_ROWS
    if declared(name).bounds == (0.0, 1.0):
        most = most_over_folds(name, own, folds, comparison)
        interval = few_found.INTERVALS.get(name, corrected_share_interval)(values, most=most, **sizes)
        return interval, _CAPTIONS.get(name, captions.SHARES_ACROSS_FOLDS)
    corrected = corrected_interval(values, **sizes)
    return _of_losses(name, corrected, own, folds) if name in ROW_LOSSES else (corrected, captions.ACROSS_FOLDS)


def _of_losses(
    name: str, corrected: Interval, own: Sequence[Scores], folds: Sequence[Fold]
) -> tuple[Interval, captions.Method]:
    """Returns the interval of a loss around its mean over folds.

    The spread of a few folds says little of rare large losses, and stratified folds hide how the classes' shares vary:
    the losses of rows tell both. Of random splits a row counts in the mean as often as it is tested, which makes it
    less sure, and both spreads count.
    """
    losses = mean_of_rows(lambda item: ROW_LOSSES[name](item.y_true, item.y_proba), own, folds)
    of_rows = loss_interval(losses, float(np.mean([_largest_loss(name, item) for item in own])))
    wider = np.sqrt(design_effect(own, folds))
    low, high = (corrected.mean + wider * (bound - of_rows.mean) for bound in (of_rows.low, of_rows.high))
    if tested_equally(own, folds):
        return Interval(mean=corrected.mean, low=low, high=high), captions.LOSSES_OF_ALL_ROWS
    farther = Interval(mean=corrected.mean, low=min(low, corrected.low), high=max(high, corrected.high))
    return farther, captions.LOSSES_ACROSS_FOLDS


def _largest_loss(name: str, own: Scores) -> float:
    """Returns the mean loss of test rows, were each of the class that was held for the least probable."""
    return float(ROW_LOSSES[name](own.y_proba.argmin(axis=1), own.y_proba).mean())


def _of_one_test_set(name: str, own: Scores, comparison: Comparison, resamples: Resamples) -> tuple[Interval, str]:
    if why := too_few(name, own, comparison):
        return _without_interval(own.metrics[name], why)
    interval, method = _fitting(name, own, comparison) or _bootstrapped(name, own, resamples)
    if not np.isfinite(interval.low):
        return _without_interval(interval.mean, NO_ERROR)
    return interval, method.caption(captions.OF_ROWS)


def _bootstrapped(name: str, own: Scores, resamples: Resamples) -> tuple[Interval, captions.Method]:
    """Returns the interval of a metric of which nothing is known but its function."""
    value, values = own.metrics[name], resamples.of(name, own)
    if declared(name).bounds != (0.0, 1.0):
        return bootstrap_interval(value, values), captions.BOOTSTRAPPED
    rarest = int(np.bincount(own.strata).min())
    return share_interval(value, float(values.std(ddof=1)), n_rows=max(rarest, 1)), captions.BETWEEN_0_AND_1


def too_few(name: str, own: Scores, comparison: Comparison) -> str:
    """Returns why the one test set says nothing of how sure a score is; empty where it does."""
    if not own.has_classes:
        return too_few_errors(name, own)
    counts, positive_class = np.bincount(own.y_true, minlength=own.y_proba.shape[1]), positive_class_of(own, comparison)
    if name in ROW_LOSSES:
        few = len(own.y_true) < _LEAST_LOSSES
        return f"{counted(len(own.y_true), 'test row')}, and it takes {_LEAST_LOSSES}" if few else ""
    if declared(name).kind == "share":
        return "" if _counted_rows(name, own, comparison) else "no test row is of those that the share is of"
    if positive_class is not None and name != "balanced_accuracy":
        counts = np.array([counts[positive_class], counts.sum() - counts[positive_class]])
    if name == "balanced_accuracy":
        counts = counts[counts > 0]
    least = _LEAST.get(name, 1)
    return f"{counted(int(counts.min()), 'test row')} of a class, and it takes {least}" if counts.min() < least else ""


def _counted_rows(name: str, own: Scores, comparison: Comparison) -> int:
    """Returns how many rows a share is of."""
    positive = int((own.y_true == positive_class_of(own, comparison)).sum())
    counted = {"all": len(own.y_true), "positive": positive, "others": len(own.y_true) - positive}
    return counted[declared(name).share_of]


def _fitting(name: str, own: Scores, comparison: Comparison) -> tuple[Interval, captions.Method] | None:
    """Returns the interval that fits a metric of ours; ``None`` for one of somebody else's."""
    if own.has_classes:
        return _of_rows(name, own, comparison)
    return errors_of_rows(name, own) if is_of_numbers(name) else None


def _of_rows(name: str, own: Scores, comparison: Comparison) -> tuple[Interval, captions.Method] | None:
    y_true, y_proba, k = own.y_true, own.y_proba, comparison.positive_class
    if declared(name).kind == "share":
        n_rows = _counted_rows(name, own, comparison)
        return share_of_rows(round(own.metrics[name] * n_rows), n_rows), captions.PROPORTION
    if name in ROW_LOSSES:
        losses = ROW_LOSSES[name](y_true, y_proba)
        return loss_interval(losses, _largest_loss(name, own)), captions.LOSSES_OF_ROWS
    if name == "balanced_accuracy":
        return balanced_accuracy_interval(confusion(y_true, y_proba)), captions.BALANCED_OF_ROWS
    if name == "f1":
        counts = confusion(y_true, y_proba)
        if k is None:
            return mean_f1_interval(counts), captions.MEAN_F1_OF_ROWS
        return f1_interval(counts, k), captions.F1_OF_ROWS
    if name == "roc_auc":
        one = positive_class_of(own, comparison)
        if one is None:
            return mean_auc_interval(y_true, y_proba), captions.AUC_OF_ROWS
        return auc_interval(y_true == one, y_proba[:, one]), captions.AUC_OF_ROWS
    if name == "average_precision":
        if k is None:
            return mean_average_precision_interval(y_true, y_proba), captions.PRECISION_OF_ROWS
        return average_precision_interval(y_true == k, y_proba[:, k]), captions.PRECISION_OF_ROWS
    return None
