"""How much errors of predicted numbers hang on which rows were trained on: a jackknife over the trainings of folds.

The test rows tell how far a score may lie off because of them. That another sample would have trained another model
they do not tell, nor do the few folds, which have learned from nearly the same rows: a line through a target of a few
huge numbers misses all rows by more or less as those are in it, and intervals of its MAE by rows alone held the truth
in 75 of 100 trials.

Where a training has learned from a share of its fold's rows only, as on a learning curve, trainings differ in more rows
than the formula knows, and what it says is too much rather than too little.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.data.values import Fold
from pipeline.scoring.number_metrics import Numbers
from pipeline.scoring.rows import are_unlike
from pipeline.scoring.values import Scores

MOST_ROWS = 2_000
"""That trainings are asked about, at the most."""
BY_HEART = 0.5
"""A model whose median error on rows it learned from is a smaller share of that elsewhere does not say how it moves."""


def _root_mean_square(errors: Numbers) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))


def _mean_size(errors: Numbers) -> float:
    return float(np.abs(errors).mean())


def _median_size(errors: Numbers) -> float:
    return float(np.median(np.abs(errors)))


_SIZES: Mapping[str, tuple[Callable[[Numbers], float], int]] = {
    "mae": (_mean_size, 1),
    "rmse": (_root_mean_square, 1),
    "r2": (_root_mean_square, 2),  # 1 - R² is a square, over the same numbers for every training
    "median_absolute_error": (_median_size, 1),
}
"""Score -> how large errors are by it, and the power of that in the score."""


def common_rows(n_rows: int) -> NDArray[np.int64]:
    """Returns the rows that all trainings are asked about: all, or so many at equal distances.

    Example:
        >>> common_rows(4)
        array([0, 1, 2, 3])
    """
    return np.unique(np.linspace(0, n_rows - 1, min(n_rows, MOST_ROWS)).astype(np.int64))


def are_asked(scores: Sequence[Scores]) -> bool:
    """Returns whether the trainings of a candidate are asked about rows in common: of numbers, over folds."""
    return len(scores) > 1 and not scores[0].has_classes and not are_unlike(scores)


def error_by_training(name: str, own: Sequence[Scores], folds: Sequence[Fold]) -> float | None:
    """Returns the standard error of the logarithm of a score of errors that comes from which rows were trained on.

    Formula:
        With ``t_jk`` the logarithm of the score of training ``j`` on the common rows that it and training ``k`` learned
        from, and ``f`` the share of the rows that a training leaves out: the delete-d jackknife ``sqrt((1 - f) / f *
        (K - 1) / K * mean_jk (t_jk - t_kj)^2 / 2)`` over all pairs of ``K`` trainings. Both sides of a pair have
        learned from the rows, so that no test row's luck is in it.

    Source:
        Shao & Wu (1989), A general theory for jackknife variance estimation, The Annals of Statistics 17; by pairs and
        on training rows, and its bound on what is learned by heart, are ours (``docs/statistics.md``).

    Args:
        name: Of the score.
        own: Of one candidate.
        folds: All of them.

    Returns:
        ``None`` where nobody was asked, no two have learned from the same rows, or they know them by heart.
    """
    said = {item.fold_index: item.elsewhere for item in own if item.elsewhere is not None}
    if len(said) < 2 or len(said) < len(own):
        return None
    learned = {fold.index: _learned(fold) for fold in folds if fold.index in said}
    size, power = _SIZES[name]
    elsewhere = _median_size(np.concatenate([item.y_true - item.predicted for item in own]))
    apart = []
    for one, other in combinations(said, 2):
        both = learned[one] & learned[other]
        errors = [said[fold][both] for fold in (one, other)]
        if not both.any() or not min(map(_median_size, errors)) > BY_HEART * elsewhere:
            return None
        apart.append(power * np.log(size(errors[0]) / size(errors[1])))
    n, left_out = len(said), float(np.mean([_share_tested(fold) for fold in folds]))
    return float(np.sqrt((1 - left_out) / left_out * (n - 1) / n * np.mean(np.square(apart)) / 2))


def _learned(fold: Fold) -> NDArray[np.bool_]:
    """Returns which of the common rows a training has learned from."""
    return ~np.isin(common_rows(len(fold.train_rows) + len(fold.test_rows)), fold.test_rows)


def _share_tested(fold: Fold) -> float:
    return len(fold.test_rows) / (len(fold.train_rows) + len(fold.test_rows))
