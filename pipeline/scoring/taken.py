"""The scores of one candidate, as the statistics take them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.language import Comparison
from pipeline.data.values import Fold
from pipeline.scoring.resampling import Resamples
from pipeline.scoring.values import Scores


def by_candidate(scores: Sequence[Scores], comparison: Comparison) -> dict[str, list[Scores]]:
    """Returns the scores of each candidate that has some, in the order of the declaration, each by its folds."""
    own = {c.name: [item for item in scores if item.candidate == c.name] for c in comparison.candidates}
    return {name: sorted(items, key=lambda item: item.fold_index) for name, items in own.items() if items}


def values_of(metric: str, own: Sequence[Scores]) -> NDArray[np.float64]:
    """Returns a metric of each fold, in order."""
    return np.array([item.metrics[metric] for item in own])


def measured(metric: str, own: Sequence[Scores]) -> list[Scores]:
    """Returns those of the folds on which a metric could be measured."""
    return [item for item in own if np.isfinite(item.metrics[metric])]


def positive_class_of(own: Scores, comparison: Comparison) -> int | None:
    """Returns the class that a ranking is of; ``None`` where it is a mean over several, or of numbers."""
    if not own.has_classes:
        return None
    return 1 if comparison.positive_class is None and own.y_proba.shape[1] == 2 else comparison.positive_class


def resamples_of(folds: Sequence[Fold], comparison: Comparison) -> Resamples:
    """Returns the bootstrapped versions of the one test set; of its fold's seed, so that candidates are paired."""
    return Resamples(seed=folds[0].seed, positive_class=comparison.positive_class)


def resampled(
    metric: str, scores: Scores, fold: Fold, comparison: Comparison, resamples: Resamples | None = None
) -> NDArray[np.float64]:
    """Returns a metric on bootstrapped versions of the one test set, drawn now unless they were drawn before."""
    return (resamples or resamples_of([fold], comparison)).of(metric, scores)
