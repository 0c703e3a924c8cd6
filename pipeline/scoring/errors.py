"""The scores of predicted numbers with the interval that fits each, and what is told of it."""

from collections.abc import Sequence

import numpy as np

from pipeline.data.values import Fold
from pipeline.scoring import captions
from pipeline.scoring.number_intervals import (
    error_interval,
    error_of_mean,
    error_over_folds,
    influence_of,
    influence_on_mean,
    left_of,
    median_interval,
)
from pipeline.scoring.number_metrics import Numbers, is_constant
from pipeline.scoring.significance import Interval
from pipeline.scoring.taken import values_of
from pipeline.scoring.tested import design_effect, mean_of_rows, sizes_of, tested_equally
from pipeline.scoring.trainings import error_by_training
from pipeline.scoring.values import Scores
from pipeline.words.names import counted

ERRORS = ("r2", "rmse", "mae")
"""Scores of which each row has an influence; a median has none."""
MEDIAN = "median_absolute_error"
_LEAST = {MEDIAN: 6, **dict.fromkeys(ERRORS, 20)}
"""Test rows of which one test set must have so many: with fewer, simulated intervals do not hold, or there is none.
Folds of fewer do not say how far their own score lies off either."""
_LEAST_OTHERS = 10
ENOUGH, ENOUGH_THAT_COUNT = 500, 20
"""Rows from which on their own spread is believed alone, where all are tested equally often, and of them those that
count: few may make most of it (`pipeline.scoring.number_intervals.error_of_mean`)."""
NO_ERROR = "all test rows have the same error, which does not say how far off others may be"


def is_of_numbers(name: str) -> bool:
    """Returns whether a score is one of ours of predicted numbers."""
    return name in _LEAST


def errors_over_folds(name: str, own: Sequence[Scores], folds: Sequence[Fold]) -> tuple[Interval, captions.Method]:
    """Returns the interval of one of ours over folds, and how it was made; no bounds where no row has an error."""
    equally = tested_equally(own, folds)
    influence = _of_each_row(name, own, folds) if name in ERRORS else None
    by_training = error_by_training(name, own, folds)
    alone = equally and influence is not None and by_training is not None and _are_enough(influence)
    interval = error_over_folds(
        name,
        values_of(name, own),
        influence,
        by_rows_alone=alone,
        by_training=by_training or 0.0,
        **sizes_of(folds),
    )
    if influence is None:
        return interval, captions.MEDIAN_ACROSS_FOLDS
    return interval, captions.ERRORS_OF_ALL_ROWS if alone else captions.ERRORS_ACROSS_FOLDS


def _of_each_row(name: str, own: Sequence[Scores], folds: Sequence[Fold]) -> Numbers:
    """Returns the mean influence of each test row, larger where some are tested, and count, more often than others.

    On the mean over folds where these are small, else on the score of its fold, which hardly differs there.
    """
    wider, small = np.sqrt(design_effect(own, folds)), min(len(item.y_true) for item in own) < _LEAST[name]
    mean = float(left_of(name, values_of(name, own)).mean()) if small else None
    return np.asarray(wider * mean_of_rows(lambda item: _influences(name, item, mean), own, folds))


def _are_enough(influence: Numbers) -> bool:
    """Returns whether the spread of rows says all of how sure a score is."""
    return len(influence) >= ENOUGH and error_of_mean(influence, squared=True)[1] >= ENOUGH_THAT_COUNT


def _influences(name: str, item: Scores, mean: float | None) -> Numbers:
    if mean is not None:
        return influence_on_mean(name, item.y_true, item.predicted, mean)
    if not (item.y_true != item.predicted).any():
        return np.zeros(len(item.y_true))
    return influence_of(name, item.y_true, item.predicted)


def errors_of_rows(name: str, own: Scores) -> tuple[Interval, captions.Method]:
    """Returns the interval of one of ours on one test set, and how it was made; no bounds where no row has an error."""
    if name == MEDIAN and (own.y_true != own.predicted).any():
        return median_interval(own.y_true, own.predicted), captions.MEDIAN_OF_ROWS
    of_errors = "mae" if name == MEDIAN else name  # without an error all are the same
    return error_interval(of_errors, own.y_true, own.predicted), captions.ERRORS_OF_ROWS


def too_few_errors(name: str, own: Scores) -> str:
    """Returns why the one test set says nothing of how sure a score of numbers is; empty where it does."""
    n, least = len(own.y_true), _LEAST.get(name, _LEAST_OTHERS)
    if n < least:
        return f"{counted(n, 'test row')}, and it takes {least}"
    return "all test rows have the same number" if name == "r2" and is_constant(own.y_true) else ""
