"""A learning curve of three sizes of nets.

Drawn from the result: ``tables["scale"]``, a row for each size and number of rows: hidden neurons, rows, mean, low and
high of the share of unseen rows that are right.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.language.printed import WorkedExample
from models.blackboard import by_hand
from models.blackboard.trace import Array, Descent, initialize
from models.checks import require
from pipeline.data.values import Dataset
from pipeline.lecture.values import Worked
from pipeline.lecture.working.data import digits
from pipeline.scoring.significance import corrected_interval


def work_scale(example: WorkedExample, dataset: Dataset | None = None) -> Worked:
    """Trains every size on every number of rows, on several splits.

    Args:
        example: As declared, or a copy with other givens.
        dataset: Of images, such as MNIST; without, scikit-learn's digits, which need no download.

    Raises:
        ValueError: More rows are asked for than there are.
    """
    g = example.givens
    images, answers = digits() if dataset is None else (dataset.X.astype(np.float64), dataset.y)
    X = images.reshape(len(images), -1) / images.max()
    enough = max(g["n_rows"]) + g["n_test"] <= len(X)
    require(enough, example.name, f"rows for learning and testing within {len(X)}", "Take fewer.", n_rows=g["n_rows"])
    shares = np.array([_one_split(g, X, answers, g["seed"] + split) for split in range(g["n_splits"])])
    return Worked(
        example=example,
        by_hand={},
        tables={"scale": _table(g, shares)},
        captions={
            "scale": f"Unseen digits that are right: mean over {g['n_splits']} splits with its 95 % interval "
            "(corrected resampled t)."
        },
    )


def _one_split(g: Mapping[str, Any], X: Array, answers: NDArray[np.int64], seed: int) -> Array:
    """Returns the share that is right, ``(sizes, numbers of rows)``; fewer rows are the first of more."""
    order = np.random.default_rng(seed).permutation(len(X))
    test, learned = order[: g["n_test"]], order[g["n_test"] :]
    wanted = np.eye(answers.max() + 1)[answers]
    shares = np.empty((len(g["hidden_units"]), len(g["n_rows"])))
    for i, units in enumerate(g["hidden_units"]):
        for k, n_rows in enumerate(g["n_rows"]):
            rows = learned[:n_rows]
            start = initialize((X.shape[1], units, wanted.shape[1]), seed=seed)
            net, _ = by_hand.train(start, X[rows], wanted[rows], _descent(g, n_rows, seed))
            shares[i, k] = np.mean(by_hand.forward(net, X[test])[1][-1].argmax(axis=1) == answers[test])
    return shares


def _descent(g: Mapping[str, Any], n_rows: int, seed: int) -> Descent:
    """As many epochs as make about ``n_updates``, whatever the number of rows."""
    updates_an_epoch = -(-n_rows // g["batch_size"])
    return Descent(
        cost="cross_entropy",
        learning_rate=g["learning_rate"],
        epochs=max(1, round(g["n_updates"] / updates_an_epoch)),
        batch_size=g["batch_size"],
        shuffle_seed=seed,
    )


def _table(g: Mapping[str, Any], shares: Array) -> pd.DataFrame:
    records = []
    for i, units in enumerate(g["hidden_units"]):
        for k, n_rows in enumerate(g["n_rows"]):
            one = corrected_interval(shares[:, i, k], n_train=n_rows, n_test=g["n_test"])
            low, high = max(one.low, 0.0), min(one.high, 1.0)
            records.append({"hidden neurons": units, "rows": n_rows, "mean": one.mean, "low": low, "high": high})
    return pd.DataFrame(records)
