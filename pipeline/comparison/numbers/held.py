"""Prediction intervals of the chosen candidate: calibrated inside the training rows, counted on the test rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.prediction_interval import LEVEL, PredictionInterval, calibrated, fewest_rows
from pipeline.comparison.numbers.unseen import rounding
from pipeline.data.split import parts
from pipeline.data.values import Dataset, Fold
from pipeline.data.watched import hold_out
from pipeline.flow.desk import Desk
from pipeline.flow.each import Entry, train_and_score
from pipeline.scoring.result import Result
from pipeline.scoring.row_intervals import share_of_rows
from pipeline.scoring.significance import Interval, corrected_share_interval
from pipeline.scoring.tested import sizes_of
from pipeline.scoring.values import Scores
from pipeline.words.names import counted

PARTS = 5
"""Of the training rows, one of which is set aside to calibrate."""
_OWNER = "prediction intervals"
GROUPS = ("lowest", "middle", "highest")
"""Thirds of the test rows by what is predicted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Held:
    """What prediction intervals held of rows that were used neither to train nor to calibrate.

    Attributes:
        candidate: Whose predictions are in their middle.
        intervals: Of each fold.
        inside: Of each fold, ``(n_test,)``: whether the true number lies in the interval.
        predicted: Of each fold, ``(n_test,)``.
        share: Over folds, with its 95 % interval; without bounds where rows hang together, in groups or in time.
        n_rows: Test rows, each counted once.
    """

    candidate: str
    intervals: tuple[PredictionInterval, ...]
    inside: tuple[NDArray[np.bool_], ...]
    predicted: tuple[NDArray[np.float64], ...]
    share: Interval
    n_rows: int

    @property
    def level(self) -> float:
        """The share that was to be held."""
        return self.intervals[0].level

    @property
    def reach(self) -> float:
        """From the middle to each end, the mean over folds."""
        return float(np.mean([one.reach for one in self.intervals]))

    @property
    def is_kept(self) -> bool:
        """Whether the promised share may be the true one: it is not above the whole interval."""
        return not self.share.high < self.level

    @property
    def by_third(self) -> dict[str, float]:
        """The share held of the lowest, middle and highest predictions of each fold, their mean over folds."""
        shares = [
            [float(inside[own].mean()) for own in np.array_split(np.argsort(predicted, kind="stable"), len(GROUPS))]
            for inside, predicted in zip(self.inside, self.predicted, strict=True)
            if len(predicted) >= len(GROUPS)
        ]
        return dict(zip(GROUPS, np.mean(shares, axis=0).tolist(), strict=True)) if shares else {}

    def record(self) -> dict[str, Any]:
        """Returns what ``--json`` writes of it."""
        return {
            "candidate": self.candidate,
            "level": self.level,
            "reach": [one.reach for one in self.intervals],
            "held": {"mean": self.share.mean, "low": self.share.low, "high": self.share.high},
            "by_third": self.by_third,
            "rows": self.n_rows,
        }

    def table(self) -> pd.DataFrame:
        """Returns fold, calibration rows, reach, test rows and share held: a row for each fold."""
        return pd.DataFrame(
            {
                "fold": number,
                "calibration_rows": interval.n_calibration,
                "reach": interval.reach,
                "test_rows": len(inside),
                "held": float(inside.mean()),
            }
            for number, (interval, inside) in enumerate(zip(self.intervals, self.inside, strict=True))
        )


def aside(dataset: Dataset, fold: Fold) -> Fold:
    """Returns a fold whose test rows are a fifth of another's training rows: they are set aside to calibrate.

    Of groups the fifth has whole ones; of times it is the latest, for which one cut is enough.
    """
    if dataset.times is None:
        inner = parts(dataset, fold, PARTS)[-1]
        return replace(inner, index=fold.index)
    learned, held = hold_out(dataset, fold.train_rows, 1 / PARTS, seed=fold.seed, owner=_OWNER)
    return replace(fold, train_rows=learned, test_rows=held, stretches=None)


