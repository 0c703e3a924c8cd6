"""Intervals of rows that hang together, in groups or in time, or count unequally.

Rows that do neither have statistics of their own, in ``intervals``, which asks here first.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from experiments.language import Comparison
from experiments.language.metric import metric as declared
from pipeline.data.values import Fold
from pipeline.scoring import captions, few_found
from pipeline.scoring.clusters import loss_interval_of, mean_error
from pipeline.scoring.errors import NO_ERROR
from pipeline.scoring.metrics import ROW_LOSSES
from pipeline.scoring.redrawn import Redrawn, Worth, how_sure
from pipeline.scoring.rows import Rows, are_redrawn, rows_of, too_few_clusters
from pipeline.scoring.significance import (
    Interval,
    corrected_interval,
    corrected_share_interval,
    share_interval,
)
from pipeline.scoring.taken import measured, values_of
from pipeline.scoring.tested import sizes_of
from pipeline.scoring.units import Units, units_of
from pipeline.scoring.values import Scores

_SIMULATED = frozenset({"accuracy", "roc_auc", "f1", "type_1_error", "log_loss"})
"""Metrics of which ``benchmarks.coverage.together`` tells how often intervals hold the truth."""
_NAN, _ROUNDING = float("nan"), 1e-12


def interval_of_unlike(
    name: str, own: Sequence[Scores], folds: Sequence[Fold], comparison: Comparison, worth: Worth
) -> tuple[Interval, str]:
    """Returns mean and bounds of one metric, and what is told of them.

    Args:
        name: Of the metric.
        own: Of one candidate; the metric could be measured on one fold at least.
        folds: All of them.
        comparison: The declaration.
        worth: The most rows that the spread of a metric can be worth.
    """
    rows = rows_of(own, folds)
    units = units_of(name, measured(name, own), comparison.positive_class)
    if few := too_few_clusters(own, folds) or units.too_few:
        return Interval(mean=_mean(name, own), low=_NAN, high=_NAN), f"no interval: {few}"
    if are_redrawn(own):
        found, caption = _by_redrawing(name, own, rows, units, folds, comparison, worth)
    else:
        found, caption = _over_folds(name, own, rows, folds, comparison, worth)
    if not own[0].has_classes and np.isfinite(found.low) and not found.high - found.low > _ROUNDING * abs(found.mean):
        return Interval(mean=found.mean, low=_NAN, high=_NAN), f"no interval: {NO_ERROR}"
    return found, caption


def _mean(name: str, own: Sequence[Scores]) -> float:
    """Returns the mean over the folds on which a metric could be measured."""
    return float(values_of(name, measured(name, own)).mean())


def _by_redrawing(
    name: str,
    own: Sequence[Scores],
    rows: Rows,
    units: Units,
    folds: Sequence[Fold],
    comparison: Comparison,
    worth: Worth,
) -> tuple[Interval, str]:
    mean = _mean(name, own)
    redrawn = Redrawn(seed=folds[0].seed, positive_class=comparison.positive_class)
    values = redrawn.of(name, own)
    by_fold, stretches = values_of(name, own), redrawn.stretches(name, own)
    method = captions.STRETCHES if own[0].in_time else captions.GROUPS if own[0].clusterings else captions.WEIGHTS
    of = captions.OF_TIMES if own[0].in_time else captions.OF_ROWS
    if not (sure := how_sure(values, by_fold, units, stretches)):
        return Interval(mean=mean, low=_NAN, high=_NAN), "no interval: most redrawn test sets lack a class"
    n_rows = rows.worth / sure.shared
    most = worth(name, own, n_rows, comparison)
    interval = _interval(name, mean, sure.error, most=most, degrees=sure.degrees, own=own, n_rows=n_rows)
    return interval, _as_simulated(method, name).caption(of)


def _as_simulated(method: captions.Method, name: str) -> captions.Method:
    """Returns a method with how often it held the truth, where that was simulated of the metric."""
    return method if name in _SIMULATED else replace(method, covered=None, fewer="")


def _interval(
    name: str, mean: float, error: float, *, most: float, degrees: float, own: Sequence[Scores], n_rows: float
) -> Interval:
    """Returns the interval of a metric of which the standard error is known.

    Of a share what it is worth at most, too, is estimated with so many degrees of freedom.
    """
    t = float(stats.t.ppf(0.975, degrees))
    lowest, highest = declared(name).bounds
    if (lowest, highest) == (0.0, 1.0):
        wider = t / float(stats.norm.ppf(0.975))
        return share_interval(mean, error * wider, n_rows=max(most / wider**2, 1.0))
    if name in ROW_LOSSES and own[0].has_classes:
        return loss_interval_of(mean, error, n_rows=n_rows, degrees=degrees, largest=_largest(name, own))
    return Interval(mean=mean, low=mean - t * error, high=mean + t * error)


def _largest(name: str, own: Sequence[Scores]) -> float:
    """Returns the mean loss of test rows, were each of the class that was held for the least probable."""
    return float(np.mean([ROW_LOSSES[name](item.y_proba.argmin(axis=1), item.y_proba).mean() for item in own]))


def _over_folds(
    name: str, own: Sequence[Scores], rows: Rows, folds: Sequence[Fold], comparison: Comparison, worth: Worth
) -> tuple[Interval, str]:
    values = values_of(name, measured(name, own))
    sizes = sizes_of(folds)
    n_rows = sum(sizes.values()) * rows.worth / len(rows.losses)
    method = captions.FOLDS_OF_GROUPS if own[0].clusterings else captions.FOLDS_WITH_WEIGHTS
    caption = _as_simulated(method, name).caption(captions.of_procedure(folds, comparison))
    if name == "accuracy" and rows.equally:
        error = mean_error(rows.hits, rows.weights, rows.clusterings)
        return _interval(
            name, float(values.mean()), error, most=n_rows, degrees=rows.degrees, own=own, n_rows=rows.worth
        ), caption
    if declared(name).bounds == (0.0, 1.0):
        most = worth(name, own, n_rows, comparison)
        return few_found.INTERVALS.get(name, corrected_share_interval)(values, most=most, **sizes), caption
    corrected = corrected_interval(values, **sizes)
    if name not in ROW_LOSSES or not own[0].has_classes:
        return corrected, caption
    of_rows = rows_of(own, folds, lambda item: ROW_LOSSES[name](item.y_true, item.y_proba))
    error = mean_error(of_rows.losses, of_rows.weights, of_rows.clusterings)
    mean = float(np.average(of_rows.losses, weights=of_rows.weights))
    by_rows = _interval(name, mean, error, most=n_rows, degrees=rows.degrees, own=own, n_rows=rows.worth)
    wider = np.sqrt(rows.design_effect)
    low, high = (corrected.mean + float(wider * (bound - mean)) for bound in (by_rows.low, by_rows.high))
    if rows.equally:
        return Interval(mean=corrected.mean, low=low, high=high), caption
    return Interval(mean=corrected.mean, low=min(low, corrected.low), high=max(high, corrected.high)), caption
