"""The test rows of all folds, each once, and what they tell of probabilities."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.decisions.estimates import over_rows
from pipeline.decisions.examination import Examined, Rows
from pipeline.decisions.recalibration import in_the_large, recalibration
from pipeline.decisions.reliability import Reliability
from pipeline.decisions.values import Estimate
from pipeline.scoring.significance import Interval


def each_row_once(own: Sequence[Examined], folds: Sequence[Fold]) -> dict[str, Rows]:
    """Returns by map the test rows of all folds, each from the first fold that tests it.

    A row that several folds test has one outcome: counted several times it would be evidence that there is not. Nor
    are its probabilities averaged: the mean of several models is another candidate.
    """
    kept = first_time(folds)
    return {
        name: Rows(
            positive=np.concatenate([one.test[name].positive[rows] for one, rows in zip(own, kept, strict=True)]),
            probability=np.concatenate([one.test[name].probability[rows] for one, rows in zip(own, kept, strict=True)]),
        )
        for name in own[0].test
    }


def first_time(folds: Sequence[Fold]) -> list[NDArray[np.bool_]]:
    """Returns for each fold which of its test rows no earlier one has tested, ``(n_test,)``."""
    seen: NDArray[np.int64] = np.array([], dtype=np.int64)
    kept = []
    for fold in folds:
        kept.append(~np.isin(fold.test_rows, seen))
        seen = np.union1d(seen, fold.test_rows)
    return kept


def at_their_word(
    once: Mapping[str, Mapping[str, Rows]], curves: Mapping[str, Mapping[str, Reliability]]
) -> tuple[Estimate, ...]:
    """Returns what the probabilities of each map would have to be changed by, over rows."""
    found = []
    for name, maps in once.items():
        for case, rows in maps.items():
            curve, changed = curves[name][case], recalibration(rows.positive, rows.probability)
            quantities: dict[str, float | Interval] = {
                "brier_score": curve.score,
                "miscalibration": curve.miscalibration,
                "discrimination": curve.discrimination,
                "uncertainty": curve.uncertainty,
                "by_chance": curve.by_chance,
                "in_the_large": in_the_large(rows.positive, rows.probability),
                "slope": changed.slope,
                "intercept": changed.intercept,
                "p_miscalibration": curve.p_value,
                "p_recalibration": changed.p_value,
            }
            found += [over_rows(name, case, quantity, value, curve.n_rows) for quantity, value in quantities.items()]
    return tuple(found)
