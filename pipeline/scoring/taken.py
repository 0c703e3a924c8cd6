"""The scores of one candidate, as the statistics take them."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from pipeline.data.values import Fold
from pipeline.scoring.metrics import score
from pipeline.scoring.one_test_set import resampled_scores
from pipeline.scoring.values import Scores


def by_candidate(scores: Sequence[Scores], comparison: Comparison) -> dict[str, list[Scores]]:
    """Returns the scores of each candidate that has some, in the order of the declaration."""
    own = {c.name: [item for item in scores if item.candidate == c.name] for c in comparison.candidates}
    return {name: items for name, items in own.items() if items}


def values_of(metric: str, own: Sequence[Scores]) -> NDArray[np.float64]:
    """Returns a metric of each fold, in order."""
    return np.array([item.metrics[metric] for item in own])


def positive_class_of(own: Scores, comparison: Comparison) -> int | None:
    """Returns the class that a ranking is of; ``None`` where it is a mean over several."""
    return 1 if comparison.positive_class is None and own.y_proba.shape[1] == 2 else comparison.positive_class


def resampled(
    metric: str, scores: Scores, fold: Fold, comparison: Comparison, n_resamples: int = 1000
) -> NDArray[np.float64]:
    """Returns a metric of bootstrapped test sets; of one fold's seed, so that candidates are paired."""
    function = partial(score, metric, positive_class=comparison.positive_class)
    return resampled_scores(function, scores.y_true, scores.y_proba, seed=fold.seed, n_resamples=n_resamples)
