"""What a candidate's score loses when columns are shuffled, close ones together."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.language.metric import metric as declared
from models.encoded import encode_of
from pipeline.comparison.drivers.held_out import Asked, HeldOut
from pipeline.scoring.result import Result
from pipeline.scoring.weighted import score_of

MOST_ANSWERS = 2_000_000
"""Rows that a model is asked about at most, all folds and columns together."""

_MOST_CELLS = 3_000_000_000  # of these rows
_ROWS_AT_ONCE = 16_384  # a fraction of a second between two chances to interrupt
_CELLS_AT_ONCE = 1 << 22

Tick = Callable[[int], None]
"""Told how many rows were answered."""

Columns = tuple[int, ...]


def rows_each(n_units: int, n_sets: int, n_columns: int) -> int:
    """Returns how many rows of each fold can be looked at, so that time is bounded whatever the table.

    Args:
        n_units: Folds, or parts.
        n_sets: Sets of columns that are shuffled.
        n_columns: Of the table.

    Example:
        Ten folds of 30 columns; five of 3,000.

        >>> rows_each(10, 30, 30), rows_each(5, 3000, 3000)
        (6666, 66)
    """
    return max(min(MOST_ANSWERS, _MOST_CELLS // n_columns) // (n_units * n_sets), 2)


def losses(asked: Asked, sets: Sequence[Columns], result: Result, tick: Tick, at_once: int) -> NDArray[np.float64]:
    """Returns how much worse the primary metric becomes when the columns of each set are shuffled together.

    Each row takes the cells of another one, the same one for all sets: of ``asked.others``, or of the same rows.

    Source:
        Breiman (2001), Random forests, Machine Learning 45; Fisher, Rudin & Dominici (2019), All models are wrong, but
        many are useful, Journal of Machine Learning Research 20, for any model.

    Args:
        asked: A model and rows that it has not learned from.
        sets: Of columns of the data set.
        result: Whose data set and metric are meant.
        tick: Told how many rows were answered.
        at_once: Rows that are predicted in one call.

    Returns:
        ``(n_sets,)``, positive where the columns help, also of a loss; NaN where the metric is not defined on the rows.
    """
    dataset, name = result.dataset, result.primary.name
    sign = -1 if declared(name).lower_is_better else 1
    encode = encode_of(asked.model)
    own, y = encode(dataset.X[asked.rows]), dataset.y[asked.rows]
    rows, n = np.asarray(own.rows), len(y)
    others = rows[_another(n, asked.seed)] if asked.others is None else np.asarray(encode(dataset.X[asked.others]).rows)
    found = np.empty(len(sets))
    weights = None if dataset.weights is None else dataset.weights[asked.rows]

    def score(answers: NDArray[np.float64]) -> float:
        return sign * score_of(name, y, answers, result.comparison.positive_class, weights)

    n_together = max(min(at_once, _CELLS_AT_ONCE // max(rows.shape[1], 1)) // n, 1)
    whole = score(own.predict(rows))
    tick(n)
    for start in range(0, len(sets), n_together):
        some = sets[start : start + n_together]
        shuffled = np.repeat(rows[None], len(some), axis=0)
        for each, columns in zip(shuffled, some, strict=True):
            places = own.places(np.array(columns))
            each[:, places] = others[:, places]
        answers = own.predict(shuffled.reshape(-1, rows.shape[1]))
        for place, part in enumerate(np.split(answers, len(some))):
            found[start + place] = whole - score(part)
        tick(n * len(some))
    return found


def rows_at_once(held: HeldOut) -> int:
    """Returns how many rows are predicted in one call."""
    return _ROWS_AT_ONCE // held.slower


def _another(n: int, seed: int) -> NDArray[np.intp]:
    """Returns for each row another one, each once."""
    order = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(5,))).permutation(n)
    others = np.empty(n, np.intp)
    others[order] = np.roll(order, 1)
    return others
