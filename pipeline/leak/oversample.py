"""Made-up rows of the rare classes, added at two moments: one is right, and one lets test rows into the training."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from imblearn.over_sampling import SMOTE
from numpy.typing import NDArray

from experiments.language import Splitting
from pipeline.data.split import split
from pipeline.data.values import Dataset, Fold


def before_splitting(
    dataset: Dataset, splitting: Splitting, *, seed: int, n_folds: int
) -> tuple[Dataset, tuple[Fold, ...]]:
    """Returns the mistake: all rows oversampled, then divided, so that either part holds mixtures of the other's rows.

    Args:
        dataset: The real rows, which stay first.
        splitting: As of the honest folds.
        seed: Of fold 0, and of what is made up.
        n_folds: As many as the honest ones.
    """
    oversampled = _with_rows(dataset, _made_up(dataset, np.arange(dataset.n_samples), seed))
    return oversampled, split(oversampled, splitting, seed=seed, n_folds=n_folds)


def inside_training_rows(dataset: Dataset, folds: Sequence[Fold]) -> tuple[Dataset, tuple[Fold, ...]]:
    """Returns folds whose training rows alone are oversampled, from themselves; test rows stay as they are.

    Args:
        dataset: The real rows, which stay first; behind them come those made up for each fold.
        folds: Of real rows.
    """
    made_up = [_made_up(dataset, fold.train_rows, fold.seed) for fold in folds]
    ends = dataset.n_samples + np.cumsum([len(y) for _, y in made_up])
    added = [np.arange(end - len(y), end) for end, (_, y) in zip(ends, made_up, strict=True)]
    X, y = (np.concatenate(parts) for parts in zip(*made_up, strict=True))
    return _with_rows(dataset, (X, y)), tuple(
        replace(fold, train_rows=np.concatenate([fold.train_rows, own])) for fold, own in zip(folds, added, strict=True)
    )


def _made_up(dataset: Dataset, rows: NDArray[np.int64], seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Returns the rows that make all classes as large as the largest: points between a row and one of its neighbors.

    Source: Chawla, Bowyer, Hall and Kegelmeyer, SMOTE: Synthetic Minority Over-sampling Technique, JAIR 16 (2002).
    """
    X, y = SMOTE(random_state=seed).fit_resample(dataset.X[rows], dataset.y[rows])
    return X[len(rows) :], y[len(rows) :]


def _with_rows(dataset: Dataset, added: tuple[NDArray[np.float64], NDArray[np.int64]]) -> Dataset:
    X, y = added
    return replace(dataset, X=np.concatenate([dataset.X, X]), y=np.concatenate([dataset.y, y]))
