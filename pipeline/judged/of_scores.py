"""Somebody's scores by fold, judged."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import combinations
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from experiments.language.metric import METRICS
from pipeline.judged.answer import Asked, Judged
from pipeline.judged.given import FoldScores
from pipeline.scoring import captions
from pipeline.scoring.contrasts import PAIRED_FOLDS
from pipeline.scoring.judgment import covariance_over_folds
from pipeline.scoring.questions import Tested, answered
from pipeline.scoring.significance import corrected_difference, corrected_interval, corrected_share_interval
from pipeline.scoring.values import Summary

_HUNDREDTH = 0.01  # of the whole, or of the unit, makes no practical difference


def of_scores(given: FoldScores, asked: Asked, bounds: tuple[float, float], sizes: Mapping[str, int]) -> Judged:
    """Judges scores; those from 0 to a largest value are shares of it, such as per cent.

    Args:
        given: Of each candidate on each fold.
        asked: What somebody asks of them.
        bounds: Smallest and largest possible value.
        sizes: ``n_train`` and ``n_test`` of a fold.
    """
    shares = bounds[0] == 0 and isfinite(bounds[1])
    whole = bounds[1] if shares else 1.0
    n_folds, values = len(given.values), dict(zip(given.names, given.values.T / whole, strict=True))
    test = partial(
        corrected_difference,
        n_train=sizes["n_train"],
        n_test=sizes["n_test"],
        n_rows=sum(sizes.values()) if shares else inf,
        equivalence=_HUNDREDTH if asked.equivalence is None else asked.equivalence / whole,
    )
    tested = Tested(
        metric=asked.metric,
        lower_is_better=asked.lower_is_better,
        range=(bounds[1] - bounds[0]) / whole,
        differences={(one, other): test(values[one] - values[other]) for one, other in combinations(given.names, 2)},
        covariance=covariance_over_folds(given.values / whole),
        degrees=n_folds - 1,
        n=n_folds,
        method=PAIRED_FOLDS,
    )
    families = dict.fromkeys(given.names, "")
    contrasts = answered(tested, families, asked.question_of, asked.reference) if len(families) > 1 else []
    return asked.judged(
        [_summary(name, own, asked.metric, bounds, sizes, whole if shares else None) for name, own in values.items()],
        [
            replace(one, difference=one.difference * whole, low=one.low * whole, high=one.high * whole)
            for one in contrasts
        ],
    )


def _summary(
    name: str,
    values: NDArray[np.float64],
    metric: str,
    bounds: tuple[float, float],
    sizes: Mapping[str, int],
    whole: float | None,
) -> Summary:
    """Returns a candidate's mean with its interval; ``whole`` is what values are shares of, where they are.

    Such an interval believes a spread for up to all rows. Of an F1 or an error type it is worth no more than the rows
    of a class, and how many these are scores do not tell.
    """
    caption = captions.ACROSS_FOLDS if whole is None else _of_shares(metric)
    found = (corrected_interval if whole is None else corrected_share_interval)(values, **sizes)
    scale = 1.0 if whole is None else whole
    return Summary(
        candidate=name,
        family="",
        metric=metric,
        mean=found.mean * scale,
        low=max(found.low * scale, bounds[0]),
        high=min(found.high * scale, bounds[1]),
        n=len(values),
        method=caption.caption(captions.trained_on(sizes["n_train"] / sum(sizes.values()))),
    )


def _of_shares(metric: str) -> captions.Method:
    """Returns what is told of an interval of shares; of a metric that is none of our classes' nothing was simulated."""
    ours = METRICS.get(metric)
    of_classes = ours is not None and ours.kind in ("share", "mean", "ranking")
    return captions.SHARES_BY_SCORES if of_classes else replace(captions.SHARES_BY_SCORES, unknown=captions.NEVER)
