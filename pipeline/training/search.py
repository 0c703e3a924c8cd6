"""Nested search: settings are chosen inside the training rows of each fold, then the fold is trained with its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import ParameterSampler, StratifiedKFold

from experiments.language import Search
from models.checks import require
from pipeline.data.values import Dataset, Fold
from pipeline.training.nets import Interrupted, Progress
from pipeline.training.values import Judge, Trained, Trial

Train = Callable[..., tuple[Trained, ...]]


def search(
    candidate: Search,
    dataset: Dataset,
    folds: Sequence[Fold],
    judge: Judge,
    *,
    train: Train,
    tell: Progress,
) -> tuple[Trained, ...]:
    """Chooses settings for every fold by its own training rows, and trains it on all of them with what was chosen.

    Each trial trains the inner folds of all folds at once.

    Args:
        candidate: What is searched, and where.
        dataset: Where the rows are.
        folds: Only their training rows are looked at.
        judge: What decides.
        train: ``train(candidate, dataset, folds, progress=...)`` of a candidate without search.
        tell: Told how far the search is.

    Raises:
        ValueError: A class has fewer training rows than there are inner folds.
        Interrupted: On Ctrl-C; there is nothing to hand over before the last step.
    """
    trials = draw(candidate)
    steps = len(trials) + 1

    def step(number: int, what: str) -> Progress:
        return lambda where, share: tell(f"{what}, {where}", (number + share) / steps)

    inner = [each for fold in folds for each in _inner_folds(dataset, fold, candidate.n_inner)]
    scores, seconds = np.empty((2, len(trials), len(folds)))
    for number, settings in enumerate(trials):
        progress = step(number, f"trial {number + 1} of {len(trials)}")
        try:
            tried = train(candidate.with_settings(settings), dataset, inner, progress=progress)
        except Interrupted:
            raise Interrupted(()) from None
        values = [_score(item, dataset, fold, judge) for item, fold in zip(tried, inner, strict=True)]
        scores[number] = np.reshape(values, (len(folds), -1)).mean(axis=1)
        seconds[number] = np.reshape([item.seconds for item in tried], (len(folds), -1)).sum(axis=1)
    best = _best(scores, lower=judge.lower_is_better)
    trained: dict[int, Trained] = {}
    for number in np.unique(best):
        own = np.flatnonzero(best == number).tolist()
        progress = step(len(trials), "with what was chosen")
        again = train(candidate.with_settings(trials[number]), dataset, [folds[k] for k in own], progress=progress)
        trained |= dict(zip(own, again, strict=True))
    return tuple(
        replace(
            trained[position],
            candidate=candidate,
            seconds=trained[position].seconds + seconds[:, position].sum(),
            trials=_trials(trials, scores[:, position], best[position]),
        )
        for position in range(len(folds))
    )


def draw(candidate: Search) -> list[dict[str, Any]]:
    """Returns the settings to try: a matter of the declaration alone, so that every fold tries the same."""
    space = {path: list(values) for path, values in candidate.space.items()}
    return list(ParameterSampler(space, candidate.n_trials, random_state=0))


def _trials(drawn: Sequence[dict[str, Any]], scores: NDArray[np.float64], best: int) -> tuple[Trial, ...]:
    """Returns what one fold saw of the search."""
    numbered = enumerate(zip(drawn, scores.tolist(), strict=True))
    return tuple(Trial(settings=own, score=value, chosen=number == best) for number, (own, value) in numbered)


def _inner_folds(dataset: Dataset, fold: Fold, n_inner: int) -> list[Fold]:
    """Returns the training rows of a fold as folds of their own."""
    y = dataset.y[fold.train_rows]
    require(
        np.bincount(y).min() >= n_inner,
        "search",
        "n_inner training rows of each class or more",
        "Deal into fewer parts.",
        n_inner=n_inner,
        fold=fold.index,
    )
    dealt = StratifiedKFold(n_inner, shuffle=True, random_state=fold.seed).split(y, y)
    return [
        Fold(index=index, seed=fold.seed, train_rows=fold.train_rows[learned], test_rows=fold.train_rows[judged])
        for index, (learned, judged) in enumerate(dealt)
    ]


def _score(trained: Trained, dataset: Dataset, fold: Fold, judge: Judge) -> float:
    """Returns the score on the rows held out of the training rows; NaN for a net that diverged."""
    y_proba = trained.model.predict_proba(dataset.X[fold.test_rows])
    if not np.isfinite(y_proba).all():
        return float("nan")
    return judge.score(dataset.y[fold.test_rows], y_proba)


def _best(scores: NDArray[np.float64], *, lower: bool) -> NDArray[np.int64]:
    """Returns the number of the best trial of each fold; ``scores`` is ``(n_trials, n_folds)``."""
    worth = -scores if lower else scores
    return np.where(np.isnan(worth), -np.inf, worth).argmax(axis=0)