def why_not(dataset: Dataset, folds: Sequence[Fold]) -> str:
    """Returns why no intervals can be calibrated inside the training rows of folds; empty where they can."""
    if dataset.times is None and dataset.groups is not None:
        n_groups = min(len(np.unique(dataset.groups[fold.train_rows])) for fold in folds)
        if n_groups < PARTS:
            told = f"of {counted(n_groups, 'group')} of training rows no fifth can be set aside to calibrate them"
            return f"No prediction intervals: {told}, which takes {PARTS}."
    try:
        rows = min(len(aside(dataset, fold).test_rows) for fold in folds)
    except ValueError as error:  # times that cannot be cut, or groups that are of all times
        return f"No prediction intervals: of the training rows none can be set aside to calibrate them. {error}"
    if rows >= (least := fewest_rows(LEVEL)):
        return ""
    return (
        f"No prediction intervals: of the training rows {rows} can be set aside to calibrate them, and "
        f"{100 * LEVEL:g} % takes {least}."
    )


def look_at_intervals(result: Result, candidate: str, desk: Desk) -> Held | None:
    """Calibrates the intervals of a candidate in each fold, and counts what they hold of its test rows.

    A sibling is trained on four fifths of the fold's training rows and errs on the fifth that was set aside: these
    errors calibrate. The interval stands around what the candidate says that was scored, which has learned from all
    training rows, as the one that is served has from all rows.

    Args:
        result: Whole.
        candidate: Its name.
        desk: Where siblings are trained.

    Returns:
        ``None`` where there are too few rows, or nothing is left over but rounding.

    Raises:
        Interrupted: On Ctrl-C.
    """
    if why_not(result.dataset, result.folds):
        return None
    folds = tuple(aside(result.dataset, fold) for fold in result.folds)
    found = [_calibrated(one) for one in siblings(result, candidate, folds, desk)]
    intervals = [one for one in found if one is not None]
    if len(intervals) < len(found):
        return None
    scores = {one.fold_index: one for one in result.of(candidate).scores}
    own = [scores[fold.index] for fold in result.folds]
    inside = [_inside(one, interval) for one, interval in zip(own, intervals, strict=True)]
    return Held(
        candidate=candidate,
        intervals=tuple(intervals),
        inside=tuple(inside),
        predicted=tuple(one.predicted for one in own),
        share=_share(inside, result.folds, own),
        n_rows=len(np.unique(np.concatenate([fold.test_rows for fold in result.folds]))),
    )


def interval_of(result: Result, candidate: str, fold: Fold, desk: Desk) -> PredictionInterval | None:
    """Returns the interval of a model that learns from the training rows of a fold.

    Returns:
        ``None`` with too few rows, or where nothing is left over but rounding.
    """
    if why_not(result.dataset, [fold]):
        return None
    (own,) = siblings(result, candidate, (aside(result.dataset, fold),), desk)
    return _calibrated(own)


def siblings(result: Result, candidate: str, folds: tuple[Fold, ...], desk: Desk) -> Sequence[Scores]:
    """Returns the candidate's scores on the rows that were set aside."""
    comparison = result.comparison
    entry = Entry(candidate=result.of(candidate).candidate, comparison=comparison, dataset=result.dataset, folds=folds)
    (done,) = train_and_score(desk, f"{comparison.name}, intervals", [entry])
    return done.scores


def _calibrated(own: Scores) -> PredictionInterval | None:
    n = len(own.y_true)
    found = calibrated(own.y_true - own.predicted, chosen_on=f"{counted(n, 'row')} that a sibling had not learned from")
    return found if found.reach > rounding(own.y_true) else None


def _inside(own: Scores, interval: PredictionInterval) -> NDArray[np.bool_]:
    low, high = interval.bounds(own.predicted)
    return np.asarray((low <= own.y_true) & (own.y_true <= high))


def _share(inside: Sequence[NDArray[np.bool_]], folds: Sequence[Fold], own: Sequence[Scores]) -> Interval:
    if len(inside) == 1 and not own[0].clusterings:
        return share_of_rows(int(inside[0].sum()), len(inside[0]))
    shares = np.array([float(one.mean()) for one in inside])
    if own[0].clusterings:
        return Interval(mean=float(shares.mean()), low=float("nan"), high=float("nan"))
    return corrected_share_interval(shares, **sizes_of(folds))
