"""Somebody's predictions of rows, scored by a metric of ours and judged."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from experiments.language import Baseline, Comparison, DenseNet, Splitting, Training
from models.checks import require
from pipeline.data.values import Fold
from pipeline.judged.answer import Asked, Judged
from pipeline.judged.given import OWNER, Predictions
from pipeline.scoring.compare import compare
from pipeline.scoring.contrasts import contrast
from pipeline.scoring.metrics import confusion, score
from pipeline.scoring.values import Scores
from pipeline.scoring.winner import winner

_GUESS = "guessing"


def of_predictions(said: Predictions, asked: Asked, n_train: int | None) -> Judged:
    """Scores the predictions by a metric of ours, beside a candidate that only guesses.

    Args:
        said: What candidates said of rows.
        asked: What somebody asks of it.
        n_train: Training rows of a fold; ``None`` for all rows but its own.

    Raises:
        ValueError: A candidate has the name of the one that guesses.
    """
    guess = asked.reference or _GUESS
    free = guess == asked.reference or guess not in said.names
    require(free, OWNER, f"no candidate {_GUESS!r}", "Rename it, or name it as reference.", candidate=guess)
    named = {f"c{place}": name for place, name in enumerate((*said.names, *(() if asked.reference else (guess,))))}
    own = {name: short for short, name in named.items()}
    positive_class = 1 if len(said.classes) == 2 else None
    comparison = _compared(named, guess, asked, positive_class)
    folds = tuple(_fold(said, index, rows, n_train) for index, rows in enumerate(said.folds))
    scores = [
        _scored(own[name], said.truths[fold.test_rows], y_proba, fold, comparison)
        for name in own
        for fold, y_proba in zip(folds, said.probabilities.get(name) or _guessed(said), strict=True)
    ]
    summaries = compare(scores, folds, comparison)
    won = winner(scores, folds, comparison, summaries)
    return asked.judged(
        [replace(one, candidate=named[one.candidate]) for one in summaries],
        [
            replace(one, candidate=named[one.candidate], reference=named[one.reference])
            for one in contrast(scores, folds, comparison)
        ],
        None if won is None else replace(won, candidate=named[won.candidate]),
        guess,
    )


def _compared(named: Mapping[str, str], guess: str, asked: Asked, positive_class: int | None) -> Comparison:
    """Returns a declaration under which somebody's candidates can be compared; nothing of it is trained.

    A declared question is of a net and a baseline: the first of the two is called a net for its sake.
    """
    net = None if asked.primary is None else asked.primary[0]
    training = Training(epochs=1, learning_rate=1.0)
    short = {name: own for own, name in named.items()}
    return Comparison(
        name="judged",
        title="Judged",
        where="",
        data="judged",
        splitting=Splitting(),
        candidates=tuple(
            DenseNet(name=own, hidden_units=(1,), training=training)
            if name == net
            else Baseline(name=own, algorithm="majority_class" if name == guess else "decision_tree")
            for own, name in named.items()
        ),
        metrics=(asked.metric,),
        primary_metric=asked.metric,
        positive_class=positive_class,
        primary=None if asked.primary is None else (short[asked.primary[0]], short[asked.primary[1]]),
        practical_equivalence=asked.equivalence,
    )


def _fold(said: Predictions, index: int, rows: NDArray[np.int64], n_train: int | None) -> Fold:
    """Returns a fold; which rows were trained on is not known, only how many, and by default all others."""
    others = np.setdiff1d(np.arange(len(said.truths)), rows)
    if n_train is not None:
        others = np.resize(others if len(others) else rows, n_train)
    return Fold(index=index, seed=0, train_rows=others, test_rows=rows)


def _guessed(said: Predictions) -> list[NDArray[np.float64]]:
    """Returns, for each fold, the shares of the classes among all other rows, of a single fold among its own."""
    found = []
    for rows in said.folds:
        others = np.setdiff1d(np.arange(len(said.truths)), rows)
        counts = np.bincount(said.truths[others if len(others) else rows], minlength=len(said.classes))
        found.append(np.tile(counts / counts.sum(), (len(rows), 1)))
    return found


def _scored(
    name: str, y_true: NDArray[np.int64], y_proba: NDArray[np.float64], fold: Fold, comparison: Comparison
) -> Scores:
    return Scores(
        candidate=name,
        family="",
        fold_index=fold.index,
        seed=fold.seed,
        metrics={one: score(one, y_true, y_proba, comparison.positive_class) for one in comparison.metrics},
        y_true=y_true,
        predicted=y_proba,
        confusion=confusion(y_true, y_proba),
    )
